//! How a page was recognised as telling a story we have.

/// Two texts that are the same.
pub const SAME_MILLI: u32 = 1_000;

/// How a page was recognised as telling a story we have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchKind {
    /// Its address leads to the story's by redirects.
    Address,
    /// It calls the story's address its own (`rel=canonical`, `og:url`).
    Canonical,
    /// Its folded text is the same.
    Text,
    /// Its text is nearly the same.
    Near,
}

impl MatchKind {
    /// The word in the store and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            MatchKind::Address => "address",
            MatchKind::Canonical => "canonical",
            MatchKind::Text => "text",
            MatchKind::Near => "near",
        }
    }
}

/// How a page was recognised, and how alike the texts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// How.
    pub kind: MatchKind,
    /// Shared shingles as a part of all shingles of both texts, in thousandths; `None` where a text is too short for that.
    pub similarity_milli: Option<u32>,
}
