//! Partner keys: who may read which private feeds, and until when.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// The most feeds one key names; who needs more gets one for all of them.
pub const FEEDS_MAX: usize = 16;
/// The longest name of a key, in characters.
pub const NAME_CHARS_MAX: usize = 60;
/// The longest life of a key that ends, in days: ten years.
pub const DAYS_MAX: u32 = 3650;

/// The number of a key, which nobody guesses and nothing else has.
pub type KeyId = [u8; 8];

/// A partner's key as it is kept: what was signed into it, and how it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PartnerKey {
    /// Its number.
    #[serde(skip)]
    pub id: KeyId,
    /// Unique, for people.
    pub name: String,
    /// The feeds it opens: `portal` with its sections, `portal/section`, `events/ID`; empty opens every private feed.
    pub feeds: Vec<String>,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// It is not valid from then on; null never ends.
    pub expires: Option<DateTime<Utc>>,
    /// When it was used last.
    pub last_used: Option<DateTime<Utc>>,
    /// Answers and deliveries it was good for.
    pub uses: u64,
}

impl PartnerKey {
    /// Whether it may still be used.
    pub fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }
}

/// Whether a key for these feeds opens the feed of this name; a portal's opens its sections too.
pub fn opens(feeds: &[String], name: &str) -> bool {
    let is_it = |feed: &String| {
        let below = name.strip_prefix(feed.as_str());
        below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
    };
    feeds.is_empty() || feeds.iter().any(is_it)
}

/// A name people can tell apart; the error says what was expected.
pub fn name(text: &str) -> Result<String, String> {
    let is_name = !text.trim().is_empty() && text.chars().count() <= NAME_CHARS_MAX && !text.contains(char::is_control);
    if is_name { Ok(text.trim().to_owned()) } else { Err(format!("a key's name has 1 to {NAME_CHARS_MAX} characters")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_the_feeds_it_names_and_what_belongs_to_them() {
        let check = |feeds: &[&str], name: &str, expected: bool| {
            let feeds: Vec<String> = feeds.iter().map(|feed| (*feed).to_owned()).collect();
            assert_eq!(opens(&feeds, name), expected, "{feeds:?} {name}");
        };
        check(&[], "hill", true);
        check(&["hill"], "hill", true);
        check(&["hill"], "hill/news", true);
        check(&["hill"], "hills", false);
        check(&["hill/news"], "hill", false);
        check(&["hill/news"], "hill/newsroom", false);
        check(&["lake", "events/fair"], "events/fair", true);
        check(&["events/fair"], "events/fairs", false);
    }
}
