//! The pages of single articles, in three generations of markup.

use quick_xml::escape::escape;
use url::Url;

use crate::sample::article_body::body;
use crate::sample::sections::Markup;
use crate::sample::stories::{self, Charset, Quirk, Story};
use crate::sample::template::{absolute, fill, first_paragraph, links, nav};

const MODERN: &str = include_str!("../../sample/templates/modern.html");
const TABLE: &str = include_str!("../../sample/templates/table.html");
const DAILY: &str = include_str!("../../sample/templates/daily.html");
const PRINT: &str = include_str!("../../sample/templates/print.html");
const INJECTED: &str = include_str!("../../sample/templates/injected.html");

const RELATED_LINKS: usize = 4;
const RANKING_LINKS: usize = 6;

/// The page of an article.
pub fn article(story: &Story, base: &Url) -> String {
    let template = match story.markup() {
        Markup::Modern => MODERN,
        Markup::Table => TABLE,
        Markup::Daily => DAILY,
    };
    let related = stories::all().iter().filter(|other| other.is_in(story.section) && other.number != story.number);
    let ranking = stories::all().iter().filter(|other| !other.is_in(story.section));
    let is_big5 = story.front.charset == Some(Charset::Big5);
    fill(
        template,
        &[
            ("lang", if story.front.language == "zh-Hans" { "zh-CN" } else { &story.front.language }),
            ("charset", if is_big5 { "big5" } else { "utf-8" }),
            ("title", &escape(&story.front.title)),
            ("section", story.section.title),
            ("section_id", story.section.id),
            ("number", &story.number),
            ("base", &base_element(story, base)),
            ("meta", &meta(story, base)),
            ("nav", &nav()),
            ("byline", &byline(story)),
            ("body", &body(story, base)),
            ("credits", &credits(story)),
            ("related", &links(related.take(RELATED_LINKS))),
            ("ranking", &links(ranking.step_by(7).take(RANKING_LINKS))),
            ("injected", if story.has(Quirk::Hijacked) { INJECTED } else { "" }),
        ],
    )
}

/// A page in the modern markup with these values; what is left out stays empty.
pub fn modern(values: &[(&str, &str)]) -> String {
    fill(MODERN, values)
}

/// The page of an article for printing, which robots.txt forbids.
pub fn print(story: &Story, base: &Url) -> String {
    let fields = [
        ("lang", story.front.language.as_str()),
        ("title", &escape(&story.front.title)),
        ("byline", &byline(story)),
        ("body", &body(story, base)),
    ];
    fill(PRINT, &fields)
}

/// What stands between headline and body.
fn byline(story: &Story) -> String {
    let words = words(story);
    let front = &story.front;
    let date = story.published().filter(|_| !story.has(Quirk::DateInAddress));
    let source = front.source.as_ref().map(|source| format!("{}{}", words.source, escape(source)));
    let authors =
        (!front.authors.is_empty()).then(|| format!("{}{}", words.author, escape(front.authors.join(words.and))));
    match story.markup() {
        Markup::Modern => {
            let date = date.map(|at| format!("<span class=\"time\">{}</span>\n", at.format("%Y-%m-%d %H:%M")));
            let source = source.map(|source| format!("<span class=\"source\">{source}</span>\n"));
            let authors = authors.map(|authors| format!("<span class=\"author\">{authors}</span>\n"));
            [date, source, authors].into_iter().flatten().collect()
        }
        Markup::Table => {
            let date = date.map(|at| at.format("%Y年%m月%d日 %H:%M").to_string());
            let parts: Vec<String> = [date, source, authors].into_iter().flatten().collect();
            parts.join("　")
        }
        Markup::Daily => date
            .map(|at| {
                format!(
                    "<div class=\"date\">{}　{}</div>\n",
                    at.format("%Y-%m-%d %H:%M:%S"),
                    source.unwrap_or_default()
                )
            })
            .unwrap_or_default(),
    }
}

/// What stands after the body.
fn credits(story: &Story) -> String {
    let words = words(story);
    let editor = story.front.editor.as_ref().map(|editor| format!("{}{}", words.editor, escape(editor)));
    let authors = &story.front.authors;
    match story.markup() {
        Markup::Modern => editor.map(|editor| format!("<p class=\"editor\">{editor}</p>")).unwrap_or_default(),
        Markup::Table => editor.map(|editor| format!("（{editor}）")).unwrap_or_default(),
        Markup::Daily => {
            let authors = (!authors.is_empty()).then(|| format!("{}{}", words.author, escape(authors.join(words.and))));
            let lines = [authors, editor].into_iter().flatten().map(|line| format!("<li>{line}</li>"));
            format!("<ul class=\"info\">{}</ul>\n", lines.collect::<String>())
        }
    }
}

/// The words around names, in the language of the page.
struct Words {
    author: &'static str,
    and: &'static str,
    source: &'static str,
    editor: &'static str,
}

fn words(story: &Story) -> Words {
    match (story.front.language.as_str(), story.markup()) {
        ("en", _) => Words { author: "By ", and: ", ", source: "Source: ", editor: "Editor: " },
        ("ru", _) => {
            Words { author: "Автор: ", and: ", ", source: "Источник: ", editor: "Редактор: " }
        }
        ("zh-Hant", _) => Words { author: "記者：", and: "　", source: "來源：", editor: "責任編輯：" },
        (_, Markup::Modern) => Words { author: "记者 ", and: " ", source: "来源：", editor: "责任编辑：" },
        (_, Markup::Table) => Words { author: "作者：", and: "、", source: "来源：", editor: "责任编辑：" },
        (_, Markup::Daily) => Words { author: "记者：", and: "　", source: "来源：", editor: "责任编辑：" },
    }
}

fn base_element(story: &Story, base: &Url) -> String {
    if !story.has(Quirk::Base) {
        return String::new();
    }
    format!("<base href=\"{}\">\n", absolute(base, &story.photo_folder()))
}

fn meta(story: &Story, base: &Url) -> String {
    if story.markup() != Markup::Modern {
        return String::new();
    }
    let front = &story.front;
    let title = escape(&front.title);
    let address = absolute(base, &story.path());
    let mut meta = format!(
        "<meta property=\"og:type\" content=\"article\">\n<meta property=\"og:title\" content=\"{title}\">\n\
         <link rel=\"canonical\" href=\"{address}\">\n<meta name=\"description\" content=\"{}\">\n",
        escape(first_paragraph(story)),
    );
    if let Some(at) = story.published() {
        let at = at.to_rfc3339();
        meta.push_str(&format!("<meta property=\"article:published_time\" content=\"{at}\">\n"));
    }
    if story.has(Quirk::JsonLd) {
        let data = serde_json::json!({
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": front.title,
            "datePublished": story.published().map(|at| at.to_rfc3339()),
            "author": front.authors.iter().map(|name| serde_json::json!({"@type": "Person", "name": name})).collect::<Vec<_>>(),
            "publisher": {"@type": "NewsMediaOrganization", "name": "冰河新闻网"},
            "mainEntityOfPage": address,
        });
        meta.push_str(&format!("<script type=\"application/ld+json\">{data}</script>\n"));
    }
    meta
}
