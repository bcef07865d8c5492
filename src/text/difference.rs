//! What changed between two texts, in pieces that a person can read: characters where a script writes no spaces, words
//! elsewhere, and no confetti of letters that two sentences share by chance.

use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::model::revision::{Piece, PieceKind};
use crate::text::script::{self, Script};

/// Paragraphs of both versions, multiplied, that are compared one by one; beyond that nobody reads the pieces.
const PARAGRAPHS_SQUARE_MAX: usize = 4_000_000;
/// Words or characters of a changed passage in both versions, multiplied, that are compared one by one: some
/// milliseconds of work at the most.
const TOKENS_SQUARE_MAX: usize = 1_000_000;
/// What two passages share between two changes is told as changed with them if it has fewer letters than this.
const KEPT_LETTERS_MIN: usize = 4;

/// The pieces of two texts from their beginnings to their ends; none if they are the same. What was kept and removed
/// is the older text, what was kept and added the newer one.
pub fn of(before: &str, after: &str) -> Vec<Piece> {
    if before == after {
        return Vec::new();
    }
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let mut pieces = Pieces::default();
    if old.len() * new.len() > PARAGRAPHS_SQUARE_MAX {
        pieces.push(PieceKind::Removed, before);
        pieces.push(PieceKind::Added, after);
        return pieces.0;
    }
    for step in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let (was, is) = (old[step.old_range()].concat(), new[step.new_range()].concat());
        match step.tag() {
            DiffTag::Equal => pieces.push(PieceKind::Kept, &was),
            DiffTag::Delete => pieces.push(PieceKind::Removed, &was),
            DiffTag::Insert => pieces.push(PieceKind::Added, &is),
            DiffTag::Replace => within(&was, &is, &mut pieces),
        }
    }
    pieces.0
}

/// The pieces of a passage that changed.
fn within(before: &str, after: &str, pieces: &mut Pieces) {
    let (old, new) = (tokens(before), tokens(after));
    if old.len() * new.len() > TOKENS_SQUARE_MAX {
        pieces.push(PieceKind::Removed, before);
        pieces.push(PieceKind::Added, after);
        return;
    }
    let steps = capture_diff_slices(Algorithm::Myers, &old, &new);
    let (mut removed, mut added) = (String::new(), String::new());
    for (at, step) in steps.iter().enumerate() {
        let (was, is) = (old[step.old_range()].concat(), new[step.new_range()].concat());
        let is_between = at > 0 && at + 1 < steps.len();
        if step.tag() == DiffTag::Equal && !(is_between && letters(&was) < KEPT_LETTERS_MIN) {
            pieces.changed(&mut removed, &mut added);
            pieces.push(PieceKind::Kept, &was);
        } else {
            removed.push_str(&was);
            added.push_str(&is);
        }
    }
    pieces.changed(&mut removed, &mut added);
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// Pieces in their order; neighbours of one kind are one.
#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn push(&mut self, kind: PieceKind, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.kind == kind => last.text.push_str(text),
            _ => self.0.push(Piece { kind, text: text.to_owned() }),
        }
    }

    fn changed(&mut self, removed: &mut String, added: &mut String) {
        self.push(PieceKind::Removed, &std::mem::take(removed));
        self.push(PieceKind::Added, &std::mem::take(added));
    }
}

/// Words, runs of white space, and single characters of everything else.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        let class = class(c);
        if before.is_some_and(|before| before != class || class == Class::Alone) {
            tokens.push(&text[start..at]);
            start = at;
        }
        before = Some(class);
    }
    if start < text.len() {
        tokens.push(&text[start..]);
    }
    tokens
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Word,
    Space,
    Alone,
}

fn class(c: char) -> Class {
    if matches!(script::of(c), Script::Han | Script::Kana | Script::Thai) {
        Class::Alone
    } else if c.is_alphanumeric() {
        Class::Word
    } else if c.is_whitespace() && c != '\n' {
        Class::Space
    } else {
        Class::Alone
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `[-removed-]`, `{+added+}`, the rest as it stands.
    fn shown(before: &str, after: &str) -> String {
        let show = |piece: &Piece| match piece.kind {
            PieceKind::Kept => piece.text.clone(),
            PieceKind::Removed => format!("[-{}-]", piece.text),
            PieceKind::Added => format!("{{+{}+}}", piece.text),
        };
        of(before, after).iter().map(show).collect()
    }

    #[test]
    fn an_edit_reads_well_in_chinese_and_in_english() {
        assert_eq!(shown("一样", "一样"), "");
        assert_eq!(
            shown("全市今年新增公园十二座。\n市民很高兴。", "全市今年新增公园十五座。\n市民很高兴。"),
            "全市今年新增公园十[-二-]{+五+}座。\n市民很高兴。"
        );
        assert_eq!(
            shown("The council approved the budget on Monday.", "The council approved the budget on Friday."),
            "The council approved the budget on [-Monday-]{+Friday+}."
        );
        assert_eq!(shown("甲段。\n乙段。", "甲段。\n新的一段。\n乙段。"), "甲段。\n{+新的一段。\n+}乙段。");
    }

    #[test]
    fn a_sentence_that_was_rewritten_is_told_whole_and_not_in_confetti() {
        assert_eq!(
            shown("江城的早市在雪中开张，人很多。", "昨天江边的集市搬进新棚，人很多。"),
            "[-江城的早市在雪中开张-]{+昨天江边的集市搬进新棚+}，人很多。"
        );
    }

    #[test]
    fn a_passage_too_long_to_compare_is_told_whole() {
        let (before, after) = ("甲乙丙丁戊".repeat(400), "子丑寅卯辰".repeat(400));
        assert_eq!(shown(&before, &after), format!("[-{before}-]{{+{after}+}}"));
        let (before, after) = ("a\n".repeat(2_001), "b\n".repeat(2_001));
        assert_eq!(of(&before, &after).len(), 2);
    }

    proptest! {
        #[test]
        fn the_pieces_are_both_texts(before in "[甲乙丙 ab\n，]{0,40}", after in "[甲乙丙 ab\n，]{0,40}") {
            let pieces = of(&before, &after);
            let without = |kind| -> String {
                pieces.iter().filter(|piece| piece.kind != kind).map(|piece| piece.text.as_str()).collect()
            };
            if before != after {
                prop_assert_eq!(without(PieceKind::Added), before);
                prop_assert_eq!(without(PieceKind::Removed), after);
            }
        }
    }
}
