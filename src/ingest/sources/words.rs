//! Titles as they stand in sources, made plain.

use std::sync::LazyLock;

use dom_query::Document;
use regex::{Captures, Regex};

/// The longest title kept; longer ones are texts in the wrong place.
const TITLE_CHARS_MAX: usize = 500;

/// The most bytes of a title that are looked at.
const TITLE_BYTES_MAX: usize = 16 * 1024;

/// A title that may hold markup and entities, as plain text; `None` if nothing is left.
pub(super) fn title(html: &str) -> Option<String> {
    static TAG: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"<(?:/?([A-Za-z][A-Za-z0-9]*)|[!?])[^>]*(?:>|$)").expect("a constant pattern"));
    let cut = (0..=html.len().min(TITLE_BYTES_MAX)).rev().find(|&at| html.is_char_boundary(at)).unwrap_or(0);
    let html = &html[..cut];
    if !html.contains(['<', '&']) {
        return collapsed(html);
    }
    // A line break parts words, other markup does not. Without elements there is nothing to nest for the parser,
    // which only resolves the entities.
    let text = TAG.replace_all(html, |tag: &Captures<'_>| {
        let name = tag.get(1).map_or("", |name| name.as_str());
        match name.to_ascii_lowercase().as_str() {
            "br" | "p" | "div" => " ",
            _ => "",
        }
    });
    if !text.contains('&') {
        return collapsed(&text);
    }
    collapsed(&Document::fragment(text.replace('<', "&lt;")).text())
}

/// Text with its white space collapsed, of at most [`TITLE_CHARS_MAX`] characters; `None` if nothing is left.
pub(super) fn collapsed(text: &str) -> Option<String> {
    let mut collapsed = String::with_capacity(text.len().min(TITLE_BYTES_MAX));
    for word in text.split_whitespace() {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
        if collapsed.len() > TITLE_BYTES_MAX {
            break;
        }
    }
    if let Some((end, _)) = collapsed.char_indices().nth(TITLE_CHARS_MAX) {
        collapsed.truncate(end);
    }
    (!collapsed.is_empty()).then_some(collapsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_plain() {
        let check = |html: &str, expected: Option<&str>| assert_eq!(title(html).as_deref(), expected, "{html}");
        check("  冰雪\n 节 ", Some("冰雪 节"));
        check("A &amp; B", Some("A & B"));
        check("one<br/>two <b>three</b>", Some("one two three"));
        check("a&nbsp;b", Some("a b"));
        check("2 < 3 &amp; 4 <5", Some("2 < 3 & 4 <5"));
        check("one<br>two<BR />three</p><!-- x -->", Some("one two three"));
        check("&lt;b&gt; is a tag", Some("<b> is a tag"));
        check("<img src=x>", None);
        check(" ", None);
        assert_eq!(title(&"字".repeat(100_000)).unwrap().chars().count(), TITLE_CHARS_MAX);
        assert!(title(&"<b>".repeat(1000)).is_none());
    }
}
