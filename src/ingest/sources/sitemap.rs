//! Sitemaps: of pages, of news, of other sitemaps (sitemaps.org 0.9, Google News 0.9).

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use url::Url;

use crate::ingest::decode::{self, Page};
use crate::ingest::fetch::{RawPage, inflate};
use crate::ingest::sources::xml::{self, Piece};
use crate::ingest::sources::{
    LINKS_MAX, Link, SITEMAPS_MAX, Sitemap, SourceError, absolute, dates, feed, newest, words,
};
use crate::model::timezone::Timezone;

/// The largest sitemap read, inflated, in bytes: the limit of the protocol.
const SITEMAP_BYTES_MAX: usize = 50 * 1024 * 1024;

/// The most entries read of one sitemap: the limit of the protocol.
const ENTRIES_MAX: usize = 50_000;

/// An entry as it stands.
#[derive(Debug, Default)]
struct Entry {
    location: String,
    title: String,
    published: String,
    modified: String,
}

/// What is read of an entry.
#[derive(Debug, Clone, Copy)]
enum Field {
    Location,
    Title,
    Published,
    Modified,
}

pub(super) fn read(raw: RawPage, timezone: Timezone) -> Result<Sitemap, SourceError> {
    let page = decode::text(inflated(raw)?);
    let text = xml::readable(&page.text);
    if text.starts_with("http://") || text.starts_with("https://") {
        return Ok(Sitemap::Urls(lines(&text, &page.url)));
    }
    if feed::is_feed(&text) {
        return feed::read(&page, timezone).map(Sitemap::Urls);
    }
    let found = entries(&text);
    let cause = match (found.root.as_str(), &found.error) {
        ("html", _) => return Err(SourceError::WebPage { url: page.url.to_string(), expected: "sitemap" }),
        ("urlset" | "sitemapindex", Some(error)) if found.entries.is_empty() => error.clone(),
        ("urlset", _) => return Ok(Sitemap::Urls(links(found.entries, &page, timezone))),
        ("sitemapindex", _) => return Ok(Sitemap::Index(sitemaps(found.entries, &page, timezone))),
        _ => "it has neither a `urlset` nor a `sitemapindex`".to_owned(),
    };
    Err(SourceError::Unreadable { url: page.url.to_string(), expected: "sitemap", cause })
}

/// Sitemaps are often sent as gzip files; of one that is cut or too large, what there is counts.
fn inflated(raw: RawPage) -> Result<RawPage, SourceError> {
    let mut raw = raw;
    if raw.body.starts_with(&inflate::GZIP_MAGIC) {
        let (body, result) = inflate::gzip(&raw.body, SITEMAP_BYTES_MAX);
        if let (true, Err(error)) = (body.is_empty(), result) {
            return Err(SourceError::Unreadable {
                url: raw.url.to_string(),
                expected: "sitemap",
                cause: error.to_string(),
            });
        }
        raw.body = body;
        // It speaks of the file, not of what is in it.
        raw.content_type = None;
    }
    Ok(raw)
}

fn lines(text: &str, base: &Url) -> Vec<Link> {
    let urls = text.lines().take(ENTRIES_MAX).filter_map(|line| absolute(base, line));
    let links = urls.map(|url| Link::new(url, None)).collect();
    newest(links, LINKS_MAX, |link| dates::in_url(link.url.path()))
}

#[derive(Debug, Default)]
struct Found {
    root: String,
    entries: Vec<Entry>,
    /// Why the walk ended early.
    error: Option<String>,
}

