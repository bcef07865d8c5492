//! What a run did, page by page and while it works.

use futures_util::StreamExt;
use harbinger::ingest::Options;
use harbinger::model::run::Scope;
use reqwest::StatusCode;
use serde_json::Value;

use crate::house::{House, TOKEN, section};

async fn get(house: &House, path: &str) -> Value {
    let url = house.url(&format!("api/v1/admin/{path}"));
    let answer = house.client.get(url).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

/// All items of a run, a few at a time.
async fn items(house: &House, run: i64) -> Vec<Value> {
    let (mut items, mut after) = (Vec::new(), Value::from(0));
    while !after.is_null() {
        let answer = get(house, &format!("runs/{run}/items?limit=7&after={after}")).await;
        let part = answer["items"].as_array().unwrap();
        assert!(part.len() <= 7);
        items.extend(part.iter().cloned());
        after = answer["next"].clone();
    }
    items
}

fn count(items: &[Value], outcome: &str) -> u64 {
    items.iter().filter(|item| item["outcome"] == outcome).count() as u64
}

#[actix_web::test]
async fn each_page_of_a_run_is_told_with_its_outcome_and_reason() {
    let house = House::new().await;
    let run = house.ingest(Scope::default()).await;
    let items = items(&house, run.id).await;
    assert_eq!(count(&items, "new"), run.report.new);
    assert_eq!(count(&items, "copy"), run.report.copies);
    let failed: Vec<&Value> = items.iter().filter(|item| item["outcome"] == "failed").collect();
    assert_eq!(failed.len() as u64, run.report.failed);
    assert!(failed.iter().all(|item| item["reason"].is_string()), "{failed:?}");
    let gone = items.iter().find(|item| item["outcome"] == "gone").unwrap();
    assert!(gone["reason"].as_str().unwrap().contains("404"), "{gone}");
    assert!(items.iter().all(|item| !item["sections"].as_array().unwrap().is_empty()));
    let url = house.url(&format!("api/v1/admin/runs/{}/items?limit=0", run.id));
    assert_eq!(house.client.get(url).bearer_auth(TOKEN).send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    let url = house.url("api/v1/admin/runs/999/items");
    assert_eq!(house.client.get(url).bearer_auth(TOKEN).send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_dry_run_tells_what_it_would_bring_and_stores_no_article() {
    let house = House::new().await;
    let options = Options { is_dry: true, ..Options::default() };
    let run = house.ingest_with(section("binghe", "yw"), options).await;
    let items = items(&house, run.id).await;
    assert!(run.report.new > 3);
    assert_eq!(count(&items, "new"), run.report.new);
    assert!(house.items("feeds/binghe/yw").await.is_empty());
}

#[actix_web::test]
async fn a_run_can_be_watched_until_it_ends() {
    let house = House::new().await;
    let url = house.url("api/v1/admin/ingest");
    let order = house.client.post(url).bearer_auth(TOKEN).header("content-type", "application/json");
    let record: Value = serde_json::from_str(&order.body("{}").send().await.unwrap().text().await.unwrap()).unwrap();
    let url = house.url(&format!("api/v1/admin/runs/{}/events", record["id"]));
    let answer = house.client.get(url).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    // The stream ends by itself with the run.
    let mut stream = answer.bytes_stream();
    let mut text = String::new();
    while let Some(part) = stream.next().await {
        text.push_str(std::str::from_utf8(&part.unwrap()).unwrap());
    }
    let events: Vec<Value> = text
        .split("\n\n")
        .filter(|event| !event.is_empty())
        .map(|event| serde_json::from_str(event.strip_prefix("event: run\ndata: ").unwrap()).unwrap())
        .collect();
    let last = events.last().unwrap();
    assert_eq!(last["state"], "done");
    assert!(last["new"].as_u64().unwrap() > 3);
    let mut seen: Vec<u64> = events.iter().map(|event| event["new"].as_u64().unwrap()).collect();
    let in_order = seen.clone();
    seen.sort_unstable();
    assert_eq!(seen, in_order, "what was done is never taken back");
}

#[actix_web::test]
async fn who_watches_a_run_that_has_ended_is_told_once() {
    let house = House::with_articles().await;
    let url = house.url("api/v1/admin/runs/1/events");
    let text = house.client.get(url).bearer_auth(TOKEN).send().await.unwrap().text().await.unwrap();
    assert_eq!(text.matches("event: run").count(), 1);
    assert!(text.contains("\"state\":\"done\""));
}
