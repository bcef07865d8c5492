//! The language of a body: the portal's, unless its script says otherwise.

use whatlang::Lang;

use crate::text::script::{self, Script, is_han};
use crate::text::simplified;

/// Letters looked at: enough to know, however long the text.
const LETTERS_MAX: usize = 1000;

/// Letters below which a text says nothing against the portal's language.
const LETTERS_MIN: usize = 20;

/// Letters from which on word statistics are asked, which mistake headlines.
const STATISTICS_LETTERS_MIN: usize = 200;

/// Characters that statistics are made of: enough to be sure.
const STATISTICS_CHARS_MAX: usize = 1000;

/// What a character is worth in letters, in scripts that write a word with two or three characters.
const DENSE_LETTERS: usize = 3;

/// Percent of kana from which on Chinese characters are Japanese ones: prose has 40 and more, a Chinese text may
/// quote a name.
const KANA_PERCENT_MIN: usize = 15;

/// Percent of Chinese characters with another Simplified form from which on a text is Traditional: it has 30 to 45,
/// a Simplified one with 著, 乾 or a quoted name hardly 1.
const TRADITIONAL_PERCENT_MIN: usize = 8;

/// The BCP 47 tag of a body, `fallback` being the portal's.
pub fn of(text: &str, fallback: &str) -> String {
    let sample: Vec<char> =
        text.chars().filter(|c| is_common_han(*c) || is_han(*c) || c.is_alphabetic()).take(LETTERS_MAX).collect();
    let Some(script) = main_script(&sample) else { return fallback.to_owned() };
    let sounds_like = |languages: &[&str]| languages.contains(&primary(fallback).as_str());
    match script {
        Script::Han => chinese(&sample, fallback),
        Script::Kana if !sounds_like(&["ja"]) => "ja".to_owned(),
        Script::Hangul if !sounds_like(&["ko"]) => "ko".to_owned(),
        Script::Cyrillic if !is_written_in_cyrillic(fallback) => cyrillic(text, &sample).to_owned(),
        Script::Greek if !sounds_like(&["el"]) => "el".to_owned(),
        Script::Thai if !sounds_like(&["th"]) => "th".to_owned(),
        Script::Hebrew if !sounds_like(&["he", "yi"]) => "he".to_owned(),
        Script::Tamil if !sounds_like(&["ta"]) => "ta".to_owned(),
        Script::Arabic if !sounds_like(&["ar", "fa", "ur", "ug", "ps", "ku", "sd"]) => "ar".to_owned(),
        Script::Devanagari if !sounds_like(&["hi", "mr", "ne", "sa"]) => "hi".to_owned(),
        Script::Latin => latin(text, &sample, fallback),
        _ => fallback.to_owned(),
    }
}

/// Whether a character is one of those nearly all Chinese is written in, so that it needs no closer look.
fn is_common_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

/// The script of more than half of what is written, Japanese counted as kana.
fn main_script(sample: &[char]) -> Option<Script> {
    const SCRIPTS: [Script; 11] = [
        Script::Han,
        Script::Kana,
        Script::Hangul,
        Script::Latin,
        Script::Cyrillic,
        Script::Greek,
        Script::Arabic,
        Script::Thai,
        Script::Hebrew,
        Script::Tamil,
        Script::Devanagari,
    ];
    let mut of_all = [0; Script::Other as usize + 1];
    for c in sample {
        of_all[if is_common_han(*c) { Script::Han } else { script::of(*c) } as usize] += 1;
    }
    for dense in [Script::Han, Script::Kana, Script::Hangul] {
        of_all[dense as usize] *= DENSE_LETTERS;
    }
    let total: usize = of_all.iter().sum();
    let mut counts = SCRIPTS.map(|script| of_all[script as usize]);
    let [han, kana, ..] = counts;
    if kana * 100 >= (han + kana) * KANA_PERCENT_MIN {
        (counts[0], counts[1]) = (0, han + kana);
    }
    if total < LETTERS_MIN {
        return None;
    }
    counts.iter().position(|count| count * 2 > total).map(|at| SCRIPTS[at])
}

fn chinese(sample: &[char], fallback: &str) -> String {
    let han = sample.iter().filter(|c| is_han(**c)).count();
    let traditional = sample.iter().filter(|c| is_han(**c) && simplified::character(**c) != **c).count();
    let is_traditional = traditional * 100 >= han * TRADITIONAL_PERCENT_MIN;
    let tag = fallback.to_ascii_lowercase();
    let has = |subtags: &[&str]| tag.split(['-', '_']).any(|subtag| subtags.contains(&subtag));
    let speaks_traditional = has(&["hant", "tw", "hk", "mo"]) && !has(&["hans"]);
    let speaks_simplified = has(&["hans", "cn", "sg", "my"]) && !has(&["hant"]);
    match (is_traditional, has(&["zh", "yue", "cmn"])) {
        (true, true) if speaks_traditional => fallback.to_owned(),
        (false, true) if speaks_simplified => fallback.to_owned(),
        (true, _) => "zh-Hant".to_owned(),
        (false, _) => "zh-Hans".to_owned(),
    }
}