fn entries(text: &str) -> Found {
    let mut found = Found::default();
    let mut entry: Option<(Entry, String)> = None;
    let mut open: Option<(Field, String)> = None;
    let walked = xml::walk(text, |piece| {
        match piece {
            Piece::Open(tag) => {
                let name = tag.name();
                if found.root.is_empty() {
                    found.root = xml::local(name).to_ascii_lowercase();
                }
                match &entry {
                    Some((_, prefix)) if open.is_none() => {
                        open = field(name, prefix).map(|field| (field, name.to_owned()));
                    }
                    None if matches!(xml::local(name), "url" | "sitemap") => {
                        let prefix = name.len() - xml::local(name).len();
                        entry = Some((Entry::default(), name[..prefix].to_owned()));
                    }
                    _ => {}
                }
            }
            Piece::Text(text) => {
                if let (Some((entry, _)), Some((field, _))) = (&mut entry, &open) {
                    entry.slot(*field).push_str(&text);
                }
            }
            Piece::Close(name) if open.as_ref().is_some_and(|(_, opened)| opened == name) => open = None,
            Piece::Close(name) if matches!(xml::local(name), "url" | "sitemap") => {
                open = None;
                found.entries.extend(entry.take().map(|(entry, _)| entry));
            }
            Piece::Close(_) => {}
        }
        found.entries.len() < ENTRIES_MAX
    });
    found.error = walked.err();
    found
}

/// Images and videos have addresses and titles of their own, told apart by their prefix.
fn field(name: &str, prefix: &str) -> Option<Field> {
    if let Some(own) = name.strip_prefix(prefix) {
        match own {
            "loc" => return Some(Field::Location),
            "lastmod" => return Some(Field::Modified),
            _ => {}
        }
    }
    match name {
        "news:title" => Some(Field::Title),
        "news:publication_date" => Some(Field::Published),
        _ => None,
    }
}

impl Entry {
    fn slot(&mut self, field: Field) -> &mut String {
        match field {
            Field::Location => &mut self.location,
            Field::Title => &mut self.title,
            Field::Published => &mut self.published,
            Field::Modified => &mut self.modified,
        }
    }

    /// By what an entry is newer than another: its news date, else its change, else the day in its address.
    fn age(&self, timezone: Timezone) -> Option<DateTime<Utc>> {
        dates::instant(&self.published, timezone)
            .or_else(|| dates::instant(&self.modified, timezone))
            .or_else(|| dates::in_url(&self.location))
    }
}

fn links(entries: Vec<Entry>, page: &Page, timezone: Timezone) -> Vec<Link> {
    let mut seen = HashSet::new();
    let mut entries = entries;
    entries.retain(|entry| !entry.location.trim().is_empty());
    newest(entries, LINKS_MAX, |entry| entry.age(timezone))
        .into_iter()
        .filter_map(|entry| {
            let url = absolute(&page.url, &entry.location).filter(|url| seen.insert(url.clone()))?;
            let published = dates::instant(&entry.published, timezone);
            let updated = dates::instant(&entry.modified, timezone).filter(|&updated| Some(updated) != published);
            Some(Link { url, title: words::title(&entry.title), published, updated })
        })
        .collect()
}

