//! Who wrote, photographed and edited an article, and where it was taken from.

use std::ops::Range;

use crate::ingest::extract::block::{Block, BlockKind};
use crate::ingest::extract::survey::{Spot, Survey, Windows};
use crate::text::byline::{self, Byline, Trust};
use crate::text::plain;

/// The longest text of an author's element, in characters; longer ones hold a biography.
const ELEMENT_CHARS_MAX: usize = 80;

/// Meta tags that name authors; what made the page stands in some of them.
const AUTHORS: &[(&str, Trust)] = &[
    ("article:author", Trust::Named),
    ("og:article:author", Trust::Named),
    ("citation_author", Trust::Named),
    ("citation_authors", Trust::Named),
    ("dc.creator", Trust::Named),
    ("byl", Trust::Named),
    ("parsely-author", Trust::Named),
    ("sailthru.author", Trust::Named),
    ("author", Trust::Doubtful),
];

/// How far from its edges a line of names counts, in lines or paragraphs.
const EDGE_LINES: usize = 4;
/// How far behind the body an element may name its author, in bytes; below are those of comments.
const COMMENTS_AFTER_BYTES: usize = 1_000;
/// A paragraph that may be a signature, in characters.
const SHORT_CHARS_MAX: usize = 60;

/// Reads the byline: configured, written on the page, in JSON-LD, in meta tags, in the prose.
pub fn read(
    survey: &Survey,
    title: &str,
    configured: Option<&str>,
    windows: &Windows,
    body: &Range<usize>,
    blocks: &[Block],
    origins: &mut Vec<(&'static str, String)>,
) -> Byline {
    let claims = &survey.claims;
    let site = survey.meta(&["og:site_name"]).map(plain::line).or_else(|| claims.publisher.clone());
    let mut people = People { byline: Byline::default(), origins };

    if let Some(text) = configured {
        let mut found = byline::read(text);
        found.authors = byline::people(text);
        people.take(found, "the configured selector");
    }
    // The last lines of the header are the byline's; what stands above is the menu's.
    people.take(byline::read(&windows.before), "the header");
    people.take(byline::read(&windows.after), "the footer");
    let is_person =
        |name: &String| site.as_ref() != Some(name) && !name.contains("http") && !byline::is_organisation(name);
    people.take_authors("JSON-LD", || claims.authors.iter().filter(|name| is_person(name)).cloned().collect());
    // Content systems put the site's name there, which also stands in the title or the breadcrumb.
    let is_crumb = |name: &str| survey.text.lines().any(|line| line.contains(['>', '»', '›']) && line.contains(name));
    let is_site = |name: &String| survey.title.ends_with(name.as_str()) || is_crumb(name);
    let persons = |(name, trust): &(&str, Trust)| {
        let mut persons = byline::persons(survey.meta(&[name]).unwrap_or(""), *trust);
        persons.retain(|name| is_person(name) && !is_site(name));
        persons
    };
    people.take_authors("a meta tag", || {
        AUTHORS.iter().map(persons).find(|authors| !authors.is_empty()).unwrap_or_default()
    });
    let source = survey
        .meta(&["source", "contentsource", "article:source", "mediaid"])
        .map(plain::line)
        .filter(|source| !source.is_empty());
    people.take(Byline { source, ..Byline::default() }, "a meta tag");
    // Who wrote for an agency that the page names itself stands nowhere on the page.
    let is_unsigned = !claims.authors.is_empty() && claims.authors.iter().all(|name| byline::is_organisation(name));
    let (first, last) = prose(blocks);
    for text in first.iter().chain(&last) {
        people.take(byline::lacking(text, &people.byline), "the text");
    }
    let is_line = |text: &&&str| text.chars().count() <= SHORT_CHARS_MAX && !text.contains(['。', '！', '？']);
    for text in last.iter().filter(is_line) {
        people.take(byline::read(text), "the end of the text");
    }
    // Captions in the header belong to photos above the text.
    for line in windows.before.lines().rev().take(2 * EDGE_LINES) {
        people.take_photographers("the header", || byline::in_prose(line).photographers);
    }
    people.take_authors("a line of names", || signature(title, windows, &first, &last));
    people.take_authors("an element named for it", || {
        let elements = survey.authors.iter().filter(|spot| spot.range.start <= body.end + COMMENTS_AFTER_BYTES);
        if is_unsigned { Vec::new() } else { of_elements(elements) }
    });
    let pen_name = || {
        survey.meta(&["author"]).and_then(|name| {
            let around = [windows.before.as_str(), windows.after.as_str()];
            let pen_name = around.into_iter().find_map(|shown| byline::pen_name(name, shown));
            pen_name.filter(|name| is_person(name) && !is_site(name))
        })
    };
    people.take_authors("a meta tag", || pen_name().into_iter().collect());
    for caption in blocks.iter().flat_map(|block| &block.images).filter_map(|image| image.caption.as_deref()) {
        people.take_photographers("a caption", || byline::in_prose(caption).photographers);
    }
    people.byline
}

/// Who was found so far, and where.
struct People<'a> {
    byline: Byline,
    origins: &'a mut Vec<(&'static str, String)>,
}

