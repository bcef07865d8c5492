//! `harbinger events` beside a running service: why an article is in, and what a changed file would move.

use std::fs;

use reqwest::Method;
use serde_json::Value;

use crate::commands::{run, text};
use crate::editors::chatter;
use crate::house::House;
use crate::quarantine::{ask, id, item, page, path, snow, story};

async fn events(house: &House, arguments: &[&str]) -> (bool, String, String) {
    let folder = tempfile::tempdir().unwrap();
    house.write_files(&folder.path().join("feeds"));
    let data = house.data_dir().to_str().unwrap();
    let arguments: Vec<&str> = [&["events"], arguments, &["--data-dir", data]].concat();
    let output = run(folder.path(), &arguments).await;
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

async fn json(house: &House, arguments: &[&str]) -> Value {
    let (is_well, said, errors) = events(house, &[arguments, &["--json"]].concat()).await;
    assert!(is_well, "{errors}");
    serde_json::from_str(&said).unwrap()
}

#[actix_web::test]
async fn an_article_is_explained_by_its_address_by_that_of_its_copy_and_by_its_id() {
    let house = House::with_articles().await;
    let item = item(&house, &story().path).await.unwrap();
    let (url, guid) = (item["url"].as_str().unwrap(), item["id"].as_str().unwrap());
    let by_url = json(&house, &["explain", "world-mayors-dialogue", url]).await;
    assert_eq!(by_url["article"]["id"], id(&item));
    assert_eq!((&by_url["is_stored"], &by_url["in_feed"]), (&Value::Bool(true), &Value::Bool(true)));
    assert_eq!(json(&house, &["explain", "world-mayors-dialogue", guid]).await, by_url);
    let copies = house.json(&format!("api/v1/articles/{}", id(&item))).await["copies"].clone();
    let copy = copies[0]["url"].as_str().unwrap();
    assert_eq!(json(&house, &["explain", "world-mayors-dialogue", copy]).await["article"]["id"], id(&item));
    let (_, told) = ask(&house, Method::GET, &format!("events/world-mayors-dialogue/articles/{}", id(&item))).await;
    for key in ["decision", "why", "score", "threshold", "reasons", "obstacles", "window"] {
        assert_eq!(by_url[key], told[key], "{key} over HTTP");
    }
    let (_, said, _) = events(&house, &["explain", "binghe-snow-sculpture", url]).await;
    for words in ["In the feed   no", "Whatever its score", "neither a name of the event", "2025-12-31 to 2026-01-21"] {
        assert!(said.contains(words), "{words} in {said}");
    }
    ask(&house, Method::DELETE, &format!("articles/{}", id(&item))).await;
    let (_, said, _) = events(&house, &["explain", "world-mayors-dialogue", guid]).await;
    assert!(said.contains("it is withdrawn"), "{said}");
}

#[actix_web::test]
async fn a_page_that_is_not_stored_is_read_and_explained() {
    let house = House::with_articles().await;
    let (_, paragraphs) = snow(1);
    let html = page("zh-CN", "世界市长对话·哈尔滨开幕", &paragraphs);
    house.portal.publish(&path(1), html.clone());
    let url = house.portal.base_url().join(&path(1)).unwrap();
    let told = json(&house, &["explain", "world-mayors-dialogue", url.as_str()]).await;
    assert_eq!((&told["is_stored"], &told["score"]), (&Value::Bool(false), &serde_json::json!(1.4)));
    let file = house.folder.path().join("page.html");
    fs::write(&file, html).unwrap();
    let (_, said, _) = events(&house, &["explain", "world-mayors-dialogue", file.to_str().unwrap()]).await;
    assert!(said.contains("it is not stored") && said.contains("+1.4  name"), "{said}");
    let (is_well, _, errors) = events(&house, &["explain", "no-such-event", url.as_str()]).await;
    assert!(!is_well && errors.contains("known are: binghe-snow-sculpture, world-mayors-dialogue"), "{errors}");
    let nobody = "6f1c2a0e-0000-4000-8000-000000000000";
    let (is_well, _, errors) = events(&house, &["explain", "world-mayors-dialogue", nobody]).await;
    assert!(!is_well && errors.contains("there is no article"), "{errors}");
}

#[actix_web::test]
async fn a_preview_tells_what_the_next_start_then_moves() {
    let mut house = House::with_articles().await;
    chatter(&house, 1..5).await;
    let before = house.items("events/world-mayors-dialogue").await.len();
    let (_, said, _) = events(&house, &["preview"]).await;
    assert!(said.contains("decided under this file already): 0 would enter, 0 would leave"), "{said}");
    house.change_file("binghe-snow-sculpture.toml", "threshold = 1.0", "threshold = 0.1\nsection_cap = 1");
    house.change_file("world-mayors-dialogue.toml", "threshold = 1.0", "threshold = 90.0");
    let previews = json(&house, &["preview"]).await;
    assert_eq!(previews[1]["left"], serde_json::json!(before));
    assert!(previews[0]["left"].as_u64().unwrap() >= 3, "the cap counts: {previews}");
    assert_eq!(house.items("events/world-mayors-dialogue").await.len(), before, "a preview moves nothing");
    let (_, said, _) = events(&house, &["preview", "binghe-snow-sculpture"]).await;
    assert!(said.contains("its rules are new") && said.contains("Nothing was changed"), "{said}");
    house.restart().await;
    house.settle().await;
    let (_, done) = ask(&house, Method::GET, "events").await;
    for (preview, event) in previews.as_array().unwrap().iter().zip(done["events"].as_array().unwrap()) {
        assert_eq!(preview["event"], event["event"]);
        for key in ["entered", "left", "articles"] {
            assert_eq!(preview[key], event["last_redecision"][key], "{key} of {}", event["event"]);
        }
    }
}

#[actix_web::test]
async fn a_preview_without_a_database_says_what_to_do() {
    let house = House::new().await;
    let folder = tempfile::tempdir().unwrap();
    house.write_files(&folder.path().join("feeds"));
    let output = run(folder.path(), &["events", "preview"]).await;
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("there is no database"), "{}", text(&output.stderr));
}
