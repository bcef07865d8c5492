//! Reads a feed that no parser takes: entry by entry, so that one bad entry never loses the others.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use crate::ingest::sources::xml::{self, Piece, Tag};
use crate::ingest::sources::{Link, absolute, dates, words};
use crate::model::timezone::Timezone;

/// Where entries begin.
static OPENING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)<(?:(?:rss|atom):)?(?:item|entry)[\s>]").expect("a constant pattern"));

/// How many entries begin in a feed.
pub(super) fn count(text: &str) -> usize {
    OPENING.find_iter(text).count()
}

/// The links of all entries that are complete; an entry cut off at the end is left out, for its link may be cut.
pub(super) fn links(text: &str, base: &Url, timezone: Timezone) -> Vec<Link> {
    static NO_TAG: LazyLock<Regex> = LazyLock::new(|| Regex::new("<([^A-Za-z/!?_])").expect("a constant pattern"));
    let text = NO_TAG.replace_all(text, "&lt;$1");
    let starts: Vec<usize> = OPENING.find_iter(&text).map(|found| found.start()).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).filter_map(|(&start, end)| entry(&text[start..end], base, timezone)).collect()
}

/// A field of an entry that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Title,
    Link,
    Guid,
    Published,
    Updated,
}

#[derive(Debug, Default)]
struct Entry {
    title: String,
    link: String,
    /// An address only if nothing says otherwise.
    guid: String,
    published: String,
    updated: String,
    is_complete: bool,
}

fn entry(text: &str, base: &Url, timezone: Timezone) -> Option<Link> {
    let mut entry = Entry::default();
    let mut open: Option<(Field, String)> = None;
    let mut is_in_source = false;
    // What was read before the text stops being XML counts.
    let _ = xml::walk(text, |piece| {
        match piece {
            Piece::Open(tag) if xml::local(tag.name()) == "source" => is_in_source = true,
            Piece::Open(tag) if !is_in_source && open.is_none() => {
                entry.take_attributes(&tag);
                open = field(&tag)
                    .filter(|&field| entry.slot(field).is_empty())
                    .map(|field| (field, tag.name().to_owned()));
            }
            // Markup within a title: it parts words.
            Piece::Open(_) => entry.add(&open, " "),
            Piece::Text(text) => entry.add(&open, &text),
            Piece::Close(name) if xml::local(name) == "source" => is_in_source = false,
            Piece::Close(name) if matches!(xml::local(name).to_ascii_lowercase().as_str(), "item" | "entry") => {
                entry.is_complete = true;
                return false;
            }
            Piece::Close(name) if open.as_ref().is_some_and(|(_, opened)| opened == name) => open = None,
            Piece::Close(_) => {}
        }
        true
    });
    entry.link(base, timezone)
}

fn field(tag: &Tag<'_>) -> Option<Field> {
    let name = tag.name().to_ascii_lowercase();
    let name = name.strip_prefix("atom:").or_else(|| name.strip_prefix("rss:")).unwrap_or(&name);
    Some(match name {
        "title" => Field::Title,
        "link" => Field::Link,
        "guid" if tag.attribute("isPermaLink").is_none_or(|is_permalink| is_permalink != "false") => Field::Guid,
        "id" => Field::Guid,
        "pubdate" | "published" | "issued" | "created" | "dc:date" | "date" => Field::Published,
        "updated" | "modified" | "lastbuilddate" | "dcterms:modified" => Field::Updated,
        _ => return None,
    })
}

impl Entry {
    fn slot(&mut self, field: Field) -> &mut String {
        match field {
            Field::Title => &mut self.title,
            Field::Link => &mut self.link,
            Field::Guid => &mut self.guid,
            Field::Published => &mut self.published,
            Field::Updated => &mut self.updated,
        }
    }

    fn add(&mut self, open: &Option<(Field, String)>, text: &str) {
        if let Some((field, _)) = open {
            self.slot(*field).push_str(text);
        }
    }

    /// Atom keeps addresses in attributes: the article's is the alternate, which is also what no `rel` means.
    fn take_attributes(&mut self, tag: &Tag<'_>) {
        let is_link = matches!(tag.name(), "link" | "atom:link");
        let rel = tag.attribute("rel");
        if is_link
            && self.link.is_empty()
            && rel.is_none_or(|rel| rel == "alternate")
            && let Some(href) = tag.attribute("href")
        {
            self.link = href;
        }
    }

    fn link(self, base: &Url, timezone: Timezone) -> Option<Link> {
        if !self.is_complete {
            return None;
        }
        let guid = || Url::parse(self.guid.trim()).ok().and_then(|guid| absolute(base, guid.as_str()));
        let url = absolute(base, &self.link).or_else(guid)?;
        let published = dates::instant(&self.published, timezone);
        let updated = dates::instant(&self.updated, timezone);
        Some(Link {
            url,
            title: words::title(&self.title),
            published: published.or(updated),
            updated: updated.filter(|_| published.is_some() && updated != published),
        })
    }
}
