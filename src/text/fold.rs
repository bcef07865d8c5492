//! Folding: one form for all spellings of a text, so that copies and terms can be compared byte by byte.
//!
//! Folded is: NFKC, without pinyin glosses, Traditional characters as Simplified, lower case, letters and digits only.
//! Beyond that, letters that differ only by the writer's habit become one: ı and i, ς and σ, ё and е, ß and ss, Greek
//! letters with and without their accent, and the Chinese characters of [`simplified::merged`].

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use crate::text::gloss::{self, Glosses};
use crate::text::simplified;

/// Folded characters below which a text is too short to tell one story from another.
pub const TEXT_CHARS_MIN: usize = 60;

/// A folded text that still knows where its words and sentences were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    /// The folded text.
    pub text: String,
    /// What was dropped before the character at each byte offset, in order of the offsets.
    pub gaps: Vec<(usize, Gap)>,
}

/// What stood between two characters that are neighbours in the folded text; the stronger the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// An apostrophe, as before a possessive or a Turkish case ending.
    Apostrophe,
    /// A space, a hyphen, a bracket, a middle dot: a word ends here.
    Word,
    /// A comma.
    Comma,
    /// A sentence or a paragraph ends here.
    Sentence,
}

impl Folded {
    /// What stood before the character at a byte offset, `None` within a word.
    pub fn gap(&self, offset: usize) -> Option<Gap> {
        self.gaps.binary_search_by_key(&offset, |gap| gap.0).ok().map(|at| self.gaps[at].1)
    }

    /// The gaps from one byte offset to another, both included.
    pub fn gaps_between(&self, from: usize, to: usize) -> &[(usize, Gap)] {
        let start = self.gaps.partition_point(|gap| gap.0 < from);
        let end = self.gaps.partition_point(|gap| gap.0 <= to);
        self.gaps.get(start..end).unwrap_or_default()
    }
}

/// The folded text.
pub fn fold(text: &str) -> String {
    folded(text).text
}

/// The folded text with its word boundaries: fold an article once, and share it.
pub fn folded(text: &str) -> Folded {
    let glosses = strip_glosses(text);
    let text = &*glosses.text;
    let mut writer = Writer { folded: Folded::default(), gap: None };
    writer.folded.text.reserve(text.len());
    writer.folded.gaps.reserve(text.len() / 16);
    let mut run_start = 0;
    for (at, c) in text.char_indices() {
        // Nothing composes with these characters, so they need no normalisation.
        if matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}') {
            writer.run(&text[run_start..at]);
            writer.push(simplified::merged(c));
            run_start = at + c.len_utf8();
        }
    }
    writer.run(&text[run_start..]);
    writer.folded
}

/// Takes out pinyin glosses and torn characters; see [`gloss::strip`].
pub fn strip_glosses(text: &str) -> Glosses<'_> {
    gloss::strip(text)
}

/// The text in Simplified characters; see [`simplified::text`].
pub fn to_simplified(text: &str) -> String {
    simplified::text(text)
}

/// BLAKE3 of a folded text; `None` below [`TEXT_CHARS_MIN`], where different stories may share a text.
pub fn text_hash(folded: &str) -> Option<[u8; 32]> {
    let is_long = folded.chars().nth(TEXT_CHARS_MIN - 1).is_some();
    is_long.then(|| blake3::hash(folded.as_bytes()).into())
}

struct Writer {
    folded: Folded,
    gap: Option<Gap>,
}

impl Writer {
    /// Folds text without common Chinese characters.
    fn run(&mut self, run: &str) {
        if run.is_ascii() {
            return self.ascii(run.as_bytes(), false);
        }
        let mut rest = run;
        while !rest.is_empty() {
            // What stands behind an ASCII character may compose with it, and nothing composes with what stands before.
            let ascii = rest.bytes().position(|byte| !byte.is_ascii());
            let (plain, behind) = rest.split_at(ascii.map_or(rest.len(), |ascii| ascii.saturating_sub(1)));
            self.ascii(plain.as_bytes(), behind.chars().next().is_none_or(char::is_whitespace));
            let others = behind.bytes().skip(1).position(|byte| byte.is_ascii()).map_or(behind.len(), |at| at + 1);
            let (others, behind) = behind.split_at(others);
            let is_end = behind.chars().next().is_none_or(char::is_whitespace);
            if is_nfkc_quick(others.chars()) == IsNormalized::Yes {
                self.characters(others.chars(), is_end);
            } else {
                self.characters(others.nfkc(), is_end);
            }
            rest = behind;
        }
    }

    /// Folds ASCII text; `is_end` tells whether a word ends behind it.
    fn ascii(&mut self, run: &[u8], is_end: bool) {
        for (at, byte) in run.iter().enumerate() {
            if byte.is_ascii_alphanumeric() {
                self.push(byte.to_ascii_lowercase().into());
            } else {
                let is_last = run.get(at + 1).map_or(is_end, |next| char::from(*next).is_whitespace());
                self.drop(char::from(*byte), is_last);
            }
        }
    }

    fn characters(&mut self, characters: impl Iterator<Item = char>, is_end: bool) {
        let mut characters = characters.peekable();
        while let Some(c) = characters.next() {
            if !is_word(c) {
                self.drop(c, characters.peek().map_or(is_end, |next| next.is_whitespace()));
            } else if c.is_ascii() {
                self.push(c.to_ascii_lowercase());
            } else if c == 'ß' || c == 'ẞ' {
                self.push('s');
                self.push('s');
            } else {
                c.to_lowercase().filter(|c| is_word(*c)).for_each(|c| self.push(habitual(c)));
            }
        }
    }

