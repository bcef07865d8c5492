//! RSS 2.0, with the RSS Advisory Board's profile.
//!
//! | our word | RSS |
//! |---|---|
//! | feed: title, page, description, language, rights | `title`, `link`, `description`, `language`, `copyright` |
//! | feed: own address, hub | `atom:link rel="self"`, `rel="hub"` |
//! | feed: its other parts; that it is an archive page | `atom:link rel="next"` …, `rel="prev-archive"` …; `fh:archive` (RFC 5005) |
//! | feed: changed, ttl | `lastBuildDate`, `ttl` |
//! | entry: id | `guid isPermaLink="false"`, a `urn:uuid:` |
//! | entry: title, url, published | `title`, `link`, `pubDate` |
//! | entry: summary, as HTML | `description` |
//! | entry: body | `content:encoded` |
//! | entry: authors, one element each | `dc:creator` |
//! | entry: categories, by label | `category` |
//! | entry: pictures, captions, photographers | `media:content`, `media:description`, `media:credit` |
//! | entry: origin | `source url=` |
//! | entry: source (where the portal took it from) | `dc:source` |
//! | entry: language and rights that differ from the feed's | `dc:language`, `dc:rights` |
//! | entry: updated; tombstones | not said in RSS |
//!
//! The crate writes the channel with empty bodies, and each body is put where its element begins: copied once, straight
//! from the feed, and not into the channel first. In all the crate writes a `<` that is no tag's is escaped, so that
//! nothing but an element of a body can look like one.
//!
//! There is no `enclosure`, which is for one recording, and no link to the other formats: several readers take the
//! first `atom:link rel="alternate"` for the page.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::format::{self, Fixed, Numeric, Pad};
use chrono::{DateTime, TimeZone};
use memchr::memmem;
use quick_xml::events::BytesCData;
use rss::extension::atom::{AtomExtension, Link};
use rss::extension::dublincore::DublinCoreExtension;
use rss::extension::{Extension, ExtensionMap};
use rss::{Category, Channel, Guid, Image, Item, Source};

use crate::model::article;
use crate::model::feed::{Entry, Feed, Format};
use crate::publish::picture::{self, media_type};
use crate::publish::{FEED_HISTORY, GENERATOR, assets, legal};

/// Where a body begins, and where it goes on behind a `]]` that would end it with the `>` that follows.
const BODY: &[u8] = b"<content:encoded><![CDATA[";
const BODY_GOES_ON: &[u8] = b"]]><![CDATA[";
/// The shortest pause between two looks we ask of readers, in minutes.
const TTL_MINUTES_MIN: u32 = 5;

/// The feed as RSS 2.0, in UTF-8.
pub fn render(feed: &Feed) -> Vec<u8> {
    let memory = Vec::with_capacity(2048 * (feed.entries.len() + 1));
    let bare = legal::bytes(channel(feed).write_to(memory).expect("writing to memory cannot fail"));
    let bodies: Vec<&str> = feed.entries.iter().filter_map(Entry::body).collect();
    let body_bytes: usize = bodies.iter().map(|body| body.len()).sum();
    let mut document = Vec::with_capacity(bare.len() + body_bytes);
    let (mut begins, mut copied) = (memmem::find_iter(&bare, BODY), 0);
    for body in bodies {
        let begin = begins.next().expect("the crate writes an element for each body") + BODY.len();
        document.extend_from_slice(&bare[copied..begin]);
        for (at, part) in BytesCData::escaped(&legal::text(body)).enumerate() {
            document.extend_from_slice(if at > 0 { BODY_GOES_ON } else { b"" });
            document.extend_from_slice(part.as_bytes());
        }
        copied = begin;
    }
    document.extend_from_slice(&bare[copied..]);
    document
}

