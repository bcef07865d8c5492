//! Pinyin glosses and other damage that machine converters leave in Chinese text.
//!
//! Such a mirror converts Simplified text to Traditional and writes the reading after each character it was unsure
//! of: 關(guān)注. It works on GBK bytes, so that at times it takes the second byte of one character and the first of
//! the next for a character, and its gloss tears the next one apart: 連接東西 becomes 連接?xùn)|西, where `|` is the
//! second byte of 東 and xùn the reading of 訓, which never stood there.

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::GBK;

use crate::text::script::is_han;

/// Letters of the longest pinyin syllables, such as zhuāng.
const SYLLABLE_LETTERS_MAX: usize = 6;

/// Marked readings from which on a text counts as glossed throughout, so that unmarked ones (們(men)) go too.
/// An author who explains a rare character does so once or twice.
const GLOSSES_THROUGHOUT: usize = 3;

/// Letters of the longest tag name looked for in a broken end tag, such as `blockquote`.
const TAG_LETTERS_MAX: usize = 10;

/// A text freed of a converter's damage, and how much there was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glosses<'a> {
    /// The text without it.
    pub text: Cow<'a, str>,
    /// Readings taken out whole.
    pub stripped: usize,
    /// Places where a character or a tag was torn: 東 after 接 is put back, others leave a gap.
    pub broken: usize,
}

impl Glosses<'_> {
    /// Whether a converter wrote the text, and not an author who explained one rare character (囧(jiǒng)).
    pub fn is_machine_made(&self) -> bool {
        self.stripped >= GLOSSES_THROUGHOUT || self.broken > 0
    }
}

/// Takes the glosses out of a text, and what is left of torn characters and tags.
///
/// A gloss is a bracketed pinyin syllable with a tone mark right after a Chinese character. Syllables without a mark
/// go only from a text that is glossed throughout, and abbreviations (WHO), (AI), (km) never.
pub fn strip(text: &str) -> Glosses<'_> {
    let mut marks: Vec<Mark> = Vec::new();
    for (at, opening) in text.match_indices(['(', '（', '?', '？', '\u{fffd}']) {
        if let Some(mark) = mark(text, at, opening)
            && marks.last().is_none_or(|last| last.range.end <= mark.range.start)
        {
            marks.push(mark);
        }
    }
    let marked = marks.iter().filter(|mark| mark.kind == Kind::Gloss).count();
    if marked < GLOSSES_THROUGHOUT {
        marks.retain(|mark| mark.kind != Kind::Unmarked);
    }
    let broken = marks.iter().filter(|mark| mark.kind == Kind::Broken).count();
    Glosses { text: without(text, &marks), stripped: marks.len() - broken, broken }
}

#[derive(Debug, PartialEq)]
enum Kind {
    Gloss,
    Unmarked,
    Broken,
}

#[derive(Debug)]
struct Mark {
    range: Range<usize>,
    kind: Kind,
    instead: &'static str,
}

fn without<'a>(text: &'a str, marks: &[Mark]) -> Cow<'a, str> {
    if marks.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut stripped = String::with_capacity(text.len());
    let mut from = 0;
    for mark in marks {
        stripped.push_str(&text[from..mark.range.start]);
        stripped.push_str(mark.instead);
        from = mark.range.end;
    }
    stripped.push_str(&text[from..]);
    Cow::Owned(stripped)
}

/// The damage that begins at `at`, where a bracket or what replaced a lost byte stands.
fn mark(text: &str, at: usize, opening: &str) -> Option<Mark> {
    let before = text[..at].chars().next_back()?;
    let after = &text[at + opening.len()..];
    if matches!(opening, "(" | "（") {
        return if is_han(before) { gloss(at, opening, after) } else { None };
    }
    if let Some(length) = end_tag(after) {
        return torn_tag(&text[..at], at + opening.len() + length);
    }
    if !is_han(before) {
        return None;
    }
    let bracket = after.chars().next().filter(|c| matches!(c, '(' | '（')).map_or(0, char::len_utf8);
    let reading = reading(&after[bracket..]).filter(|reading| reading.is_marked)?;
    let rest = &after[bracket + reading.length..];
    let closing = closing(rest)?;
    // The second byte of a GBK character may be one of these ASCII signs; behind a torn gloss it is that byte.
    let trail = rest[closing..].chars().next().filter(|c| "@[\\]^_`{|}~".contains(*c));
    let end = at + opening.len() + bracket + reading.length + closing + trail.map_or(0, char::len_utf8);
    let is_east = reading.letters == "xun" && trail == Some('|') && gbk_trail(before) == Some(0xd3);
    Some(Mark { range: at..end, kind: Kind::Broken, instead: if is_east { "東" } else { "" } })
}