fn cyrillic(text: &str, sample: &[char]) -> &'static str {
    match statistics(text, sample) {
        Some(Lang::Ukr) => "uk",
        Some(Lang::Bul) => "bg",
        Some(Lang::Bel) => "be",
        Some(Lang::Srp) => "sr",
        Some(Lang::Mkd) => "mk",
        _ => "ru",
    }
}

fn latin(text: &str, sample: &[char], fallback: &str) -> String {
    let plain = if sample.len() >= STATISTICS_LETTERS_MIN { plainly(beginning(text)) } else { None };
    let tag = plain.or_else(|| statistics(text, sample).and_then(latin_tag));
    match tag {
        Some(tag) if tag != primary(fallback) => tag.to_owned(),
        None if !is_written_in_latin(fallback) => "en".to_owned(),
        _ => fallback.to_owned(),
    }
}

fn statistics(text: &str, sample: &[char]) -> Option<Lang> {
    if sample.len() < STATISTICS_LETTERS_MIN {
        return None;
    }
    whatlang::detect(beginning(text)).filter(|info| info.is_reliable()).map(|info| info.lang())
}

fn beginning(text: &str) -> &str {
    text.char_indices().nth(STATISTICS_CHARS_MAX).map_or(text, |(at, _)| &text[..at])
}

/// The small words of languages: those that others have too, and those that no other has.
const SMALL_WORDS: [(&str, &[&str], &[&str]); 2] = [
    ("en", &["and", "of", "to", "in", "is", "was", "that", "with", "for", "from", "has", "are", "this"], &["the"]),
    (
        "de",
        &[
            "der", "die", "das", "den", "des", "von", "im", "zu", "ein", "es", "er", "in", "an", "am", "war", "wie",
            "was", "um", "als", "sie", "man",
        ],
        &[
            "und", "nicht", "ist", "auf", "mit", "sich", "für", "wird", "dem", "zum", "zur", "aus", "eine", "einen",
            "einer", "dass",
        ],
    ),
];

/// The language of which so many words of a text are the small ones that statistics, which cost more than all other
/// work on it, could say nothing else.
fn plainly(text: &str) -> Option<&'static str> {
    /// Percent of the words that are small ones: prose has 20 and more, what quotes it hardly 5.
    const PERCENT_MIN: usize = 15;
    /// Percent that are those of no other language.
    const OWN_PERCENT_MIN: usize = 3;
    let is_plain = |(_, small, own): &&(&str, &[&str], &[&str])| {
        let (mut words, mut smalls, mut owns) = (0, 0, 0);
        for word in text.split_ascii_whitespace() {
            words += 1;
            smalls += usize::from(small.contains(&word));
            owns += usize::from(own.contains(&word));
        }
        (smalls + owns) * 100 >= words * PERCENT_MIN && owns * 100 >= words * OWN_PERCENT_MIN && owns > 0
    };
    SMALL_WORDS.iter().find(is_plain).map(|(tag, ..)| *tag)
}

/// The languages with enough news to be told apart; whatlang knows more, and guesses them for English.
fn latin_tag(lang: Lang) -> Option<&'static str> {
    Some(match lang {
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Tur => "tr",
        Lang::Pol => "pl",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Hun => "hu",
        Lang::Ron => "ro",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Nob => "nb",
        Lang::Fin => "fi",
        Lang::Est => "et",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Vie => "vi",
        Lang::Ind => "id",
        Lang::Cat => "ca",
        _ => return None,
    })
}

