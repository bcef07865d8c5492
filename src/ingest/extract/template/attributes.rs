//! Attributes of a start tag, read without a parser.

use std::ops::Range;

use memchr::memchr;

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

/// Whether no field is read from a meta tag: it has no name, or one for browsers, for other programs or for proofs of
/// ownership.
pub fn is_idle_meta(tag: &str) -> bool {
    const BEGINNINGS: [&str; 21] = [
        "viewport",
        "theme-color",
        "robots",
        "generator",
        "referrer",
        "format-detection",
        "msapplication",
        "apple-",
        "mobile-",
        "fb:",
        "al:",
        "google",
        "og:type",
        "og:image:width",
        "og:image:height",
        "twitter:card",
        "twitter:site",
        "twitter:creator",
        "twitter:app:",
        "twitter:account",
        "twitter:domain",
    ];
    let named = |name: &str| all(tag).find(|(given, ..)| given.eq_ignore_ascii_case(name)).map(|(_, value, _)| value);
    let Some(name) = named("property").or_else(|| named("name")).or_else(|| named("itemprop")) else { return true };
    let begins = |known: &str| name.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known));
    BEGINNINGS.iter().any(|known| begins(known))
}

/// Names, values and places of all attributes, as the page writes them.
fn all(tag: &str) -> impl Iterator<Item = (&str, &str, Range<usize>)> + Clone {
    let is_gap = |byte: u8| byte.is_ascii_whitespace() || byte == b'/';
    let mut rest = tag.bytes().position(is_gap).map_or("", |at| &tag[at..]);
    std::iter::from_fn(move || {
        rest = &rest[rest.bytes().position(|byte| !is_gap(byte))?..];
        let start = tag.len() - rest.len();
        // The first character of a name may be anything.
        let end = rest.bytes().skip(1).position(|byte| is_gap(byte) || byte == b'=').map_or(rest.len(), |at| at + 1);
        let (name, behind) = rest.split_at(end);
        rest = behind;
        let mut value = "";
        if let Some(behind) = behind.trim_start().strip_prefix('=') {
            let behind = behind.trim_start();
            (value, rest) = match behind.as_bytes() {
                [quote @ (b'"' | b'\''), inside @ ..] => match memchr(*quote, inside) {
                    Some(end) => (&behind[1..=end], &behind[end + 2..]),
                    None => (&behind[1..], ""),
                },
                bytes => behind.split_at(bytes.iter().position(u8::is_ascii_whitespace).unwrap_or(behind.len())),
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
    fn meta_tags_of_which_no_field_is_read_are_known() {
        for tag in ["meta charset=utf-8", "meta NAME=Viewport content=x", "meta name=x property='fb:pages' content=1"] {
            assert!(is_idle_meta(tag), "{tag}");
        }
        for tag in ["meta property='og:title' content=x", "meta itemprop=datePublished", "meta name=\"author\""] {
            assert!(!is_idle_meta(tag), "{tag}");
        }
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