fn gloss(at: usize, opening: &str, after: &str) -> Option<Mark> {
    let reading = reading(after)?;
    let rest = &after[reading.length..];
    let end = at + opening.len() + reading.length;
    match closing(rest) {
        Some(closing) => {
            let kind = if reading.is_marked { Kind::Gloss } else { Kind::Unmarked };
            Some(Mark { range: at..end + closing, kind, instead: "" })
        }
        // The closing bracket fell to the same tear.
        None if reading.is_marked => match rest.chars().next()? {
            lost @ ('?' | '？' | '\u{fffd}') => {
                Some(Mark { range: at..end + lost.len_utf8(), kind: Kind::Broken, instead: "" })
            }
            next if is_han(next) => Some(Mark { range: at..end, kind: Kind::Broken, instead: "" }),
            _ => None,
        },
        None => None,
    }
}

fn closing(rest: &str) -> Option<usize> {
    rest.chars().next().filter(|c| matches!(c, ')' | '）')).map(char::len_utf8)
}

/// The second byte of a character in GBK. 接 ends in D3, and D3 with the first byte of 東 is 訓, read xùn.
fn gbk_trail(c: char) -> Option<u8> {
    match *GBK.encode(c.encode_utf8(&mut [0; 4])).0 {
        [_, trail] => Some(trail),
        _ => None,
    }
}

/// An end tag that lost its `<` to the tear, and in quotations also the 。” before it: read from the wrong byte,
/// A1A3 A1B1 3C is a lost byte, ！ (A3A1), and another lost byte.
fn torn_tag(before: &str, end: usize) -> Option<Mark> {
    let (start, instead) = match before.strip_suffix("?!").or_else(|| before.strip_suffix("?！")) {
        Some(before) => (before.len(), "。”"),
        None => (before.len(), ""),
    };
    let follows_chinese = !before[..start].chars().next_back()?.is_ascii();
    follows_chinese.then_some(Mark { range: start..end, kind: Kind::Broken, instead })
}

/// The length of what is left of an end tag whose `<` was lost: `/p>`.
fn end_tag(after: &str) -> Option<usize> {
    let name = after.strip_prefix('/')?;
    let length = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
    ((1..=TAG_LETTERS_MAX).contains(&length) && name[length..].starts_with('>')).then_some(length + 2)
}

struct Reading {
    letters: String,
    is_marked: bool,
    length: usize,
}

/// The pinyin syllable a text begins with.
fn reading(text: &str) -> Option<Reading> {
    let mut reading = Reading { letters: String::new(), is_marked: false, length: 0 };
    for c in text.chars() {
        if matches!(c, '\u{300}' | '\u{301}' | '\u{304}' | '\u{306}' | '\u{308}' | '\u{30c}') {
            reading.is_marked |= c != '\u{308}';
        } else if let Some((letter, is_marked)) = letter(c) {
            if reading.letters.len() == SYLLABLE_LETTERS_MAX {
                return None;
            }
            reading.letters.push(letter);
            reading.is_marked |= is_marked;
        } else {
            break;
        }
        reading.length += c.len_utf8();
    }
    is_syllable(&reading.letters).then_some(reading)
}

/// The plain letter and whether it carries a tone mark; the breve often stands for the caron, `v` for `ü`.
fn letter(c: char) -> Option<(char, bool)> {
    Some(match c {
        'a'..='z' => (c, false),
        'ɑ' => ('a', false),
        'ɡ' => ('g', false),
        'ü' => ('v', false),
        'ê' => ('e', false),
        'ā' | 'á' | 'ǎ' | 'à' | 'ă' => ('a', true),
        'ē' | 'é' | 'ě' | 'è' | 'ĕ' | 'ế' | 'ề' => ('e', true),
        'ī' | 'í' | 'ǐ' | 'ì' | 'ĭ' => ('i', true),
        'ō' | 'ó' | 'ǒ' | 'ò' | 'ŏ' => ('o', true),
        'ū' | 'ú' | 'ǔ' | 'ù' | 'ŭ' => ('u', true),
        'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' => ('v', true),
        'ń' | 'ň' | 'ǹ' => ('n', true),
        'ḿ' => ('m', true),
        _ => return None,
    })
}

