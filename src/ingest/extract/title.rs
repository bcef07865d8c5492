//! The headline: a configured element, the `h1` that `<title>` confirms, or `<title>` without the site's name.

use std::sync::LazyLock;

use regex::Regex;

use crate::ingest::extract::block::{Block, BlockKind};
use crate::ingest::extract::survey::Survey;
use crate::model::timezone::Timezone;
use crate::text::{byline, dates, plain, script};

/// How many characters a heading shares with `<title>` to be the headline.
const SHARED_CHARS: usize = 8;
/// The longest site name that is cut off, in characters.
const SITE_CHARS_MAX: usize = 30;
/// The longest name of a column in a breadcrumb, in characters.
const PLACE_CHARS_MAX: usize = 10;
/// The longest headline, in characters.
const TITLE_CHARS_MAX: usize = 300;

/// The headline and where it came from.
pub fn read(survey: &Survey, configured: Option<&str>) -> Option<(String, String)> {
    let found = |title: String, origin: &str| {
        let title: String = plain::line(&title).chars().take(TITLE_CHARS_MAX).collect();
        (!title.is_empty()).then(|| (title, origin.to_owned()))
    };
    if let Some(configured) = configured {
        return found(configured.to_owned(), "the configured selector");
    }
    let witness = survey.meta(&["og:title", "twitter:title", "articletitle", "contenttitle"]).map(plain::line);
    let full = if survey.title.is_empty() { witness.clone().unwrap_or_default() } else { survey.title.clone() };
    let cut = without_site(&full, &site_names(survey));
    let headings: Vec<String> =
        survey.headings.iter().map(|spot| plain::line(&spot.value)).filter(|text| !text.is_empty()).collect();

    // A headline may hold a bar or a dash that was taken for the one before the site's name.
    let is_whole =
        |heading: &String| heading.len() > cut.len() && full.starts_with(heading.as_str()) && !looks_like_site(heading);
    if let Some(heading) = headings.iter().find(|heading| shares(heading, cut) || is_whole(heading)) {
        return found(heading.clone(), "h1");
    }
    if looks_like_site(&full) && last_part(&full).is_none() {
        // Nothing of the story is in it, but it may be in the heading.
        if let Some(heading) =
            headings.iter().find(|heading| heading.chars().count() >= SHARED_CHARS && !looks_like_site(heading))
        {
            return found(heading.clone(), "h1");
        }
    }
    for (claim, origin) in [(witness, "og:title"), (survey.claims.headline.clone(), "JSON-LD")] {
        if let Some(claim) =
            claim.filter(|claim| full.contains(claim.as_str()) && claim.chars().count() >= SHARED_CHARS)
        {
            return found(without_site(&claim, &site_names(survey)).to_owned(), origin);
        }
    }
    found(cut.to_owned(), "title").or_else(|| found(headings.into_iter().next()?, "h1"))
}

/// The line that the whole `<title>` confirms, nearest to the beginning of the text: old pages mark no headline, put
/// the site's name into the `h1`, and many names before or behind the headline into `<title>`.
pub fn confirmed(survey: &Survey, title: &str, header: &str, body: &[&str]) -> Option<(String, String)> {
    /// The shortest such line, in letters and digits.
    const CHARS_MIN: usize = 4;
    let full = survey.title.as_str();
    let names = site_names(survey);
    let title_chars = squeezed(title).chars().count();
    let header: Vec<String> = header.lines().rev().map(plain::line).collect();
    let body: Vec<String> = body.iter().map(|line| plain::line(line)).collect();
    let mut found: Option<((bool, usize), &String)> = None;
    for line in body.iter().chain(&header) {
        let Some((before, after)) = full.split_once(line.as_str()) else { continue };
        let chars = squeezed(line).chars().count();
        let is_name = names.contains(line) || looks_like_site(line);
        if !(CHARS_MIN..=TITLE_CHARS_MAX).contains(&chars) || is_name || squeezed(line) == squeezed(title) {
            continue;
        }
        // What the title begins with is its headline if it is much of it; so is what ends it and was not cut off as
        // the site's name.
        let is_beginning = before.is_empty() && chars * 5 >= title_chars * 2 && (after.is_empty() || is_behind(after));
        let is_end = after.is_empty() && before.trim_end().ends_with(is_separator) && title.contains(line.as_str());
        let rank = (is_beginning, if is_beginning { chars } else { 0 });
        if (is_beginning || is_end) && found.is_none_or(|(other, _)| rank > other) {
            found = Some((rank, line));
        }
    }
    found.map(|(_, line)| (line.clone(), "the line above the text".to_owned()))
}

/// Whether a text can stand behind a headline in `<title>`. A double dash goes on with the headline.
fn is_behind(text: &str) -> bool {
    (text.starts_with([' ', '(', '（']) || text.trim_start().starts_with(is_separator)) && !text.starts_with("——")
}

