//! How an article was read: what an editor may ask about it, short enough to be kept with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The most fields that tell where they came from; there are about twenty.
const ORIGINS_MAX: usize = 40;
/// The most removed pieces that are kept; a page has five to ten.
const FINDINGS_MAX: usize = 40;
/// The most warnings that are kept.
const WARNINGS_MAX: usize = 20;
/// The longest text kept of a removed piece, in characters: enough to find it on the page.
const WHAT_CHARS_MAX: usize = 80;
/// The longest origin, reason or warning kept, in characters.
const WORDS_CHARS_MAX: usize = 200;

/// How an article was read, within limits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Where each field came from, by the field's name in the API.
    pub origins: BTreeMap<String, String>,
    /// What is not published of the page.
    pub removed: Vec<Finding>,
    /// How many more removed pieces there were than are kept.
    #[serde(default)]
    pub removed_more: usize,
    /// What an editor should know.
    pub warnings: Vec<String>,
}

/// A piece of a page that is not published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Finding {
    /// `injected`, `damage`, `configured` or `page`; see [`crate::model::reason::Reason::kind`].
    pub kind: String,
    /// Its beginning, or its kind.
    pub what: String,
    /// Why, in words an editor understands.
    pub why: String,
}

impl Finding {
    /// The kind of what strangers put into a page.
    pub const INJECTED: &str = "injected";

    /// A finding, cut to what is kept.
    pub fn new(kind: &str, what: &str, why: &str) -> Finding {
        Finding { kind: kind.to_owned(), what: cut(what, WHAT_CHARS_MAX), why: cut(why, WORDS_CHARS_MAX) }
    }
}

impl Explanation {
    /// An explanation, cut to what is kept. What strangers put in comes first, so that it is never cut off.
    pub fn new(
        origins: impl IntoIterator<Item = (String, String)>,
        mut removed: Vec<Finding>,
        warnings: &[String],
    ) -> Explanation {
        removed.sort_by_key(|finding| finding.kind != Finding::INJECTED);
        let removed_more = removed.len().saturating_sub(FINDINGS_MAX);
        removed.truncate(FINDINGS_MAX);
        let origins = origins.into_iter().take(ORIGINS_MAX);
        Explanation {
            origins: origins.map(|(field, origin)| (field, cut(&origin, WORDS_CHARS_MAX))).collect(),
            removed,
            removed_more,
            warnings: warnings.iter().take(WARNINGS_MAX).map(|warning| cut(warning, WORDS_CHARS_MAX)).collect(),
        }
    }
}

fn cut(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_stays_short_and_keeps_what_was_injected() {
        let mut removed = vec![Finding::new("page", &"菜单".repeat(500), "the menu"); 100];
        removed.push(Finding::new(Finding::INJECTED, "spam", "injected"));
        let warnings = vec!["w".repeat(1_000); 100];
        let explanation = Explanation::new([("title".to_owned(), "o".repeat(1_000))], removed, &warnings);
        assert_eq!(explanation.removed[0].kind, Finding::INJECTED);
        assert_eq!((explanation.removed.len(), explanation.removed_more), (40, 61));
        assert_eq!(explanation.removed[1].what.chars().count(), 81);
        assert!(serde_json::to_string(&explanation).unwrap().len() < 20_000);
    }
}