/// `%a, %d %b %Y %H:%M:%S %z`, read by the compiler and not again for every entry.
const RFC_822: [format::Item; 16] = {
    const SPACE: format::Item = format::Item::Space(" ");
    const COLON: format::Item = format::Item::Literal(":");
    const fn number(what: Numeric) -> format::Item<'static> {
        format::Item::Numeric(what, Pad::Zero)
    }
    [
        format::Item::Fixed(Fixed::ShortWeekdayName),
        format::Item::Literal(","),
        SPACE,
        number(Numeric::Day),
        SPACE,
        format::Item::Fixed(Fixed::ShortMonthName),
        SPACE,
        number(Numeric::Year),
        SPACE,
        number(Numeric::Hour),
        COLON,
        number(Numeric::Minute),
        COLON,
        number(Numeric::Second),
        SPACE,
        format::Item::Fixed(Fixed::TimezoneOffset),
    ]
};

/// A date as RFC 822 wants it, with a four-digit year and a numeric offset.
pub fn date<Tz: TimeZone>(date: &DateTime<Tz>) -> String
where
    Tz::Offset: std::fmt::Display,
{
    date.format_with_items(RFC_822.iter()).to_string()
}

fn channel(feed: &Feed) -> Channel {
    let mut links = vec![Link {
        href: feed.format_url(Format::Rss),
        rel: "self".to_owned(),
        mime_type: Some("application/rss+xml".to_owned()),
        ..Link::default()
    }];
    let hub = feed.hub.iter().map(|hub| Link { href: hub.clone(), rel: "hub".to_owned(), ..Link::default() });
    links.extend(hub);
    links.extend(feed.part_links(Format::Rss).into_iter().map(|(relation, url)| part_link(relation, url)));
    Channel {
        title: feed.title.clone(),
        link: feed.page_url(),
        description: feed.description.clone(),
        language: Some(feed.language.clone()),
        copyright: feed.rights.clone(),
        last_build_date: Some(date(&feed.changed)),
        generator: Some(GENERATOR.to_owned()),
        docs: Some("https://www.rssboard.org/rss-specification".to_owned()),
        ttl: Some(feed.ttl_minutes.max(TTL_MINUTES_MIN).to_string()),
        image: Some(Image {
            url: feed.absolute(assets::LOGO_PATH),
            title: feed.title.clone(),
            link: feed.page_url(),
            width: Some(assets::LOGO_PX.to_string()),
            height: Some(assets::LOGO_PX.to_string()),
            description: None,
        }),
        items: feed.entries.iter().map(|entry| item(feed, entry)).collect(),
        atom_ext: Some(AtomExtension { links }),
        namespaces: namespaces(feed),
        extensions: history(feed),
        ..Channel::default()
    }
}

fn part_link(relation: &str, href: String) -> Link {
    Link { href, rel: relation.to_owned(), ..Link::default() }
}

/// That this is an archive page (RFC 5005 §4).
fn history(feed: &Feed) -> ExtensionMap {
    if !feed.neighbours.is_archive {
        return ExtensionMap::new();
    }
    let archive = Extension { name: "fh:archive".to_owned(), ..Extension::default() };
    ExtensionMap::from([("fh".to_owned(), BTreeMap::from([("archive".to_owned(), vec![archive])]))])
}

/// The prefixes the crate does not declare by itself.
fn namespaces(feed: &Feed) -> BTreeMap<String, String> {
    let is_media_used = feed.entries.iter().any(|entry| !entry.pictures().is_empty());
    let used = [(is_media_used, "media", picture::MEDIA), (feed.neighbours.is_archive, "fh", FEED_HISTORY)];
    let declared = |(is_used, prefix, uri): (bool, &str, &str)| is_used.then(|| (prefix.to_owned(), uri.to_owned()));
    used.into_iter().filter_map(declared).collect()
}

