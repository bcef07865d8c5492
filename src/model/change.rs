//! What happened to an article, and how far someone has followed.

use std::fmt;
use std::str::FromStr;

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

/// How far someone has followed the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The number of the last change he knows; 0 at the beginning.
    pub seq: i64,
    /// What that change was, as a hash: a database that was put back from a backup has other changes under the same
    /// numbers. `None` where nobody asks.
    pub seal: Option<u32>,
}

/// As partners write it: `1200-5f3a9c21`.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seal {
            Some(seal) => write!(f, "{}-{seal:08x}", self.seq),
            None => write!(f, "{}", self.seq),
        }
    }
}

/// A text that is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotACursor;

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Cursor, NotACursor> {
        let (seq, seal) = match text.split_once('-') {
            Some((seq, seal)) => (seq, Some(u32::from_str_radix(seal, 16).map_err(|_| NotACursor)?)),
            None => (text, None),
        };
        let seq = seq.parse().ok().filter(|seq| *seq >= 0).ok_or(NotACursor)?;
        Ok(Cursor { seq, seal })
    }
}
