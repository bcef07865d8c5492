//! A page we know: what the store remembers between two looks at it.

use chrono::{DateTime, Utc};

/// What a server gave us to ask "has it changed?" with (RFC 9110 §8.8), verbatim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

/// What the store remembers of a page.
#[derive(Debug, Clone)]
pub struct KnownPage {
    /// The key of its address.
    pub key: String,
    /// Its address.
    pub url: String,
    /// The section its link was found in first.
    pub section: String,
    /// Whether it holds an article.
    pub has_article: bool,
    /// That article's headline.
    pub title: Option<String>,
    /// When that article was published.
    pub published: Option<DateTime<Utc>>,
    /// The sections of the same portal in which that article stands.
    pub sections: Vec<String>,
    /// What to ask with.
    pub validators: Validators,
    /// Hash of the body we read last.
    pub body_hash: Option<[u8; 32]>,
    /// When it is looked at again.
    pub due: Option<DateTime<Utc>>,
    /// How often in a row it could not be read.
    pub failures: u32,
    /// Since when its newest state waits in the quarantine.
    pub held: Option<DateTime<Utc>>,
}

/// What the store remembers of a source.
#[derive(Debug, Clone, Default)]
pub struct KnownSource {
    /// What to ask with.
    pub validators: Validators,
    /// Hash of the body we read last.
    pub body_hash: Option<[u8; 32]>,
    /// When it was last tried.
    pub attempted: Option<DateTime<Utc>>,
    /// When it last answered.
    pub succeeded: Option<DateTime<Utc>>,
    /// Since when it does not answer.
    pub failing_since: Option<DateTime<Utc>>,
    /// How often in a row it did not answer.
    pub failures: u32,
    /// It asked us to stay away until then.
    pub not_before: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub error: Option<String>,
}