fn sitemaps(entries: Vec<Entry>, page: &Page, timezone: Timezone) -> Vec<Url> {
    let newest = newest(entries, SITEMAPS_MAX, |entry| entry.age(timezone));
    newest.iter().filter_map(|entry| absolute(&page.url, &entry.location)).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;
    use crate::model::page::Validators;

    fn sitemap(body: impl Into<Vec<u8>>) -> Result<Sitemap, SourceError> {
        let raw = RawPage {
            url: Url::parse("https://a.example/sitemap.xml").unwrap(),
            moved: None,
            status: 200,
            content_type: None,
            validators: Validators::default(),
            body: body.into(),
            body_hash: [0; 32],
        };
        read(raw, "Asia/Shanghai".parse().unwrap())
    }

    fn check(body: impl Into<Vec<u8>>, expected: &[&str]) {
        let found: Vec<String> = match sitemap(body).unwrap() {
            Sitemap::Urls(links) => links
                .iter()
                .map(|link| {
                    let date = |date: Option<DateTime<Utc>>| {
                        date.map_or("-".to_owned(), |date| date.format("%FT%RZ").to_string())
                    };
                    let title = link.title.as_deref().unwrap_or("-");
                    format!("{} {title} {} {}", link.url.path(), date(link.published), date(link.updated))
                })
                .collect(),
            Sitemap::Index(urls) => urls.iter().map(Url::to_string).collect(),
        };
        assert_eq!(found, expected);
    }

    fn urlset(urls: &str) -> String {
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
            xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">{urls}</urlset>"#
        )
    }

    const NEWS: &str = "<url><loc> https://a.example/1?a=1&amp;b=2 </loc><lastmod>2026-01-06T10:00:00+08:00</lastmod>
        <image:image><image:loc>https://a.example/1.jpg</image:loc><image:title>Photo</image:title></image:image>
        <news:news><news:publication><news:name>N</news:name></news:publication>
        <news:publication_date>2026-01-06</news:publication_date><news:title>冰雪 &amp; 节</news:title></news:news></url>";

    #[test]
    fn sitemaps_of_each_kind_are_read() {
        let news = "/1 冰雪 & 节 2026-01-05T16:00Z 2026-01-06T02:00Z";
        check(urlset(NEWS), &[news]);
        check(
            urlset(&format!("{NEWS}{NEWS}<url><loc>/2</loc></url><url><loc>mailto:x</loc></url>")),
            &[news, "/2 - - -"],
        );
        check(urlset(""), &[]);
        check("https://a.example/1\r\nhttps://a.example/2\nnonsense://\n", &["/1 - - -", "/2 - - -"]);
        check("<s:urlset xmlns:s='x'><s:url><s:loc>https://a.example/1</s:loc></s:url></s:urlset>", &["/1 - - -"]);
        check("<rss version='2.0'><channel><item><link>/1</link></item></channel></rss>", &["/1 - - -"]);
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(urlset(NEWS).as_bytes()).unwrap();
        check(encoder.finish().unwrap(), &[news]);
    }

    #[test]
    fn an_index_gives_its_newest_sitemaps() {
        let sitemap = |n: usize| {
            format!("<sitemap><loc>https://a.example/sitemap-{}-{:02}.xml</loc></sitemap>", 2000 + n / 12, n % 12 + 1)
        };
        let sitemaps: String = (0..200).map(sitemap).collect();
        let Ok(Sitemap::Index(urls)) = self::sitemap(format!("<sitemapindex>{sitemaps}</sitemapindex>")) else {
            panic!()
        };
        assert_eq!(urls.len(), SITEMAPS_MAX);
        assert_eq!(urls[0].path(), "/sitemap-2016-08.xml");
    }

    #[test]
    fn the_newest_pages_of_a_long_sitemap_are_taken() {
        let url = |n: usize| format!("<url><loc>/{n}</loc><lastmod>20{:02}-01-01</lastmod></url>", n % 26);
        let Ok(Sitemap::Urls(links)) = sitemap(urlset(&(0..60_000).map(url).collect::<String>())) else { panic!() };
        assert_eq!(links.len(), LINKS_MAX);
        assert!(links.iter().all(|link| link.updated.unwrap().to_rfc3339().starts_with("2024-12-31")));
    }

    #[test]
    fn a_sitemap_that_is_cut_gives_what_is_complete() {
        check(
            format!("{}<url><loc>https://a.exa", urlset(NEWS).replace("</urlset>", "")),
            &["/1 冰雪 & 节 2026-01-05T16:00Z 2026-01-06T02:00Z"],
        );
    }

    #[test]
    fn what_is_no_sitemap_is_an_error() {
        let check = |body: &str, expected: &str| {
            let error = sitemap(body).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check("<html><body>Sorry</body></html>", "is a web page, not a sitemap");
        check("Sorry", "has neither a `urlset` nor a `sitemapindex`");
        check("\u{1f}\u{8b}", "has neither");
        let error = sitemap([0x1f, 0x8b, 0, 0]).unwrap_err().to_string();
        assert!(error.contains("gzip is broken"), "{error}");
    }

    #[test]
    fn declared_entities_are_never_expanded() {
        let bomb = urlset("<url><loc>https://a.example/1</loc><news:title>&b;</news:title></url>")
            .replace("<urlset", r#"<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><urlset"#);
        check(bomb, &["/1 &b; - -"]);
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(text in "(<(/)?(urlset|url|loc|sitemap|news:title)>|&|&[a-z]{1,4};|<!\\[CDATA\\[|\\]\\]>|<!|x|/1| ){0,60}", bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = sitemap(text);
            let _ = sitemap(bytes);
        }
    }
}
