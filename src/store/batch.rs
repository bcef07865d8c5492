//! What a run brings to the store at once, and what came of it.

use chrono::{DateTime, Utc};

use crate::model::article::Candidate;
use crate::model::drift::{Alarm, Tally};
use crate::model::page::Validators;
use crate::model::run::Item;
use crate::model::template::Template;

/// The pages and sources of one portal that are stored in one transaction.
#[derive(Debug, Default)]
pub struct Batch {
    /// The portal.
    pub portal: String,
    /// The run that brings it; `None` outside of one.
    pub run: Option<i64>,
    /// What came of each page.
    pub pages: Vec<PageResult>,
    /// What came of each source; given with the last pages it listed, so that a source counts as read
    /// only when all it listed is stored.
    pub sources: Vec<SourceResult>,
    /// How the pages of each source were read; given with the last of them.
    pub tallies: Vec<SourceTally>,
    /// What is known of the portal's pages, where that changed.
    pub templates: Option<Vec<Template>>,
}

/// What came of one page.
#[derive(Debug)]
pub struct PageResult {
    /// The key of the address that was linked.
    pub key: String,
    /// That address.
    pub url: String,
    /// The sections that link it; never empty.
    pub sections: Vec<String>,
    /// When it is looked at again; `None` means never.
    pub due: Option<DateTime<Utc>>,
    /// What came of it.
    pub outcome: Outcome,
}

impl PageResult {
    /// When its article was published, by its own date.
    pub fn published(&self) -> Option<DateTime<Utc>> {
        match &self.outcome {
            Outcome::Article { candidate, .. } | Outcome::Held { candidate, .. } => candidate.article.published,
            _ => None,
        }
    }
}

/// What came of a page.
#[derive(Debug)]
pub enum Outcome {
    /// It holds an article.
    Article {
        /// The article.
        candidate: Box<Candidate>,
        /// What to ask with next time.
        validators: Validators,
        /// Hash of the body.
        body_hash: [u8; 32],
    },
    /// It holds an article that is not the portal's own work. Nothing of it is published, and nothing that is
    /// published changes, unless an editor has allowed this very content.
    Held {
        /// The article.
        candidate: Box<Candidate>,
        /// Why it is held back.
        reason: String,
        /// What to ask with next time.
        validators: Validators,
        /// Hash of the body.
        body_hash: [u8; 32],
    },
    /// It answered 304, or the same bytes.
    Unchanged {
        /// What to ask with next time, where they changed.
        validators: Option<Validators>,
    },
    /// We know it and did not ask; only its sections may be new.
    Linked,
    /// It answered, but there is no article on it.
    NoArticle {
        /// Why.
        error: String,
        /// What to ask with next time.
        validators: Validators,
        /// Hash of the body.
        body_hash: [u8; 32],
    },
    /// It did not answer.
    Failed {
        /// Why.
        error: String,
    },
    /// It answered 404 or 410.
    Gone {
        /// What it answered.
        error: String,
    },
}

/// What came of one source.
#[derive(Debug)]
pub struct SourceResult {
    /// Its section.
    pub section: String,
    /// Its address, as configured.
    pub url: String,
    /// What came of it.
    pub outcome: SourceOutcome,
}

/// How the pages one source listed were read.
#[derive(Debug)]
pub struct SourceTally {
    /// Its section.
    pub section: String,
    /// Its address, as configured.
    pub url: String,
    /// The pages.
    pub tally: Tally,
}

/// What came of a source.
#[derive(Debug)]
pub enum SourceOutcome {
    /// It was read.
    Read {
        /// What to ask with next time.
        validators: Validators,
        /// Hash of the body.
        body_hash: Option<[u8; 32]>,
    },
    /// It answered 304, or the same bytes.
    Unchanged,
    /// It did not answer, or not with what it should.
    Failed {
        /// Why.
        error: String,
        /// It asked us to stay away until then.
        not_before: Option<DateTime<Utc>>,
    },
}

/// What storing a batch did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Saved {
    /// Articles we did not have.
    pub new: u64,
    /// Articles that changed.
    pub updated: u64,
    /// Articles read again without a change.
    pub unchanged: u64,
    /// Pages whose story we had under another address.
    pub copies: u64,
    /// Pages held back that did not wait already.
    pub quarantined: u64,
    /// Pages that are no longer there.
    pub gone: u64,
    /// What dropped on the pages of a source.
    pub alarms: Vec<Alarm>,
    /// What came of each page that was looked at.
    pub items: Vec<Item>,
    /// How old each new story was by its own date, in seconds.
    pub new_ages_s: Vec<i64>,
}
