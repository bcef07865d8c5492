//! What becomes of the text of an article once it is old. Its id, headline, summary and place in the feeds stay.

/// A portal's retention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The age, by the article's own date, from which it holds; in days.
    pub after_days: u32,
    /// What becomes of the text then.
    pub then: Then,
}

/// What becomes of the text of an old article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It is kept for searching and deciding, and no longer published.
    Archive,
    /// It is deleted, with all that was noted of how it was read and edited.
    Drop,
}
