//! Attributes of a start tag, read without a parser.

use std::ops::Range;

/// What decides where an element stands, whether it is hidden, and where a link leads.
const NAMES: [&str; 7] = ["class", "id", "style", "hidden", "height", "width", "href"];
/// What a page is asked for besides, once it is parsed.
const MORE_NAMES: [&str; 6] = ["rel", "itemprop", "datetime", "align", "lang", "xml:lang"];

/// The attributes of a start tag that anything is read from, by their names in lower case.
pub fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> + Clone {
    all(tag).filter_map(|(name, value, _)| {
        NAMES.iter().find(|known| known.eq_ignore_ascii_case(name)).map(|name| (*name, value))
    })
}

/// Where in a start tag attributes stand of which nothing is read.
pub fn idle(tag: &str) -> impl Iterator<Item = Range<usize>> {
    let is_read = |name: &str| NAMES.iter().chain(&MORE_NAMES).any(|known| known.eq_ignore_ascii_case(name));
    all(tag).filter(move |(name, ..)| !is_read(name)).map(|(_, _, place)| place)
}

/// Names, values and places of all attributes, as the page writes them.
fn all(tag: &str) -> impl Iterator<Item = (&str, &str, Range<usize>)> + Clone {
    let is_gap = |c: char| c.is_ascii_whitespace() || c == '/';
    let mut rest = tag.find(is_gap).map_or("", |at| &tag[at..]);
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(is_gap);
        if rest.is_empty() {
            return None;
        }
        let start = tag.len() - rest.len();
        // The first character of a name may be anything.
        let end = rest.char_indices().skip(1).find(|(_, c)| is_gap(*c) || *c == '=').map_or(rest.len(), |(at, _)| at);
        let (name, behind) = rest.split_at(end);
        rest = behind;
        let mut value = "";
        if let Some(behind) = behind.trim_start().strip_prefix('=') {
            let behind = behind.trim_start();
            let quote = behind.chars().next().filter(|c| matches!(c, '"' | '\''));
            (value, rest) = match quote {
                Some(quote) => behind[1..].split_once(quote).unwrap_or((&behind[1..], "")),
                None => behind.split_at(behind.find(|c: char| c.is_ascii_whitespace()).unwrap_or(behind.len())),
            };
        }
        Some((name, value, start..tag.len() - rest.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_however_they_are_written() {
        let check = |tag: &str, expected: &[(&str, &str)]| {
            assert_eq!(attributes(tag).collect::<Vec<_>>(), expected, "{tag}");
        };
        check("div CLASS=\"a b\" id='c' data-x=1 hidden", &[("class", "a b"), ("id", "c"), ("hidden", "")]);
        check("a href = /x/y target=_blank/", &[("href", "/x/y")]);
        check("a/class=x style=\"a", &[("class", "x"), ("style", "a")]);
        check("p ==\"' é", &[]);
        check("br", &[]);
    }

    #[test]
    fn what_nothing_is_read_of_is_told_by_its_place() {
        let check = |tag: &str, expected: &[&str]| {
            assert_eq!(idle(tag).map(|place| &tag[place]).collect::<Vec<_>>(), expected, "{tag}");
        };
        check(
            "a data-x='1 2' href=/a target=_blank rel=next onclick=\"a('b')\"",
            &["data-x='1 2'", "target=_blank", "onclick=\"a('b')\""],
        );
        check("time DateTime = 2026-01-09 x", &["x"]);
        check("p", &[]);
    }
}
