//! An event's feed combines its coverage from all sections, and leaves out what only looks like it.

use std::collections::BTreeSet;

use harbinger::sample::truth::{Truth, truth};

use crate::house::House;

async fn check(event: &str) {
    let house = House::with_articles().await;
    let covers = |truth: &Truth| truth.copy_of.is_none() && truth.events.iter().any(|it| it == event);
    let expected: BTreeSet<String> = truth().into_iter().filter(covers).map(|truth| truth.path).collect();
    let path = |item: &serde_json::Value| item["url"].as_str().unwrap().parse::<url::Url>().unwrap().path().to_owned();
    let found: BTreeSet<String> = house.items(&format!("events/{event}")).await.iter().map(path).collect();
    assert!(found.len() > 4);
    assert_eq!(found, expected);
}

#[actix_web::test]
async fn the_mayors_dialogue_is_combined_from_sections_and_languages() {
    check("world-mayors-dialogue").await;
}

#[actix_web::test]
async fn a_second_event_has_its_own_file_and_feed() {
    check("binghe-snow-sculpture").await;
}

#[actix_web::test]
async fn the_front_page_leads_to_every_event() {
    let house = House::with_articles().await;
    let front = house.text("").await;
    for (event, title) in
        [("world-mayors-dialogue", "世界市长对话·哈尔滨"), ("binghe-snow-sculpture", "冰河国际雪雕大赛")]
    {
        assert!(front.contains(&format!("href=\"/events/{event}\"")) && front.contains(title), "{event}");
    }
}

#[actix_web::test]
async fn a_file_that_is_new_or_changed_decides_the_archive_again() {
    let mut house = House::with_articles().await;
    let covered = house.items("events/binghe-snow-sculpture").await.len();
    assert!(covered > 3);
    let ids = |items: Vec<serde_json::Value>| items.into_iter().map(|item| item["id"].clone()).collect::<Vec<_>>();
    let before = ids(house.items("events/world-mayors-dialogue").await);
    house.change_file("binghe-snow-sculpture.toml", "threshold = 1.0", "threshold = 90.0");
    house.restart().await;
    house.settle().await;
    assert_eq!(house.items("events/binghe-snow-sculpture").await.len(), 0);
    let atom = house.text("events/binghe-snow-sculpture.atom").await;
    assert_eq!(atom.matches("<at:deleted-entry").count(), covered, "readers are told what left");
    assert_eq!(ids(house.items("events/world-mayors-dialogue").await), before);
    house.change_file("binghe-snow-sculpture.toml", "threshold = 90.0", "threshold = 1.0");
    house.restart().await;
    house.settle().await;
    assert_eq!(house.items("events/binghe-snow-sculpture").await.len(), covered);
}
