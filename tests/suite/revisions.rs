//! A story keeps its id whatever happens to its page; what happened is announced.

use harbinger::model::run::Scope;
use harbinger::sample::truth::{Truth, truth};
use serde_json::Value;

use crate::house::House;

fn story() -> Truth {
    truth().into_iter().find(|truth| truth.path.contains("300101")).unwrap()
}

async fn item(house: &House, path: &str) -> Option<Value> {
    let items = house.json("feeds/binghe.json?limit=200").await["items"].as_array().unwrap().clone();
    items.into_iter().find(|item| item["url"].as_str().unwrap().ends_with(path))
}

async fn ingest_at(house: &House, now: &str) {
    house.clock.move_to(crate::house::time(now));
    let options = harbinger::ingest::Options { is_forced: true, is_dry: false };
    house.ingest_with(Scope::default(), options).await;
}

#[actix_web::test]
async fn an_edited_article_is_announced_again_under_the_same_id() {
    let house = House::with_articles().await;
    let story = story();
    let before = item(&house, &story.path).await.unwrap();
    let sentence = story.paragraphs[0].chars().take(8).collect::<String>();
    assert!(house.portal.edit(&story.path, &sentence, "改写之后的开头"));
    ingest_at(&house, "2026-01-16T01:00:00Z").await;
    let after = item(&house, &story.path).await.unwrap();
    assert_eq!(after["id"], before["id"]);
    assert_eq!(after["date_published"], before["date_published"]);
    assert_eq!(after["date_modified"], "2026-01-16T09:00:00+08:00");
    assert!(after["content_html"].as_str().unwrap().contains("改写之后的开头"));
}

#[actix_web::test]
async fn a_second_look_comes_by_itself_when_it_is_due() {
    let house = House::with_articles().await;
    let fresh = truth().into_iter().max_by_key(|truth| truth.published).unwrap();
    let sentence = fresh.paragraphs[0].chars().take(6).collect::<String>();
    assert!(house.portal.edit(&fresh.path, &sentence, "编辑改过的开头"));
    house.ingest_at("2026-01-19T00:00:00Z").await;
    let after = item(&house, &fresh.path).await.unwrap();
    assert!(after["content_html"].as_str().unwrap().contains("编辑改过的开头"), "{after}");
}

#[actix_web::test]
async fn a_page_that_stays_away_takes_its_article_out_of_every_feed_and_brings_it_back() {
    let house = House::with_articles().await;
    let story = story();
    let id = item(&house, &story.path).await.unwrap()["id"].clone();
    house.portal.fail(&story.path, 404);
    ingest_at(&house, "2026-01-16T01:00:00Z").await;
    assert!(item(&house, &story.path).await.is_some(), "portals have bad hours: once is not enough");
    ingest_at(&house, "2026-01-16T06:00:00Z").await;
    assert!(item(&house, &story.path).await.is_none());
    let atom = house.text("feeds/binghe/yw.atom").await;
    assert!(atom.contains(&format!("ref=\"{}\"", id.as_str().unwrap())), "no tombstone");
    house.portal.fail(&story.path, 200);
    ingest_at(&house, "2026-01-16T12:00:00Z").await;
    assert_eq!(item(&house, &story.path).await.unwrap()["id"], id);
    assert!(!house.text("feeds/binghe/yw.atom").await.contains("deleted-entry"));
}

#[actix_web::test]
async fn ids_outlive_a_restart() {
    let mut house = House::with_articles().await;
    let before = house.text("feeds/binghe.json").await;
    house.restart().await;
    assert_eq!(house.text("feeds/binghe.json").await, before);
}

#[actix_web::test]
async fn an_article_without_a_date_keeps_the_time_it_was_first_seen() {
    let house = House::with_articles().await;
    let undated = truth().into_iter().find(|truth| truth.published.is_none()).unwrap();
    let before = item(&house, &undated.path).await.unwrap();
    assert_eq!(before["date_published"], "2026-01-16T08:00:00+08:00");
    ingest_at(&house, "2026-02-01T00:00:00Z").await;
    assert_eq!(item(&house, &undated.path).await.unwrap()["date_published"], before["date_published"]);
}
