//! Atom 1.0 (RFC 4287), with tombstones (RFC 6721) and Media RSS.
//!
//! | our word | Atom |
//! |---|---|
//! | feed: id, title, description, rights, language | `id`, `title`, `subtitle`, `rights`, `xml:lang` |
//! | feed: own address, page, hub | `link rel="self"`, `rel="alternate"`, `rel="hub"` |
//! | feed: its other parts; that it is an archive page | `link rel="next"` …, `rel="prev-archive"` …; `fh:archive` (RFC 5005) |
//! | feed: title again | `author`, which holds for every entry without one (§4.1.1) |
//! | feed: latest change of an entry or withdrawal | `updated` |
//! | tombstone | `at:deleted-entry` |
//! | entry: id, title, url | `id`, `title`, `link rel="alternate"` |
//! | entry: published, updated | `published`, `updated` |
//! | entry: authors | `author` |
//! | entry: categories | `category term= label=` |
//! | entry: summary, body | `summary type="text"`, `content type="html"` |
//! | entry: origin | `source` |
//! | entry: source (where the portal took it from) | `dc:source` |
//! | entry: pictures, captions, photographers | `media:content`, `media:description`, `media:credit` |
//! | entry: language and rights that differ from the feed's | `xml:lang`, `rights` |
//!
//! `atom_syndication` writes the feed without its entries, and then each entry alone, because three things cannot be
//! had otherwise: the tombstones before the first entry (the crate puts extensions at the end), `xml:lang` on an
//! entry, and one body in memory at a time. The seams are the crate's own first and last tag, never found by search.

use std::collections::BTreeMap;
use std::io::{self, Write};

use atom_syndication::extension::{Extension, ExtensionMap};
use atom_syndication::{Category, Content, Generator, Link, Person, Source, Text, WriteConfig};
use chrono::{DateTime, FixedOffset, SecondsFormat, SubsecRound, Utc};
use quick_xml::escape::escape;

use crate::model::article::Image;
use crate::model::feed::{Entry, Feed, Format, Origin};
use crate::publish::picture::{self, media_type};
use crate::publish::{FEED_HISTORY, assets, legal};

const FEED_END: &str = "</feed>";
const ENTRY_START: &str = r#"<entry xmlns="http://www.w3.org/2005/Atom""#;
const TOMBSTONES: &str = "http://purl.org/atompub/tombstones/1.0";
const DUBLIN_CORE: &str = "http://purl.org/dc/elements/1.1/";
const ENTRY_CONFIG: WriteConfig = WriteConfig { write_document_declaration: false, indent_size: None };

