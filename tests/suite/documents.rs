//! What the documents are, read back by parsers that did not write them.

use std::collections::HashSet;

use harbinger::sample::sections::SECTIONS;

use crate::house::House;

/// Every feed of the service, without suffix.
fn feeds() -> Vec<String> {
    let sections = SECTIONS.iter().map(|section| format!("feeds/binghe/{}", section.id));
    let events = ["world-mayors-dialogue", "binghe-snow-sculpture"].map(|event| format!("events/{event}"));
    sections.chain(events).chain(["feeds/binghe".to_owned()]).collect()
}

/// What every format must agree on: id, link, title, time.
type Row = (String, String, String, i64);

fn rows(text: &str) -> Vec<Row> {
    let feed = feed_rs::parser::Builder::new().sanitize_content(false).build().parse(text.as_bytes()).unwrap();
    let row = |entry: feed_rs::model::Entry| {
        let title = entry.title.map(|title| title.content).unwrap_or_default();
        let link = entry.links.into_iter().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"));
        (entry.id, link.unwrap().href, title, entry.published.unwrap().timestamp())
    };
    feed.entries.into_iter().map(row).collect()
}

#[actix_web::test]
async fn every_feed_says_the_same_in_every_format() {
    let house = House::with_articles().await;
    for feed in feeds() {
        let rss = rows(&house.text(&format!("{feed}.rss")).await);
        let atom = rows(&house.text(&format!("{feed}.atom")).await);
        let json = rows(&house.text(&format!("{feed}.json")).await);
        assert!(!rss.is_empty(), "{feed}");
        assert_eq!(rss, atom, "{feed}");
        assert_eq!(rss, json, "{feed}");
        let ids: HashSet<_> = rss.iter().map(|row| &row.0).collect();
        assert_eq!(ids.len(), rss.len(), "{feed}: an id stands twice");
        assert!(rss.iter().all(|row| row.0.starts_with("urn:uuid:")), "{feed}");
        assert!(rss.windows(2).all(|pair| pair[0].3 >= pair[1].3), "{feed}: not newest first");
    }
}

#[actix_web::test]
async fn an_article_has_the_same_id_in_its_section_portal_and_event_feed() {
    let house = House::with_articles().await;
    let portal = rows(&house.text("feeds/binghe.atom?limit=200").await);
    for feed in ["feeds/binghe/yw", "events/world-mayors-dialogue", "feeds/binghe/sy"] {
        for row in rows(&house.text(&format!("{feed}.rss")).await) {
            assert!(portal.contains(&row), "{feed}: {row:?}");
        }
    }
}

#[actix_web::test]
async fn atom_keeps_its_order_and_names_where_an_entry_comes_from() {
    let house = House::with_articles().await;
    let section = house.text("feeds/binghe/yw.atom").await;
    let section = roxmltree::Document::parse(&section).unwrap();
    let id = child(section.root_element(), "id");
    let title = child(section.root_element(), "title");
    let text = house.text("feeds/binghe.atom?limit=200").await;
    let document = roxmltree::Document::parse(&text).unwrap();
    let names: Vec<_> = document
        .root_element()
        .children()
        .filter(|node| node.is_element())
        .map(|node| node.tag_name().name())
        .collect();
    let first = names.iter().position(|name| *name == "entry").unwrap();
    assert!(names[first..].iter().all(|name| *name == "entry"), "{names:?}");
    let mut from_section = 0;
    for entry in document.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2005/Atom", "entry"))) {
        let source = entry.children().find(|node| node.tag_name().name() == "source").unwrap();
        if child(source, "id") == id {
            assert_eq!(child(source, "title"), title);
            from_section += 1;
        }
    }
    assert!(from_section > 3);
}

fn child(node: roxmltree::Node, name: &str) -> String {
    node.children().find(|child| child.tag_name().name() == name).and_then(|child| child.text()).unwrap().to_owned()
}

#[actix_web::test]
async fn addresses_inside_articles_are_absolute_and_nothing_in_them_runs() {
    let house = House::with_articles().await;
    let items = house.json("feeds/binghe.json?limit=200").await["items"].as_array().unwrap().clone();
    for item in &items {
        let html = item["content_html"].as_str().unwrap();
        let wrapped = format!("<div>{html}</div>");
        let document = roxmltree::Document::parse(&wrapped).unwrap_or_else(|error| panic!("{error}: {html}"));
        for node in document.descendants().filter(|node| node.is_element()) {
            for attribute in node.attributes() {
                assert!(!attribute.name().starts_with("on"), "{html}");
                if ["src", "href"].contains(&attribute.name()) {
                    assert!(attribute.value().starts_with("http"), "{}: {}", item["url"], attribute.value());
                }
            }
        }
    }
}

#[actix_web::test]
async fn the_list_of_feeds_names_each_feed_once() {
    let house = House::new().await;
    let text = house.text("feeds.opml").await;
    let document = roxmltree::Document::parse(&text).unwrap();
    let outlines: Vec<_> = document.descendants().filter(|node| node.has_attribute("xmlUrl")).collect();
    let addresses: HashSet<_> = outlines.iter().map(|node| node.attribute("xmlUrl").unwrap()).collect();
    assert_eq!(addresses.len(), outlines.len());
    for feed in feeds() {
        assert!(addresses.contains(format!("https://feeds.example/{feed}.rss").as_str()), "{feed}");
    }
    assert!(outlines.iter().all(|node| node.attribute("type") == Some("rss") && node.has_attribute("text")));
}
