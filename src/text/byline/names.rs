//! Names of people in the value of a label.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::byline::words::{
    AGENCIES, LONG_SURNAMES, NEVER_IN_NAMES, NO_SIGNATURES, NOT_LAST_NAMES, NOT_NAMES, PAGE_TOOLS, SURNAMES,
};

/// The most names one label gives.
const NAMES_MAX: usize = 12;
/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 40;

/// What [`expression`] puts in place of `HAN` in a class: Han characters in a few ranges. Unicode's own class of them is
/// five times as large when compiled, and each counted repetition is a copy of it.
const HAN: &str = r"々〇㐀-䶿一-鿿豈-﫿\x{20000}-\x{3ffff}";

/// A constant expression, in which `HAN` stands in classes for Han characters.
pub fn expression(pattern: &str) -> Regex {
    Regex::new(&pattern.replace("HAN", HAN)).expect("a constant expression")
}

/// Han characters, without kana.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// The names in a text. `is_certain`: a label with a colon or an element says that these are names, so that
/// pen names of any form are taken too.
pub fn people(text: &str, is_certain: bool) -> Vec<String> {
    let mut people: Vec<String> = Vec::new();
    let is_edge = |c: char| c.is_whitespace() || "（）()【】[]《》“”\"'：:-—_|｜・".contains(c);
    let text = without_office(text.trim_matches(is_edge)).trim_matches(is_edge);
    let pieces = text.split([
        '、', '，', ',', '；', ';', '|', '｜', '/', '／', '&', '\n', '\t', '（', '(', '）', ')', '。', '_', '丨',
    ]);
    for piece in pieces.flat_map(|piece| ANDS.split(piece)) {
        let is_more_to_come = add_piece(piece.trim(), is_certain, &mut people);
        if !is_more_to_come || people.len() >= NAMES_MAX {
            break;
        }
    }
    people.truncate(NAMES_MAX);
    people
}

static ANDS: LazyLock<Regex> = LazyLock::new(|| Regex::new(" (?:and|AND|und|et|y|и) ").expect("a constant expression"));

/// A value without the office that stands before its names: `本报记者 甲`, `江城日报全媒体记者甲`.
fn without_office(text: &str) -> &str {
    static OFFICE: LazyLock<Regex> =
        LazyLock::new(|| expression(r"^[HAN·\s]{0,14}?(?:记者|記者|特约撰稿人?|撰稿人|通讯员|实习生)[\s　/／:：・]*"));
    if !text.starts_with(is_han) {
        // Behind a bar stands the paper, or where the names were written.
        return text.split(['|', '｜']).next().unwrap_or(text);
    }
    OFFICE.find(text).map_or(text, |found| &text[found.end()..])
}

/// Whether a word looks like a Chinese name.
pub fn is_chinese_name(name: &str) -> bool {
    let count = name.chars().count();
    let is_long = (3..=4).contains(&count) && LONG_SURNAMES.iter().any(|surname| name.starts_with(surname));
    ((2..=3).contains(&count) && name.starts_with(|c| SURNAMES.contains(c)) || is_long) && name.chars().all(is_han)
}

/// The names of a line that holds nothing else: all look like names, and one has a known surname.
pub fn line(line: &str) -> Vec<String> {
    let people = alone(line);
    let is_vouched = people.len() > 1 && people.iter().any(|name| is_chinese_name(name) && name.chars().count() == 3);
    if is_vouched { people } else { signature(line) }
}

/// The names of a line that holds nothing else, each with a known surname.
pub fn signature(line: &str) -> Vec<String> {
    let people = alone(line);
    let is_name = |name: &String| is_chinese_name(name) && !NO_SIGNATURES.contains(&name.as_str());
    if people.iter().all(is_name) { people } else { Vec::new() }
}

/// What may be the names of a line that holds nothing else.
fn alone(line: &str) -> Vec<String> {
    /// A line of names is short, in characters.
    const LINE_CHARS_MAX: usize = 24;
    let line = line.trim_matches(|c: char| c.is_whitespace() || "（）()【】[]".contains(c));
    let squeezed = |text: &str| text.chars().filter(|c| is_han(*c)).count();
    if line.chars().count() > LINE_CHARS_MAX || line.chars().any(|c| !is_han(c) && !c.is_whitespace() && c != '、') {
        return Vec::new();
    }
    let people = people(line, false);
    let is_all = people.iter().map(|name| squeezed(name)).sum::<usize>() == squeezed(line);
    if is_all { people } else { Vec::new() }
}

