//! Whole documents: as snapshots, and read back by parsers that are not ours.

use chrono::{DateTime, FixedOffset, Utc};
use insta::assert_snapshot;
use url::Url;
use uuid::Uuid;

use crate::model::addresses::Addresses;
use crate::model::article::Image;
use crate::model::catalogue::Catalogue;
use crate::model::event::{Event, EventRules};
use crate::model::feed::{Category, Entry, Feed, FeedKey, Format, Origin, Tombstone};
use crate::model::html::SafeHtml;
use crate::model::part::{Neighbours, Part};
use crate::model::portal::{ArticleRules, ContentLevel, FetchRules, Portal, Section};
use crate::model::schedule::Schedule;
use crate::publish::directory::Directory;
use crate::publish::pages::language::Language;
use crate::publish::pages::look::Look;
use crate::publish::pages::{self, Headline};
use crate::publish::{assets, atom, document, documents, json, opml, rss, verify};

/// A feed's documents: three formats, the page in each language, the headline box.
const DOCUMENTS: usize = 3 + Language::ALL.len() + 1;

fn time(text: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text).unwrap()
}

fn utc(text: &str) -> DateTime<Utc> {
    time(text).to_utc()
}

fn entry(number: u128, title: &str, html: &str) -> Entry {
    Entry {
        portal: "binghe".to_owned(),
        id: Uuid::from_u128(number),
        url: format!("https://news.example/content/{number}.html"),
        title: title.to_owned(),
        summary: None,
        html: Some(SafeHtml::from_store(html.to_owned())),
        authors: Vec::new(),
        photographers: Vec::new(),
        source: None,
        categories: Vec::new(),
        language: "zh-Hans".to_owned(),
        images: Vec::new(),
        published: time("2026-01-06T08:00:00+08:00"),
        updated: time("2026-01-06T08:00:00+08:00"),
        rights: Some("© 北湖日报".to_owned()),
        origin: None,
    }
}

fn feed(key: FeedKey, entries: Vec<Entry>) -> Feed {
    Feed {
        key,
        id: Uuid::from_u128(0xfeed),
        title: "北湖新闻 · 城市".to_owned(),
        description: "北湖新闻网“城市”栏目的最新报道。".to_owned(),
        language: "zh-Hans".to_owned(),
        rights: Some("© 北湖日报".to_owned()),
        base_url: Url::parse("https://feeds.example/").unwrap(),
        part: Part::default(),
        is_private: false,
        addresses: Addresses::Queries,
        is_alias: false,
        max_age_s: 300,
        ttl_minutes: 10,
        hub: None,
        changed: utc("2026-01-06T02:30:00Z"),
        entries,
        tombstones: Vec::new(),
        event: None,
        neighbours: Neighbours::default(),
    }
}

fn section() -> FeedKey {
    FeedKey::Section("beihu".to_owned(), "city".to_owned())
}

/// One entry with everything, one in another language, one republished in part.
fn representative() -> Feed {
    let full = Entry {
        summary: Some("湖冰厚达六十厘米，AT&T 塔下的“冰灯 < 火”展今晚开放。".to_owned()),
        authors: vec!["林一".to_owned(), "周二".to_owned()],
        photographers: vec!["吴三".to_owned()],
        source: Some("北湖晚报".to_owned()),
        categories: vec![
            Category { term: "city".to_owned(), label: "城市".to_owned() },
            Category { term: "冰灯".to_owned(), label: "冰灯".to_owned() },
            Category { term: "城市".to_owned(), label: "城市".to_owned() },
        ],
        images: vec![
            Image {
                url: "https://news.example/p/1.jpg?w=800&h=600".to_owned(),
                caption: Some("湖上“冰灯” & 游人".to_owned()),
            },
            Image { url: "https://news.example/p/2".to_owned(), caption: None },
        ],
        published: time("2026-01-06T09:00:00+08:00"),
        updated: time("2026-01-06T10:30:00+08:00"),
        ..entry(
            1,
            "冰灯节 | 湖上点灯 & 放歌",
            "<p>正文 &amp; 更多。</p><pre>if (a[b[0]]>1) {}</pre>\
             <p><img src=\"https://news.example/p/1.jpg?w=800&amp;h=600\" alt=\"冰灯\"></p>",
        )
    };
    let origin = Origin {
        id: Uuid::from_u128(0x0719),
        title: "北湖新闻 · Мир".to_owned(),
        url: "https://feeds.example/feeds/beihu/mir.atom".to_owned(),
    };
    let russian = Entry {
        summary: Some("Мэры обсудили зиму.".to_owned()),
        language: "ru".to_owned(),
        rights: Some("© Север".to_owned()),
        origin: Some(origin),
        ..entry(2, "Диалог о зиме", "<p>Текст статьи.</p>")
    };
    let partial = Entry {
        html: None,
        summary: Some("Only the summary may be shown.".to_owned()),
        language: "en".to_owned(),
        images: vec![Image { url: "https://news.example/secret.jpg".to_owned(), caption: None }],
        ..entry(3, "Winter opens", "")
    };
    let headline = Entry { html: None, ..entry(4, "只有标题", "") };
    let tombstone = |number, when| Tombstone { id: Uuid::from_u128(number), when: utc(when) };
    let tombstones = vec![tombstone(99, "2026-01-06T02:30:00Z"), tombstone(1, "2026-01-05T00:00:00Z")];
    Feed { tombstones, ..feed(section(), vec![full, russian, partial, headline]) }
}

