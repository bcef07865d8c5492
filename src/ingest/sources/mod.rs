//! Reads a section's sources: which article links a list page, a feed or a sitemap has.
//! What cannot be read is an error of that source, never "no links".

use chrono::{DateTime, Utc};
use regex::Regex;
use url::Url;

use crate::ingest::decode::Page;
use crate::ingest::fetch::RawPage;
use crate::model::html::nesting;
use crate::model::timezone::Timezone;

mod dates;
mod feed;
mod guess;
mod listing;
mod scan;
mod sitemap;
mod words;
mod xml;

/// The most links one source gives, the newest where they have dates; no portal publishes more between two runs.
pub const LINKS_MAX: usize = 1000;

/// The most sitemaps read out of an index, the newest first; an archive of years is not news.
/// An index within an index is not followed.
pub const SITEMAPS_MAX: usize = 20;

/// A link to an article, with what its source says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The absolute address, http or https, without a fragment.
    pub url: Url,
    /// Its text: plain, white space collapsed, at most 500 characters.
    pub title: Option<String>,
    /// When the source says the article was published.
    pub published: Option<DateTime<Utc>>,
    /// When the source says it was changed, if that is another time.
    pub updated: Option<DateTime<Utc>>,
}

impl Link {
    fn new(url: Url, title: Option<String>) -> Link {
        Link { url, title, published: None, updated: None }
    }
}

/// What a list page has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The links to articles in page order, each once, at most [`LINKS_MAX`].
    pub links: Vec<Link>,
    /// The next page of the list, on the same host.
    pub next: Option<Url>,
}

/// What a sitemap has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sitemap {
    /// Pages, at most [`LINKS_MAX`].
    Urls(Vec<Link>),
    /// Other sitemaps, at most [`SITEMAPS_MAX`].
    Index(Vec<Url>),
}

/// Why a source could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A page for people, often an error page with status 200.
    #[error("{url} is a web page, not a {expected}: if that is right, make it a `list` source")]
    WebPage {
        /// The source.
        url: String,
        /// `feed` or `sitemap`.
        expected: &'static str,
    },
    /// Parsing it would cost too much.
    #[error("{url} was not parsed: {cause}")]
    Unbearable {
        /// The source.
        url: Url,
        /// Which limit it breaks.
        cause: nesting::Unbearable,
    },
    /// Something else, or too broken to find one link in it.
    #[error("{url} cannot be read as a {expected}: {cause}")]
    Unreadable {
        /// The source.
        url: String,
        /// `feed` or `sitemap`.
        expected: &'static str,
        /// What is wrong with it.
        cause: String,
    },
}

/// Reads a list page.
///
/// `links` is a CSS selector: links it matches, or within what it matches. `article_url` is matched against the
/// whole absolute address. With both, a link must pass both; with neither, those that look like articles of the
/// same site are taken. Links made by scripts are not seen.
pub fn listing(page: &Page, links: Option<&str>, article_url: Option<&Regex>) -> Result<Listing, SourceError> {
    listing::read(page, links, article_url)
}

/// Reads an RSS (0.9x, 1.0, 2.0), Atom (0.3, 1.0) or JSON feed, broken as it may be. Dates without an offset are
/// in `timezone`. At most [`LINKS_MAX`] links, in the feed's order.
pub fn feed(page: &Page, timezone: Timezone) -> Result<Vec<Link>, SourceError> {
    feed::read(page, timezone)
}

/// Reads a sitemap, a sitemap index, a news sitemap, a list of addresses (one a line), each also as a gzip file, or a
/// feed used as a sitemap. Dates without an offset are in `timezone`.
pub fn sitemap(raw: RawPage, timezone: Timezone) -> Result<Sitemap, SourceError> {
    sitemap::read(raw, timezone)
}

/// An address as it stands in a source, made absolute; `None` for what is no page: `javascript:`, `mailto:` and such.
fn absolute(base: &Url, href: &str) -> Option<Url> {
    let href = href.trim();
    if href.is_empty() || href.starts_with('#') {
        return None;
    }
    let mut url = base.join(href).ok()?;
    let is_page = matches!(url.scheme(), "http" | "https") && url.has_host() && url.as_str().len() <= URL_BYTES_MAX;
    url.set_fragment(None);
    is_page.then_some(url)
}

/// The longest address taken; browsers and servers stop at about this many bytes.
const URL_BYTES_MAX: usize = 2048;

/// The newest [`LINKS_MAX`] by `date`; fewer stay as they are. Those without a date come last, in their order.
fn newest<T>(mut items: Vec<T>, max: usize, date: impl Fn(&T) -> Option<DateTime<Utc>>) -> Vec<T> {
    if items.len() > max {
        items.sort_by_cached_key(|item| std::cmp::Reverse(date(item)));
        items.truncate(max);
    }
    items
}
