//! What of a text can be searched for, and what a query asks.
//!
//! Everything is compared folded (see `text::fold`), so either Chinese script finds the other. Scripts without spaces
//! between words are indexed by character and by pair of neighbours, so that any stretch of them is found; of the words
//! of other scripts, the beginnings from `BEGINNING_CHARS` letters on are indexed too, so that a word finds its endings.

use std::collections::HashSet;

use crate::text::fold::{self, Folded, Gap};
use crate::text::script::{self, Script};

/// The longest query, in characters; a headline is shorter.
pub const QUERY_CHARS_MAX: usize = 200;
/// The most words and phrases in a query.
pub const TERMS_MAX: usize = 10;
/// Letters from which on a word also stands for the longer words it begins.
const BEGINNING_CHARS: usize = 4;
/// A longer word is indexed by so many letters; the rest is compared in the text.
const WORD_CHARS_MAX: usize = 16;
/// What people put around a phrase.
const QUOTES: [char; 7] = ['"', '“', '”', '„', '＂', '「', '」'];

/// What a reader looks for; every term must stand in an article.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Query {
    /// As it was written, in one line.
    written: String,
    terms: Vec<Term>,
}

/// A word or a phrase, folded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Term {
    text: String,
    tokens: Vec<String>,
    /// Whether its token stands in no other article than those that have the term.
    is_told_by_token: bool,
    starts_word: bool,
    ends_word: bool,
}

