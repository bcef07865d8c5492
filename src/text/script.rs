//! Which script a character belongs to, as far as matching and language need to know.

/// The scripts that differ in how their words are bounded or which language they speak for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Script {
    /// Chinese characters, in any of the languages that use them.
    Han,
    /// Hiragana and katakana.
    Kana,
    /// Korean syllables and letters.
    Hangul,
    /// Latin letters with all their marks.
    Latin,
    /// Cyrillic letters.
    Cyrillic,
    /// Greek letters.
    Greek,
    /// Arabic letters.
    Arabic,
    /// Thai letters and vowels.
    Thai,
    /// Hebrew letters.
    Hebrew,
    /// Tamil letters and vowels.
    Tamil,
    /// Devanagari letters and vowels.
    Devanagari,
    /// Decimal digits of ASCII.
    Digit,
    /// Anything else.
    Other,
}

/// The script of a character.
pub fn of(c: char) -> Script {
    match c {
        '0'..='9' => Script::Digit,
        'a'..='z'
        | 'A'..='Z'
        | 'ª'
        | 'º'
        | 'À'..='Ö'
        | 'Ø'..='ö'
        | 'ø'..='\u{2af}'
        | '\u{1e00}'..='\u{1eff}'
        | '\u{2c60}'..='\u{2c7f}'
        | '\u{a720}'..='\u{a7ff}'
        | '\u{ff21}'..='\u{ff3a}'
        | '\u{ff41}'..='\u{ff5a}' => Script::Latin,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Script::Greek,
        '\u{400}'..='\u{52f}' => Script::Cyrillic,
        '\u{590}'..='\u{5ff}' => Script::Hebrew,
        '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' => {
            Script::Arabic
        }
        '\u{900}'..='\u{97f}' => Script::Devanagari,
        '\u{b80}'..='\u{bff}' => Script::Tamil,
        '\u{e00}'..='\u{e7f}' => Script::Thai,
        '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}' => {
            Script::Hangul
        }
        '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | 'ー' | '\u{ff66}'..='\u{ff9f}' => Script::Kana,
        _ if is_han(c) => Script::Han,
        _ => Script::Other,
    }
}

/// Whether the character is a Chinese character, rare and compatibility ones too.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}' | '々' | '〆' | '〇')
}

/// The same as [`char::is_alphanumeric`], which takes its time with Chinese characters.
pub fn is_alphanumeric(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}') || c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_of_the_coverage_has_its_script() {
        for (text, script) in [
            ("冰滨濱𠮷々〇豈", Script::Han),
            ("ハルビンひー", Script::Kana),
            ("하얼빈", Script::Hangul),
            ("HarbinğıßŁị", Script::Latin),
            ("Харбинё", Script::Cyrillic),
            ("Χαρμπίν", Script::Greek),
            ("2026", Script::Digit),
            ("·・“ ", Script::Other),
        ] {
            for c in text.chars() {
                assert_eq!(of(c), script, "{c}");
            }
        }
    }
}
