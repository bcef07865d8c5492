//! The documents that belong to no feed: the front page, the list of feeds, robots.txt, and the files pages use.

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset, Utc};
use url::Url;

use crate::model::addresses::Addresses;
use crate::model::catalogue::Catalogue;
use crate::model::feed::{Entry, Feed, FeedKey, Format};
use crate::publish::directory::Directory;
use crate::publish::document::{Document, OPML_AGE_S, PAGE_AGE_S};
use crate::publish::pages::look::Look;
use crate::publish::pages::{self, Headline};
use crate::publish::{GENERATOR, PublishError, assets, opml, robots, select, sitemap};

/// Under this name the store keeps when the list of feeds last changed.
pub const NAME: &str = "feeds.opml";
/// Where the list of feeds stands.
pub const OPML_PATH: &str = "/feeds.opml";
/// Where subscribers come and go (WebSub).
pub const HUB_PATH: &str = "/hub";
/// Where crawlers look first.
pub const ROBOTS_PATH: &str = "/robots.txt";

/// What the front page is made of besides the operator's files.
pub struct Front<'a> {
    /// When anything on the front page last changed.
    pub changed: DateTime<Utc>,
    /// All portals' newest articles.
    pub latest: Option<Feed>,
    /// When each portal was last read without a failure.
    pub read: &'a HashMap<String, DateTime<Utc>>,
}

/// Whether the document at a path, or under a key of the shelf, is one of these.
pub fn is_here(path: &str) -> bool {
    path.split('#').next() == Some("/")
        || path == OPML_PATH
        || path == ROBOTS_PATH
        || assets::all().iter().any(|asset| asset.path == path)
}

/// The front page in each look, with its key on the shelf.
pub fn pages(catalogue: &Catalogue, base_url: &Url, front: Front) -> Result<Vec<(String, Document)>, PublishError> {
    let page = |look: Look| {
        let index = page(catalogue, base_url, Addresses::Queries, &front, look)?;
        let document = Document::new(Format::Html.content_type(), index, front.changed, PAGE_AGE_S);
        Ok((look.key("/"), document.in_language(look.language)))
    };
    Look::all().map(page).collect()
}

/// The front page in one look.
pub fn page(
    catalogue: &Catalogue,
    base_url: &Url,
    addresses: Addresses,
    front: &Front,
    look: Look,
) -> Result<String, PublishError> {
    let mut directory = Directory::of(catalogue, base_url, addresses);
    for (listed, portal) in directory.portals.iter_mut().zip(&catalogue.portals) {
        listed.last_success = front.read.get(&portal.id).map(|read| select::in_zone(*read, portal.timezone));
    }
    let latest: Vec<Headline> =
        front.latest.iter().flat_map(|feed| &feed.entries).map(|entry| headline(catalogue, entry)).collect();
    pages::index(&directory, &latest, look).map_err(|error| broken(base_url, "/", &error))
}

/// What changes only with the operator's files, each with its path. `listed` is when the list of feeds last changed.
pub fn lasting(
    catalogue: &Catalogue,
    base_url: &Url,
    addresses: Addresses,
    listed: DateTime<Utc>,
) -> Result<Vec<(String, Document)>, PublishError> {
    let directory = Directory::of(catalogue, base_url, addresses);
    let list = opml::render(&directory, listed).map_err(|error| broken(base_url, OPML_PATH, &error))?;
    let sitemap = format!("{}{}", base_url.as_str().trim_end_matches('/'), sitemap::PATH);
    let mut documents = vec![
        (OPML_PATH.to_owned(), Document::new(opml::CONTENT_TYPE, list, listed, OPML_AGE_S)),
        (
            ROBOTS_PATH.to_owned(),
            Document::new("text/plain; charset=utf-8", robots::render(&sitemap, addresses), listed, OPML_AGE_S),
        ),
    ];
    for asset in if addresses.are_files() { assets::of_files() } else { assets::all() } {
        let document = Document::new(asset.content_type, asset.bytes, listed, asset.max_age_s);
        documents.push((asset.path, document));
    }
    Ok(documents)
}

fn broken(base_url: &Url, path: &str, error: &dyn std::fmt::Display) -> PublishError {
    PublishError::Broken {
        url: format!("{}{path}", base_url.as_str().trim_end_matches('/')),
        reason: error.to_string(),
    }
}

/// Hash of all that the list of feeds says.
pub fn settings_hash(catalogue: &Catalogue, base_url: &Url) -> [u8; 32] {
    let directory = Directory::of(catalogue, base_url, Addresses::Queries);
    *blake3::hash(format!("{GENERATOR} {directory:?}").as_bytes()).as_bytes()
}

fn headline(catalogue: &Catalogue, entry: &Entry) -> Headline {
    let portal = catalogue.portals.iter().find(|portal| portal.id == entry.portal);
    let published: DateTime<FixedOffset> = entry.published;
    Headline {
        url: entry.url.clone(),
        title: entry.title.clone(),
        language: entry.language.clone(),
        published,
        portal: portal.map(|portal| portal.title.clone()).unwrap_or_default(),
        portal_language: portal.map(|portal| portal.language.clone()).unwrap_or_default(),
    }
}

/// All portals together, cut to what the front page shows.
pub const LATEST: (FeedKey, usize) = (FeedKey::All, pages::HEADLINES_MAX);
