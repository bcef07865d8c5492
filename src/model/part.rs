//! Which part of a feed is asked for: what the parameters of its address say.
//! A further parameter is added here, and then stands in every address and every key.

use std::ops::RangeInclusive;

use url::form_urlencoded;

/// The values of `limit` a reader may ask for.
pub const LIMITS: RangeInclusive<usize> = 1..=200;

/// The parameter that holds a partner's key.
pub const KEY: &str = "key";

/// The part of a feed a document holds; the default is what the bare address shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Part {
    /// The most entries in it, if not the usual number.
    pub limit: Option<usize>,
    /// The archive page it is, by the number that is its name.
    pub page: Option<i64>,
    /// The version of that page: under its present one its bytes never change. Never set for a part of a page.
    pub version: Option<i64>,
    /// Only entries older than this article, which is named by its number in the order of arrival.
    pub before: Option<i64>,
    /// The words its entries must have, in one line; never empty.
    pub q: Option<String>,
    /// The partner's key that the address of a private feed was asked with: every link that leads on has it too.
    pub key: Option<String>,
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
            match &*name {
                "limit" if part.limit.is_none() => {
                    let limit = value.parse().ok().filter(|limit| LIMITS.contains(limit));
                    let expected = || format!("limit must be a whole number from 1 to {}", LIMITS.end());
                    part.limit = Some(limit.ok_or_else(expected)?);
                }
                "page" if part.page.is_none() => part.page = Some(number("page", &value)?),
                // What never was a version is answered like one that has passed.
                "v" if part.version.is_none() => part.version = value.parse().ok().filter(|version| *version > 0),
                "before" if part.before.is_none() => part.before = Some(number("before", &value)?),
                "q" if part.q.is_none() => part.q = Some(value.into_owned()),
                _ => {}
            }
        }
        let is_page = part.page.is_some() && part.limit.is_none() && part.before.is_none() && part.q.is_none();
        part.version = part.version.filter(|_| is_page);
        Ok(part)
    }

    /// Whether this is what the bare address shows, whoever asks.
    pub fn is_default(&self) -> bool {
        let Part { limit, page, version: _, before, q, key: _ } = self;
        limit.is_none() && page.is_none() && before.is_none() && q.is_none()
    }

    /// Whether it holds the newest entries there are.
    pub fn is_newest(&self) -> bool {
        self.page.is_none() && self.before.is_none()
    }

    /// The newest entries, asked for in the same way.
    pub fn first(&self) -> Part {
        Part { page: None, version: None, before: None, ..self.clone() }
    }

    /// The same at the address that stays while it changes.
    pub fn unversioned(&self) -> Part {
        Part { version: None, ..self.clone() }
    }

    /// The query of its address with the question mark, always in the same order; empty for the bare address.
    pub fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let limit = self.limit.and_then(|limit| i64::try_from(limit).ok());
        for (name, value) in [("limit", limit), ("page", self.page), ("v", self.version), ("before", self.before)] {
            if let Some(value) = value {
                query.append_pair(name, &value.to_string());
            }
        }
        if let Some(q) = &self.q {
            query.append_pair("q", q);
        }
        if let Some(key) = &self.key {
            query.append_pair(KEY, key);
        }
        let query = query.finish();
        if query.is_empty() { query } else { format!("?{query}") }
    }
}

fn number(name: &str, value: &str) -> Result<i64, String> {
    let number = value.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("{name} must be a whole number from 1 on, as the links of a feed give it"))
}

/// Where the other parts of a feed stand, seen from one of them (RFC 5005). All empty if it is the only one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// The next older entries.
    pub next: Option<Part>,
    /// The next newer entries.
    pub previous: Option<Part>,
    /// The oldest entries.
    pub last: Option<Part>,
    /// The archive page with the next older entries (§4).
    pub prev_archive: Option<Part>,
    /// The archive page with the next newer entries, at the address that stays: by their versions pages lead down only,
    /// or a change would give every page another one.
    pub next_archive: Option<Part>,
    /// Whether this is an archive page that new entries do not change.
    pub is_archive: bool,
    /// The present version of an archive page: another one as soon as anything in the page is, or in one below it.
    pub version: Option<i64>,
}

impl Neighbours {
    /// Every link but `current`, each with its relation.
    pub fn links(&self) -> impl Iterator<Item = (&'static str, &Part)> {
        let links = [
            ("next", &self.next),
            ("previous", &self.previous),
            ("last", &self.last),
            ("prev-archive", &self.prev_archive),
            ("next-archive", &self.next_archive),
        ];
        links.into_iter().filter_map(|(relation, part)| Some((relation, part.as_ref()?)))
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
        check("before=12&page=3&limit=7", "?limit=7&page=3&before=12");
        check("v=9&page=3", "?page=3&v=9");
        for version in ["page=3&v=", "page=3&v=x", "page=3&v=-9", "page=3&v=99999999999999999999"] {
            check(version, "?page=3");
        }
        check("v=9", "");
        check("page=3&v=9&limit=7", "?limit=7&page=3");
        check("page=3&v=9&before=12", "?page=3&before=12");
        check("page=3&v=9&q=x", "?page=3&q=x");
        check("utm_source=x&limit=7&limit=8&a", "?limit=7");
        check("%ff=%00&null", "");
        check("q=%E5%86%B0+%26%22&limit=7", "?limit=7&q=%E5%86%B0+%26%22");
        for limit in ["0", "201", "-1", "x", "", "99999999999999999999"] {
            assert!(Part::parse(&format!("limit={limit}")).unwrap_err().contains("from 1 to 200"), "{limit}");
        }
        for page in ["0", "-1", "x", ""] {
            assert!(Part::parse(&format!("page={page}")).unwrap_err().starts_with("page must be"), "{page}");
        }
    }
}
