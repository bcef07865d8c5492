//! What leaves a page on its way to an article, and why: an editor may ask.

use serde::Serialize;

use crate::model::reason::Reason;
use crate::text::plain;

/// Something of the page that is not published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// What it was: its beginning, or its kind.
    pub what: String,
    /// Why it is not published.
    pub why: Reason,
}

impl Removed {
    /// Notes what was removed, cut to a length people read.
    pub fn new(what: &str, why: impl Into<Reason>) -> Removed {
        const WHAT_CHARS_MAX: usize = 120;
        let line = plain::line(what);
        let mut what: String = line.chars().take(WHAT_CHARS_MAX).collect();
        if what.len() < line.len() {
            what.push('…');
        }
        Removed { what, why: why.into() }
    }
}
