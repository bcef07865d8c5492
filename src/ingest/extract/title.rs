//! The headline: a configured element, the `h1` that `<title>` confirms, or `<title>` without the site's name.

use crate::ingest::extract::survey::Survey;
use crate::text::{byline, dates, plain};

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

    if let Some(heading) = headings.iter().find(|heading| shares(heading, cut)) {
        return found(heading.clone(), "h1");
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

/// The first line of the body that the whole `<title>` begins with: old pages put many names behind the headline, and
/// the site's name into the `h1`.
pub fn in_body<'a>(survey: &Survey, title: &str, lines: impl Iterator<Item = &'a str>) -> Option<(String, String)> {
    /// The shortest such line, in letters and digits.
    const CHARS_MIN: usize = 8;
    let squeezed = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (full, title) = (squeezed(&survey.title), squeezed(title));
    let is_headline = |line: &String| {
        let line = squeezed(line);
        let is_begin = line.len() < title.len() && title.starts_with(&line);
        let is_other = !line.contains(&title) && !title.contains(&line) && full.contains(&line);
        line.chars().count() >= CHARS_MIN && (is_begin || is_other)
    };
    let mut lines = lines.map(plain::line).filter(|line| line.chars().count() <= TITLE_CHARS_MAX);
    Some((lines.find(is_headline)?, "the first line of the text".to_owned()))
}

/// The line above the text, for pages that mark no headline at all.
pub fn above(header: &str) -> Option<(String, String)> {
    const CHARS: std::ops::RangeInclusive<usize> = 6..=60;
    let lines = header.lines().rev().map(plain::line).filter(|line| CHARS.contains(&line.chars().count()));
    let mut lines = lines.filter(|line| {
        !line.contains("://") && !byline::is_byline(line) && dates::first(line, chrono_tz::UTC).is_none()
    });
    Some((lines.next()?, "the line above the text".to_owned()))
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
        let is_site = names.iter().any(|name| name == tail) || looks_like_site(tail);
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
    let squeezed =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<Vec<char>>();
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
    }

    #[test]
    fn a_heading_must_share_its_words_with_the_title() {
        assert!(shares("Ice festival opens", "Ice Festival opens - Riverside"));
        assert!(shares("初雪", "江城初雪"));
        assert!(!shares("Riverside", "Ice festival opens"));
        assert!(!shares("图说江城", "图说江城|江城职业学院剪窗花迎新年"));
    }
}
