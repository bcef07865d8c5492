//! Older entries, linked to the very first (RFC 5005), while articles come and go.

use std::collections::BTreeSet;

use harbinger::ingest::Options;
use reqwest::{Method, StatusCode};
use url::Url;

use crate::house::{House, section};
use crate::quarantine::{announce, ask, page, path, snow};

const FEED: &str = "feeds/binghe";

/// A house whose portal has published so many stories that three pages of the archive hold them.
pub async fn with_an_archive() -> House {
    let house = House::new().await;
    for number in 1..=75 {
        let (title, paragraphs) = snow(number);
        let day = format!("2026-01-{:02} {:02}:{:02}", 1 + number % 15, number % 24, number % 60);
        let page = page("zh-CN", &title, &paragraphs).replace("2026-01-15 08:00", &day);
        announce(&house, &path(number), &title, page);
    }
    house.ingest(harbinger::model::run::Scope::default()).await;
    house
}

/// What a document says: its own address, its links by relation, and its entries' ids.
struct Read {
    own: String,
    links: Vec<(String, String)>,
    ids: Vec<String>,
    is_archive: bool,
}

impl Read {
    fn link(&self, relation: &str) -> Option<&str> {
        let mut links = self.links.iter().filter(|(found, _)| found == relation);
        let link = links.next().map(|(_, address)| address.as_str());
        assert!(links.next().is_none(), "two links {relation}");
        link
    }
}

