//! An article as the rules of all events look at it: folded once.

use chrono::{DateTime, Utc};

use crate::text::fold::{self, Folded};

/// What an event's rules are applied to.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The headline, folded.
    pub title: Folded,
    /// The body, folded; [`fold::text_hash`] of its text identifies the story.
    pub text: Folded,
    /// When the article was published, or first seen if it does not say.
    pub published: DateTime<Utc>,
}

impl Subject {
    /// Folds the headline and the plain text of an article.
    pub fn new(title: &str, text: &str, published: DateTime<Utc>) -> Subject {
        Subject { title: fold::folded(title), text: fold::folded(text), published }
    }
}
