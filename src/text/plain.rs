//! Plain text that is legal in XML 1.0.

/// Whether XML 1.0 §2.2 allows the character, and no reader stumbles over it.
pub fn is_legal(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{7e}' | '\u{85}' | '\u{a0}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..)
        // The last two code points of each plane are not characters either.
        && (c as u32) & 0xfffe != 0xfffe
}

/// The text without what XML 1.0 forbids.
pub fn legal(text: &str) -> String {
    text.chars().filter(|c| is_legal(*c)).collect()
}

/// The text as one line: legal characters, white space (the ideographic space too) collapsed, ends trimmed.
pub fn line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || !is_legal(c) && c.is_control()) {
        let start = line.len();
        line.extend(word.chars().filter(|c| is_legal(*c)));
        if line.len() > start && start > 0 {
            line.insert(start, ' ');
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_collapses_and_illegal_characters_go() {
        assert_eq!(line("  哈尔滨\u{3000}\n冰雪\u{8}节\u{ffff} "), "哈尔滨 冰雪 节");
        assert_eq!(line("𠮷 & emoji 🎉"), "𠮷 & emoji 🎉");
        assert_eq!(legal("a\u{0}b\u{fffe}c\td"), "abc\td");
        assert_eq!(line(" \u{b} "), "");
    }
}