/// Reads an address as it stands in a document.
async fn read(house: &House, address: &str) -> Read {
    let url = Url::parse(address).unwrap();
    let local = &address[url.origin().ascii_serialization().len() + 1..];
    let text = house.text(local).await;
    if url.path().ends_with(".json") {
        let feed: serde_json::Value = serde_json::from_str(&text).unwrap();
        let next = feed["next_url"].as_str().map(|next| ("next".to_owned(), next.to_owned()));
        let ids = feed["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned());
        let own = feed["feed_url"].as_str().unwrap().to_owned();
        return Read { own, links: next.into_iter().collect(), ids: ids.collect(), is_archive: false };
    }
    let document = roxmltree::Document::parse(&text).unwrap();
    let top = document.root_element();
    let top = top.children().find(|node| node.has_tag_name("channel")).unwrap_or(top);
    let atom = "http://www.w3.org/2005/Atom";
    let links = top
        .children()
        .filter(|node| node.has_tag_name((atom, "link")))
        .map(|node| (node.attribute("rel").unwrap().to_owned(), node.attribute("href").unwrap().to_owned()));
    let links: Vec<_> = links.collect();
    let own = links.iter().find(|(relation, _)| relation == "self").unwrap().1.clone();
    let entries = top.children().filter(|node| ["entry", "item"].contains(&node.tag_name().name()));
    let id = |entry: roxmltree::Node| {
        let id = entry.children().find(|node| ["id", "guid"].contains(&node.tag_name().name())).unwrap();
        id.text().unwrap().to_owned()
    };
    let history = "http://purl.org/syndication/history/1.0";
    Read {
        own,
        ids: entries.map(id).collect(),
        is_archive: top.children().any(|node| node.has_tag_name((history, "archive"))),
        links,
    }
}

/// Follows one relation from the newest entries to the end.
async fn walk(house: &House, address: &str, relation: &str) -> Vec<Read> {
    let mut walked = vec![read(house, address).await];
    while let Some(next) = walked.last().unwrap().link(relation).map(str::to_owned) {
        walked.push(read(house, &next).await);
        assert!(walked.len() < 100, "the walk does not end");
    }
    walked
}

async fn all_ids(house: &House) -> BTreeSet<String> {
    let items = house.json(&format!("{FEED}.json?limit=200")).await["items"].as_array().unwrap().clone();
    assert!(items.len() > 100, "{}", items.len());
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn every_format_leads_to_the_very_first_entry() {
    let house = with_an_archive().await;
    let all = all_ids(&house).await;
    for (format, query, relation) in [
        ("rss", "", "next"),
        ("atom", "", "next"),
        ("json", "", "next"),
        ("atom", "?limit=7", "next"),
        ("json", "?limit=30", "next"),
        ("rss", "", "prev-archive"),
        ("atom", "", "prev-archive"),
        ("atom", "?limit=20", "prev-archive"),
    ] {
        let start = format!("https://feeds.example/{FEED}.{format}{query}");
        let walked = walk(&house, &start, relation).await;
        let ids: Vec<_> = walked.iter().flat_map(|read| read.ids.clone()).collect();
        assert_eq!(ids.iter().cloned().collect::<BTreeSet<_>>(), all, "{start} {relation}");
        assert_eq!(ids.len(), all.len(), "{start} {relation}: an entry stands on two pages");
        let addresses: BTreeSet<_> = walked.iter().map(|read| &read.own).collect();
        assert_eq!(addresses.len(), walked.len(), "{start}");
        for (before, after) in walked.iter().zip(&walked[1..]) {
            assert_eq!(before.link(relation), Some(after.own.as_str()));
            assert!(after.own.contains(query.trim_start_matches('?')), "{}: the limit is lost", after.own);
            if relation == "next" && format != "json" {
                assert_eq!(after.link("previous"), Some(before.own.as_str()));
                assert_eq!(after.link("first"), Some(walked[0].own.as_str()));
                assert_eq!(after.link("last"), Some(walked.last().unwrap().own.as_str()));
            }
        }
    }
}

#[actix_web::test]
async fn the_page_for_people_leads_to_older_articles_and_back() {
    let house = with_an_archive().await;
    let mut path = FEED.to_owned();
    let mut articles = 0;
    loop {
        let html = house.text(&path).await;
        articles += html.matches("<article").count();
        let link = |rel: &str| {
            let (_, rest) = html.split_once(&format!("<a rel=\"{rel}\" href=\"/"))?;
            Some(rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&"))
        };
        assert_eq!(link("prev").is_some(), path != FEED, "{path}");
        match link("next") {
            Some(next) => path = next,
            None => break,
        }
    }
    assert_eq!(articles, all_ids(&house).await.len());
}

#[actix_web::test]
async fn no_entry_is_missed_while_others_are_withdrawn_restored_and_added() {
    let house = with_an_archive().await;
    for (query, relation) in [("?limit=6", "next"), ("", "prev-archive")] {
        let standing = all_ids(&house).await;
        let mut next = Some(format!("https://feeds.example/{FEED}.atom{query}"));
        let (mut seen, mut gone) = (BTreeSet::new(), BTreeSet::new());
        let mut step = 0;
        while let Some(address) = next {
            let read = read(&house, &address).await;
            next = read.link(relation).map(str::to_owned);
            seen.extend(read.ids.iter().cloned());
            // The first and the last one we have just seen leave; every other time they come back.
            for id in [read.ids.first(), read.ids.last()].into_iter().flatten() {
                let id = id.trim_start_matches("urn:uuid:");
                assert_eq!(ask(&house, Method::DELETE, &format!("articles/{id}")).await.0, StatusCode::NO_CONTENT);
                if step % 2 == 0 {
                    let address = format!("articles/{id}/restore");
                    assert_eq!(ask(&house, Method::POST, &address).await.0, StatusCode::NO_CONTENT);
                }
                gone.insert(format!("urn:uuid:{id}"));
            }
            if step % 10 == 0 {
                let number = 100 + step + query.len() * 50;
                let (title, paragraphs) = snow(number);
                announce(&house, &path(number), &title, page("zh-CN", &title, &paragraphs));
                house.ingest_with(section("binghe", "yw"), Options::default()).await;
            }
            step += 1;
        }
        assert!(step >= if query.is_empty() { 3 } else { 20 }, "{step} pages");
        let missed: Vec<_> = standing.difference(&gone).filter(|id| !seen.contains(*id)).collect();
        assert!(missed.is_empty(), "{relation}: {missed:?}");
        // All are put back for the next walk.
        for id in &gone {
            ask(&house, Method::POST, &format!("articles/{}/restore", id.trim_start_matches("urn:uuid:"))).await;
        }
    }
}

#[actix_web::test]
async fn an_archive_page_stays_the_same_until_something_happens_to_its_entries() {
    let house = with_an_archive().await;
    let walked = walk(&house, &format!("https://feeds.example/{FEED}.atom"), "prev-archive").await;
    let oldest = walked.last().unwrap();
    assert!(oldest.is_archive && !walked[0].is_archive);
    let local = local(&unversioned(&oldest.own));
    let before = house.get(&local).await;
    let headers = before.headers().clone();
    assert!(headers["cache-control"].to_str().unwrap().starts_with("public, max-age=86400,"));
    let before = before.text().await.unwrap();
    let (title, paragraphs) = snow(200);
    announce(&house, &path(200), &title, page("zh-CN", &title, &paragraphs));
    assert_eq!(house.ingest_with(section("binghe", "yw"), Options::default()).await.report.new, 1);
    let after = house.get(&local).await;
    assert_eq!(
        (&after.headers()["etag"], &after.headers()["last-modified"]),
        (&headers["etag"], &headers["last-modified"])
    );
    assert_eq!(after.text().await.unwrap(), before);
    let id = oldest.ids[3].trim_start_matches("urn:uuid:");
    assert_eq!(ask(&house, Method::DELETE, &format!("articles/{id}")).await.0, StatusCode::NO_CONTENT);
    let withdrawn = house.get(&local).await;
    assert_ne!(withdrawn.headers()["etag"], headers["etag"]);
    assert_ne!(withdrawn.headers()["last-modified"], headers["last-modified"]);
    let withdrawn = withdrawn.text().await.unwrap();
    assert!(!withdrawn.contains(&format!("<id>urn:uuid:{id}")) && withdrawn.contains("deleted-entry"));
}

/// An address as it is asked for here.
fn local(address: &str) -> String {
    address.replace("https://feeds.example/", "")
}

/// The address of an archive page that stays while the page changes.
fn unversioned(address: &str) -> String {
    let (bare, version) = address.split_once("&v=").unwrap();
    assert!(version.parse::<u64>().unwrap() > 1_000_000, "{address} could be guessed");
    bare.to_owned()
}

const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The archive pages of a feed, newest first, each as it is kept for ever.
async fn archive(house: &House, format: &str) -> Vec<Read> {
    let up = walk(house, &format!("https://feeds.example/{FEED}.{format}?page=1"), "next-archive").await;
    let mut pages = walk(house, &up.last().unwrap().own, "prev-archive").await;
    assert!(!pages.remove(0).is_archive, "the uppermost page still grows");
    for page in &pages {
        assert!(page.is_archive);
        let answer = house.get(&local(&page.own)).await;
        assert_eq!(answer.headers()["cache-control"], FOR_EVER, "{}", page.own);
        assert!(answer.headers()["link"].to_str().unwrap().contains(&page.own));
    }
    pages
}

#[actix_web::test]
async fn an_archive_page_is_kept_for_ever_under_its_version_and_gets_another_with_any_change() {
    let mut house = with_an_archive().await;
    for format in ["atom", "rss"] {
        let before = archive(&house, format).await;
        assert_eq!(before.len(), 2);
        let (upper, oldest) = (local(&before[0].own), local(&before[1].own));
        let bytes = house.text(&oldest).await;
        let page = house.text(&local(&unversioned(&before[1].own))).await;
        assert_eq!(bytes.replace(&before[1].own.replace('&', "&amp;"), "self"), {
            page.replace(&unversioned(&before[1].own), "self")
        });
        // What happens to the newer page leaves the older one what it is.
        let id = before[0].ids[2].trim_start_matches("urn:uuid:").to_owned();
        assert_eq!(ask(&house, Method::DELETE, &format!("articles/{id}")).await.0, StatusCode::NO_CONTENT);
        let withdrawn = archive(&house, format).await;
        assert_eq!(withdrawn[1].own, before[1].own);
        assert_ne!(withdrawn[0].own, before[0].own);
        assert!(!withdrawn[0].ids.contains(&before[0].ids[2]));
        // Under the version that has passed stands what is there now, and not for good.
        let answer = house.get(&upper).await;
        assert!(answer.headers()["cache-control"].to_str().unwrap().starts_with("public, max-age=86400,"));
        let (now, asked) = (answer.text().await.unwrap(), house.text(&local(&unversioned(&before[0].own))).await);
        assert_eq!(now, asked);
        // It comes back, under a version that never was.
        assert_eq!(ask(&house, Method::POST, &format!("articles/{id}/restore")).await.0, StatusCode::NO_CONTENT);
        let restored = archive(&house, format).await;
        assert_eq!((&restored[0].ids, &restored[1].own), (&before[0].ids, &before[1].own));
        assert!(![&before[0].own, &withdrawn[0].own].contains(&&restored[0].own));
        assert!(house.get(&oldest).await.headers()["cache-control"] == FOR_EVER);
    }
    // The name of the feed stands in every page, and so in every version.
    let before = archive(&house, "atom").await;
    house.restart().await;
    let again = archive(&house, "atom").await;
    assert!(before.iter().zip(&again).all(|(before, again)| before.own == again.own), "a restart changes nothing");
    house.change_file("binghe.toml", "title = \"冰河新闻网\"", "title = \"冰河日报网\"");
    house.restart().await;
    house.settle().await;
    let renamed = archive(&house, "atom").await;
    assert!(before.iter().zip(&renamed).all(|(before, renamed)| before.own != renamed.own));
    assert!(house.text(&local(&renamed[1].own)).await.contains("冰河日报网"));
}

#[actix_web::test]
async fn a_version_that_never_was_is_answered_with_the_page_and_not_for_ever() {
    let house = with_an_archive().await;
    let pages = archive(&house, "atom").await;
    let page = unversioned(&pages[1].own);
    let bytes = house.text(&local(&page)).await;
    for query in ["&v=1", "&v=", "&v=x", "&v=-7", "&v=99999999999999999999", "&v=1&v=2"] {
        let answer = house.get(&format!("{}{query}", local(&page))).await;
        assert!(answer.headers()["cache-control"].to_str().unwrap().starts_with("public, max-age=86400,"), "{query}");
        assert_eq!(answer.text().await.unwrap(), bytes, "{query}");
    }
    // The page that still grows has no version, and the page for people is never kept for ever.
    let version = pages[1].own.split_once("&v=").unwrap().1;
    let top = format!("{}&v={version}", local(pages[0].link("next-archive").unwrap()));
    let people = local(&pages[1].own).replace(".atom", "");
    for address in [&top, &people] {
        let answer = house.get(address).await;
        assert!(!answer.headers()["cache-control"].to_str().unwrap().contains("immutable"), "{address}");
    }
    assert_eq!(house.get(&format!("{FEED}.atom?page=1000&v={version}")).await.status(), StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_walk_down_the_archive_meets_every_entry_once_while_one_is_edited_withdrawn_and_restored() {
    let house = with_an_archive().await;
    let all = all_ids(&house).await;
    let mut next = Some(format!("https://feeds.example/{FEED}.atom"));
    let mut seen = Vec::new();
    while let Some(address) = next {
        let read = read(&house, &address).await;
        next = read.link("prev-archive").map(str::to_owned);
        seen.extend(read.ids.clone());
        // The page that comes next is another one by the time it is asked for.
        let Some(below) = &next else { break };
        let below = self::read(&house, below).await;
        let id = below.ids[1].trim_start_matches("urn:uuid:");
        assert_eq!(ask(&house, Method::DELETE, &format!("articles/{id}")).await.0, StatusCode::NO_CONTENT);
        assert_eq!(ask(&house, Method::POST, &format!("articles/{id}/restore")).await.0, StatusCode::NO_CONTENT);
    }
    assert_eq!(seen.iter().cloned().collect::<BTreeSet<_>>(), all);
    assert_eq!(seen.len(), all.len(), "an entry was met twice");
}

#[actix_web::test]
async fn a_page_past_the_end_is_not_there() {
    let house = with_an_archive().await;
    let walked = walk(&house, &format!("https://feeds.example/{FEED}.atom"), "next").await;
    assert!(walked.last().unwrap().link("next").is_none());
    for format in ["rss", "atom", "json"] {
        for (query, status) in [
            ("page=1", StatusCode::OK),
            ("page=1000", StatusCode::NOT_FOUND),
            ("before=100000", StatusCode::NOT_FOUND),
            ("page=0", StatusCode::BAD_REQUEST),
            ("page=-1", StatusCode::BAD_REQUEST),
            ("page=x", StatusCode::BAD_REQUEST),
            ("before=", StatusCode::BAD_REQUEST),
        ] {
            assert_eq!(house.get(&format!("{FEED}.{format}?{query}")).await.status(), status, "{format} {query}");
        }
    }
    assert_eq!(house.get("feeds/nothing.atom?page=1").await.status(), StatusCode::NOT_FOUND);
}