/// Takes the names of one piece; false once something else than a name stood there.
fn add_piece(piece: &str, is_certain: bool, people: &mut Vec<String>) -> bool {
    let is_first = people.is_empty();
    let mut push = |name: &str| {
        if !people.iter().any(|person| person == name) {
            people.push(name.to_owned());
        }
    };
    if piece.is_empty() {
        return true;
    }
    if !piece.starts_with(is_han) {
        let name = piece.strip_prefix("By ").or(piece.strip_prefix("by ")).unwrap_or(piece);
        let name = name.split(" ·").flat_map(|name| name.split("  ")).next().unwrap_or(name);
        // What follows tells where or for whom: "Jane Doe in Riverside", "반하늘 기자".
        let is_behind = |word: &str| {
            word.contains('@')
                || matches!(word, "in" | "at" | "for" | "on" | "from" | "reports" | "기자" | "특파원" | "—" | "–" | "-")
        };
        let words: Vec<&str> = name.split_whitespace().take_while(|word| !is_behind(word)).collect();
        let is_name = is_person(&words) || is_certain && is_first && is_pen_name(&words);
        if is_name {
            push(&words.join(" "));
        }
        return is_name;
    }
    let mut words = piece.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let count = word.chars().count();
        // A space stretches names of two characters to the width of three.
        let joined =
            words.peek().filter(|next| count == 1 && is_han_name(next, 1..=2)).map(|next| format!("{word}{next}"));
        if let Some(name) = joined {
            words.next();
            push(&name);
        } else if NOT_NAMES.contains(&word) || PAGE_TOOLS.iter().any(|tool| word.starts_with(tool)) {
            // "甲 乙 摄": the names stood before it.
            return false;
        } else if is_first && word.starts_with('向') && !is_certain {
            // 记者向甲了解到
            return false;
        } else if is_han_name(word, 2..=4) || word.contains('·') && is_han_name(word, 3..=16) {
            push(word);
        } else {
            if is_certain && people.is_empty() && is_pen_name(&[word]) {
                people.push(word.to_owned());
            }
            return false;
        }
    }
    true
}

fn is_han_name(word: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&word.chars().count())
        && word.chars().all(|c| is_han(c) || matches!(c, '·' | '•' | '・'))
        && !NOT_NAMES.contains(&word)
        && !word.ends_with(['摄', '攝'])
        && !["报道", "報導", "報道", "报导"].iter().any(|verb| word.ends_with(verb))
        && !word.starts_with(['从', '在', '对'])
}

/// One to five capitalised words, or two to four Hangul syllables.
fn is_person(words: &[&str]) -> bool {
    let is_hangul =
        |word: &str| word.chars().all(|c| ('가'..='힣').contains(&c)) && (2..=4).contains(&word.chars().count());
    let is_capitalised = |word: &str| {
        word.starts_with(char::is_uppercase)
            || matches!(
                word,
                "de" | "da" | "di" | "van" | "von" | "der" | "den" | "al" | "bin" | "la" | "le" | "el" | "dos" | "du"
            )
    };
    let has_digits = words.iter().any(|word| word.contains(|c: char| c.is_ascii_digit()));
    let is_desk = words.last().is_some_and(|word| NOT_LAST_NAMES.contains(&word.to_lowercase().as_str()))
        || is_institution(words);
    match words {
        _ if is_desk => false,
        [word] if is_hangul(word) => true,
        [first, ..] => {
            (2..=5).contains(&words.len())
                && !has_digits
                && first.starts_with(char::is_uppercase)
                && words.iter().all(|word| is_capitalised(word))
                && words.iter().map(|word| word.chars().count()).sum::<usize>() <= NAME_CHARS_MAX
        }
        [] => false,
    }
}

/// Whether words name a desk, an agency or a company.
fn is_institution(words: &[&str]) -> bool {
    let lower = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let is_agency = words.len() == 1 && AGENCIES.contains(&lower(words[0]).as_str());
    is_agency || words.iter().any(|word| NEVER_IN_NAMES.contains(&lower(word).as_str()))
}

/// Whether a name that a page gives for a person's is that of an office, a site or a company.
pub fn is_organisation(name: &str) -> bool {
    const ENDS: &[&str] = &[
        "社",
        "网",
        "網",
        "报",
        "報",
        "台",
        "臺",
        "号",
        "號",
        "刊",
        "编辑部",
        "編輯部",
        "记者",
        "局",
        "院",
        "厅",
        "委",
        "办",
        "中心",
        "公司",
        "客户端",
        "频道",
        "新闻",
        "在线",
        "出版社",
        "大学",
        "学校",
        "学院",
        "集团",
        "协会",
        "部",
        "府",
        "站",
        "论坛",
        "博客",
    ];
    if name.starts_with(is_han) {
        return ENDS.iter().any(|end| name.ends_with(end));
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    let is_desk = words.last().is_some_and(|word| NOT_LAST_NAMES.contains(&word.to_lowercase().as_str()));
    let is_no_name = NOT_NAMES.contains(&name.to_lowercase().as_str()) || name.contains(['*', '@', '/']);
    is_no_name || is_institution(&words) || words.len() > 1 && is_desk
}

fn is_pen_name(words: &[&str]) -> bool {
    let count: usize = words.iter().map(|word| word.chars().count()).sum();
    (1..=4).contains(&words.len())
        && (2..=20).contains(&count)
        && words[0].starts_with(char::is_alphanumeric)
        && !words
            .iter()
            .any(|word| word.contains(['。', '！', '？', ':', '：', '=', '<', '>', '@']) || word.starts_with("http"))
        && !NOT_NAMES.contains(&words.join(" ").to_lowercase().as_str())
        && !is_institution(words)
        && !(words.len() > 1 && words.iter().any(|word| word.starts_with(|c: char| c.is_ascii_digit())))
        && !words.iter().any(|word| PAGE_TOOLS.contains(word))
}
