//! A portal, its sections and their sources, as an operator described them.

use std::time::Duration;

use regex::Regex;
use url::Url;

use crate::model::retention::Retention;
use crate::model::schedule::Schedule;
use crate::model::timezone::Timezone;

/// A site we ingest: one file `feeds/<id>.toml`.
#[derive(Debug, Clone)]
pub struct Portal {
    /// `[a-z0-9-]+`, part of the feed addresses.
    pub id: String,
    /// The portal's own name.
    pub title: String,
    /// Its front page.
    pub home: Url,
    /// Other hosts that serve the same pages as the front page's host, under the same paths.
    pub hosts: Vec<String>,
    /// Ids it had before: their feeds lead to its own.
    pub aliases: Vec<String>,
    /// Whether its stories are for those alone who hold a key: they stand in no feed but its own.
    pub is_private: bool,
    /// BCP 47 tag of its articles, unless a page says otherwise.
    pub language: String,
    /// The zone of dates without an offset, and of the schedule.
    pub timezone: Timezone,
    /// When its sections are ingested.
    pub schedule: Schedule,
    /// How much of an article is republished.
    pub content: ContentLevel,
    /// What becomes of the text of old articles; `None` keeps it as it is.
    pub retention: Option<Retention>,
    /// The rights line carried in every feed.
    pub rights: Option<String>,
    /// Which links are articles; without it, `ingest` guesses.
    pub article_url: Option<Regex>,
    /// How its hosts are treated.
    pub fetch: FetchRules,
    /// Where things stand on its article pages; empty means automatic.
    pub rules: ArticleRules,
    /// Its columns, in the order of the file.
    pub sections: Vec<Section>,
}

impl Portal {
    /// A site nobody configured: automatic rules, the careful defaults, times in UTC.
    pub fn unknown(home: Url) -> Result<Portal, String> {
        Ok(Portal {
            id: "unknown".into(),
            title: home.host_str().unwrap_or_default().into(),
            home,
            hosts: Vec::new(),
            aliases: Vec::new(),
            is_private: false,
            // RFC 5646 §4.1: “und” is a language nobody named.
            language: "und".into(),
            timezone: Timezone::UTC,
            schedule: Schedule::parse("@hourly")?,
            content: ContentLevel::Summary,
            retention: None,
            rights: None,
            article_url: None,
            fetch: FetchRules::default(),
            rules: ArticleRules::default(),
            sections: Vec::new(),
        })
    }

    /// The section with this id.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == id)
    }

    /// The cron line that rules a section: its own, or the portal's.
    pub fn schedule_of<'a>(&'a self, section: &'a Section) -> &'a Schedule {
        section.schedule.as_ref().unwrap_or(&self.schedule)
    }
}

/// How much of an article a portal lets us republish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentLevel {
    /// Title, summary and the whole body.
    Full,
    /// Title and summary.
    Summary,
    /// The title alone.
    Headline,
}

impl ContentLevel {
    /// What is left of it for an article that is so old that its body is not published any more.
    pub fn of(self, is_aged: bool) -> ContentLevel {
        if is_aged && self == ContentLevel::Full { ContentLevel::Summary } else { self }
    }
}

/// How a portal's hosts are treated.
#[derive(Debug, Clone)]
pub struct FetchRules {
    /// Requests at once, per host.
    pub concurrency: usize,
    /// The pause between the starts of two requests to one host.
    pub delay: Duration,
    /// The longest a request may take, from connecting to the last byte.
    pub timeout: Duration,
    /// Whether loopback, private and link-local addresses may be fetched.
    pub allow_private_addresses: bool,
    /// Whether robots.txt is obeyed.
    pub obey_robots: bool,
    /// The largest body read, compressed and inflated, in bytes.
    pub page_bytes_max: usize,
}

impl Default for FetchRules {
    fn default() -> Self {
        FetchRules {
            concurrency: 4,
            delay: Duration::from_millis(250),
            timeout: Duration::from_secs(20),
            allow_private_addresses: false,
            obey_robots: true,
            page_bytes_max: 10 * 1024 * 1024,
        }
    }
}

/// CSS selectors for a portal's article pages. Each was parsed once when its file was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArticleRules {
    /// The headline.
    pub title: Option<String>,
    /// The element that holds the body.
    pub content: Option<String>,
    /// The element that holds the date.
    pub published: Option<String>,
    /// The element that holds the byline.
    pub author: Option<String>,
    /// What to take out of the body.
    pub remove: Vec<String>,
}

/// One column of a portal.
#[derive(Debug, Clone)]
pub struct Section {
    /// `[a-z0-9-]+`, part of the feed address.
    pub id: String,
    /// Ids it had before: their feeds lead to its own.
    pub aliases: Vec<String>,
    /// The column's name.
    pub title: String,
    /// Overrides the portal's schedule.
    pub schedule: Option<Schedule>,
    /// Where its article links are found.
    pub sources: Vec<Source>,
}

/// Where a section's article links are found.
#[derive(Debug, Clone)]
pub enum Source {
    /// A page that lists articles.
    Listing {
        /// Its address.
        url: Url,
        /// Which links are taken, as a CSS selector; without it all that look like articles.
        links: Option<String>,
        /// How many pages of the list are read, following its "next page" link; 1 means the first alone.
        pages: usize,
    },
    /// An RSS, Atom or JSON feed.
    Feed {
        /// Its address.
        url: Url,
    },
    /// A sitemap, sitemap index or news sitemap.
    Sitemap {
        /// Its address.
        url: Url,
    },
}

impl Source {
    /// The address that is read.
    pub fn url(&self) -> &Url {
        match self {
            Source::Listing { url, .. } | Source::Feed { url } | Source::Sitemap { url } => url,
        }
    }
}