    fn push(&mut self, c: char) {
        if let Some(gap) = self.gap.take() {
            self.folded.gaps.push((self.folded.text.len(), gap));
        }
        self.folded.text.push(c);
    }

    /// Notes what a character that is left out says of the words around it.
    fn drop(&mut self, c: char, is_last: bool) {
        let gap = match c {
            '\'' | '’' | '‘' | '`' | '´' | 'ʼ' => Gap::Apostrophe,
            ',' | '，' | '،' => Gap::Comma,
            '。' | '！' | '!' | ';' | '；' | '\n' | '\u{2029}' => Gap::Sentence,
            // A full stop may belong to a number or an abbreviation, and a question mark may be a lost middle dot.
            '.' | '?' if is_last => Gap::Sentence,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => return,
            _ if is_combining_mark(c) => return,
            _ => Gap::Word,
        };
        self.gap = self.gap.max(Some(gap));
    }
}

/// Whether the character is kept. Some separators pass for letters in Unicode: the Korean middle dot (and what NFKC
/// makes of it), the modifier apostrophe, two more dots.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() && !matches!(c, '\u{318d}' | '\u{119e}' | '\u{2bc}' | '\u{a78f}' | '\u{1427}')
}

fn habitual(c: char) -> char {
    match c {
        'ı' => 'i',
        'ё' => 'е',
        'ς' => 'σ',
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ώ' => 'ω',
        // Compatibility ideographs and the rare planes come out of normalisation only here.
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'.. => simplified::merged(c),
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(fold(input), expected);
    }

    #[test]
    fn every_spelling_of_a_name_folds_alike() {
        for name in
            ["世界市長對話·哈爾濱", "世界市长对话?哈尔滨", "世界市长对话 哈尔滨", "世界市\u{e123}长对话・哈(hā)爾濱"]
        {
            check(name, "世界市长对话哈尔滨");
        }
        for name in ["세계시장대화·하얼빈", "세계 시장 대화∙하얼빈", "세계시장대화ㆍ하얼빈"]
        {
            check(name, "세계시장대화하얼빈");
        }
        for name in ["Global Mayors' Dialogue", "GLOBAL MAYORS’ DIALOGUE", "Ｇｌｏｂａｌ Mayors-Dialogue"] {
            check(name, "globalmayorsdialogue");
        }
        for name in ["Başkanları Diyaloğu", "BAŞKANLARI DİYALOĞU", "Bas\u{327}kanları Diyaloğu"] {
            check(name, "başkanlaridiyaloğu");
        }
        check("ΔΙΆΣΚΕΨΗ των Δημάρχων", "διασκεψητωνδημαρχων");
        check("Тёплый СЪЁМ й", "теплыйсъемй");
        check("ﾊﾙﾋﾞﾝ・Straße", "ハルビンstrasse");
        check("ha\u{ad}r\u{200b}bin Cafe\u{301}", "harbincafé");
        check(" …!?", "");
    }

    #[test]
    fn words_and_sentences_can_still_be_told() {
        let folded = folded("Harbin's mayor, 3.5 km. 冰城。哈尔滨");
        assert_eq!(folded.text, "harbinsmayor35km冰城哈尔滨");
        assert_eq!(
            folded.gaps,
            [
                (6, Gap::Apostrophe),
                (7, Gap::Word),
                (12, Gap::Comma),
                (13, Gap::Word),
                (14, Gap::Word),
                (16, Gap::Sentence),
                (22, Gap::Sentence)
            ]
        );
        assert_eq!(folded.gap(12), Some(Gap::Comma));
        assert_eq!(folded.gap(8), None);
        assert_eq!(folded.gaps_between(7, 13).len(), 3);
    }

    #[test]
    fn short_texts_have_no_hash() {
        assert_eq!(text_hash(&"冰".repeat(59)), None);
        assert_eq!(text_hash(&"冰".repeat(60)), Some(blake3::hash("冰".repeat(60).as_bytes()).into()));
    }

    proptest! {
        #[test]
        fn text_folds_the_same_in_pieces_and_as_a_whole(
            text in "([a-c.,'? \u{b}\n\u{301}\u{327}\u{1161}\u{11a8}\u{a0}\u{a8}ééßﬁ①가ㄱıЁ’。早ｆ！]|\\PC){0,24}"
        ) {
            let mut whole = Writer { folded: Folded::default(), gap: None };
            let text = strip_glosses(&text).text;
            let is_common = |c: char| matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}');
            for part in text.split_inclusive(is_common) {
                let run = part.trim_end_matches(is_common);
                if run.is_ascii() {
                    whole.ascii(run.as_bytes(), false);
                } else {
                    whole.characters(run.nfkc(), true);
                }
                part[run.len()..].chars().for_each(|c| whole.push(simplified::merged(c)));
            }
            prop_assert_eq!(whole.folded, folded(&text));
        }

        #[test]
        fn any_text_folds_to_words_alone(text in "[\\PC\u{0}-\u{ffff}]{0,80}") {
            let folded = folded(&text);
            prop_assert!(folded.text.chars().all(is_word), "{}", folded.text);
            prop_assert!(folded.gaps.is_sorted_by_key(|gap| gap.0));
            prop_assert!(folded.gaps.iter().all(|gap| folded.text.is_char_boundary(gap.0)));
        }
    }
}