/// What a portal might really send: markup, controls, astral characters and noncharacters in every field.
fn hostile() -> Feed {
    let evil = "]]>&amp;<script>alert('1')</script>\"\u{8}\u{ffff}\u{0}𠮷🎉 &#0; <!-- ";
    let hurt = Entry {
        summary: Some(evil.to_owned()),
        authors: vec![evil.to_owned()],
        photographers: vec![evil.to_owned()],
        source: Some(evil.to_owned()),
        categories: vec![Category { term: evil.to_owned(), label: evil.to_owned() }],
        images: vec![Image {
            url: "https://news.example/\"><x a='&b=1\u{b}".to_owned(),
            caption: Some(evil.to_owned()),
        }],
        language: "x\"y<z".to_owned(),
        rights: Some(evil.to_owned()),
        origin: Some(Origin {
            id: Uuid::from_u128(7),
            title: evil.to_owned(),
            url: "https://a.example/?a=1&b=\"2\"".to_owned(),
        }),
        published: time("2026-01-06T08:00:00.123456+08:00"),
        ..entry(1, evil, evil)
    };
    let long = entry(2, &"长𠮷".repeat(20_000), &"<p>]]>]]></p>".repeat(20_000));
    let mut feed = feed(section(), vec![hurt, long]);
    feed.title = evil.to_owned();
    feed.description = evil.to_owned();
    feed.rights = Some(evil.to_owned());
    feed.part.limit = Some(2);
    feed
}

/// Without what changes from version to version.
fn settled(document: &str) -> String {
    let document = document.replace(assets::stylesheet_path(), "/assets/STYLESHEET");
    document.replace(assets::script_path(), "/assets/SCRIPT").replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

fn text(document: Vec<u8>) -> String {
    String::from_utf8(document).unwrap()
}

fn pretty(xml: &str) -> String {
    settled(xml).replace("><", ">\n<")
}

#[test]
fn a_feed_in_every_format() {
    let feed = representative();
    let json: serde_json::Value = serde_json::from_str(&json::render(&feed).unwrap()).unwrap();
    assert_snapshot!("rss", pretty(&text(rss::render(&feed))));
    assert_snapshot!("atom", pretty(&text(atom::render(&feed))));
    assert_snapshot!("json", settled(&serde_json::to_string_pretty(&json).unwrap()));
    assert_snapshot!("page", settled(&pages::feed(&feed, Look::default()).unwrap()));
}

/// Id, title, link, time of publishing.
type Read = (String, String, String, DateTime<Utc>);

fn read_back(text: &str) -> Vec<Read> {
    let feed = feed_rs::parser::parse(text.as_bytes()).unwrap();
    let read = |entry: feed_rs::model::Entry| {
        (entry.id, entry.title.unwrap().content, entry.links[0].href.clone(), entry.published.unwrap())
    };
    feed.entries.into_iter().map(read).collect()
}

#[test]
fn every_format_holds_the_same_entries_in_the_same_order() {
    for feed in [representative(), feed(section(), Vec::new())] {
        let expected: Vec<Read> = feed
            .entries
            .iter()
            .map(|entry| (entry.guid(), entry.title.clone(), entry.url.clone(), entry.published.to_utc()))
            .collect();
        assert_eq!(read_back(&text(rss::render(&feed))), expected);
        assert_eq!(read_back(&text(atom::render(&feed))), expected);
        assert_eq!(read_back(&json::render(&feed).unwrap()), expected);
        assert_eq!(documents(&feed).unwrap().len(), DOCUMENTS);
    }
}

#[test]
fn hostile_text_breaks_no_document_and_loses_nothing_legal() {
    let feed = hostile();
    assert_eq!(documents(&feed).unwrap().len(), DOCUMENTS);
    let clean = crate::text::plain::legal(&feed.entries[0].title);
    let (rss, atom) = (text(rss::render(&feed)), text(atom::render(&feed)));
    let rss = roxmltree::Document::parse(&rss).unwrap();
    let atom = roxmltree::Document::parse(&atom).unwrap();
    let texts = |document: &roxmltree::Document, name: &str| -> Vec<String> {
        let nodes = document.descendants().filter(|node| node.tag_name().name() == name);
        nodes.map(|node| node.text().unwrap_or_default().to_owned()).collect()
    };
    assert!(texts(&rss, "title").contains(&clean) && texts(&atom, "title").contains(&clean));
    assert_eq!(texts(&rss, "encoded")[0], clean);
    assert_eq!(texts(&atom, "content").into_iter().find(|text| !text.is_empty()).unwrap(), clean);
    assert_eq!(texts(&rss, "encoded")[1], feed.entries[1].body().unwrap());
    assert!(!rss.descendants().any(|node| node.has_tag_name("script")));
    let page = pages::feed(&feed, Look::default()).unwrap();
    assert!(page.matches("<script").eq(["<script"]) && page.contains("<script src=\"/assets/"));
    assert!(page.chars().all(crate::text::plain::is_legal));
    let json = json::render(&feed).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["items"][0]["title"], clean);
    assert_eq!(json["items"][0]["date_published"], "2026-01-06T08:00:00+08:00");
}

