//! Which part of a feed is asked for: what the parameters of its address say.
//! A further parameter is added here, and then stands in every address and every key.

use std::ops::RangeInclusive;

use url::form_urlencoded;

/// The values of `limit` a reader may ask for.
pub const LIMITS: RangeInclusive<usize> = 1..=200;

/// The part of a feed a document holds; the default is what the bare address shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Part {
    /// The most entries in it, if not the usual number.
    pub limit: Option<usize>,
    /// The words its entries must have, in one line; never empty.
    pub q: Option<String>,
}

impl Part {
    /// The newest entries, so many.
    pub fn newest(limit: usize) -> Part {
        Part { limit: Some(limit), ..Part::default() }
    }

    /// Reads a query. Of a parameter given twice the first counts, and what we do not know changes nothing.
    /// The error says what was expected.
    pub fn parse(query: &str) -> Result<Part, String> {
        let mut part = Part::default();
        if query.is_empty() {
            return Ok(part);
        }
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if name == "limit" && part.limit.is_none() {
                let limit = value.parse().ok().filter(|limit| LIMITS.contains(limit));
                let expected = || format!("limit must be a whole number from 1 to {}", LIMITS.end());
                part.limit = Some(limit.ok_or_else(expected)?);
            } else if name == "q" && part.q.is_none() {
                part.q = Some(value.into_owned());
            }
        }
        Ok(part)
    }

    /// Whether this is what the bare address shows.
    pub fn is_default(&self) -> bool {
        *self == Part::default()
    }

    /// The query of its address with the question mark, always in the same order; empty for the bare address.
    pub fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(limit) = self.limit {
            query.append_pair("limit", &limit.to_string());
        }
        if let Some(q) = &self.q {
            query.append_pair("q", q);
        }
        let query = query.finish();
        if query.is_empty() { query } else { format!("?{query}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_written_as_it_was_read() {
        let check = |query: &str, expected: &str| assert_eq!(Part::parse(query).unwrap().query(), expected, "{query}");
        check("", "");
        check("limit=7", "?limit=7");
        check("utm_source=x&limit=7&limit=8&a", "?limit=7");
        check("%ff=%00&null", "");
        check("q=%E5%86%B0+%26%22&limit=7", "?limit=7&q=%E5%86%B0+%26%22");
        for limit in ["0", "201", "-1", "x", "", "99999999999999999999"] {
            assert!(Part::parse(&format!("limit={limit}")).unwrap_err().contains("from 1 to 200"), "{limit}");
        }
    }
}