fn item(feed: &Feed, entry: &Entry) -> Item {
    let category = |label: &String| Category { name: label.clone(), domain: None };
    Item {
        title: Some(entry.title.clone()),
        link: Some(entry.url.clone()),
        description: entry.summary.as_deref().map(|summary| html_text(summary).into_owned()),
        categories: entry.tags().map(|tag| category(&tag.label)).collect(),
        guid: Some(Guid { value: entry.guid(), permalink: false }),
        pub_date: Some(date(&entry.published)),
        source: entry
            .origin
            .as_ref()
            .map(|origin| Source { url: origin.url.clone(), title: Some(origin.title.clone()) }),
        content: entry.body().map(|_| String::new()),
        extensions: media(entry),
        dublin_core_ext: dublin_core(feed, entry),
        ..Item::default()
    }
}

/// Plain text as HTML, changed only where a reader of HTML would misread it. So `A & B` stays as it is for the
/// readers that take a description for plain text.
fn html_text(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<']) {
        return Cow::Borrowed(text);
    }
    let mut html = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<']) {
        let (plain, mark) = rest.split_at(at);
        let (mark, after) = mark.split_at(1);
        html.push_str(plain);
        html.push_str(match mark {
            "<" => "&lt;",
            _ if after.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '#') => "&amp;",
            _ => "&",
        });
        rest = after;
    }
    html.push_str(rest);
    Cow::Owned(html)
}

fn dublin_core(feed: &Feed, entry: &Entry) -> Option<DublinCoreExtension> {
    let own_language = Some(&entry.language).filter(|language| **language != feed.language);
    let own_rights = entry.rights.as_ref().filter(|_| entry.rights != feed.rights);
    let extension = DublinCoreExtension {
        creators: entry.authors.clone(),
        languages: own_language.into_iter().cloned().collect(),
        rights: own_rights.into_iter().cloned().collect(),
        sources: entry.source.iter().cloned().collect(),
        ..DublinCoreExtension::default()
    };
    // An empty one would declare its prefix for nothing.
    Some(extension).filter(|extension| *extension != DublinCoreExtension::default())
}

fn media(entry: &Entry) -> ExtensionMap {
    let contents: Vec<Extension> = entry.pictures().iter().map(|image| media_content(entry, image)).collect();
    if contents.is_empty() {
        return ExtensionMap::new();
    }
    ExtensionMap::from([("media".to_owned(), BTreeMap::from([("content".to_owned(), contents)]))])
}

fn media_content(entry: &Entry, image: &article::Image) -> Extension {
    let word = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut attrs = BTreeMap::from([word("url", &image.url), word("medium", "image")]);
    attrs.extend(media_type(&image.url).map(|media_type| word("type", media_type)));
    let credit = |name: &String| Extension {
        name: "media:credit".to_owned(),
        value: Some(name.clone()),
        attrs: BTreeMap::from([word("role", "photographer")]),
        children: BTreeMap::new(),
    };
    let description = |caption: &String| Extension {
        name: "media:description".to_owned(),
        value: Some(caption.clone()),
        attrs: BTreeMap::from([word("type", "plain")]),
        children: BTreeMap::new(),
    };
    let children = BTreeMap::from([
        ("credit".to_owned(), entry.photographers.iter().map(credit).collect()),
        ("description".to_owned(), image.caption.iter().map(description).collect()),
    ]);
    Extension { name: "media:content".to_owned(), value: None, attrs, children }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_escaped_only_where_html_would_misread_it() {
        let check = |text: &str, expected: &str| assert_eq!(html_text(text), expected);
        check("冰雪", "冰雪");
        check("A & B", "A & B");
        check("AT&T, &lt; and &#65;", "AT&amp;T, &amp;lt; and &amp;#65;");
        check("a < b <script>alert(1)</script>", "a &lt; b &lt;script>alert(1)&lt;/script>");
        check("&", "&");
        check("&<", "&&lt;");
        check("", "");
    }

    #[test]
    fn dates_have_two_digits_and_a_numeric_offset() {
        let day = DateTime::parse_from_rfc3339("2026-01-06T09:00:00+08:00").unwrap();
        assert_eq!(date(&day), "Tue, 06 Jan 2026 09:00:00 +0800");
    }
}