#[test]
fn what_may_not_be_republished_is_in_no_document() {
    let entries = representative().entries.into_iter().skip(2).collect();
    for (path, document) in documents(&feed(section(), entries)).unwrap() {
        let text = std::str::from_utf8(&document.identity).unwrap();
        assert!(!text.contains("secret") && !text.contains("content_html") && !text.contains("<content"), "{path}");
    }
}

#[test]
fn a_document_depends_on_nothing_but_its_feed() {
    for ((path, one), (_, other)) in documents(&hostile()).unwrap().into_iter().zip(documents(&hostile()).unwrap()) {
        assert!(one.identity == other.identity && one.gzip == other.gzip, "{path}");
    }
}

#[test]
fn the_address_asked_for_is_the_self_link() {
    let mut feed = feed(FeedKey::All, Vec::new());
    let paths: Vec<String> = documents(&feed).unwrap().into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["/rss.xml", "/atom.xml", "/feed.json", "/feed.xml"]);
    feed.part.limit = Some(7);
    feed.is_alias = true;
    feed.hub = Some("https://feeds.example/hub".to_owned());
    let rss = document(&feed, Format::Rss, Look::default()).unwrap();
    let expected = r#"<https://feeds.example/feed.xml?limit=7>; rel="self", <https://feeds.example/hub>; rel="hub""#;
    assert_eq!(rss.link.unwrap(), expected);
    assert!(text(rss::render(&feed)).contains(r#"href="https://feeds.example/feed.xml?limit=7" rel="self""#));
    assert_eq!(rss.cache_control, "public, max-age=300, stale-while-revalidate=300, stale-if-error=86400");
}

fn catalogue() -> Catalogue {
    let schedule = Schedule::parse("0 */10 * * * *").unwrap();
    let section = |id: &str, title: &str| Section {
        id: id.to_owned(),
        aliases: Vec::new(),
        title: title.to_owned(),
        schedule: None,
        sources: Vec::new(),
    };
    let portal = Portal {
        id: "beihu".to_owned(),
        title: "北湖新闻网 & \"湖\"".to_owned(),
        home: Url::parse("https://news.example/").unwrap(),
        hosts: Vec::new(),
        aliases: Vec::new(),
        is_private: false,
        language: "zh-Hans".to_owned(),
        timezone: "Asia/Shanghai".parse().unwrap(),
        schedule,
        content: ContentLevel::Full,
        retention: None,
        rights: None,
        article_url: None,
        fetch: FetchRules::default(),
        rules: ArticleRules::default(),
        sections: vec![section("city", "城市"), section("culture", "文化旅游")],
    };
    let event = Event {
        id: "ice".to_owned(),
        aliases: Vec::new(),
        is_private: false,
        title: "冰城对话".to_owned(),
        description: Some("各地报道的汇总。".to_owned()),
        home: None,
        language: "zh-Hans".to_owned(),
        starts: utc("2026-01-06T00:00:00Z").date_naive(),
        ends: utc("2026-01-08T00:00:00Z").date_naive(),
        timezone: "Asia/Shanghai".parse().unwrap(),
        rules: EventRules {
            days_before: 0,
            days_after: 0,
            threshold_milli: 0,
            section_cap: None,
            places: Vec::new(),
            names: Vec::new(),
            evidence: Vec::new(),
            exclusions: Vec::new(),
        },
    };
    Catalogue { portals: vec![portal], events: vec![event], ..Catalogue::default() }
}

#[test]
fn the_front_page_and_the_list_of_feeds_name_every_feed() {
    let mut directory =
        Directory::of(&catalogue(), &Url::parse("https://feeds.example/news/").unwrap(), Addresses::Queries);
    directory.portals[0].last_success = Some(time("2026-01-06T09:10:00+08:00"));
    assert_eq!(directory.len(), catalogue().feeds().len());
    let headline = Headline {
        url: "https://news.example/content/1.html".to_owned(),
        title: "湖上点灯 <b>".to_owned(),
        language: "zh-Hans".to_owned(),
        published: time("2026-01-06T09:00:00+08:00"),
        portal: "北湖新闻网".to_owned(),
        portal_language: "zh-Hans".to_owned(),
    };
    let opml = opml::render(&directory, utc("2026-01-06T02:30:00Z")).unwrap();
    let outlines = roxmltree::Document::parse(&opml).unwrap();
    let urls = outlines.descendants().filter_map(|node| node.attribute("xmlUrl"));
    assert_eq!(urls.count(), directory.len());
    let page = pages::index(&directory, &[headline], Look::default()).unwrap();
    verify::document(Format::Html, page.as_bytes(), 0).unwrap();
    assert_snapshot!("opml", opml);
    assert_snapshot!("index", settled(&page));
}
