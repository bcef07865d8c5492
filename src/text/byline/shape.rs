//! Bylines that no label announces, known by their shape: `記者甲報導`, `甲 기자`, `Von Jane Doe`, `由甲张贴 @`.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::byline::{Byline, add, names, source};

/// Reads the lines of a header or footer for what the labels did not give.
pub fn read(text: &str, byline: &mut Byline) {
    if byline.authors.is_empty() {
        byline.authors = beside_time(text);
    }
    for line in text.lines() {
        if byline.authors.is_empty() {
            byline.authors = reported(line);
        }
        if byline.authors.is_empty() {
            byline.authors.extend(korean(line));
        }
        if byline.authors.is_empty() {
            byline.authors = by(line);
        }
        piped(line, byline);
    }
    if byline.authors.is_empty() {
        byline.authors.extend(posted(text));
    }
}

/// The author whom old portals write in brackets between the time and the source: `08:19 [ 甲 ] 来源：…`.
fn beside_time(text: &str) -> Vec<String> {
    static BRACKETS: LazyLock<Regex> = LazyLock::new(|| {
        names::expression(
            r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?\s*[\[【]\s*([HAN、 ]{2,14}?)\s*[\]】][\s\p{Co}]*(?:来源|來源)",
        )
    });
    let is_likely = text.contains(['[', '【']);
    let found = is_likely.then(|| BRACKETS.captures(text)).flatten();
    found.map(|found| names::signature(&found[1])).unwrap_or_default()
}

/// `記者甲報導`, `記者甲／江城報導`: the names between the word and the verb, each with a known surname.
fn reported(line: &str) -> Vec<String> {
    static REPORTED: LazyLock<Regex> = LazyLock::new(|| {
        names::expression(
            r"(?:记者|記者)[\s／/]*([HAN]{2,4}?(?:[、，\s][HAN]{2,4}?){0,4})(?:[\s／/、]+[HAN]{2,6}?)?[\s／/]*(?:連線|综合|綜合)?(?:報導|报道|報道|报导)",
        )
    });
    let is_likely = line.contains("记者") || line.contains("記者");
    let found = is_likely.then(|| REPORTED.captures(line)).flatten();
    found.map(|found| names::signature(&found[1])).unwrap_or_default()
}

/// `甲 기자`.
pub fn korean(text: &str) -> Option<String> {
    static KOREAN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[\s\[\]=(/|])([가-힣]{2,4})\s?(?:선임|인턴|객원|수습)?\s?기자(?:[\s\]=)|]|$)")
            .expect("a constant expression")
    });
    let found = text.contains("기자").then(|| KOREAN.captures(text)).flatten()?;
    // What a reporter can be beside a name.
    const NOT_NAMES: &[&str] = &["취재", "사진", "영상", "본지", "담당", "선임", "인턴", "객원", "수습", "전문"];
    Some(found[1].to_owned()).filter(|name| !NOT_NAMES.contains(&name.as_str()))
}

/// `Von Jane Doe`: a line of a European page that is nothing but the word and names.
fn by(line: &str) -> Vec<String> {
    /// The longest text with names, in characters.
    const CHARS_MAX: usize = 61;
    // A class of all letters is large, and each counted repetition is a copy of it.
    static BY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"^\s*(?:Von|VON|Par|PAR|Por|POR|Door|Af|Av)\s+(\p{Lu}[\p{L}.'’ -]{3}[\p{L}.'’ -]*?)\s*(?:[|•·,–—\d].*)?$",
        )
        .expect("a constant expression")
    });
    let found = BY.captures(line).filter(|found| found[1].chars().count() <= CHARS_MAX);
    found.map(|found| names::people(&found[1], false)).unwrap_or_default()
}

/// `Jane Doe | River Daily | Updated: …`, `River Daily | Updated: …`.
fn piped(line: &str, byline: &mut Byline) {
    static PIPED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^\s*(?:(?:By\s+)?([^|]{3,60}?)\s*\|\s*)?([^|:]{2,30}?)\s*\|\s*(?:Updated|Published|Posted)\s?:")
            .expect("a constant expression")
    });
    let Some(found) = line.contains('|').then(|| PIPED.captures(line)).flatten() else { return };
    if let Some(people) = found.get(1).filter(|_| byline.authors.is_empty()) {
        add(&mut byline.authors, names::people(people.as_str(), false));
    }
    static PAPER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)daily|news|times|post\b|agency|herald|weekly|journal|wire|press|tribune|global|xinhua|\.c[no]")
            .expect("a constant expression")
    });
    // A town stands there as well.
    if byline.source.is_none() && PAPER.is_match(&found[2]) {
        byline.source = source(&found[2]);
    }
}

/// `由甲张贴 @ …`, `甲 发表于 2026-01-09`: who put a text on the page.
fn posted(text: &str) -> Option<String> {
    static POSTED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"由\s?([^\s，。、：]{2,12})\s?(?:张贴|發表|发表|发布|發佈)\s?(?:[@于於在]|时间)|(?:^|\s)([^\s，。、：]{2,12})\s+(?:发表于|發表於)[:：]?\s?\d{4}[-年/]")
            .expect("a constant expression")
    });
    let is_likely = ["张贴", "发表", "發表", "发布", "發佈"].iter().any(|word| text.contains(word));
    let found = is_likely.then(|| POSTED.captures(text)).flatten()?;
    let name = found.get(1).or(found.get(2))?.as_str();
    let people = names::people(name, true);
    people.into_iter().next().filter(|person| person == name && !names::is_organisation(person))
}