/// The line above the text, for pages that mark no headline at all.
pub fn above(header: &str) -> Option<(String, String)> {
    const CHARS: std::ops::RangeInclusive<usize> = 6..=60;
    let lines = header.lines().rev().map(plain::line).filter(|line| CHARS.contains(&line.chars().count()));
    let mut lines = lines.filter(|line| {
        let is_host = line.contains('.') && line.is_ascii() && !line.contains(' ');
        !line.contains("://")
            && !is_host
            && !line.contains("=\"")
            && !looks_like_site(line)
            && !byline::is_byline(line)
            && dates::first(line, Timezone::UTC).is_none()
    });
    Some((lines.next()?, "the line above the text".to_owned()))
}

/// The first line of the body where it is set like a headline.
pub fn first_line(blocks: &[Block]) -> Option<(String, String)> {
    const CHARS: std::ops::RangeInclusive<usize> = 4..=60;
    let block = blocks.first()?;
    let is_set_apart = matches!(block.kind, BlockKind::Heading(_))
        || block.kind == BlockKind::Paragraph && (block.is_bold || block.is_centred);
    let line = plain::line(&block.text);
    let is_headline = is_set_apart
        && CHARS.contains(&line.chars().count())
        && !line.ends_with(['。', '.', '：', ':'])
        && !block.is_links()
        && !byline::is_byline(&line)
        && dates::first(&line, Timezone::UTC).is_none();
    is_headline.then(|| (line, "the first line of the text".to_owned()))
}

/// Whether a `<title>` says nothing of the story: a greeting, what an editor program calls new pages, the site alone.
pub fn is_empty_title(title: &str) -> bool {
    static GENERIC: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?i)^(?:显示|正文|详情|文章|内容|新闻|无标题(?:文档)?|新建网页 ?\d*|(?:新闻|文章|信息|内容|详细)(?:正文|详情|内容|内容页|显示|页|浏览|信息)",
            r"|untitled(?: document)?|new page ?\d*|index|default|article|news|home|首页|主页)$",
            r"|^.{0,4}(?:欢迎访问|欢迎光临|欢迎您|谢谢您访问|感谢您访问|歡迎光臨|歡迎訪問)|^welcome to"
        ))
        .expect("a constant expression")
    });
    let is_host = title.contains('.') && title.is_ascii() && !title.contains(' ');
    title.is_empty() || is_host || GENERIC.is_match(title)
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| script::is_alphanumeric(*c)).collect()
}

fn is_separator(c: char) -> bool {
    matches!(c, '-' | '–' | '—' | '_' | '|' | '｜' | ':' | '：' | '»' | '«' | '>' | '.' | '·' | '/')
}

/// What the page calls its site.
fn site_names(survey: &Survey) -> Vec<String> {
    let mut names: Vec<String> =
        survey.meta(&["og:site_name", "application-name"]).map(plain::line).into_iter().collect();
    for spot in &survey.breadcrumbs {
        // The last place of a breadcrumb can be the article itself.
        let places = spot.value.split(['>', '»', '›', '\n', '/', ' ']).map(plain::line);
        names.extend(places.filter(|name| (2..=PLACE_CHARS_MAX).contains(&name.chars().count())));
    }
    names
}

/// `<title>` without the site's name and its columns at the end.
fn without_site<'a>(title: &'a str, names: &[String]) -> &'a str {
    /// A column's name between headline and site, in characters.
    const COLUMN_CHARS_MAX: usize = 8;
    let mut rest = title;
    let mut last_cut = None;
    for _ in 0..3 {
        let Some((head, separator, tail)) = last_part(rest) else { break };
        let (head_chars, tail_chars) = (head.chars().count(), tail.chars().count());
        let is_short = tail_chars * 2 < head_chars;
        let is_site = tail.to_ascii_lowercase().starts_with("powered by")
            || names.iter().any(|name| name == tail)
            || looks_like_site(tail) && !is_sentence(tail);
        let is_column = last_cut == Some(separator) && tail_chars <= COLUMN_CHARS_MAX && is_short;
        // A bar or a dash can belong to the headline, an underscore never does.
        let is_tail = is_site || is_column || is_short && (separator == '_' || last_cut.is_none() && separator != '|');
        if head.is_empty() || tail_chars > SITE_CHARS_MAX || !is_tail {
            break;
        }
        last_cut = Some(separator);
        rest = head;
    }
    rest
}

/// Whether a text has the marks of a Chinese sentence, which no site's name has.
fn is_sentence(text: &str) -> bool {
    let is_han = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}');
    text.contains(['：', '“', '”', '，', '。', '！', '？']) || text.contains(' ') && text.starts_with(is_han)
}

fn last_part(title: &str) -> Option<(&str, char, &str)> {
    let mut found = None;
    for (at, c) in title.char_indices() {
        let rest = &title[at + c.len_utf8()..];
        let is_spaced = title[..at].ends_with(char::is_whitespace) && rest.starts_with(char::is_whitespace);
        let is_between_words = title[..at].ends_with(|c: char| c.is_ascii_alphanumeric())
            || rest.starts_with(|c: char| c.is_ascii_digit());
        let is_separator = match c {
            '_' | '|' | '｜' | '»' | '«' => true,
            '-' | '–' | '—' => is_spaced || !is_between_words && !title[..at].ends_with(c),
            _ => false,
        };
        if is_separator {
            found = Some((
                title[..at].trim_end_matches([' ', '-', '_', '—', '–', '|', '　']),
                c,
                rest.trim_start_matches(['-', '—', ' ', '　']),
            ));
        }
    }
    found.map(|(head, c, tail)| (head, if c == '｜' { '|' } else { c }, tail.trim()))
}

