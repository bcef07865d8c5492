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

/// A whole document that was written from text, as its bytes: looked at once, and decoded only under suspicion.
pub fn bytes(document: Vec<u8>) -> Vec<u8> {
    if !is_suspect_text(&document) {
        return document;
    }
    self::document(String::from_utf8(document).expect("it was written from nothing but text")).into_bytes()
}

/// Bytes looked at between two decisions: enough for the compiler to compare many at once.
const BLOCK_BYTES: usize = 1024;

fn is_clean(text: &str) -> bool {
    // Suspicion is cheap and nearly always right; only what falls under it is decoded.
    !is_suspect_text(text.as_bytes()) || text.chars().all(is_legal)
}

fn is_suspect_text(bytes: &[u8]) -> bool {
    let next = bytes.get(1..).unwrap_or_default();
    let is_suspect_block = |(block, next): (&[u8], &[u8])| {
        block.iter().zip(next).fold(false, |found, (byte, next)| found | is_suspect(*byte, *next))
    };
    let is_suspect_end = bytes.last().is_some_and(|byte| is_suspect(*byte, 0));
    is_suspect_end || bytes.chunks(BLOCK_BYTES).zip(next.chunks(BLOCK_BYTES)).any(is_suspect_block)
}

/// Whether two bytes may stand in a forbidden character: a control character (U+0000–U+001F, U+007F–U+009F),
/// U+FDD0–U+FDEF, or one of the last two of a plane.
fn is_suspect(byte: u8, next: u8) -> bool {
    let is_control = (byte < 0x20) & (byte != b'\t') & (byte != b'\n') & (byte != b'\r') | (byte == 0x7f);
    let is_late_control = (byte == 0xc2) & (next < 0xa0);
    let is_arabic_gap = (byte == 0xef) & (next == 0xb7);
    let is_end_of_plane = (byte == 0xbf) & (next & 0xfe == 0xbe);
    is_control | is_late_control | is_arabic_gap | is_end_of_plane
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn clean_text_is_not_copied() {
        assert!(matches!(text("冰雪 & 𠮷 🎉，\u{a0}ok\n"), Cow::Borrowed(_)));
        assert!(matches!(text("俾"), Cow::Borrowed("俾")));
        assert_eq!(text("a\u{8}b\u{ffff}c\u{1fffe}\u{85}"), "abc\u{85}");
        assert_eq!(bytes("俾\u{8}b\u{ffff}".into()), "俾b".as_bytes());
    }

    #[test]
    fn usual_text_is_told_from_its_bytes_alone() {
        // Characters that end in 0xbf before others: nothing in them has to be decoded.
        let text = "习近平考察、编辑：亿元；“马”字节。".repeat(100) + "俿";
        let is_suspected = |at: &usize| is_suspect(text.as_bytes()[*at], text.as_bytes()[at + 1]);
        assert_eq!((0..text.len() - 1).filter(is_suspected).count(), 1, "only the last, U+4FFF");
        let ending = "ÿ俿忿濿".chars().map(|c| format!("{c}一")).collect::<String>();
        assert!(is_clean(&ending));
    }

    #[test]
    fn every_character_is_judged_as_by_the_slow_way() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_clean(c.encode_utf8(&mut [0; 4])), is_legal(c), "{c:?}");
        }
        let late = format!("{}\u{8}", "冰".repeat(BLOCK_BYTES));
        assert!(!is_clean(&late) && !is_clean(&format!("{late}x")));
    }

    proptest! {
        #[test]
        fn nothing_forbidden_passes(any in ".*") {
            prop_assert_eq!(text(&any), legal(&any));
            prop_assert_eq!(bytes(any.clone().into_bytes()), legal(&any).into_bytes());
        }
    }
}
