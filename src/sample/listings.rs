//! Where the sample portal's articles are found: list pages, the front page, a feed and a news sitemap.

use chrono::{DateTime, Utc};
use quick_xml::escape::escape;
use url::Url;

use crate::sample::sections::{DEAD_LINK, FORBIDDEN_LINK, LinkStyle, Markup, SECTIONS, Section};
use crate::sample::stories::{self, Story};
use crate::sample::template::{absolute, fill, first_paragraph, links, nav};

/// Stands where the newest link of a list goes.
pub const NEWEST_FIRST: &str = "<!-- newest first -->";

const LIST: &str = include_str!("../../sample/templates/list.html");
const FRONT: &str = include_str!("../../sample/templates/front.html");
const FRONT_LINKS: usize = 3;

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

/// When a list last changed: the newest of its articles.
pub fn newest(listed: &[&Story]) -> Option<DateTime<Utc>> {
    listed.iter().filter_map(|story| story.published()).map(|at| at.to_utc()).max()
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
