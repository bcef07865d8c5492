//! What the recent articles of a portal were like, section by section.

use std::collections::{BTreeMap, HashMap};

/// A portal's sections, by id.
#[derive(Debug, Clone, Default)]
pub struct History(pub HashMap<String, SectionHistory>);

/// The recent articles of a section; all of them count, copies and withdrawn ones aside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SectionHistory {
    /// How many there were in each language.
    pub languages: BTreeMap<String, u32>,
    /// How many linked to many other sites.
    pub linking: u32,
}

impl History {
    /// How many recent articles there were; one in two sections counts twice.
    pub fn articles(&self) -> u32 {
        self.0.values().map(SectionHistory::articles).sum()
    }

    /// How many of them linked to many other sites.
    pub fn linking(&self) -> u32 {
        self.0.values().map(|section| section.linking).sum()
    }
}

impl SectionHistory {
    /// How many there were.
    pub fn articles(&self) -> u32 {
        self.languages.values().sum()
    }
}
