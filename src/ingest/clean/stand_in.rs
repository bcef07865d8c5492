//! A stand-in for `text::fold`, to be replaced by it.

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use regex::Regex;
use unicode_normalization::UnicodeNormalization;

/// A text without glosses.
pub struct Glosses {
    /// The text.
    pub text: String,
    /// How many were stripped.
    pub stripped: usize,
    /// How many had lost their beginning.
    pub broken: usize,
}

/// The text without pinyin in brackets behind Han characters.
pub fn strip_glosses(text: &str) -> Glosses {
    static GLOSS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(\p{Han})\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6}\)|\?[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6}\)\|?").expect("constant")
    });
    let (mut stripped, mut broken) = (0, 0);
    let text = GLOSS.replace_all(text, |found: &regex::Captures<'_>| match found.get(1) {
        Some(han) => {
            stripped += 1;
            han.as_str().to_owned()
        }
        None => {
            broken += 1;
            String::new()
        }
    });
    Glosses { text: text.into_owned(), stripped, broken }
}

/// The text in Simplified characters.
pub fn to_simplified(text: &str) -> String {
    static T2S: LazyLock<Option<OpenCC>> = LazyLock::new(|| OpenCC::from_config(BuiltinConfig::T2s).ok());
    T2S.as_ref().map_or_else(|| text.to_owned(), |opencc| opencc.convert(text))
}

/// The text for comparison.
pub fn fold(text: &str) -> String {
    let text: String = text.nfkc().collect();
    to_simplified(&strip_glosses(&text).text).to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}
