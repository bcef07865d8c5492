//! The last sieve before a document goes out: what XML 1.0 forbids is in none of them, wherever it came from.

use std::borrow::Cow;

use crate::text::plain::{is_legal, legal};

/// The text without characters that XML 1.0 §2.2 forbids; copied only if there are any.
pub fn text(text: &str) -> Cow<'_, str> {
    if is_clean(text) { Cow::Borrowed(text) } else { Cow::Owned(legal(text)) }
}

/// A whole document without them. They are never markup, so taking them out breaks nothing.
pub fn document(document: String) -> String {
    if is_clean(&document) { document } else { legal(&document) }
}

fn is_clean(text: &str) -> bool {
    // Most bytes are ASCII or Chinese, which this settles without decoding: only control characters, and what
    // begins as U+0080–U+00BF, U+F000–U+FFFF or beyond the first plane does, deserve a second look.
    let is_suspect = |byte: u8| matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 127 | 0xc2 | 0xef..);
    if !text.bytes().any(is_suspect) {
        return true;
    }
    text.chars().all(is_legal)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn clean_text_is_not_copied() {
        assert!(matches!(text("冰雪 & 𠮷 🎉，\u{a0}ok\n"), Cow::Borrowed(_)));
        assert_eq!(text("a\u{8}b\u{ffff}c\u{1fffe}\u{85}"), "abc\u{85}");
    }

    proptest! {
        #[test]
        fn nothing_forbidden_passes(any in ".*") {
            prop_assert_eq!(text(&any), legal(&any));
        }
    }
}
