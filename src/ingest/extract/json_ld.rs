//! What JSON-LD says of an article (schema.org `NewsArticle` and its kin).

use serde_json::Value;

use crate::text::plain;

/// How deep lists and graphs are searched.
const DEPTH_MAX: usize = 6;

/// The fields of the first article found.
#[derive(Debug, Default)]
pub struct Claims {
    /// `headline`, or `name`.
    pub headline: Option<String>,
    /// Names of persons.
    pub authors: Vec<String>,
    /// `publisher.name`.
    pub publisher: Option<String>,
    /// `datePublished`, as written.
    pub published: Option<String>,
    /// `dateModified`, as written.
    pub modified: Option<String>,
    /// `articleSection`.
    pub section: Option<String>,
}

/// Reads the scripts; one that is no JSON is passed over.
pub fn read(scripts: &[String]) -> Option<Claims> {
    scripts.iter().find_map(|script| {
        // Line breaks inside strings are common, and forbidden.
        let script = script.replace(['\n', '\r', '\t'], " ");
        let value: Value = serde_json::from_str(script.trim().trim_end_matches(';')).ok()?;
        article(&value, 0).map(claims)
    })
}

fn article(value: &Value, depth: usize) -> Option<&Value> {
    if depth > DEPTH_MAX {
        return None;
    }
    match value {
        Value::Array(values) => values.iter().find_map(|value| article(value, depth + 1)),
        Value::Object(object) => {
            let is_article = |kind: &str| kind.contains("Article") || kind.ends_with("Posting") || kind == "Report";
            let is_kind = match object.get("@type") {
                Some(Value::String(kind)) => is_article(kind),
                Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).any(is_article),
                _ => false,
            };
            // What Chinese search engines ask for has no type.
            let is_dated = object.contains_key("pubDate") && object.contains_key("title");
            if is_kind || is_dated {
                return Some(value);
            }
            ["@graph", "mainEntity", "mainEntityOfPage"].iter().find_map(|key| article(object.get(*key)?, depth + 1))
        }
        _ => None,
    }
}

fn claims(article: &Value) -> Claims {
    let text = |key: &str| string(article.get(key)?);
    let mut authors = Vec::new();
    let people = match article.get("author") {
        Some(Value::Array(people)) => people.as_slice(),
        Some(person) => std::slice::from_ref(person),
        None => &[],
    };
    for person in people {
        let is_person = person.get("@type").and_then(Value::as_str).is_none_or(|kind| kind == "Person");
        authors.extend(string(person).filter(|_| is_person));
    }
    Claims {
        headline: text("headline").or_else(|| text("name")).or_else(|| text("title")),
        authors,
        publisher: text("publisher"),
        published: text("datePublished").or_else(|| text("dateCreated")).or_else(|| text("pubDate")),
        modified: text("dateModified").or_else(|| text("upDate")),
        section: text("articleSection"),
    }
}

/// A string, the name of a thing, or the first of a list.
fn string(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text,
        Value::Object(thing) => thing.get("name")?.as_str()?,
        Value::Array(values) => values.first()?.as_str()?,
        _ => return None,
    };
    Some(plain::line(text)).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_found_in_lists_and_graphs() {
        let script = r#"{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"River Daily"},
            {"@type":["NewsArticle"],"headline":"Ice on the
            river","author":[{"@type":"Person","name":"Jane Doe"},{"@type":"Organization","name":"Desk"}],
            "publisher":{"name":"River Daily"},"datePublished":"2026-01-06T09:00:00Z","articleSection":["City"]}]}"#;
        let claims = read(&["no json".to_owned(), script.to_owned()]).unwrap();
        assert_eq!(claims.headline.as_deref(), Some("Ice on the river"));
        assert_eq!(claims.authors, ["Jane Doe"]);
        assert_eq!(claims.publisher.as_deref(), Some("River Daily"));
        assert_eq!(claims.section.as_deref(), Some("City"));
        assert!(read(&["[".repeat(100_000)]).is_none());
        let script = r#"{"@context":"https://search.example/contexts/dates.jsonld","title":"江城初雪",
            "pubDate":"2026-01-09T10:20:30","upDate":"2026-01-09T11:00:00"}"#;
        let claims = read(&[script.to_owned()]).unwrap();
        assert_eq!(
            (claims.headline.as_deref(), claims.modified.as_deref()),
            (Some("江城初雪"), Some("2026-01-09T11:00:00"))
        );
    }
}