fn looks_like_site(tail: &str) -> bool {
    const WORDS: &[&str] = &[
        "网",
        "網",
        "在线",
        "在線",
        "日报",
        "日報",
        "晚报",
        "晚報",
        "频道",
        "頻道",
        "数字报",
        "数字版",
        "电子报",
        "电子版",
        "周刊",
        "新闻中心",
        "新闻",
        "新聞",
        "门户",
        "资讯",
        "客户端",
        "论坛",
        "博客",
        "社区",
        "电视台",
        "广播",
        ".com",
        ".cn",
        ".net",
        ".org",
        "News",
        "Daily",
        "Times",
        "Post",
        "Online",
        "новости",
        "Новости",
        "газета",
        "신문",
        "뉴스",
        "일보",
        "ニュース",
        "新聞",
    ];
    tail.chars().count() <= SITE_CHARS_MAX && WORDS.iter().any(|word| tail.ends_with(word) || tail.contains(".com"))
}

/// Whether a heading shares eight characters with the title, or all of its own if it has fewer.
fn shares(heading: &str, title: &str) -> bool {
    let squeezed = |text: &str| {
        text.chars().filter(|c| script::is_alphanumeric(*c)).flat_map(char::to_lowercase).collect::<Vec<char>>()
    };
    let (heading, title) = (squeezed(heading), squeezed(title));
    let length = heading.len().min(SHARED_CHARS);
    // A short heading that is a small part of the title names a column.
    let is_enough = length == SHARED_CHARS || length >= 2 && length * 2 >= title.len();
    is_enough
        && heading.len() <= TITLE_CHARS_MAX
        && title.len() <= 2 * TITLE_CHARS_MAX
        && heading.windows(length).any(|part| title.windows(length).any(|other| part == other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, expected: &str) {
        assert_eq!(without_site(title, &["Riverside".to_owned()]), expected, "{title}");
    }

    #[test]
    fn the_sites_name_is_cut_and_bars_of_headlines_stay() {
        check("江城对话·冬季|八方宾客聚江城 共绘新图景-江城新闻网", "江城对话·冬季|八方宾客聚江城 共绘新图景");
        check("江城对话·冬季|八方宾客聚江城", "江城对话·冬季|八方宾客聚江城");
        check("江城今冬首场雪如约而至_民生_江城新闻网", "江城今冬首场雪如约而至");
        check("Ice festival opens on the river - Riverside", "Ice festival opens on the river");
        check("Ice festival opens | Riverside", "Ice festival opens");
        check("Twenty-one boats on the river", "Twenty-one boats on the river");
        check("江城——一座冰雪之城的早晨与黄昏——江城日报", "江城——一座冰雪之城的早晨与黄昏");
        check(
            "图说江城| 江城学院：剪“窗花” 过新年 江城日报网-江城日报官方网站",
            "图说江城| 江城学院：剪“窗花” 过新年 江城日报网",
        );
        check("冬季论坛的来历 - 杂谈 - 江城论坛 - powered by Board", "冬季论坛的来历");
    }

    #[test]
    fn a_line_of_the_page_tells_what_is_headline_in_the_title() {
        let check = |full: &str, header: &str, expected: Option<&str>| {
            let mut survey = Survey::default();
            full.clone_into(&mut survey.title);
            let found = confirmed(&survey, without_site(full, &[]), header, &[]);
            assert_eq!(found.map(|found| found.0).as_deref(), expected, "{full}");
        };
        check("江城日报数字报-山里的钟表匠", "江城日报数字报\n山里的钟表匠", Some("山里的钟表匠"));
        check(
            "河畔新闻 : 골목 빨래방에 도서관이 생겼다",
            "골목 빨래방에 도서관이 생겼다",
            Some("골목 빨래방에 도서관이 생겼다"),
        );
        check("凝聚强大力量——热烈祝贺大会开幕", "凝聚强大力量", None);
        check("Open thread - The River Blog", "The River Blog\nOpen thread", Some("Open thread"));
        check("初雪来了 江城在线站", "初雪来了", Some("初雪来了"));
    }

    #[test]
    fn titles_that_say_nothing_are_known() {
        for title in ["显示", "谢谢您访问〖江城中心〗", "Untitled Document", "river.example", ""] {
            assert!(is_empty_title(title), "{title}");
        }
        for title in ["欢迎的掌声响了三分钟", "正文之外", "Home on the river"] {
            assert!(!is_empty_title(title), "{title}");
        }
    }

    #[test]
    fn a_heading_must_share_its_words_with_the_title() {
        assert!(shares("Ice festival opens", "Ice Festival opens - Riverside"));
        assert!(shares("初雪", "江城初雪"));
        assert!(!shares("Riverside", "Ice festival opens"));
        assert!(!shares("图说江城", "图说江城|江城职业学院剪窗花迎新年"));
    }
}
