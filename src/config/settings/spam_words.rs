//! `[spam_words]` of `harbinger.toml`: what the operator adds to the lexicon.

use crate::config::document::{Table, quoted};
use crate::config::values;
use crate::model::spam_words::SpamWords;

/// The keys of the table.
const KEYS: &[&str] = &["strong", "weak"];
/// The most words of one list; the shipped lexicon has some two hundred.
const WORDS_MAX: usize = 2_000;
/// The longest word, in characters; what is longer is a sentence.
const WORD_CHARS_MAX: usize = 40;

/// Reads the table and notes its mistakes.
pub fn read(table: &Table) -> SpamWords {
    table.only(KEYS);
    let words = |key| {
        let words = table.list(key, values::text(word));
        if words.len() > WORDS_MAX {
            table.problem(key, format!("{} words; expected {WORDS_MAX} at most", words.len()));
        }
        words
    };
    let words = SpamWords { strong: words("strong"), weak: words("weak") };
    if let Some(word) = words.weak.iter().find(|word| words.strong.contains(word)) {
        table.problem("weak", format!("{} is also among the strong words; expected each word once", quoted(word)));
    }
    words
}

/// One letter would be in every sentence; and only letters and digits are compared.
fn word(text: &str) -> Result<String, String> {
    let chars = text.chars().filter(|c| c.is_alphanumeric()).count();
    match chars {
        0 | 1 => Err(format!("{} has fewer than two letters; expected a word such as \"真人荷官\"", quoted(text))),
        2..=WORD_CHARS_MAX => Ok(text.trim().to_owned()),
        _ => Err(format!("{} is too long; expected a word of {WORD_CHARS_MAX} letters at most", quoted(text))),
    }
}
