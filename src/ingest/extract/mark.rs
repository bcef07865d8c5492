//! What makes an element worth noting: its name, its class, its style.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use dom_query::Element;
use regex::Regex;

use crate::ingest::guard::Hiding;

/// Why an element is noted when the walk leaves it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Content,
    Heading,
    Time,
    Breadcrumb,
    Author,
    Subtitle,
    Link,
    Hidden(Hiding),
}

impl Mark {
    /// Why the walk notes an element.
    pub fn of(name: &str, element: &Element, is_content: bool) -> Option<Mark> {
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
        let mut named = None;
        for attribute in &element.attrs {
            match &*attribute.name.local {
                "hidden" => return Some(Mark::Hidden(Hiding::Folded)),
                "style" if FOLDED.is_match(&attribute.value) => return Some(Mark::Hidden(Hiding::Folded)),
                "style" if OUT_OF_SIGHT.is_match(&attribute.value) => return Some(Mark::Hidden(Hiding::OutOfSight)),
                "class" | "id" | "itemprop" | "rel" => {
                    // A name must not save a hidden element from being noted as hidden.
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

/// Styles that fold an element away until a script shows it.
static FOLDED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:[^.\d]|$)")
        .expect("a constant expression")
});
/// Styles that put an element where nobody looks.
static OUT_OF_SIGHT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:left|top|text-indent|margin-left|margin-top)\s*:\s*-\d{3,}|font-size\s*:\s*0(?:[^.\d]|$)|(?:height|width)\s*:\s*[01]px.*overflow\s*:\s*hidden|overflow\s*:\s*hidden.*(?:height|width)\s*:\s*[01]px")
        .expect("a constant expression")
});

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
