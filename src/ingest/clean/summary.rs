//! A summary: the page's own description if it speaks of the story, else the first sentences.

use crate::text::plain;

/// About how long a summary is, in characters.
const SUMMARY_CHARS: usize = 200;
/// The shortest description that is a sentence, in characters.
const DESCRIPTION_CHARS_MIN: usize = 15;

const ENDS: &[char] = &['。', '！', '？', '…', '.', '!', '?'];
const CLOSING: &[char] = &['”', '」', '』', '"', '\'', '）', ')', '’', '»'];

/// The summary of a story, one line.
pub fn of(description: Option<&str>, text: &str, title: &str) -> Option<String> {
    let described = description
        .filter(|description| is_sentence(description) && is_related(description, text) && *description != title);
    if let Some(description) = described
        && description.chars().count() <= 2 * SUMMARY_CHARS
    {
        return Some(description.to_owned());
    }
    first_sentences(text)
}

fn is_sentence(description: &str) -> bool {
    let trimmed = description.trim_end_matches(CLOSING);
    let is_cut = trimmed.ends_with("...") || trimmed.ends_with('…');
    trimmed.ends_with(ENDS) && !is_cut && description.chars().count() >= DESCRIPTION_CHARS_MIN
}

/// Whether half of the description's runs of four characters stand in the text.
fn is_related(description: &str, text: &str) -> bool {
    const RUN: usize = 4;
    const TEXT_CHARS_MAX: usize = 4_000;
    let squeezed = |text: &str, max: usize| text.chars().filter(|c| c.is_alphanumeric()).take(max).collect::<String>();
    let (description, text) = (squeezed(description, 2 * SUMMARY_CHARS), squeezed(text, TEXT_CHARS_MAX));
    if text.contains(&description) {
        return true;
    }
    let starts: Vec<usize> = description.char_indices().map(|(at, _)| at).chain([description.len()]).collect();
    let runs: Vec<&str> = starts.windows(RUN + 1).step_by(RUN).map(|ends| &description[ends[0]..ends[RUN]]).collect();
    let known = runs.iter().filter(|run| text.contains(**run)).count();
    !runs.is_empty() && known * 2 >= runs.len()
}

/// Sentences from the beginning up to about [`SUMMARY_CHARS`]; the first one is cut at a comma or a word if it is
/// longer.
fn first_sentences(text: &str) -> Option<String> {
    let start: String = text.chars().take(4 * SUMMARY_CHARS).collect();
    let line = plain::line(&start);
    let mut summary_end = 0;
    let mut count = 0;
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        count += 1;
        let after = at + c.len_utf8();
        let next = chars.peek().map(|(_, next)| *next);
        let is_end = ENDS.contains(&c) && is_boundary(&line[..at], c, next);
        if is_end {
            let closing = line[after..].chars().take_while(|c| CLOSING.contains(c)).map(char::len_utf8).sum::<usize>();
            if count <= SUMMARY_CHARS || summary_end == 0 && count <= SUMMARY_CHARS * 3 / 2 {
                summary_end = after + closing;
            }
        }
        if count > SUMMARY_CHARS && summary_end > 0 || count > SUMMARY_CHARS * 3 / 2 {
            break;
        }
    }
    if summary_end > 0 {
        return Some(line[..summary_end].to_owned());
    }
    if line.chars().count() <= SUMMARY_CHARS {
        return (!line.is_empty()).then_some(line);
    }
    let limit = line.char_indices().nth(SUMMARY_CHARS - 1).map_or(line.len(), |(at, _)| at);
    let head = &line[..limit];
    let cut = head.rfind(['，', '、', '；', '：', ',', ';', ' ']).unwrap_or(limit);
    Some(format!("{}…", head[..cut].trim_end()))
}

/// Words that a full stop only shortens, in lower case: titles, months, companies and the like.
const ABBREVIATIONS: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "dr",
    "prof",
    "st",
    "sr",
    "jr",
    "gen",
    "col",
    "lt",
    "sgt",
    "capt",
    "maj",
    "rev",
    "hon",
    "gov",
    "sen",
    "rep",
    "pres",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "no",
    "nos",
    "vs",
    "inc",
    "corp",
    "co",
    "ltd",
    "bros",
    "ave",
    "blvd",
    "rd",
    "mt",
    "ft",
    "dept",
    "est",
    "approx",
    "fig",
    "vol",
    "art",
    "bzw",
    "nr",
    "str",
    "ca",
    "evtl",
    "usw",
    "vgl",
    "г",
    "гг",
    "ул",
    "им",
    "тыс",
    "млн",
    "млрд",
    "руб",
    "см",
    "др",
    "стр",
    "просп",
    "обл",
];

/// Whether a mark ends a sentence, rather than an abbreviation or a number.
fn is_boundary(before: &str, mark: char, next: Option<char>) -> bool {
    if mark != '.' {
        return true;
    }
    let start = before.char_indices().rev().take_while(|(_, c)| c.is_alphabetic()).last();
    let word = start.map_or("", |(at, _)| &before[at..]);
    let digits = before.chars().rev().take_while(char::is_ascii_digit).count();
    // "9." can be a day; a number as long as a year ends a sentence.
    let is_cut = match word.chars().count() {
        0 => (1..=2).contains(&digits),
        1 => true,
        _ => ABBREVIATIONS.contains(&word.to_lowercase().as_str()),
    };
    let is_trailing_off = before.ends_with(['.', ' ']);
    next.is_none_or(|next| next.is_whitespace() || CLOSING.contains(&next)) && !is_cut && !is_trailing_off
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sentences_end_where_sentences_end() {
        let check = |text: &str, expected: &str| assert_eq!(first_sentences(text).as_deref(), Some(expected));
        check("江城下雪了。“真美！”游客说。", "江城下雪了。“真美！”游客说。");
        check(&format!("江城下雪了。{}。", "雪".repeat(250)), "江城下雪了。");
        check("Mr. J. Doe paid 3.5 million. Nobody knows why", "Mr. J. Doe paid 3.5 million.");
        check(&format!("{}，{}", "雪".repeat(120), "冰".repeat(300)), &format!("{}…", "雪".repeat(120)));
        check("江城下雪了", "江城下雪了");
        check("RIVERSIDE, Jan. 8 -- The ice held. Nobody knows why", "RIVERSIDE, Jan. 8 -- The ice held.");
        check("В 2026 г. выпал снег. Никто не знает", "В 2026 г. выпал снег.");
        check("Am 9. Januar fiel Schnee. Niemand weiß warum", "Am 9. Januar fiel Schnee.");
        check("They came in 2026. Nobody knows why", "They came in 2026.");
        assert_eq!(first_sentences(""), None);
    }

    #[test]
    fn a_description_must_speak_of_the_story() {
        let text = "今冬首场雪昨夜落在江城，环卫工人连夜清扫主要街道。市民清晨出门时，路面已经干净。";
        let check = |description: &str, expected: &str| {
            assert_eq!(of(Some(description), text, "江城初雪").as_deref(), Some(expected))
        };
        check(
            "今冬首场雪昨夜落在江城，环卫工人连夜清扫主要街道。",
            "今冬首场雪昨夜落在江城，环卫工人连夜清扫主要街道。",
        );
        check("江城新闻网是江城最大的新闻门户网站，欢迎访问。", text);
        check("今冬首场雪昨夜落在江城，环卫工人连夜…", text);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\PC。.” ]{0,700}", description in "\\PC{0,50}") {
            let summary = of(Some(&description), &text, "");
            prop_assert!(summary.is_none_or(|summary| summary.chars().count() <= 2 * SUMMARY_CHARS));
        }
    }
}