/// The feed as Atom 1.0, in UTF-8.
pub fn render(feed: &Feed) -> Vec<u8> {
    let body_bytes: usize = feed.entries.iter().filter_map(Entry::body).map(str::len).sum();
    // Each `<`, `>`, `"` and `&` of a body grows by three to five bytes.
    let memory = Vec::with_capacity(body_bytes * 5 / 4 + 2048 * (feed.entries.len() + 1));
    let mut document = head(feed).write_to(memory).expect("writing to memory cannot fail");
    debug_assert!(document.ends_with(FEED_END.as_bytes()), "the crate ends a feed with its tag");
    document.truncate(document.len() - FEED_END.len());
    for entry in &feed.entries {
        document.extend_from_slice(b"<entry");
        if entry.language != feed.language {
            document.extend_from_slice(format!(r#" xml:lang="{}""#, escape(entry.language.as_str())).as_bytes());
        }
        let rest = Rest { document: &mut document, skipped: 0 };
        atom_entry(feed, entry).write_with_config(rest, ENTRY_CONFIG).expect("writing to memory cannot fail");
    }
    document.extend_from_slice(FEED_END.as_bytes());
    legal::bytes(document)
}

/// What the crate writes of an entry, but for the beginning that is ours.
struct Rest<'a> {
    document: &'a mut Vec<u8>,
    skipped: usize,
}

impl Write for Rest<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let start = &ENTRY_START.as_bytes()[self.skipped..];
        let (skipped, rest) = bytes.split_at(start.len().min(bytes.len()));
        debug_assert!(start.starts_with(skipped), "the crate starts an entry with its namespace");
        self.skipped += skipped.len();
        self.document.extend_from_slice(rest);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// All of the feed but its entries.
fn head(feed: &Feed) -> atom_syndication::Feed {
    let mut links = vec![
        Link { mime_type: Some("application/atom+xml".to_owned()), ..link("self", feed.format_url(Format::Atom)) },
        Link { mime_type: Some("text/html".to_owned()), ..link("alternate", feed.page_url()) },
    ];
    links.extend(feed.hub.iter().map(|hub| link("hub", hub.clone())));
    links.extend(feed.part_links(Format::Atom).into_iter().map(|(relation, url)| link(relation, url)));
    let tombstones = tombstones(feed);
    let mut extensions = extensions("at", "deleted-entry", tombstones);
    if feed.neighbours.is_archive {
        extensions.extend(self::extensions("fh", "archive", vec![extension("fh:archive", None, [])]));
    }
    atom_syndication::Feed {
        title: Text::plain(feed.title.as_str()),
        id: feed.urn(),
        updated: fixed(feed.updated()),
        authors: vec![person(&feed.title)],
        generator: Some(Generator {
            value: "Harbinger".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            uri: None,
        }),
        icon: Some(feed.absolute(assets::LOGO_PATH)),
        links,
        rights: feed.rights.as_deref().map(Text::plain),
        subtitle: Some(Text::plain(feed.description.as_str())),
        namespaces: namespaces(feed, &extensions),
        extensions,
        lang: Some(feed.language.clone()),
        ..atom_syndication::Feed::default()
    }
}

/// The prefixes in use. The crate writes these addresses as they are, so they must need no escaping.
fn namespaces(feed: &Feed, extensions: &ExtensionMap) -> BTreeMap<String, String> {
    let has_pictures = feed.entries.iter().any(|entry| !entry.pictures().is_empty());
    let has_sources = feed.entries.iter().any(|entry| entry.source.is_some());
    let used = [
        (extensions.contains_key("at"), "at", TOMBSTONES),
        (extensions.contains_key("fh"), "fh", FEED_HISTORY),
        (has_pictures, "media", picture::MEDIA),
        (has_sources, "dc", DUBLIN_CORE),
    ];
    let declared = |(is_used, prefix, uri): (bool, &str, &str)| is_used.then(|| (prefix.to_owned(), uri.to_owned()));
    used.into_iter().filter_map(declared).collect()
}

/// What was withdrawn, unless it is back.
fn tombstones(feed: &Feed) -> Vec<Extension> {
    let gone = feed.tombstones.iter().filter(|tombstone| feed.entries.iter().all(|entry| entry.id != tombstone.id));
    let element = |id, when: DateTime<Utc>| {
        let attributes =
            [("ref", format!("urn:uuid:{id}")), ("when", when.to_rfc3339_opts(SecondsFormat::Secs, false))];
        extension("at:deleted-entry", None, attributes)
    };
    gone.map(|tombstone| element(tombstone.id, tombstone.when)).collect()
}

fn atom_entry(feed: &Feed, entry: &Entry) -> atom_syndication::Entry {
    let category =
        |term: &str, label: &str| Category { term: term.to_owned(), scheme: None, label: Some(label.to_owned()) };
    let mut extensions = extensions("media", "content", media(entry));
    let source = entry.source.iter().map(|source| extension("dc:source", Some(source), []));
    extensions.extend(self::extensions("dc", "source", source.collect()));
    atom_syndication::Entry {
        title: Text::plain(entry.title.as_str()),
        id: entry.guid(),
        updated: entry.updated.trunc_subsecs(0),
        authors: entry.authors.iter().map(|name| person(name)).collect(),
        categories: entry.tags().map(|tag| category(&tag.term, &tag.label)).collect(),
        links: vec![Link { mime_type: Some("text/html".to_owned()), ..link("alternate", entry.url.clone()) }],
        published: Some(entry.published.trunc_subsecs(0)),
        rights: entry.rights.as_deref().filter(|_| entry.rights != feed.rights).map(Text::plain),
        source: entry.origin.as_ref().map(|origin| section_feed(origin, entry)),
        summary: entry.summary.as_deref().map(Text::plain),
        content: entry.body().map(|html| Content {
            value: Some(html.to_owned()),
            content_type: Some("html".to_owned()),
            ..Content::default()
        }),
        extensions,
        ..atom_syndication::Entry::default()
    }
}

/// The section feed an entry comes from. Its `updated` is that of the feed when the entry was last taken from it, as
/// RFC 4287 §4.2.11 means it; the feed's present one would change wide feeds without any reason.
fn section_feed(origin: &Origin, entry: &Entry) -> Source {
    let mime_type = Some("application/atom+xml".to_owned());
    Source {
        id: format!("urn:uuid:{}", origin.id),
        title: Text::plain(origin.title.as_str()),
        updated: fixed(entry.updated.to_utc()),
        links: vec![Link { mime_type, ..link("self", origin.url.clone()) }],
        ..Source::default()
    }
}

fn media(entry: &Entry) -> Vec<Extension> {
    entry.pictures().iter().map(|image| media_content(entry, image)).collect()
}

fn media_content(entry: &Entry, image: &Image) -> Extension {
    let address = [("url", image.url.clone()), ("medium", "image".to_owned())];
    let media_type = media_type(&image.url).map(|media_type| ("type", media_type.to_owned()));
    let mut content = extension("media:content", None, address.into_iter().chain(media_type));
    let credit = |name: &String| extension("media:credit", Some(name), [("role", "photographer".to_owned())]);
    let description = |text: &String| extension("media:description", Some(text), [("type", "plain".to_owned())]);
    content.children = BTreeMap::from([
        ("credit".to_owned(), entry.photographers.iter().map(credit).collect()),
        ("description".to_owned(), image.caption.iter().map(description).collect()),
    ]);
    content
}

fn extensions(prefix: &str, name: &str, elements: Vec<Extension>) -> ExtensionMap {
    if elements.is_empty() {
        return ExtensionMap::new();
    }
    ExtensionMap::from([(prefix.to_owned(), BTreeMap::from([(name.to_owned(), elements)]))])
}

/// An extension element. The crate writes the attributes of these, and of nothing else, unescaped.
fn extension<'a>(
    name: &str,
    value: Option<&String>,
    attributes: impl IntoIterator<Item = (&'a str, String)>,
) -> Extension {
    let escaped = |(name, value): (&str, String)| (name.to_owned(), escape(value).into_owned());
    Extension {
        name: name.to_owned(),
        value: value.cloned(),
        attrs: attributes.into_iter().map(escaped).collect(),
        children: BTreeMap::new(),
    }
}

fn link(rel: &str, href: String) -> Link {
    Link { href, rel: rel.to_owned(), ..Link::default() }
}

fn person(name: &str) -> Person {
    Person { name: name.to_owned(), ..Person::default() }
}

fn fixed(time: DateTime<Utc>) -> DateTime<FixedOffset> {
    time.trunc_subsecs(0).fixed_offset()
}
