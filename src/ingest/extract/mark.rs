//! What makes an element worth noting: its name, its class, its style.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use dom_query::Element;

use crate::ingest::guard::hiding::{Hiding, Rules};

/// Why an element is noted when the walk leaves it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Content,
    Heading,
    Time,
    Breadcrumb,
    Author,
    Subtitle,
    SecondLine,
    Link,
    Hidden(Hiding),
}

impl Mark {
    /// Why the walk notes an element.
    pub fn of(name: &str, element: &Element, is_content: bool, hidden: &Rules) -> Option<Mark> {
        static NAMES: LazyLock<AhoCorasick> = LazyLock::new(|| {
            let words = [
                "crumb",
                "location",
                "position",
                "dqwz",
                "weizhi",
                "curpath",
                "author",
                "byline",
                "autor",
                "auteur",
                "subtitle",
                "sub-title",
                "sub_title",
                "futi",
                "standfirst",
                "unterzeile",
                "untertitel",
                "fubiaoti",
                "fbt",
            ];
            AhoCorasick::builder().ascii_case_insensitive(true).build(words).expect("constant words")
        });
        match name {
            _ if is_content => return Some(Mark::Content),
            "h1" => return Some(Mark::Heading),
            "time" => return Some(Mark::Time),
            _ => {}
        }
        // A name must not save a hidden element from being noted as hidden.
        match hidden.of(name, element) {
            Hiding::Visible => {}
            hiding => return Some(Mark::Hidden(hiding)),
        }
        let mut named = None;
        for attribute in &element.attrs {
            match &*attribute.name.local {
                "class" | "id" | "itemprop" | "rel" => {
                    if let Some(found) = NAMES.find(&*attribute.value) {
                        named = Some(match found.pattern().as_usize() {
                            0..=5 => Mark::Breadcrumb,
                            6..=9 => Mark::Author,
                            _ => Mark::Subtitle,
                        });
                    }
                }
                _ => {}
            }
        }
        named.or_else(|| (name == "a").then_some(Mark::Link))
    }
}

/// Whether an element puts what it holds in the middle of the line.
pub fn is_centred(name: &str, element: &Element) -> bool {
    let is_centre = |value: &str| value.trim().eq_ignore_ascii_case("center");
    name == "center"
        || element.attrs.iter().any(|attribute| match &*attribute.name.local {
            "align" => is_centre(&attribute.value),
            "style" => attribute.value.find("text-align").is_some_and(|at| {
                let value = attribute.value[at..].split(';').next().unwrap_or("");
                value.split_once(':').is_some_and(|(_, value)| is_centre(value))
            }),
            _ => false,
        })
}

/// What parts an element's text from what stands beside it; nothing where only the type changes.
pub fn separator(name: &str) -> Option<char> {
    match name {
        "b" | "strong" | "font" | "u" | "sub" | "sup" | "ins" | "mark" | "big" | "s" | "tt" | "code" | "q" => None,
        "span" | "a" | "em" | "i" | "label" | "time" | "small" | "cite" | "abbr" => Some(' '),
        _ => Some('\n'),
    }
}
