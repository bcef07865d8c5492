//! What we publish: feeds, their addresses and their entries.

use std::fmt;

use chrono::{DateTime, FixedOffset, Utc};
use url::Url;
use uuid::Uuid;

use crate::model::addresses::Addresses;
use crate::model::article::Image;
use crate::model::coverage::Presented;
use crate::model::html::SafeHtml;
use crate::model::part::{Neighbours, Part};
use crate::model::portal::ContentLevel;

/// Which feed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FeedKey {
    /// All portals together.
    All,
    /// One portal.
    Portal(String),
    /// One section of a portal.
    Section(String, String),
    /// One event.
    Event(String),
}

impl FeedKey {
    /// The address without suffix: `/feeds/hljnews/ljxw`; all portals together stand at `/feed`.
    pub fn path(&self) -> String {
        match self {
            FeedKey::All => "/feed".to_owned(),
            FeedKey::Portal(portal) => format!("/feeds/{portal}"),
            FeedKey::Section(portal, section) => format!("/feeds/{portal}/{section}"),
            FeedKey::Event(event) => format!("/events/{event}"),
        }
    }

    /// Where a format of this feed stands.
    /// All portals together stand where readers probe, and their page is the front page.
    pub fn format_path(&self, format: Format) -> String {
        match (self, format) {
            (FeedKey::All, Format::Rss) => "/rss.xml".to_owned(),
            (FeedKey::All, Format::Atom) => "/atom.xml".to_owned(),
            (FeedKey::All, Format::Json) => "/feed.json".to_owned(),
            (FeedKey::All, Format::Html) => "/".to_owned(),
            _ => self.path() + format.suffix(),
        }
    }
}

/// The name in the store and the API: `hljnews`, `hljnews/ljxw`, `events/ID`; all together are `*`.
impl fmt::Display for FeedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FeedKey::All => f.write_str("*"),
            FeedKey::Portal(portal) => f.write_str(portal),
            FeedKey::Section(portal, section) => write!(f, "{portal}/{section}"),
            FeedKey::Event(event) => write!(f, "events/{event}"),
        }
    }
}

/// The formats of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// RSS 2.0.
    Rss,
    /// Atom 1.0 (RFC 4287).
    Atom,
    /// JSON Feed 1.1.
    Json,
    /// A page for people.
    Html,
}

impl Format {
    /// The ending of the address; empty for the page.
    pub fn suffix(self) -> &'static str {
        match self {
            Format::Rss => ".rss",
            Format::Atom => ".atom",
            Format::Json => ".json",
            Format::Html => "",
        }
    }

    /// Whether it is written as XML.
    pub fn is_xml(self) -> bool {
        matches!(self, Format::Rss | Format::Atom)
    }

    /// The whole `Content-Type`.
    pub fn content_type(self) -> &'static str {
        match self {
            Format::Rss => "application/rss+xml; charset=utf-8",
            Format::Atom => "application/atom+xml; charset=utf-8",
            Format::Json => "application/feed+json",
            Format::Html => "text/html; charset=utf-8",
        }
    }
}

/// A feed with its newest entries, ready to be written in any format.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Which feed.
    pub key: FeedKey,
    /// Permanent, different per feed, independent of the public address.
    pub id: Uuid,
    /// Its name.
    pub title: String,
    /// A sentence about it; never empty.
    pub description: String,
    /// BCP 47 tag.
    pub language: String,
    /// The rights line.
    pub rights: Option<String>,
    /// The public address of the service, with its final slash.
    pub base_url: Url,
    /// How the addresses of its parts and pages are written.
    pub addresses: Addresses,
    /// Which part of the feed this is; it stands in the address.
    pub part: Part,
    /// Whether it is for those alone who hold a key.
    pub is_private: bool,
    /// Whether the RSS was asked for as `/feed.xml` rather than `/rss.xml`; only for [`FeedKey::All`].
    pub is_alias: bool,
    /// How long an answer may be kept, in seconds: what the schedule promises.
    pub max_age_s: u32,
    /// How often the sources are read, in minutes.
    pub ttl_minutes: u32,
    /// Where changes are pushed from (WebSub), once there is such a place.
    pub hub: Option<String>,
    /// When anything in it last changed, at full seconds. Stored, never the time of serving.
    pub changed: DateTime<Utc>,
    /// Newest first.
    pub entries: Vec<Entry>,
    /// What was withdrawn from it of late.
    pub tombstones: Vec<Tombstone>,
    /// What the page of an event says of it.
    pub event: Option<Presented>,
    /// Where its other parts stand.
    pub neighbours: Neighbours,
}

impl Feed {
    /// The page for people.
    pub fn page_url(&self) -> String {
        self.absolute(&self.addresses.page(&self.key, &Part::default(), None))
    }

    /// Where a format of this feed stands, without the public address and the query.
    pub fn format_path(&self, format: Format) -> String {
        match format {
            Format::Rss if self.is_alias => "/feed.xml".to_owned(),
            _ => self.key.format_path(format),
        }
    }

    /// Where a format of this feed is published.
    pub fn format_url(&self, format: Format) -> String {
        self.part_url(format, &self.part)
    }

