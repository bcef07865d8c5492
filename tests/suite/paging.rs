//! Older entries, linked to the very first (RFC 5005), while articles come and go.

use std::collections::BTreeSet;

use harbinger::ingest::Options;
use reqwest::{Method, StatusCode};
use url::Url;

use crate::house::{House, section};
use crate::quarantine::{announce, ask, page, path, snow};

const FEED: &str = "feeds/binghe";

/// A house whose portal has published so many stories that three pages of the archive hold them.
async fn with_an_archive() -> House {
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
    let local = oldest.own.replace("https://feeds.example/", "");
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
