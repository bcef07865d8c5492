//! The language of an article: what the page claims, if its script agrees, else the portal's, if the text does.

use crate::text::language;
use crate::text::script::is_han;

/// A BCP 47 tag. Content systems leave `lang="en"` on pages in any language, so the letters decide.
pub fn of(claim: Option<&str>, portal: &str, text: &str) -> String {
    let claim = claim.unwrap_or("").trim();
    let primary = |tag: &str| tag.split('-').next().unwrap_or("").to_ascii_lowercase();
    let script = Script::of(text);
    if claim.is_empty() || !script.can_be(&primary(claim)) {
        return language::of(text, portal);
    }
    // "zh-CN" says less than the portal's "zh-Hans"; "zh-TW" contradicts it.
    let is_vague = primary(claim) == primary(portal) && is_traditional(claim) == is_traditional(portal);
    if is_vague { portal.to_owned() } else { claim.to_owned() }
}

fn is_traditional(tag: &str) -> bool {
    tag.split('-').any(|part| ["hant", "tw", "hk", "mo"].contains(&part.to_ascii_lowercase().as_str()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Han,
    Kana,
    Hangul,
    Cyrillic,
    Latin,
    Other,
}

impl Script {
    /// What most letters of the beginning are.
    fn of(text: &str) -> Script {
        const LETTERS: usize = 500;
        let (mut han, mut kana, mut hangul, mut cyrillic, mut latin) = (0, 0, 0, 0, 0);
        for c in text.chars().filter(|c| is_han(*c) || c.is_alphabetic()).take(LETTERS) {
            match c {
                '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' => han += 1,
                '\u{3040}'..='\u{30ff}' => kana += 1,
                '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}' => hangul += 1,
                '\u{400}'..='\u{4ff}' => cyrillic += 1,
                'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' => latin += 1,
                _ => {}
            }
        }
        let all = han + kana + hangul + cyrillic + latin;
        let is_most = |count: i32| count * 2 > all;
        match () {
            () if kana * 10 > all => Script::Kana,
            () if is_most(hangul) => Script::Hangul,
            () if is_most(han) => Script::Han,
            () if is_most(cyrillic) => Script::Cyrillic,
            () if is_most(latin) => Script::Latin,
            () => Script::Other,
        }
    }

    fn can_be(self, language: &str) -> bool {
        match self {
            Script::Han => matches!(language, "zh" | "ja" | "yue" | "cmn"),
            Script::Kana => language == "ja",
            Script::Hangul => language == "ko",
            Script::Cyrillic => {
                matches!(language, "ru" | "uk" | "be" | "bg" | "sr" | "mk" | "kk" | "ky" | "mn" | "tg" | "tt")
            }
            Script::Latin => {
                !matches!(language, "zh" | "ja" | "ko" | "ru" | "uk" | "be" | "bg" | "el" | "ar" | "he" | "th")
            }
            Script::Other => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_decide_between_page_and_portal() {
        let check = |claim: &str, portal: &str, text: &str, expected: &str| {
            assert_eq!(of(Some(claim), portal, text), expected, "{claim}")
        };
        check("zh-CN", "zh-Hans", "江城下雪了", "zh-Hans");
        check("zh-TW", "zh-Hans", "江城下雪了", "zh-TW");
        check("en", "zh-Hans", "江城下雪了", "zh-Hans");
        check("ru", "zh-Hans", "В городе выпал первый снег", "ru");
        check("", "ko", "강에 첫눈이 내렸다", "ko");
        check("zh-CN", "zh-Hans", "The first snow of the winter fell on the river last night.", "en");
        check(
            "",
            "zh-Hans",
            "昨夜江城迎來今冬第一場雪，環衛工人連夜清掃主要街道，市民清晨出門時路面已經乾淨。",
            "zh-Hant",
        );
    }
}
