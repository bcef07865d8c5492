//! What happened to an article.

/// What happened to an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// Its title, text, authors or pictures changed.
    Updated,
    /// It stands in another set of feeds than before.
    Moved,
    /// It left every feed.
    Withdrawn,
    /// It came back.
    Restored,
}

impl ChangeKind {
    /// The word in the store and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeKind::Added => "added",
            ChangeKind::Updated => "updated",
            ChangeKind::Moved => "moved",
            ChangeKind::Withdrawn => "withdrawn",
            ChangeKind::Restored => "restored",
        }
    }
}