/// The language without script and region: `zh` of `zh-Hans-CN`.
fn primary(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

fn is_written_in_cyrillic(tag: &str) -> bool {
    const LANGUAGES: [&str; 11] = ["ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg", "tt"];
    LANGUAGES.contains(&primary(tag).as_str())
}

fn is_written_in_latin(tag: &str) -> bool {
    const OTHERS: [&str; 24] = [
        "zh", "yue", "cmn", "ja", "ko", "el", "th", "he", "yi", "ta", "ar", "fa", "ur", "ug", "ps", "sd", "hi", "mr",
        "ne", "sa", "ka", "hy", "my", "und",
    ];
    let primary = primary(tag);
    !primary.is_empty() && !OTHERS.contains(&primary.as_str()) && !is_written_in_cyrillic(tag)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SIMPLIFIED: &str = "冬天来了，江边的灯亮起来，人们在冰上散步，孩子们围着雪人唱歌，卖糖葫芦的老人向他们招手。";
    const TRADITIONAL: &str =
        "冬天來了，江邊的燈亮起來，人們在冰上散步，孩子們圍著雪人唱歌，賣糖葫蘆的老人向他們招手。";
    const ENGLISH: &str = "The lamps along the river were lit again when the first visitors of the winter arrived. \
        They walked across the ice, bought sugared fruit from an old man, and listened to the children who had built \
        a castle of snow and were now singing in front of its gate until the evening.";
    const GERMAN: &str = "Die Laternen am Fluss brannten wieder, als die ersten Gäste des Winters kamen. Sie gingen \
        über das Eis, kauften bei einem alten Mann gezuckerte Früchte und hörten den Kindern zu, die eine Burg aus \
        Schnee gebaut hatten und nun bis zum Abend vor ihrem Tor sangen.";
    const RUSSIAN: &str = "Фонари у реки снова зажглись, когда приехали первые зимние гости города.";

    #[track_caller]
    fn check(text: &str, fallback: &str, expected: &str) {
        assert_eq!(of(text, fallback), expected);
    }

    #[test]
    fn the_portals_language_stands_where_nothing_contradicts() {
        check("", "zh-Hans", "zh-Hans");
        check("APP", "zh-Hans", "zh-Hans");
        check(SIMPLIFIED, "zh-CN", "zh-CN");
        check(TRADITIONAL, "zh-TW", "zh-TW");
        check(ENGLISH, "en-GB", "en-GB");
        check(RUSSIAN, "uk", "uk");
        check("12345 67890 2026 ——", "ko", "ko");
    }

    #[test]
    fn another_script_is_another_language() {
        check(RUSSIAN, "zh-Hans", "ru");
        check("강가의 등불이 다시 켜지고 겨울 첫 손님들이 도착했다.", "zh-Hans", "ko");
        check("川辺の灯りがともり、冬の最初の客が氷の上を歩いた。", "zh-Hans", "ja");
        check("Τα φώτα δίπλα στο ποτάμι άναψαν ξανά.", "en", "el");
        check("ไฟริมแม่น้ำสว่างขึ้นอีกครั้ง", "en", "th");
        check(ENGLISH, "zh-Hans", "en");
        check(&ENGLISH.repeat(4), "de", "en");
        check("A headline of few words only", "zh-Hans", "en");
        check("A headline of few words only", "fr", "fr");
        check(GERMAN, "zh-Hans", "de");
        check(GERMAN, "en", "de");
    }

    #[test]
    fn languages_are_told_by_their_small_words_and_what_quotes_them_is_not_theirs() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(plainly(text), expected, "{text}");
        check(
            "The lamps by the river are lit again, and the first guests of the winter walk over the ice.",
            Some("en"),
        );
        check("Die Lampen am Ufer brennen wieder, und die ersten Gäste gehen mit den Kindern auf das Eis.", Some("de"));
        check("Lamps lit, guests walk over ice, shops open early, trains late.", None);
        check("The Ice Festival heißt das Fest, das am Dienstag am Ufer des Flusses eröffnet wurde.", None);
        check("De lampen langs de rivier branden weer, of de gasten nu komen of niet.", None);
        check("Die lampe langs die rivier brand weer, en die eerste gaste stap met die kinders oor die ys.", None);
        check("As luzes das margens voltaram, e os convidados das aldeias passam em das ruas das pontes.", None);
        check("", None);
    }

    #[test]
    fn the_two_chinese_scripts_are_told_by_share() {
        check(SIMPLIFIED, "en", "zh-Hans");
        check(TRADITIONAL, "zh-Hans", "zh-Hant");
        check(SIMPLIFIED, "zh-TW", "zh-Hans");
        check(SIMPLIFIED, "zh", "zh-Hans");
        check(&SIMPLIFIED.replace('着', "著"), "zh-Hans", "zh-Hans");
        check(&format!("{SIMPLIFIED}他姓沈，讀過乾隆年間的書。{SIMPLIFIED}"), "zh-Hans", "zh-Hans");
    }

    #[test]
    fn foreign_names_do_not_outweigh_a_chinese_text() {
        check(&format!("{SIMPLIFIED} Rovaniemi, Magdeburg, Edmonton, Erzurum"), "zh-Hans", "zh-Hans");
        check(&format!("{SIMPLIFIED}“ハルビン”"), "zh-Hans", "zh-Hans");
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "[\\PC\\p{Han}]{0,300}", fallback in "[a-zA-Z-]{0,9}") {
            of(&text, &fallback);
        }
    }
}
