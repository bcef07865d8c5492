//! Words of spam that an operator adds to those the program knows.

/// The words, as the operator wrote them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpamWords {
    /// Words that are hardly ever in news.
    pub strong: Vec<String>,
    /// Words that are ordinary alone and telling in number.
    pub weak: Vec<String>,
}
