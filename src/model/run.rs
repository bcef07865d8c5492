//! One pass of ingestion and its record.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::model::drift::Alarm;

/// The most errors a run record carries; the counters go on.
pub const RUN_ERRORS_MAX: usize = 100;

/// What started a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Trigger {
    /// The clock.
    Schedule,
    /// An admin, over HTTP.
    Admin,
    /// `harbinger ingest`.
    Cli,
}

/// What a run covers: everything, a portal, a section, or one address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Scope {
    /// One portal; all without it.
    pub portal: Option<String>,
    /// One section of that portal.
    pub section: Option<String>,
    /// One page.
    pub url: Option<String>,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// Waiting for its turn.
    Queued,
    /// At work.
    Running,
    /// Finished; single sources may have failed.
    Done,
    /// No source answered, or it was cut short.
    Failed,
}

/// A run record, in the shape of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Run {
    /// Its number.
    pub id: i64,
    /// What started it.
    pub trigger: Trigger,
    /// What it covers.
    pub scope: Scope,
    /// How far it is.
    pub state: RunState,
    /// When it was ordered.
    pub started: DateTime<Utc>,
    /// When it ended.
    pub finished: Option<DateTime<Utc>>,
    /// The counters and errors.
    #[serde(flatten)]
    pub report: Report,
}

impl Run {
    /// Ends a run. One in which no source answered, or that was cut short, has failed.
    pub fn conclude(&mut self, outcome: Result<Report, String>, is_stopped: bool, now: DateTime<Utc>) {
        self.state = RunState::Done;
        self.finished = Some(now);
        match outcome {
            Ok(report) => {
                self.report = report;
                if is_stopped {
                    self.state = RunState::Failed;
                    self.report.error("", "the program was stopped; what was fetched is stored, the rest follows");
                } else if self.report.sources_failed > 0 && self.report.sources_ok == 0 {
                    self.state = RunState::Failed;
                }
            }
            Err(error) => {
                self.state = RunState::Failed;
                self.report.error(self.scope.url.clone().unwrap_or_default(), error);
            }
        }
    }
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Report {
    /// Sources that answered.
    pub sources_ok: u64,
    /// Sources that did not.
    pub sources_failed: u64,
    /// Article links found.
    pub discovered: u64,
    /// Pages read in full.
    pub fetched: u64,
    /// Pages and sources that answered 304.
    pub not_modified: u64,
    /// Articles we did not have.
    pub new: u64,
    /// Articles that changed.
    pub updated: u64,
    /// Articles read again without a change.
    pub unchanged: u64,
    /// Pages whose story we had under another address.
    pub copies: u64,
    /// Pages held back.
    pub quarantined: u64,
    /// Pages that are no longer there.
    pub gone: u64,
    /// Pages that could not be read.
    pub failed: u64,
    /// What went wrong, the first [`RUN_ERRORS_MAX`].
    pub errors: Vec<Failure>,
    /// What dropped on the pages of a source, against its own past.
    #[serde(default)]
    pub alarms: Vec<Alarm>,
}

impl Report {
    /// Notes what went wrong at an address.
    pub fn error(&mut self, url: impl Into<String>, error: impl Into<String>) {
        if self.errors.len() < RUN_ERRORS_MAX {
            self.errors.push(Failure { url: url.into(), error: error.into() });
        }
    }

    /// Adds what another part of the same run did.
    pub fn add(&mut self, other: Report) {
        self.sources_ok += other.sources_ok;
        self.sources_failed += other.sources_failed;
        self.discovered += other.discovered;
        self.fetched += other.fetched;
        self.not_modified += other.not_modified;
        self.new += other.new;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.copies += other.copies;
        self.quarantined += other.quarantined;
        self.gone += other.gone;
        self.failed += other.failed;
        let room = RUN_ERRORS_MAX.saturating_sub(self.errors.len());
        self.errors.extend(other.errors.into_iter().take(room));
        self.alarms.extend(other.alarms);
    }
}

/// What came of one page in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Item {
    /// The address that was linked.
    pub url: String,
    /// The sections that link it.
    pub sections: Vec<String>,
    /// What came of it.
    pub outcome: ItemOutcome,
    /// Why, where it did not go well.
    pub reason: Option<String>,
}

/// What can come of a page; the words of the run record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemOutcome {
    /// A story we did not have.
    New,
    /// A story that changed.
    Updated,
    /// Read again, without a change.
    Unchanged,
    /// 304, or the same bytes.
    NotModified,
    /// A story we have under another address.
    Copy,
    /// Held back until an editor decides.
    Quarantined,
    /// No longer there.
    Gone,
    /// Could not be read.
    Failed,
}

/// Something that went wrong at one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Failure {
    /// The address.
    pub url: String,
    /// What happened, and what to do where we know.
    pub error: String,
}

/// One line for people; the address stands in it once.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.error.contains(&self.url) {
            f.write_str(&self.error)
        } else {
            write!(f, "{}: {}", self.url, self.error)
        }
    }
}
