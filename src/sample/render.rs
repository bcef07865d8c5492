//! The pages of the sample portal: articles, lists, the front page, a feed and a news sitemap.

use chrono::{DateTime, Utc};
use quick_xml::escape::escape;
use url::Url;

use crate::sample::sections::{DEAD_LINK, FORBIDDEN_LINK, LinkStyle, Markup, SECTIONS, Section};
use crate::sample::stories::{self, Block, Charset, Quirk, Story};

/// What a path answers that does not exist.
pub const NOT_FOUND: &str = "<!DOCTYPE html><html><head><title>404-冰河新闻网</title></head>\
    <body><h1>您访问的页面不存在或已删除</h1><p><a href=\"/\">返回首页</a></p></body></html>";

/// Stands where the newest link of a list goes.
pub const NEWEST_FIRST: &str = "<!-- newest first -->";

const MODERN: &str = include_str!("../../sample/templates/modern.html");
const TABLE: &str = include_str!("../../sample/templates/table.html");
const DAILY: &str = include_str!("../../sample/templates/daily.html");
const LIST: &str = include_str!("../../sample/templates/list.html");
const FRONT: &str = include_str!("../../sample/templates/front.html");
const PRINT: &str = include_str!("../../sample/templates/print.html");
const INJECTED: &str = include_str!("../../sample/templates/injected.html");

const RELATED_LINKS: usize = 4;
const RANKING_LINKS: usize = 6;
const FRONT_LINKS: usize = 3;

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

/// A list page of a section with these articles; `next` is the address of the one after it.
pub fn list(section: &Section, listed: &[&Story], next: Option<&str>, base: &Url) -> String {
    let mut entries = format!("{NEWEST_FIRST}\n");
    for story in listed {
        let day = story.published().map(|at| at.format("%Y-%m-%d").to_string()).unwrap_or_default();
        let address = link(section, &story.path(), base);
        let title = escape(&story.front.title);
        entries.push_str(&format!("<li><a href=\"{address}\" title=\"{title}\">{title}</a><span>{day}</span></li>\n"));
    }
    if section.id == "ms" {
        entries.push_str(&format!("<li><a href=\"{DEAD_LINK}\">停水通知（已撤下）</a><span>2026-01-04</span></li>\n"));
        entries.push_str(&format!("<li><a href=\"{FORBIDDEN_LINK}\">本栏头条打印版</a></li>\n"));
    }
    let base_element = match section.links {
        LinkStyle::Relative => format!("<base href=\"/{}/\">\n", section.id),
        _ => String::new(),
    };
    let pager = match next {
        Some(next) => format!("<span>1</span> <a href=\"{next}\">2</a> <a class=\"next\" href=\"{next}\">下一页</a>"),
        None => String::new(),
    };
    let fields = [
        ("charset", if section.markup == Markup::Table { "gb2312" } else { "utf-8" }),
        ("section", section.title),
        ("base", &base_element),
        ("nav", &nav()),
        ("entries", &entries),
        ("pager", &pager),
    ];
    fill(LIST, &fields)
}

/// The front page.
pub fn front() -> String {
    let mut columns = String::new();
    for section in &SECTIONS {
        let newest = stories::all().iter().filter(|story| story.is_in(section)).take(FRONT_LINKS);
        columns.push_str(&format!(
            "<section class=\"column\"><h2><a href=\"/{}/\">{}</a></h2><ul>\n{}</ul></section>\n",
            section.id,
            section.title,
            links(newest)
        ));
    }
    fill(FRONT, &[("nav", &nav()), ("columns", &columns)])
}

/// The RSS of a section, which says that it is gb2312.
pub fn rss(section: &Section, listed: &[&Story], base: &Url) -> String {
    let mut items = String::new();
    for story in listed {
        let date = story.published().map(|at| format!("<pubDate>{}</pubDate>", at.to_rfc2822())).unwrap_or_default();
        items.push_str(&format!(
            "<item><title>{}</title><link>{}</link><description>{}</description>{date}</item>\n",
            escape(&story.front.title),
            absolute(base, &story.path()),
            escape(first_paragraph(story)),
        ));
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"gb2312\"?>\n<rss version=\"2.0\"><channel><title>冰河新闻网-{}</title>\
         <link>{}</link><description>冰河新闻网</description>\n{items}</channel></rss>\n",
        section.title,
        absolute(base, &format!("/{}/", section.id)),
    )
}

/// The news sitemap of a section.
pub fn news_sitemap(listed: &[&Story], base: &Url) -> String {
    let mut urls = String::new();
    for story in listed {
        let date = story.published().map(|at| at.to_rfc3339()).unwrap_or_default();
        urls.push_str(&format!(
            "<url><loc>{}</loc><news:news><news:publication><news:name>冰河新闻网</news:name>\
             <news:language>zh-cn</news:language></news:publication>\
             <news:publication_date>{date}</news:publication_date><news:title>{}</news:title></news:news></url>\n",
            absolute(base, &story.path()),
            escape(&story.front.title),
        ));
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n{urls}</urlset>\n"
    )
}

/// The absolute address of a path of the portal.
pub fn absolute(base: &Url, path: &str) -> String {
    format!("{}{path}", base.as_str().trim_end_matches('/'))
}

/// When a list last changed: the newest of its articles.
pub fn newest(listed: &[&Story]) -> Option<DateTime<Utc>> {
    listed.iter().filter_map(|story| story.published()).map(|at| at.to_utc()).max()
}

/// Puts the values where the template has `{{name}}`, in one pass, so that no value is read as a template.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
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

fn nav() -> String {
    let mut nav = "<li><a href=\"/\">首页</a></li>\n".to_owned();
    for section in &SECTIONS {
        nav.push_str(&format!("<li><a href=\"/{}/\">{}</a></li>\n", section.id, section.title));
    }
    nav + "<li><a href=\"/epaper/\">数字报刊</a></li>\n"
}

fn links<'a>(stories: impl Iterator<Item = &'a Story>) -> String {
    stories.map(|story| format!("<li><a href=\"{}\">{}</a></li>\n", story.path(), escape(&story.front.title))).collect()
}

fn link(section: &Section, path: &str, base: &Url) -> String {
    let own_folder = format!("/{}/", section.id);
    match section.links {
        LinkStyle::Absolute => absolute(base, path),
        LinkStyle::ProtocolRelative => absolute(base, path).trim_start_matches("http:").to_owned(),
        LinkStyle::Rooted => path.to_owned(),
        LinkStyle::Relative => path.strip_prefix(&own_folder).map_or_else(|| format!("..{path}"), str::to_owned),
    }
}

fn first_paragraph(story: &Story) -> &str {
    let paragraphs = story.blocks.iter().filter_map(|block| match block {
        Block::Paragraph(text) => Some(text.as_str()),
        _ => None,
    });
    paragraphs.into_iter().next().unwrap_or_default()
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

/// The text of an article in its markup.
fn body(story: &Story, base: &Url) -> String {
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
