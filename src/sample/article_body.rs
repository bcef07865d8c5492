//! The text of an article in the markup of its page.

use quick_xml::escape::escape;
use url::Url;

use crate::sample::sections::Markup;
use crate::sample::stories::{Block, Quirk, Story};
use crate::sample::template::absolute;

/// The text of an article in its markup.
pub fn body(story: &Story, base: &Url) -> String {
    let mut html = String::new();
    let mut photos = 0;
    for block in &story.blocks {
        match block {
            Block::Paragraph(text) => html.push_str(&paragraph(story, &escape(text))),
            Block::Heading(text) if story.markup() == Markup::Modern => {
                html.push_str(&format!("<h2>{}</h2>\n", escape(text)));
            }
            Block::Heading(text) => html.push_str(&format!("<p><strong>{}</strong></p>\n", escape(text))),
            Block::Photo(caption) => {
                photos += 1;
                html.push_str(&photo(story, photos, caption, base));
            }
            Block::List(items) => {
                let items = items.iter().map(|item| format!("<li>{}</li>", escape(item)));
                html.push_str(&format!("<ul>{}</ul>\n", items.collect::<String>()));
            }
            Block::Table(rows) => html.push_str(&table(rows)),
        }
    }
    html
}

fn paragraph(story: &Story, text: &str) -> String {
    let indent = if story.front.language.starts_with("zh") { "　　" } else { "" };
    match story.markup() {
        Markup::Modern => format!("<p>{text}</p>\n"),
        Markup::Table => format!("<P>{indent}{text}</P>\n"),
        Markup::Daily => format!("<p>{indent}{text}</p>\n"),
    }
}

fn photo(story: &Story, number: usize, caption: &str, base: &Url) -> String {
    let path = story.photo_path(number);
    let address = if story.has(Quirk::Base) {
        path.trim_start_matches(&story.photo_folder()).to_owned()
    } else if story.has(Quirk::ProtocolRelative) {
        absolute(base, &path).trim_start_matches("http:").to_owned()
    } else {
        path
    };
    let image = if story.has(Quirk::LazyPhotos) {
        format!("<img class=\"lazy\" src=\"/images/blank.png\" data-src=\"{address}\" alt=\"\">")
    } else {
        format!("<img src=\"{address}\" alt=\"\">")
    };
    let caption = escape(caption);
    match story.markup() {
        Markup::Modern => format!("<figure>{image}<figcaption>{caption}</figcaption></figure>\n"),
        Markup::Table => format!("<P ALIGN=\"center\">{image}</P>\n<P ALIGN=\"center\">{caption}</P>\n"),
        Markup::Daily => {
            format!("<p style=\"text-align:center\">{image}</p>\n<p style=\"text-align:center\">{caption}</p>\n")
        }
    }
}

fn table(rows: &[Vec<String>]) -> String {
    let mut html = "<table border=\"1\">\n".to_owned();
    for (index, row) in rows.iter().enumerate() {
        let cell = if index == 0 { "th" } else { "td" };
        let cells = row.iter().map(|text| format!("<{cell}>{}</{cell}>", escape(text)));
        html.push_str(&format!("<tr>{}</tr>\n", cells.collect::<String>()));
    }
    html + "</table>\n"
}
