//! What a page says of an event, and where the articles about it come from.

use chrono::NaiveDate;
use url::Url;

use crate::model::feed::FeedKey;

/// How many of an event's articles there are of each kind, most first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// By the name of the section feed: `portal/section`.
    pub sections: Vec<(String, u32)>,
    /// By the BCP 47 tag of the article.
    pub languages: Vec<(String, u32)>,
}

/// An event as its page presents it.
#[derive(Debug, Clone)]
pub struct Presented {
    /// Its first day.
    pub starts: NaiveDate,
    /// Its last day.
    pub ends: NaiveDate,
    /// Where it takes place, in the language of the feed.
    pub place: Option<String>,
    /// A page about it.
    pub home: Option<Url>,
    /// The sections its articles come from, most articles first.
    pub sections: Vec<Contribution>,
    /// The languages they are written in (BCP 47), most articles first.
    pub languages: Vec<(String, u32)>,
}

/// What one section gave to an event.
#[derive(Debug, Clone)]
pub struct Contribution {
    /// The section's feed.
    pub key: FeedKey,
    /// The portal's name and the section's.
    pub title: String,
    /// BCP 47 tag of the name.
    pub language: String,
    /// How many articles.
    pub articles: u32,
}
