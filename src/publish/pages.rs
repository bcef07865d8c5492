//! The pages for people: the front page and one for each feed. They work without scripts.
//!
//! Links within a page leave out the host, so that they (and the stylesheet) work under whatever name the service was
//! opened; addresses to copy are whole and public.

use askama::Template;
use chrono::{DateTime, FixedOffset, SecondsFormat};

use crate::model::feed::{Entry, Feed, FeedKey, Format};
use crate::publish::directory::{Directory, Listed};
use crate::publish::{GENERATOR, assets, legal};

/// The most headlines the front page shows.
pub const HEADLINES_MAX: usize = 12;

/// A headline on the front page.
#[derive(Debug, Clone)]
pub struct Headline {
    /// The article's address.
    pub url: String,
    /// Plain text, one line.
    pub title: String,
    /// BCP 47 tag.
    pub language: String,
    /// In the portal's zone.
    pub published: DateTime<FixedOffset>,
    /// The portal's name.
    pub portal: String,
    /// BCP 47 tag of that name.
    pub portal_language: String,
}

/// The front page: all feeds, how to subscribe, the newest articles, when each portal was last read.
pub fn index(directory: &Directory, latest: &[Headline]) -> Result<String, askama::Error> {
    let latest = &latest[..latest.len().min(HEADLINES_MAX)];
    let page = IndexPage { frame: Frame::of(directory.base_url.path()), directory, latest };
    page.render().map(legal::document)
}

/// A feed's page: how to subscribe, and its entries.
pub fn feed(feed: &Feed) -> Result<String, askama::Error> {
    let page = FeedPage { frame: Frame::of(feed.base_url.path()), feed };
    page.render().map(legal::document)
}

/// What every page has around it.
struct Frame {
    /// The path the service stands under, without its final slash.
    root: String,
    stylesheet: &'static str,
    generator: &'static str,
}

impl Frame {
    fn of(base_path: &str) -> Frame {
        let root = base_path.trim_end_matches('/').to_owned();
        Frame { root, stylesheet: assets::stylesheet_path(), generator: GENERATOR }
    }
}

/// A document a page offers: its kind, its name for people and its whole address.
struct Offer {
    media_type: &'static str,
    name: &'static str,
    id: &'static str,
    url: String,
}

impl Offer {
    fn all(url: impl Fn(Format) -> String) -> [Offer; 3] {
        let offer = |format, name, id, media_type| Offer { media_type, name, id, url: url(format) };
        [
            offer(Format::Rss, "RSS", "rss", "application/rss+xml"),
            offer(Format::Atom, "Atom", "atom", "application/atom+xml"),
            offer(Format::Json, "JSON", "json", "application/feed+json"),
        ]
    }

    /// The address that opens in the feed reader of the system. Not `feed:https://…`, which HTML validators reject.
    fn reader_url(&self) -> String {
        let (_, rest) = self.url.split_once("://").unwrap_or(("", &self.url));
        format!("feed://{rest}")
    }
}

#[derive(Template)]
#[template(path = "index.html")]
struct IndexPage<'a> {
    frame: Frame,
    directory: &'a Directory,
    latest: &'a [Headline],
}

impl IndexPage<'_> {
    fn offers(&self, listed: &Listed) -> [Offer; 3] {
        Offer::all(|format| self.directory.format_url(listed, format))
    }

    fn path(&self, listed: &Listed) -> String {
        format!("{}{}", self.frame.root, listed.key.format_path(Format::Html))
    }
}

#[derive(Template)]
#[template(path = "feed.html")]
struct FeedPage<'a> {
    frame: Frame,
    feed: &'a Feed,
}

impl FeedPage<'_> {
    fn offers(&self) -> [Offer; 3] {
        Offer::all(|format| self.feed.format_url(format))
    }

    /// The page of the portal a section belongs to.
    fn portal_path(&self) -> Option<String> {
        match &self.feed.key {
            FeedKey::Section(portal, _) => {
                let portal = FeedKey::Portal(portal.clone());
                Some(format!("{}{}", self.frame.root, portal.format_path(Format::Html)))
            }
            _ => None,
        }
    }

    /// Who wrote it and where the portal took it from, each once.
    fn byline(&self, entry: &Entry) -> String {
        let source = entry.source.iter().filter(|source| !entry.authors.contains(source));
        let words: Vec<&str> = entry.authors.iter().chain(source).map(String::as_str).collect();
        words.join(" · ")
    }
}

/// A time for machines.
fn machine(time: &DateTime<FixedOffset>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// A time for people, in the order every language reads.
fn human(time: &DateTime<FixedOffset>) -> String {
    time.format("%Y-%m-%d %H:%M").to_string()
}
