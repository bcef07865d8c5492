//! Every path of the sample portal as it stands when the server starts.

use std::collections::BTreeMap;
use std::time::Duration;

use encoding_rs::{BIG5, GBK, UTF_8};
use url::Url;

use crate::sample::resource::Resource;
use crate::sample::sections::{Markup, PAGED_LIST_ENTRIES, SECTIONS, Section, SourceKind};
use crate::sample::stories::{self, Charset, Quirk, Story};
use crate::sample::template::absolute;
use crate::sample::{article_page, listings, picture};

/// What a path answers that does not exist.
pub const NOT_FOUND: &str = "<!DOCTYPE html><html><head><title>404-冰河新闻网</title></head>\
    <body><h1>您访问的页面不存在或已删除</h1><p><a href=\"/\">返回首页</a></p></body></html>";

/// How long the slow page takes.
pub const SLOW_PAGE_MS: u64 = 1_500;

/// The paths of the portal when it is reached at this address.
pub fn resources(base: &Url) -> BTreeMap<String, Resource> {
    let mut resources = BTreeMap::new();
    for story in stories::all() {
        resources.insert(story.path(), article(story, base));
        if story.markup() == Markup::Modern {
            let print = html(&article_page::print(story, base));
            resources.insert(format!("/print/content_{}.html", story.number), print);
        }
        for photo in 1..=story.captions().count() {
            let path = story.photo_path(photo);
            let bytes = picture::png(&path);
            resources.insert(path, Resource::new("image/png", bytes));
        }
    }
    for section in &SECTIONS {
        add_section(section, base, &mut resources);
    }
    resources.insert("/".to_owned(), html(&listings::front()));
    resources.insert("/images/blank.png".to_owned(), Resource::new("image/png", picture::blank()));
    resources.insert("/images/logo.png".to_owned(), Resource::new("image/png", picture::png("logo")));
    let sitemap = absolute(base, "/kj/news-sitemap.xml");
    let robots = format!("User-agent: *\nDisallow: /print/\nDisallow: /search\n\nSitemap: {sitemap}\n");
    resources.insert("/robots.txt".to_owned(), Resource::new("text/plain; charset=utf-8", robots.into_bytes()));
    resources
}

fn add_section(section: &Section, base: &Url, resources: &mut BTreeMap<String, Resource>) {
    let listed: Vec<&Story> = stories::all().iter().filter(|story| story.is_in(section)).collect();
    let modified = listings::newest(&listed);
    let mut add = |path: String, mut resource: Resource| {
        resource.modified = modified.unwrap_or(resource.modified);
        resources.insert(path, resource);
    };
    let list = |listed: &[&Story], next: Option<&str>| {
        let text = listings::list(section, listed, next, base);
        if section.markup == Markup::Table { gbk("text/html", &text) } else { html(&text) }
    };
    let folder = format!("/{}/", section.id);
    if section.source == SourceKind::PagedList {
        let (first, second) = listed.split_at(PAGED_LIST_ENTRIES.min(listed.len()));
        add(folder.clone(), list(first, Some("index_2.html")));
        add(format!("{folder}index_2.html"), list(second, None));
    } else {
        add(folder.clone(), list(&listed, None));
    }
    match section.source {
        SourceKind::Feed => add(format!("{folder}rss.xml"), gbk("text/xml", &listings::rss(section, &listed, base))),
        SourceKind::NewsSitemap => {
            let text = listings::news_sitemap(&listed, base);
            add(format!("{folder}news-sitemap.xml"), Resource::new("application/xml", text.into_bytes()));
        }
        SourceKind::List | SourceKind::PagedList => {}
    }
}

fn article(story: &Story, base: &Url) -> Resource {
    let text = article_page::article(story, base);
    let mut resource = match (story.front.charset, story.markup()) {
        (Some(Charset::Big5), _) => {
            let body = BIG5.encode(&text).0.into_owned();
            Resource { charset: BIG5, ..Resource::new("text/html", body) }
        }
        (Some(Charset::Gbk), _) | (None, Markup::Table) => gbk("text/html", &text),
        (None, _) => html(&text),
    };
    resource.modified = story.published().map_or(resource.modified, |at| at.to_utc());
    resource.is_gzipped = story.has(Quirk::Gzip);
    resource.later = story.front.later.clone();
    if story.has(Quirk::Slow) {
        resource.delay = Duration::from_millis(SLOW_PAGE_MS);
    }
    resource
}

fn html(text: &str) -> Resource {
    Resource { charset: UTF_8, ..Resource::new("text/html; charset=utf-8", text.as_bytes().to_vec()) }
}

fn gbk(content_type: &str, text: &str) -> Resource {
    Resource { charset: GBK, ..Resource::new(content_type, GBK.encode(text).0.into_owned()) }
}
