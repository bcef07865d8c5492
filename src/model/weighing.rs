//! What an event's rules see in an article, and where that leaves it.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// All that an event's rules see in one article: what a decision is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighing {
    /// The event.
    pub event: String,
    /// The day of publication, in the event's zone.
    pub published: NaiveDate,
    /// The first day on which coverage may be published.
    pub opens: NaiveDate,
    /// The last day.
    pub closes: NaiveDate,
    /// The score, in thousandths, at which an article is in.
    pub threshold_milli: i64,
    /// The sum of the weights, in thousandths.
    pub score_milli: i64,
    /// Whether a name of the event or other evidence stands in it at all.
    pub has_evidence: bool,
    /// What counts for it and against it.
    pub weights: Vec<Weight>,
    /// What keeps it out whatever its score.
    pub obstacles: Vec<String>,
}

impl Weighing {
    /// Counts one thing.
    pub fn add(&mut self, weight_milli: i64, what: String) {
        self.score_milli = self.score_milli.saturating_add(weight_milli);
        self.weights.push(Weight { what, weight_milli });
    }

    /// Whether the rules want it in the feed.
    pub fn is_included(&self) -> bool {
        self.obstacles.is_empty() && self.score_milli >= self.threshold_milli
    }
}

/// One thing that counts, in words an editor understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weight {
    /// What was seen.
    pub what: String,
    /// What it adds or, below zero, takes, in thousandths.
    pub weight_milli: i64,
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.what, points(self.weight_milli))
    }
}

/// Thousandths as a signed number: `+1.0`, `−0.25`.
pub fn points(milli: i64) -> String {
    let sign = if milli < 0 { '−' } else { '+' };
    let (whole, thousandths) = (milli.unsigned_abs() / 1000, milli.unsigned_abs() % 1000);
    let digits = format!("{thousandths:03}");
    let digits = digits.trim_end_matches('0');
    format!("{sign}{whole}.{}", if digits.is_empty() { "0" } else { digits })
}

/// What an editor said of an article in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EditorWord {
    /// Whether it is in the feed.
    pub is_included: bool,
    /// Since when.
    pub at: DateTime<Utc>,
}

impl EditorWord {
    /// The name of a decision in the API; without a word it is the rules' own.
    pub fn name(word: Option<EditorWord>) -> &'static str {
        match word {
            None => "auto",
            Some(EditorWord { is_included: true, .. }) => "include",
            Some(EditorWord { is_included: false, .. }) => "exclude",
        }
    }
}

/// Where an article stands in an event, besides what the rules see in it.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// The editor's word, if there is one.
    pub word: Option<EditorWord>,
    /// Whether it is in the feed.
    pub is_in_feed: bool,
    /// Whether its sections have as many others of its day as the event takes, all of them before it.
    pub is_crowded_out: bool,
}

/// What a change of an event's rules moved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Movement {
    /// Articles that entered the feed.
    pub entered: usize,
    /// Articles that left it.
    pub left: usize,
    /// Those that moved; where this is kept, at most [`Movement::KEPT_MAX`] of them.
    pub articles: Vec<MovedArticle>,
}

/// An article that entered or left an event's feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MovedArticle {
    /// Its id.
    pub id: String,
    /// Its headline.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Whether it entered; otherwise it left.
    pub entered: bool,
}

impl Movement {
    /// The most articles that are kept of one movement.
    pub const KEPT_MAX: usize = 200;

    /// Notes an article.
    pub fn add(&mut self, article: MovedArticle) {
        if article.entered {
            self.entered += 1;
        } else {
            self.left += 1;
        }
        self.articles.push(article);
    }
}
