//! Who wrote, photographed and edited an article, and where it was taken from.

use crate::ingest::extract::block::{Block, BlockKind};
use crate::ingest::extract::survey::{Survey, Windows};
use crate::text::byline::{self, Byline};
use crate::text::plain;

/// The longest text of an author's element, in characters; longer ones hold a biography.
const ELEMENT_CHARS_MAX: usize = 80;

/// How far from the text a line of names counts, in lines.
const SIGNATURE_LINES: usize = 4;

/// Reads the byline: configured, written on the page, in JSON-LD, in meta tags, in the prose.
pub fn read(
    survey: &Survey,
    configured: Option<&str>,
    windows: &Windows,
    blocks: &[Block],
    origins: &mut Vec<(&'static str, String)>,
) -> Byline {
    let claims = &survey.claims;
    let site = survey.meta(&["og:site_name"]).map(plain::line).or_else(|| claims.publisher.clone());
    let mut byline = Byline::default();
    let mut fill = |found: Byline, origin: &str| {
        let is_author = byline.authors.is_empty() && !found.authors.is_empty();
        let is_source = byline.source.is_none() && found.source.is_some();
        byline.fill(found);
        for (field, _) in [("authors", is_author), ("source", is_source)].into_iter().filter(|(_, is_new)| *is_new) {
            origins.push((field, origin.to_owned()));
        }
    };

    if let Some(text) = configured {
        let mut found = byline::read(text);
        found.authors = byline::people(text);
        fill(found, "the configured selector");
    }
    // The last lines of the header are the byline's; what stands above is the menu's.
    fill(byline::read(&windows.before), "the header");
    fill(byline::read(&windows.after), "the footer");
    let is_person = |name: &String| site.as_ref() != Some(name) && !name.contains("http");
    fill(
        Byline {
            authors: claims.authors.iter().filter(|name| is_person(name)).cloned().collect(),
            ..Byline::default()
        },
        "JSON-LD",
    );
    let meta = survey.meta(&["author", "article:author", "dc.creator", "byl", "parsely-author", "sailthru.author"]);
    let authors =
        byline::people(meta.unwrap_or("")).into_iter().filter(|name| is_person(name) && !is_desk(name)).collect();
    fill(Byline { authors, ..Byline::default() }, "a meta tag");
    let source = survey
        .meta(&["source", "contentsource", "article:source", "mediaid"])
        .map(plain::line)
        .filter(|source| !source.is_empty());
    fill(Byline { source, ..Byline::default() }, "a meta tag");
    for text in prose(blocks) {
        fill(byline::in_prose(text), "the text");
    }
    // Names alone under the headline or behind the text are a signature.
    let signatures =
        windows.before.lines().rev().take(SIGNATURE_LINES).chain(windows.after.lines().take(SIGNATURE_LINES));
    if let Some(authors) = signatures.map(byline::signature).find(|authors| !authors.is_empty()) {
        fill(Byline { authors, ..Byline::default() }, "a line of names");
    }
    let elements = survey.authors.iter().filter(|spot| spot.value.chars().count() <= ELEMENT_CHARS_MAX);
    if let Some(authors) = elements.map(|spot| byline::people(&spot.value)).find(|authors| !authors.is_empty()) {
        fill(Byline { authors, ..Byline::default() }, "an element named for it");
    }
    for caption in blocks.iter().flat_map(|block| &block.images).filter_map(|image| image.caption.as_deref()) {
        let found = byline::in_prose(caption);
        fill(Byline { photographers: found.photographers, ..Byline::default() }, "a caption");
    }
    byline
}

/// Content systems fill in the desk where nobody signed.
fn is_desk(name: &str) -> bool {
    name.ends_with(['网', '網', '报', '報', '社']) || name.contains("新闻") || name.eq_ignore_ascii_case("admin")
}

/// The first and the last paragraph, where reporters are named inside the text.
fn prose(blocks: &[Block]) -> impl Iterator<Item = &str> {
    let is_text = |block: &&Block| block.kind == BlockKind::Paragraph && block.text.chars().count() >= 2;
    let first = blocks.iter().find(is_text).map(|block| head(&block.text, 200));
    let last = blocks.iter().rev().find(is_text).map(|block| tail(&block.text, 80));
    first.into_iter().chain(last)
}

fn head(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).map_or(text, |(at, _)| &text[..at])
}

fn tail(text: &str, chars: usize) -> &str {
    text.char_indices().rev().nth(chars).map_or(text, |(at, _)| &text[at..])
}
