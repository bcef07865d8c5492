//! The column a page stands in, from its breadcrumb.

use crate::ingest::extract::survey::Survey;
use crate::text::plain;

/// The longest name of a column, in characters.
const LABEL_CHARS_MAX: usize = 20;
/// The longest breadcrumb, in characters.
const CRUMB_CHARS_MAX: usize = 200;

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
];

/// The label of the column.
pub fn read(survey: &Survey, title: &str, origins: &mut Vec<(&'static str, String)>) -> Option<String> {
    let crumbs = survey.breadcrumbs.iter().map(|spot| spot.value.as_str());
    let spoken = survey.text.lines().filter(|line| ["位置：", "位置:", "位置 "].iter().any(|word| line.contains(word)));
    let found = crumbs.chain(spoken).find_map(|crumb| column(crumb, title));
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

/// The last label that names a column; a breadcrumb names at least two places.
fn column(crumb: &str, title: &str) -> Option<String> {
    if crumb.chars().count() > CRUMB_CHARS_MAX + title.chars().count() {
        return None;
    }
    let labels: Vec<String> = crumb
        .split(['>', '»', '›', '→', '≫', '＞', '/', '|', '：', ':', '\n', '\u{a0}'])
        .map(plain::line)
        .filter(|label| !label.is_empty())
        .collect();
    if labels.len() < 2 || crumb.chars().filter(|c| ">»›→≫＞/|\n".contains(*c)).count() == 0 {
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
        check("江城要闻", None);
    }
}
