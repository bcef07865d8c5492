//! An event whose coverage is combined, and what its rules say of an article.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::model::timezone::Timezone;

/// A topic such as the World Mayors Dialogue: one file `feeds/<id>.toml`.
#[derive(Debug, Clone)]
pub struct Event {
    /// `[a-z0-9-]+`, part of the feed address.
    pub id: String,
    /// Ids it had before: their feeds lead to its own.
    pub aliases: Vec<String>,
    /// Whether its feed is for those alone who hold a key.
    pub is_private: bool,
    /// Its name.
    pub title: String,
    /// A sentence for readers of the feed.
    pub description: Option<String>,
    /// A page about it.
    pub home: Option<Url>,
    /// BCP 47 tag of the feed.
    pub language: String,
    /// Its first day.
    pub starts: NaiveDate,
    /// Its last day.
    pub ends: NaiveDate,
    /// The zone of those days.
    pub timezone: Timezone,
    /// How coverage is recognised.
    pub rules: EventRules,
}

/// How coverage of an event is recognised.
///
/// Every term is matched on folded text (see `text::fold`), so one spelling covers both Chinese scripts,
/// full and half width, and upper and lower case.
#[derive(Debug, Clone, Hash)]
pub struct EventRules {
    /// Days before `starts` in which an article may have been published.
    pub days_before: u32,
    /// Days after `ends`.
    pub days_after: u32,
    /// The score, in thousandths, at which an article is in.
    pub threshold_milli: i64,
    /// The most articles of one section and one day in the feed; `None`: as many as there are.
    pub section_cap: Option<u32>,
    /// The host place's names; one of them must stand in the text. Empty: none is asked for.
    pub places: Vec<Term>,
    /// What the event is called.
    pub names: Vec<Evidence>,
    /// What else speaks for it.
    pub evidence: Vec<Evidence>,
    /// What speaks against it.
    pub exclusions: Vec<Exclusion>,
}

/// One thing under all its spellings, written `a|b|c` in the file.
#[derive(Debug, Clone, Hash, PartialEq, Eq)]
pub struct Term {
    /// The spellings, as written; never empty.
    pub spellings: Vec<String>,
}

/// Something that speaks for an event.
#[derive(Debug, Clone, Hash)]
pub struct Evidence {
    /// What it is called in a reason.
    pub label: String,
    /// What it adds to the score, in thousandths.
    pub weight_milli: i64,
    /// How many different terms must be in the text.
    pub at_least: usize,
    /// The terms.
    pub terms: Vec<Term>,
    /// If not empty, one of these must be in the text too.
    pub with: Vec<Term>,
}

/// Something that speaks against an event.
#[derive(Debug, Clone, Hash)]
pub struct Exclusion {
    /// What it is called in a reason.
    pub label: String,
    /// What it takes from the score, in thousandths; `None` means the article is out whatever else it has.
    pub weight_milli: Option<i64>,
    /// Where the terms count.
    pub place: ExclusionPlace,
    /// The terms.
    pub terms: Vec<Term>,
}

/// Where an exclusion's terms count.
#[derive(Debug, Clone, Copy, Hash, PartialEq, Eq)]
pub enum ExclusionPlace {
    /// In the headline.
    Title,
    /// Anywhere.
    Text,
    /// Attached to the event's name, as another edition's city is.
    Name,
}

/// What an event's rules say of one article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The event.
    pub event: String,
    /// The sum of the weights, in thousandths.
    pub score_milli: i64,
    /// Whether the article is in the event's feed.
    pub is_included: bool,
    /// Why, in words an editor understands; none where nothing speaks for the event.
    pub reasons: Vec<String>,
}