impl People<'_> {
    /// Takes what is still unknown.
    fn take(&mut self, found: Byline, origin: &str) {
        let is_author = self.byline.authors.is_empty() && !found.authors.is_empty();
        let is_source = self.byline.source.is_none() && found.source.is_some();
        self.byline.fill(found);
        for (field, _) in [("authors", is_author), ("source", is_source)].into_iter().filter(|(_, is_new)| *is_new) {
            self.origins.push((field, origin.to_owned()));
        }
    }

    /// Looks for authors if there are none yet.
    fn take_authors(&mut self, origin: &str, look: impl FnOnce() -> Vec<String>) {
        if self.byline.authors.is_empty() {
            self.take(Byline { authors: look(), ..Byline::default() }, origin);
        }
    }

    /// Looks for photographers if there are none yet.
    fn take_photographers(&mut self, origin: &str, look: impl FnOnce() -> Vec<String>) {
        if self.byline.photographers.is_empty() {
            self.take(Byline { photographers: look(), ..Byline::default() }, origin);
        }
    }
}

/// The names in the first element that has any; one that names an agency or a site says that nobody signed.
fn of_elements<'a>(elements: impl Iterator<Item = &'a Spot>) -> Vec<String> {
    const ORGANISATION_WORDS_MAX: usize = 4;
    for spot in elements.filter(|spot| spot.value.chars().count() <= ELEMENT_CHARS_MAX) {
        let people: Vec<String> =
            byline::people(&spot.value).into_iter().filter(|name| !byline::is_organisation(name)).collect();
        let value = plain::line(&spot.value);
        let name = value.strip_prefix("By ").or(value.strip_prefix("by ")).unwrap_or(&value);
        if !people.is_empty() || name.split(' ').count() <= ORGANISATION_WORDS_MAX && byline::is_organisation(name) {
            return people;
        }
    }
    Vec::new()
}

/// Names alone under the headline or behind the text are a signature.
fn signature(title: &str, windows: &Windows, first: &[&str], last: &[&str]) -> Vec<String> {
    let around = windows.before.lines().rev().take(EDGE_LINES).chain(windows.after.lines().take(EDGE_LINES));
    let bracketed = last.iter().copied().filter(|text| text.starts_with(['（', '(']));
    // The closing bracket at the end of the text is nearer to the story than the lines of the page around it.
    let lines = bracketed.chain(around).chain(first.iter().copied()).map(byline::signature);
    let below_headline = windows.before.lines().next_back().map(byline::names_line);
    let closing = || last.first().and_then(|text| byline::cyrillic_signature(text)).into_iter().collect();
    // A columnist stands in the headline, "甲：冬天的早市", and again on a line above the story; what stands further up
    // can be the name of a column.
    let columnist = title.split_once(['：', ':']).map_or("", |(name, _)| name.trim());
    let is_columnist = || first.iter().any(|line| line.trim() == columnist);
    if byline::is_short_han(columnist) && is_columnist() {
        return vec![columnist.to_owned()];
    }
    below_headline.into_iter().chain(lines).find(|authors| !authors.is_empty()).unwrap_or_else(closing)
}

/// The beginning and the end of a story, where reporters are named inside the text: the first and last paragraph,
/// and short ones beside them.
fn prose(blocks: &[Block]) -> (Vec<&str>, Vec<&str>) {
    let is_text =
        |block: &&Block| block.kind == BlockKind::Paragraph && block.text.chars().count() >= 2 && !block.is_links();
    let cut = |at: usize, text: &'_ str| at == 0 || text.chars().count() <= SHORT_CHARS_MAX;
    let first = blocks.iter().filter(is_text).take(EDGE_LINES).enumerate().filter(|(at, block)| cut(*at, &block.text));
    let last =
        blocks.iter().rev().filter(is_text).take(EDGE_LINES).enumerate().filter(|(at, block)| cut(*at, &block.text));
    (first.map(|(_, block)| head(&block.text, 200)).collect(), last.map(|(_, block)| tail(&block.text, 80)).collect())
}

fn head(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).map_or(text, |(at, _)| &text[..at])
}

fn tail(text: &str, chars: usize) -> &str {
    text.char_indices().rev().nth(chars).map_or(text, |(at, _)| &text[at..])
}
