//! One spelling of a term, and where in a text it may begin and end.
//!
//! Folded text has no spaces, so that "Harbin" stands in "harbinger" too; the gaps of the folded text tell them apart.
//! How strict that is depends on the script: Chinese has no words to respect, Russian and Korean put their endings
//! behind a name, English and Turkish set theirs off with an apostrophe.

use crate::text::fold::{self, Folded, Gap};
use crate::text::script::{self, Script};

/// Korean syllables from which on a name is not part of another word by chance, as 부천 is of 공부천재.
const HANGUL_ALONE_CHARS: usize = 3;

/// Latin letters from which on a name of several words may take any ending.
const PHRASE_LETTERS: usize = 12;

/// Latin letters from which on a name may take the `s` of a German genitive or an English plural.
const ENDING_LETTERS: usize = 4;

/// A spelling of a term, folded.
#[derive(Debug)]
pub struct Spelling {
    /// As written in the event's file.
    pub written: String,
    /// Whether its script writes a word with two or three characters, so that distances are short.
    pub is_dense: bool,
    /// Which of the rules' terms it is a spelling of.
    pub terms: Vec<usize>,
    start: Option<Script>,
    end: End,
}

#[derive(Debug)]
enum End {
    Anywhere,
    Digit,
    Word { may_take_s: bool },
}

impl Spelling {
    /// The spelling with its folded form; `None` if folding leaves nothing of it.
    pub fn new(written: &str) -> Option<(Spelling, String)> {
        let Folded { text, gaps } = fold::folded(written);
        let first = script::of(text.chars().next()?);
        let last = script::of(text.chars().next_back()?);
        let chars = text.chars().count();
        let start = match first {
            Script::Hangul if chars >= HANGUL_ALONE_CHARS => None,
            // Arabic writes the article and short prepositions as one word with the noun.
            Script::Han | Script::Kana | Script::Thai | Script::Arabic | Script::Other => None,
            script => Some(script),
        };
        let is_phrase = chars >= PHRASE_LETTERS && gaps.iter().any(|gap| gap.1 >= Gap::Word);
        let end = match last {
            Script::Latin if !is_phrase => End::Word { may_take_s: chars >= ENDING_LETTERS },
            Script::Digit => End::Digit,
            _ => End::Anywhere,
        };
        let is_dense = matches!(first, Script::Han | Script::Kana | Script::Hangul);
        Some((Spelling { written: written.trim().to_owned(), is_dense, terms: Vec::new(), start, end }, text))
    }

    /// Whether the spelling, found at these byte offsets, is a word of its own as its script demands.
    pub fn is_word(&self, folded: &Folded, start: usize, end: usize) -> bool {
        self.starts_word(folded, start) && self.ends_word(folded, end)
    }

    fn starts_word(&self, folded: &Folded, start: usize) -> bool {
        let Some(script) = self.start else { return true };
        folded.gap(start).is_some() || folded.text[..start].chars().next_back().is_none_or(|c| script::of(c) != script)
    }

    fn ends_word(&self, folded: &Folded, end: usize) -> bool {
        match self.end {
            End::Anywhere => true,
            End::Digit => is_end(folded, end, Script::Digit),
            End::Word { may_take_s } => {
                is_end(folded, end, Script::Latin)
                    || may_take_s && folded.text[end..].starts_with('s') && is_end(folded, end + 1, Script::Latin)
            }
        }
    }
}

fn is_end(folded: &Folded, end: usize, script: Script) -> bool {
    folded.gap(end).is_some() || folded.text[end..].chars().next().is_none_or(|c| script::of(c) != script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, text: &str, expected: bool) {
        let (spelling, needle) = Spelling::new(written).unwrap();
        let folded = fold::folded(text);
        let is_word = folded
            .text
            .match_indices(&needle)
            .any(|(start, found)| spelling.is_word(&folded, start, start + found.len()));
        assert_eq!(is_word, expected, "{written} in {text}");
    }

    #[test]
    fn latin_names_are_whole_words() {
        check("Harbin", "in Harbin.", true);
        check("Harbin", "the Harbinger", false);
        check("Harbin", "Harbin's ice, Harbin’s mayor", true);
        check("Harbin", "Harbin'de buluştu", true);
        check("Harbin", "Harbins Bürgermeister", true);
        check("Harbin", "Harbinskaja", false);
        check("Harbin", "中国Harbin市", true);
        check("Harbin", "2026Harbin", true);
        check("Nan", "Nans", false);
        check("GMD", "GMDs", false);
        check("Global Mayors Dialogue", "the GlobalMayorsDialogues", true);
        check("7 January", "on 17 January", false);
        check("2026", "20261", false);
    }

    #[test]
    fn other_alphabets_take_endings() {
        check("Харбин", "в Харбине", true);
        check("Харбин", "Нехарбинский", false);
        check("Χαρμπίν", "στη ΧΑΡΜΠΙΝ", true);
        check("하얼빈", "하얼빈에서", true);
        check("하얼빈", "중국하얼빈시", true);
        check("부천", "부천시는", true);
        check("부천", "공부천재", false);
        check("هاربين", "بهاربين", true);
    }

    #[test]
    fn chinese_stands_anywhere() {
        check("世界市長對話", "“2026世界市长对话”活动", true);
        check("ハルビン", "中国ハルビン市", true);
    }

    #[test]
    fn a_spelling_of_signs_alone_is_none() {
        assert!(Spelling::new(" · ").is_none());
    }
}
