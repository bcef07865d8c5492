//! How much of a text is another: shingles, and names and titles compared without their punctuation.
//! The tests of the labelled pages and the bench that scores a folder measure with the same rule.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

/// Tokens of a shingle.
const SHINGLE_TOKENS: usize = 4;
/// Of so many characters one must be Han or kana for single characters to count as tokens.
const CHARS_PER_CJK: usize = 5;

/// Precision and recall of a text against the truth.
#[derive(Debug, Clone, Copy)]
pub struct Score {
    /// The share of what was read that belongs there; `None` where nothing was read.
    pub precision: Option<f64>,
    /// The share of the truth that was read.
    pub recall: f64,
}

/// Scores one text by its shingles: of words, or of characters where the truth is in Chinese or Japanese.
pub fn text(want: &str, got: &str) -> Score {
    let is_cjk = is_cjk(want);
    let (want, got) = (tokens(want, is_cjk), tokens(got, is_cjk));
    let (want, got) = (shingles(&want), shingles(&got));
    let common: usize = want.iter().map(|(shingle, count)| *count.min(got.get(shingle).unwrap_or(&0))).sum();
    let share = |of: &HashMap<&[&str], usize>| common as f64 / of.values().sum::<usize>() as f64;
    Score {
        precision: (!got.is_empty()).then(|| share(&got)),
        recall: if want.is_empty() { 1.0 } else { share(&want) },
    }
}

/// Whether more than a fifth of a text is Han or kana.
pub fn is_cjk(text: &str) -> bool {
    let is_one = |c: &char| matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{3040}'..='\u{30ff}');
    let all = text.chars().filter(|c| !c.is_whitespace()).count().max(1);
    text.chars().filter(is_one).count() * CHARS_PER_CJK > all
}

/// Letters and digits alone, in one width and case.
pub fn fold(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).filter(|c| is_word(*c)).collect()
}

/// Macro means over many pages.
#[derive(Debug, Clone, Copy, Default)]
pub struct Means {
    precision: f64,
    recall: f64,
    /// Pages on which something was read.
    read: usize,
    /// All pages.
    pub pages: usize,
}

impl Means {
    /// Counts a page in.
    pub fn add(&mut self, score: Score) {
        self.pages += 1;
        self.recall += score.recall;
        if let Some(precision) = score.precision {
            self.read += 1;
            self.precision += precision;
        }
    }

    /// The mean precision of the pages on which something was read.
    pub fn precision(&self) -> f64 {
        self.precision / self.read.max(1) as f64
    }

    /// The mean recall of all pages.
    pub fn recall(&self) -> f64 {
        self.recall / self.pages.max(1) as f64
    }

    /// The harmonic mean of both.
    pub fn f1(&self) -> f64 {
        let (precision, recall) = (self.precision(), self.recall());
        if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
    }

    /// Pages on which nothing was read.
    pub fn empty(&self) -> usize {
        self.pages - self.read
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn tokens(text: &str, is_cjk: bool) -> Vec<&str> {
    let words = text.split(|c| !is_word(c)).filter(|word| !word.is_empty());
    if is_cjk { words.flat_map(chars).collect() } else { words.collect() }
}

fn chars(word: &str) -> impl Iterator<Item = &str> {
    word.char_indices().map(|(at, c)| &word[at..at + c.len_utf8()])
}

/// Shorter texts are one shingle.
fn shingles<'a>(tokens: &'a [&'a str]) -> HashMap<&'a [&'a str], usize> {
    let mut counts = HashMap::new();
    if !tokens.is_empty() {
        tokens.windows(SHINGLE_TOKENS.min(tokens.len())).for_each(|shingle| *counts.entry(shingle).or_insert(0) += 1);
    }
    counts
}