/// Whether the letters, without marks, are an initial and a final of pinyin.
fn is_syllable(letters: &str) -> bool {
    const INITIALS: [&str; 23] = [
        "zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r", "z", "c", "s",
        "y", "w",
    ];
    let tail = INITIALS.iter().find_map(|initial| letters.strip_prefix(initial)).unwrap_or(letters);
    matches!(letters, "m" | "n" | "ng" | "hm" | "hng")
        || matches!(
            tail,
            "a" | "o"
                | "e"
                | "i"
                | "u"
                | "v"
                | "ai"
                | "ei"
                | "ui"
                | "ao"
                | "ou"
                | "iu"
                | "ie"
                | "ue"
                | "ve"
                | "er"
                | "an"
                | "en"
                | "in"
                | "un"
                | "vn"
                | "ang"
                | "eng"
                | "ing"
                | "ong"
                | "ia"
                | "iao"
                | "ian"
                | "iang"
                | "iong"
                | "ua"
                | "uo"
                | "uai"
                | "uan"
                | "uang"
                | "van"
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str, stripped: usize, broken: usize) {
        let glosses = strip(input);
        assert_eq!((&*glosses.text, glosses.stripped, glosses.broken), (expected, stripped, broken));
    }

    #[test]
    fn readings_after_a_character_go() {
        check("關(guān)注經(jīng)濟", "關注經濟", 2, 0);
        check("發（fā）展、轉(zhuǎn)型、區(qū)域", "發展、轉型、區域", 3, 0);
        check("關(gua\u{304}n)注,綠(lǜ)色,綠(lu\u{308}\u{300})色", "關注,綠色,綠色", 3, 0);
        check("創(chu\u{e0}ng)新", "創新", 1, 0);
    }

    #[test]
    fn unmarked_readings_go_only_from_a_text_glossed_throughout() {
        check("我們(men)經(jīng)營產(chǎn)業(yè)", "我們經營產業", 4, 0);
        check("我們(men)經(jīng)營", "我們(men)經營", 1, 0);
        check("他姓王(wang)", "他姓王(wang)", 0, 0);
    }

    #[test]
    fn brackets_of_authors_stay() {
        for text in [
            "世界卫生组织(WHO)发布",
            "人工智能(AI)与增强现实（AR）",
            "长十公里(km)",
            "咖啡(café)馆",
            "苏黎世(Zürich)",
            "河(ā",
            "(fā)展",
            "a(fā)",
            "真的?假的",
            "Bar (né) x",
            "",
        ] {
            check(text, text, 0, 0);
            assert!(matches!(strip(text).text, Cow::Borrowed(_)));
        }
    }

    #[test]
    fn torn_characters_and_tags_leave_nothing_behind() {
        check("連接?xùn)|西的橋", "連接東西的橋", 0, 1);
        check("連接\u{fffd}(xùn)|西", "連接東西", 0, 1);
        check("冰?xùn)|西", "冰西", 0, 1);
        check("發(fā展", "發展", 0, 1);
        check("“很美?!?/p>他说", "“很美。”他说", 0, 1);
        check("“很美?！?/p>", "“很美。”", 0, 1);
        check("很美。?/span>", "很美。", 0, 1);
        check("1?/p>", "1?/p>", 0, 0);
    }

    #[test]
    fn one_explained_character_is_no_machine() {
        assert!(!strip("“囧(jiǒng)”字走红").is_machine_made());
        assert!(strip("關(guān)注經(jīng)濟發(fā)展").is_machine_made());
    }

    proptest! {
        #[test]
        fn any_text_is_survived_and_never_grows(text in "[\\PC發展?(（)）|/p>a-zāùǎ\u{fffd}\u{304}]{0,60}") {
            prop_assert!(strip(&text).text.chars().count() <= text.chars().count());
        }
    }
}
