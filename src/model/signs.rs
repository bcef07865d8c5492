//! What a page shows besides its article, by which strangers' work is told from the portal's own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The signs of one page; stored with its article, because they make the history later pages are held against.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signs {
    /// The language of the text without script and region, such as `zh`, whatever the page claims.
    pub language: String,
    /// The sites its body links besides its own, and how often.
    pub foreign_links: BTreeMap<String, usize>,
    /// Why the page is spam whatever stood on the portal before, in words an editor understands.
    pub spam: Option<String>,
    /// Whether something injected was taken out of the page.
    pub has_injected: bool,
    /// Damaged places a thousand characters, at most 100: glosses, torn and lost characters.
    pub damage: u8,
}

/// Foreign sites from which on a page counts as one that links around.
const LINKING_SITES_MIN: usize = 4;

impl Signs {
    /// Whether the page links to many other sites, as a round-up does.
    pub fn is_linking(&self) -> bool {
        self.foreign_links.len() >= LINKING_SITES_MIN
    }
}