    /// Where a part of this feed is published.
    pub fn part_url(&self, format: Format, part: &Part) -> String {
        self.absolute(&self.part_path(format, part))
    }

    /// The same without the public address.
    pub fn part_path(&self, format: Format, part: &Part) -> String {
        match format {
            Format::Html => self.addresses.page(&self.key, part, None),
            // The archive of an alias is that of the feed itself.
            _ if self.addresses.are_files() && part.page.is_some() => {
                self.addresses.document(&self.key.format_path(format), part)
            }
            _ => self.addresses.document(&self.format_path(format), part),
        }
    }

    /// The links to its other parts (RFC 5005), each with its relation; none if it is all there is.
    pub fn part_links(&self, format: Format) -> Vec<(&'static str, String)> {
        let neighbours = &self.neighbours;
        let mut links: Vec<_> =
            neighbours.links().map(|(relation, part)| (relation, self.part_url(format, part))).collect();
        let is_archive = self.part.page.is_some();
        if is_archive || !links.is_empty() {
            links.push(("first", self.part_url(format, &self.part.first())));
        }
        if is_archive {
            links.push(("current", self.part_url(format, &self.part.first())));
        }
        links
    }

    /// The whole address of a path of ours.
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.base_url.as_str().trim_end_matches('/'))
    }

    /// What Atom calls `updated`: the latest change of an entry or withdrawal (RFC 4287 §4.2.15);
    /// an empty feed has only the time it changed.
    pub fn updated(&self) -> DateTime<Utc> {
        let edited = self.entries.iter().map(|entry| entry.updated.to_utc());
        let withdrawn = self.tombstones.iter().map(|tombstone| tombstone.when);
        edited.chain(withdrawn).max().unwrap_or(self.changed)
    }

    /// The id in Atom: `urn:uuid:…`.
    pub fn urn(&self) -> String {
        format!("urn:uuid:{}", self.id)
    }
}

/// An article as it stands in one feed.
#[derive(Debug, Clone, Hash)]
pub struct Entry {
    /// The article's id, the same in every feed.
    pub id: Uuid,
    /// The portal it belongs to.
    pub portal: String,
    /// The article's address.
    pub url: String,
    /// Plain text, one line.
    pub title: String,
    /// Plain text, one line. `None` where the portal lets us republish the headline alone.
    pub summary: Option<String>,
    /// The body. `None` unless the portal lets us republish all of it.
    pub html: Option<SafeHtml>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Who took the pictures.
    pub photographers: Vec<String>,
    /// Where the portal took it from.
    pub source: Option<String>,
    /// The names of its sections, then its keywords.
    pub categories: Vec<Category>,
    /// BCP 47 tag.
    pub language: String,
    /// Its pictures.
    pub images: Vec<Image>,
    /// In the portal's zone.
    pub published: DateTime<FixedOffset>,
    /// In the portal's zone; at least `published`.
    pub updated: DateTime<FixedOffset>,
    /// The rights line of its portal.
    pub rights: Option<String>,
    /// The section feed it comes from; set in portal, event and combined feeds.
    pub origin: Option<Origin>,
}

impl Entry {
    /// The id in every feed: `urn:uuid:…` (RFC 9562).
    pub fn guid(&self) -> String {
        format!("urn:uuid:{}", self.id)
    }

    /// The body, if there is one and we may republish it.
    pub fn body(&self) -> Option<&str> {
        self.html.as_ref().filter(|html| !html.is_empty()).map(SafeHtml::as_str)
    }

    /// The pictures we may republish: they and their captions belong to the body.
    pub fn pictures(&self) -> &[Image] {
        if self.html.is_some() { &self.images } else { &[] }
    }

    /// The categories, each label once: a keyword often repeats the section's name.
    pub fn tags(&self) -> impl Iterator<Item = &Category> {
        let is_first = |(at, category): &(usize, &Category)| {
            !self.categories[..*at].iter().any(|earlier| earlier.label == category.label)
        };
        self.categories.iter().enumerate().filter(is_first).map(|(_, category)| category)
    }
}

/// A column or keyword an entry is filed under.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Category {
    /// A stable word: the section's id, or the keyword itself.
    pub term: String,
    /// What people read.
    pub label: String,
}

/// The section feed an entry of a wider feed comes from (RFC 4287 §4.2.11).
#[derive(Debug, Clone, Hash)]
pub struct Origin {
    /// The section feed's id.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// Its Atom address.
    pub url: String,
}

/// An entry that left a feed (RFC 6721).
#[derive(Debug, Clone)]
pub struct Tombstone {
    /// The article's id.
    pub id: Uuid,
    /// When it left.
    pub when: DateTime<Utc>,
}

/// How much of an article its portal lets us show.
pub fn shown(content: ContentLevel, summary: Option<String>, html: SafeHtml) -> (Option<String>, Option<SafeHtml>) {
    match content {
        ContentLevel::Full => (summary, Some(html)),
        ContentLevel::Summary => (summary, None),
        ContentLevel::Headline => (None, None),
    }
}
