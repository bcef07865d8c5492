//! All that is told of one article: what it says, how it was read, what happened to it, where it stands.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::model::article::Article;
use crate::model::event::Decision;
use crate::model::explanation::Explanation;
use crate::model::revision::Difference;
use crate::model::weighing::Standing;

/// What is told of one article.
#[derive(Debug, Clone)]
pub struct Account {
    /// The article.
    pub article: Article,
    /// The column named on its page.
    pub section_label: Option<String>,
    /// Damaged places a thousand characters, at most 100.
    pub damage: u8,
    /// Whether only a machine's conversion of another page tells it.
    pub is_machine_copy: bool,
    /// How it was read; `None` for one that was stored before this was kept and has not changed since.
    pub explanation: Option<Explanation>,
    /// What happened to it, oldest first; of many, the newest.
    pub revisions: Vec<Revision>,
    /// Other pages with the same story; of many, some.
    pub copies: Vec<CopyPage>,
    /// The events that its rules or an editor have something to say of.
    pub verdicts: Vec<EventVerdict>,
}

/// What is said of an article in an event.
#[derive(Debug, Clone)]
pub struct EventVerdict {
    /// What the rules say.
    pub decision: Decision,
    /// What an editor says, and whether the article is in the feed.
    pub standing: Standing,
}

/// What happened to an article, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Revision {
    /// When.
    pub at: DateTime<Utc>,
    /// The word of [`crate::model::change::ChangeKind::as_str`].
    pub change: String,
    /// What an edit changed, where that is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<Difference>,
}

/// Another page with the same story.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct CopyPage {
    /// Its portal.
    pub portal: String,
    /// Its address.
    pub url: String,
    /// How it was recognised, in the words of [`crate::model::copy::MatchKind`]; `None` for one that was noted before
    /// this was kept.
    pub kind: Option<String>,
    /// How alike the texts were then, from 0 to 1; `None` where a text is too short to tell.
    pub similarity: Option<f64>,
}

/// What became of a question for one article.
#[derive(Debug, Clone)]
pub enum Asked {
    /// It is there.
    Here(Box<Account>),
    /// It was withdrawn.
    Withdrawn,
    /// There never was one.
    Unknown,
}
