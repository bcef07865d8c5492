//! Filling the templates of the sample portal, and the links that stand in all of them.

use quick_xml::escape::escape;
use url::Url;

use crate::sample::sections::SECTIONS;
use crate::sample::stories::{Block, Story};

/// Puts the values where the template has `{{name}}`, in one pass, so that no value is read as a template.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        filled.push_str(values.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The absolute address of a path of the portal.
pub fn absolute(base: &Url, path: &str) -> String {
    format!("{}{path}", base.as_str().trim_end_matches('/'))
}

/// The menu of every page.
pub fn nav() -> String {
    let mut nav = "<li><a href=\"/\">首页</a></li>\n".to_owned();
    for section in &SECTIONS {
        nav.push_str(&format!("<li><a href=\"/{}/\">{}</a></li>\n", section.id, section.title));
    }
    nav + "<li><a href=\"/epaper/\">数字报刊</a></li>\n"
}

/// List items that link these articles.
pub fn links<'a>(stories: impl Iterator<Item = &'a Story>) -> String {
    stories.map(|story| format!("<li><a href=\"{}\">{}</a></li>\n", story.path(), escape(&story.front.title))).collect()
}

/// The first paragraph, which serves as the description.
pub fn first_paragraph(story: &Story) -> &str {
    let paragraphs = story.blocks.iter().filter_map(|block| match block {
        Block::Paragraph(text) => Some(text.as_str()),
        _ => None,
    });
    paragraphs.into_iter().next().unwrap_or_default()
}