impl Query {
    /// Reads a query: words, and phrases in quotes. `None` where it has no letter or digit; the error says what was
    /// expected.
    pub fn parse(text: &str) -> Result<Option<Query>, String> {
        if text.chars().count() > QUERY_CHARS_MAX {
            return Err(format!("q must have at most {QUERY_CHARS_MAX} characters"));
        }
        let text = text.replace(char::is_control, " ");
        let terms: Vec<Term> = units(&text).into_iter().filter_map(term).collect();
        match terms.len() {
            0 => Ok(None),
            1..=TERMS_MAX => Ok(Some(Query { written: text.split_whitespace().collect::<Vec<_>>().join(" "), terms })),
            _ => Err(format!("q must have at most {TERMS_MAX} words")),
        }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The tokens an article must have; it may have them and not match, where [`Query::is_told_by_tokens`] is false.
    pub fn tokens(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().flat_map(|term| &term.tokens).map(String::as_str)
    }

    /// Whether the tokens alone say that an article matches.
    pub fn is_told_by_tokens(&self) -> bool {
        self.terms.iter().all(|term| term.is_told_by_token)
    }

    /// Whether every term stands in a text.
    pub fn stands_in(&self, text: &Folded) -> bool {
        self.terms.iter().all(|term| term.stands_in(text))
    }
}

/// The tokens of a text, each once.
pub fn tokens(text: &Folded) -> HashSet<&str> {
    let mut tokens = HashSet::new();
    for piece in pieces(text) {
        let piece_text = &text.text[piece.start..piece.end];
        let ends: Vec<usize> = piece_text.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
        let start_of = |at: usize| if at == 0 { 0 } else { ends[at - 1] };
        if piece.is_dense {
            for at in 0..ends.len() {
                tokens.insert(&piece_text[start_of(at)..ends[at]]);
                if at > 0 {
                    tokens.insert(&piece_text[start_of(at - 1)..ends[at]]);
                }
            }
        } else {
            let longest = ends.len().min(WORD_CHARS_MAX);
            for chars in BEGINNING_CHARS.min(longest)..=longest {
                // A shorter word stands for itself alone.
                if chars >= BEGINNING_CHARS || chars == ends.len() {
                    tokens.insert(&piece_text[..ends[chars - 1]]);
                }
            }
        }
    }
    tokens
}

/// The words and phrases of a query.
fn units(text: &str) -> Vec<&str> {
    let mut units = Vec::new();
    for (at, part) in text.split(QUOTES).enumerate() {
        if at % 2 == 0 {
            units.extend(part.split_whitespace());
        } else {
            units.push(part);
        }
    }
    units
}

fn term(unit: &str) -> Option<Term> {
    let folded = fold::folded(unit);
    let pieces = pieces(&folded);
    let (first, last) = (pieces.first()?, pieces.last()?);
    let mut tokens = Vec::new();
    let mut is_cut = false;
    for piece in &pieces {
        let text = &folded.text[piece.start..piece.end];
        let chars: Vec<char> = text.chars().collect();
        if piece.is_dense {
            let pairs = chars.windows(2.min(chars.len())).map(|pair| pair.iter().collect::<String>());
            tokens.extend(pairs);
        } else {
            is_cut |= chars.len() > WORD_CHARS_MAX;
            tokens.push(chars.iter().take(WORD_CHARS_MAX).collect());
        }
    }
    let last_chars = folded.text[last.start..last.end].chars().count();
    Some(Term {
        is_told_by_token: tokens.len() == 1 && !is_cut,
        starts_word: !first.is_dense,
        ends_word: !last.is_dense && last_chars < BEGINNING_CHARS,
        tokens,
        text: folded.text,
    })
}

impl Term {
    fn stands_in(&self, text: &Folded) -> bool {
        text.text.match_indices(&self.text).any(|(start, found)| {
            let end = start + found.len();
            let is_torn = text.gaps_between(start + 1, end - 1).iter().any(|gap| gap.1 == Gap::Sentence);
            !is_torn && (!self.starts_word || is_edge(text, start)) && (!self.ends_word || is_edge(text, end))
        })
    }
}

/// Whether a word begins or ends at a byte offset.
fn is_edge(text: &Folded, at: usize) -> bool {
    let before = text.text[..at].chars().next_back().map(script::of);
    let after = text.text[at..].chars().next().map(script::of);
    before != after || text.gap(at).is_some()
}

/// A stretch of one kind of script, in byte offsets.
struct Piece {
    start: usize,
    end: usize,
    /// Whether the script writes no spaces between words, or hangs endings on them, so that any stretch may be meant.
    is_dense: bool,
}

fn pieces(folded: &Folded) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut gaps = folded.gaps.iter().peekable();
    let mut before: Option<Script> = None;
    for (at, c) in folded.text.char_indices() {
        while gaps.next_if(|gap| gap.0 < at).is_some() {}
        let gap = gaps.next_if(|gap| gap.0 == at).map(|gap| gap.1);
        let script = script::of(c);
        let is_dense = matches!(script, Script::Han | Script::Kana | Script::Hangul | Script::Thai);
        let goes_on = match pieces.last() {
            Some(piece) if is_dense => piece.is_dense && gap != Some(Gap::Sentence),
            Some(piece) => !piece.is_dense && gap.is_none() && before == Some(script),
            None => false,
        };
        let end = at + c.len_utf8();
        match pieces.last_mut().filter(|_| goes_on) {
            Some(piece) => piece.end = end,
            None => pieces.push(Piece { start: at, end, is_dense }),
        }
        before = Some(script);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn query(text: &str) -> Query {
        Query::parse(text).unwrap().unwrap()
    }

    #[track_caller]
    fn check(text: &str, asked: &str, expected: bool) {
        let (folded, query) = (fold::folded(text), query(asked));
        assert_eq!(query.stands_in(&folded), expected, "{asked} in {text}");
        let indexed = tokens(&folded);
        let has_tokens = query.tokens().all(|token| indexed.contains(token));
        assert!(has_tokens || !expected, "{asked} in {text} is not found by its tokens");
        assert!(!query.is_told_by_tokens() || has_tokens == expected, "{asked} in {text}");
    }

    #[test]
    fn either_script_finds_the_other_down_to_one_character() {
        for asked in ["冰", "雪", "冰雪", "世界市长对话", "世界市長對話", "市長", "哈爾濱", "对话哈尔滨", "話·哈"]
        {
            check("“世界市长对话·哈尔滨”在冰雪中开幕。", asked, true);
        }
        check("經(jīng)濟與(yǔ)冰雪", "经济", true);
        check("冰城。雪乡", "城雪", false);
        check("冰城。雪乡", "冰乡", false);
        check("氷雪で世界をつなぐハルビン", "ハルビン", true);
        check("하얼빈에서 열린 세계시장대화", "하얼빈", true);
        check("하얼빈에서 열린 세계시장대화", "시장", true);
    }

    #[test]
    fn words_are_found_by_themselves_and_their_beginnings() {
        for asked in ["mayor", "MAYORS", "harbin", "global mayors", "\"global mayors\"", "mayors global", "7 c40"] {
            check("The Global Mayors' Dialogue: 7 guests of C40 in Harbin", asked, true);
        }
        for asked in ["may", "arbin", "\"mayors global\"", "logue", "c4", "the ice"] {
            check("The Global Mayors' Dialogue: 7 guests of C40 in Harbin", asked, false);
        }
        check("в Харбине открылся диалог", "Харбин", true);
        check("incomprehensibilities", "incomprehensibility", false);
        check("incomprehensibilities", "incomprehensibili", true);
        check("2026冰雪节", "2026冰雪", true);
        check("12026冰雪节", "2026冰雪", false);
    }

    #[test]
    fn a_query_without_a_letter_asks_for_nothing_and_a_long_one_is_refused() {
        for empty in ["", "  ", "\u{3000}", "\"\"", "*", "“”…\u{0}"] {
            assert_eq!(Query::parse(empty), Ok(None), "{empty:?}");
        }
        assert!(Query::parse(&"冰".repeat(200)).unwrap().is_some());
        assert!(Query::parse(&"冰".repeat(201)).unwrap_err().contains("200 characters"));
        assert!(Query::parse("a b c d e f g h i j k").unwrap_err().contains("10 words"));
        assert_eq!(query("  冰\t 雪 ").as_str(), "冰 雪");
    }

    proptest! {
        #[test]
        fn any_stretch_of_a_text_is_found_by_its_tokens(
            words in proptest::collection::vec("(冰|雪|哈尔滨|Harbin|2026|мэры|, |。| |하얼빈|\\PC)", 1..30), from in 0usize..30, to in 1usize..8
        ) {
            let stretch = words.iter().skip(from).take(to).cloned().collect::<String>();
            let text = fold::folded(&words.concat());
            let indexed = tokens(&text);
            if let Ok(Some(query)) = Query::parse(&stretch.replace(QUOTES, " ")) {
                if query.stands_in(&text) {
                    prop_assert!(query.tokens().all(|token| indexed.contains(token)), "{query:?}");
                }
                if query.is_told_by_tokens() {
                    let has_tokens = query.tokens().all(|token| indexed.contains(token));
                    prop_assert_eq!(query.stands_in(&text), has_tokens, "{:?}", query);
                }
            }
        }
    }
}
