//! The column a page stands in, from its breadcrumb.

use crate::ingest::extract::survey::{Survey, Windows};
use crate::text::plain;

/// The longest name of a column, in characters.
const LABEL_CHARS_MAX: usize = 20;
/// The longest breadcrumb, in characters.
const CRUMB_CHARS_MAX: usize = 200;

/// What stands between the places of a breadcrumb.
const ARROWS: &[char] = &['>', '»', '›', '→', '≫', '＞', '〉'];

/// Words of a breadcrumb that name no column.
const NOT_COLUMNS: &[&str] = &[
    "首页",
    "首頁",
    "正文",
    "内容",
    "內容",
    "详情",
    "详细",
    "文章",
    "本页",
    "当前位置",
    "當前位置",
    "您的位置",
    "您现在的位置",
    "所在位置",
    "位置",
    "返回首页",
    "查看文章",
    "home",
    "main",
    "article",
    "главная",
    "홈",
    "ホーム",
    "text",
    "更多",
    "more",
    "今天是",
    "你的位置",
    "您当前的位置",
    "您当前所在位置",
    "新闻正文",
    "主页",
    "startseite",
    "inicio",
    "accueil",
];

/// The label of the column.
pub fn read(
    survey: &Survey,
    title: &str,
    windows: &Windows,
    origins: &mut Vec<(&'static str, String)>,
) -> Option<String> {
    let crumbs = survey.breadcrumbs.iter().map(|spot| spot.value.as_str());
    let spoken = survey.text.lines().filter(|line| ["位置：", "位置:", "位置 "].iter().any(|word| line.contains(word)));
    let paths = windows.before.lines().rev().filter(|line| is_path(line));
    let found = crumbs.chain(spoken).chain(paths).find_map(|crumb| column(crumb, title));
    if let Some(label) = found {
        origins.push(("section", "the breadcrumb".to_owned()));
        return Some(label);
    }
    let claim = survey.meta(&["article:section", "columnname"]).map(plain::line);
    let claim = claim.or_else(|| survey.claims.section.clone())?;
    let is_label = !claim.is_empty() && claim.chars().count() <= 2 * LABEL_CHARS_MAX;
    is_label.then(|| {
        origins.push(("section", "a meta tag".to_owned()));
        claim
    })
}

/// Whether a line is a breadcrumb by its form: places with arrows between them, or with strokes from the front page to
/// the text.
fn is_path(line: &str) -> bool {
    const PATH_CHARS_MAX: usize = 80;
    const PLACE_CHARS_MAX: usize = 24;
    if line.chars().count() > PATH_CHARS_MAX || line.contains(['。', '！', '？', '，', '“', '|']) {
        return false;
    }
    let places = |separators: &[char]| {
        let places = line.split(separators).map(|place| place.trim_matches(['-', ' ', '　']));
        let places: Vec<&str> = places.filter(|place| !place.is_empty()).collect();
        let is_short = places.iter().all(|place| place.chars().count() <= PLACE_CHARS_MAX);
        (places.len() >= 2 && is_short).then_some(places)
    };
    if places(ARROWS).is_some() {
        return true;
    }
    let is_known = |place: &&str| NOT_COLUMNS.contains(&place.to_lowercase().as_str());
    places(&['/', '／']).is_some_and(|places| is_known(&places[0]) || places.last().is_some_and(is_known))
}

/// The last label that names a column; a breadcrumb names at least two places.
fn column(crumb: &str, title: &str) -> Option<String> {
    if crumb.chars().count() > CRUMB_CHARS_MAX + title.chars().count() {
        return None;
    }
    let has_mark = crumb.contains(|c| ARROWS.contains(&c) || matches!(c, '/' | '|' | '\n'));
    let dash = if has_mark { "\n" } else { " - " };
    let places = crumb.split(|c| ARROWS.contains(&c) || matches!(c, '/' | '／' | '|' | '：' | ':' | '\n' | '\u{a0}'));
    // Links side by side are places of their own, where words are not parted by spaces.
    let is_han = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}');
    let places = places.flat_map(|place| place.split(dash));
    let places = places.flat_map(|place| place.split(move |c| c == ' ' && place.trim_start().starts_with(is_han)));
    let labels: Vec<String> =
        places.map(|place| plain::line(place.trim_matches(['-', ' ']))).filter(|label| !label.is_empty()).collect();
    if labels.len() < 2 || !has_mark && !crumb.contains(dash) {
        return None;
    }
    let is_column = |label: &&String| {
        let lower = label.to_lowercase();
        !NOT_COLUMNS.contains(&lower.as_str())
            && !title.contains(label.as_str())
            && label.chars().count() <= LABEL_CHARS_MAX
            && label.chars().any(char::is_alphabetic)
    };
    // The first place is the site itself.
    labels.iter().skip(1).rfind(is_column).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_column_of_a_breadcrumb_counts() {
        let check =
            |crumb: &str, expected: Option<&str>| assert_eq!(column(crumb, "江城初雪").as_deref(), expected, "{crumb}");
        check("江城新闻网 >> 江城要闻", Some("江城要闻"));
        check("当前位置：首页 > 新闻 > 民生 > 正文", Some("民生"));
        check("Home / City / Weather", Some("Weather"));
        check("首页 > 江城初雪", None);
        check("江城新闻网 -> 社会新闻 -> 正文", Some("社会新闻"));
        check("河畔观察 社会 > 正文", Some("社会"));
        check("您当前所在位置：首页 - 政务动态 - 工作动态", Some("工作动态"));
        check("图片新闻 更多>>", None);
        check("江城要闻", None);
    }

    #[test]
    fn breadcrumbs_are_known_without_a_name() {
        for line in ["江城新闻网 >> 要闻", "Home / Culture", "江城日报 / 要闻 / 正文", "홈>>사회"] {
            assert!(is_path(line), "{line}");
        }
        for line in ["更多>>", "文/图 何山", "江城/北江 1月9日", "冰封的河面上，>有人", "要闻 / 体育 / 社会"]
        {
            assert!(!is_path(line), "{line}");
        }
    }
}
