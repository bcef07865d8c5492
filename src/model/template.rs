//! What was learned of pages that a portal makes alike: where their text stands, and what is never part of it.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The pages of one host that are made alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// The host its pages come from.
    pub host: String,
    /// Where the element stands that holds the body.
    pub container: Place,
    /// Where headline, date, byline and breadcrumb stand, and on how many pages.
    pub places: Vec<(Place, u32)>,
    /// How far before the container other fields began that were read from text: the farthest, in characters without
    /// white space.
    #[serde(default = "unknown_header")]
    pub header_chars: u32,
    /// How far it is known.
    pub stage: Stage,
    /// Pages that were counted; halved now and then, with all that was counted on them.
    pub pages: u32,
    /// Fingerprints of the blocks of bodies, and on how many of these pages each stood.
    pub blocks: BTreeMap<u64, u32>,
    /// Named elements inside the container.
    pub parts: BTreeMap<String, Part>,
    /// The lengths of the latest bodies, in characters, newest last.
    pub chars: Vec<u32>,
    /// The languages of bodies, and on how many of these pages each was found.
    pub languages: BTreeMap<String, u32>,
    /// Pages in a row on which it agreed with the general way while it was tried.
    pub agreed: u32,
    /// Pages in a row on which it failed.
    pub failures: u32,
    /// Pages of its host in a row on which its container was missing.
    pub missed: u32,
    /// When it came to its stage.
    pub since: DateTime<Utc>,
}

/// Templates that were learned before the header was are given all of it.
fn unknown_header() -> u32 {
    u32::MAX
}

/// How far a template is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Its first pages are looked at.
    Learning,
    /// It reads pages, and is held against the general way on each.
    Tried,
    /// It reads pages.
    Used,
    /// It read pages worse than the general way does.
    Refused,
}

/// An element inside a container, by its name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Pages on which it stood.
    pub pages: u32,
    /// Pages on which its text was part of the story.
    pub kept: u32,
}

/// The way from the root of a page to an element.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place(pub Vec<Step>);

/// One element on that way.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Step {
    /// The element's name.
    pub name: String,
    /// Its id and classes that stand on every page, such as `#text` or `.article-body`, without digits.
    pub marks: Vec<String>,
    /// Its number among its siblings with the same name and marks; `None` where that differs from page to page.
    pub number: Option<u16>,
}

impl Template {
    /// The length half of the latest bodies have or exceed, in characters; 0 before the first.
    pub fn usual_chars(&self) -> u32 {
        let mut chars = self.chars.clone();
        chars.sort_unstable();
        chars.get(chars.len() / 2).copied().unwrap_or(0)
    }
}

/// As a CSS selector would name it, from the last element with a name of its own.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.0.iter().rposition(|step| !step.marks.is_empty()).unwrap_or(0);
        for (at, step) in self.0.iter().enumerate().skip(start) {
            let separator = if at > start { " > " } else { "" };
            write!(f, "{separator}{}{}", step.name, step.marks.concat())?;
        }
        Ok(())
    }
}

impl Stage {
    /// What it means, in words.
    pub fn meaning(self) -> &'static str {
        match self {
            Stage::Learning => "being learned",
            Stage::Tried => "being tried",
            Stage::Used => "in use",
            Stage::Refused => "refused: the general way reads these pages better",
        }
    }
}
