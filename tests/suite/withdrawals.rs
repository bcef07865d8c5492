//! An admin takes articles out of every feed, one or all that a run brought in, and puts them back.

use std::time::Duration;

use harbinger::ingest::Options;
use harbinger::model::run::Trigger;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::house::{House, section};
use crate::quarantine::{
    ATOM_FEEDS, SPAM, announce, ask, force_at, held, id, item, page, path, snow, story, with_a_held_page,
};

#[actix_web::test]
async fn a_purged_run_leaves_every_feed_and_does_not_come_back() {
    let (house, _) = with_a_held_page().await;
    for number in [5, 6] {
        let (title, paragraphs) = snow(number);
        announce(&house, &path(number), &title, page("zh-CN", &title, &paragraphs));
    }
    announce(&house, &path(7), "清雪", page("zh-CN", &SPAM.replace("高清", "超清"), &snow(7).1));
    let run = house.ingest_at("2026-01-16T02:00:00Z").await;
    assert_eq!((run.report.new, run.report.quarantined), (2, 1), "{:?}", run.report);
    let guids =
        [item(&house, &path(5)).await.unwrap()["id"].clone(), item(&house, &path(6)).await.unwrap()["id"].clone()];
    let before = house.items("feeds/binghe/yw").await.len();
    let (status, purged) = ask(&house, Method::DELETE, &format!("runs/{}/articles", run.id)).await;
    assert_eq!((status, purged), (StatusCode::OK, json!({ "withdrawn": 2, "dropped": 1 })));
    assert_eq!(house.items("feeds/binghe/yw").await.len(), before - 2);
    for feed in ATOM_FEEDS {
        let atom = house.text(feed).await;
        for guid in &guids {
            let guid = guid.as_str().unwrap();
            assert!(atom.contains(&format!("ref=\"{guid}\"")), "{feed} has no tombstone");
            assert!(!atom.contains(&format!("<id>{guid}</id>")), "{feed} still has {guid}");
        }
    }
    assert_eq!(held(&house).await.len(), 1, "what another run held back stays");
    force_at(&house, "2026-01-16T03:00:00Z").await;
    assert!(item(&house, &path(5)).await.is_none());
    assert_eq!(held(&house).await.len(), 1);
    // The same story under another address stays out as well.
    let (title, paragraphs) = snow(5);
    announce(&house, &path(8), &title, page("zh-CN", &title, &paragraphs));
    assert_eq!(house.ingest_at("2026-01-16T04:00:00Z").await.report.copies, 1);
    assert!(item(&house, &path(8)).await.is_none());
    let (_, again) = ask(&house, Method::DELETE, &format!("runs/{}/articles", run.id)).await;
    assert_eq!(again, json!({ "withdrawn": 0, "dropped": 0 }));
}

#[actix_web::test]
async fn a_run_at_work_is_not_purged() {
    let house = House::with_articles().await;
    house.portal.delay("/yw/", Duration::from_secs(3));
    let queue = &house.running().service.queue;
    let run = queue.order(Trigger::Cli, section("binghe", "yw"), Options::default()).await.unwrap();
    assert_eq!(ask(&house, Method::DELETE, &format!("runs/{}/articles", run.id)).await.0, StatusCode::CONFLICT);
    queue.finish().await;
    assert_eq!(ask(&house, Method::DELETE, &format!("runs/{}/articles", run.id)).await.0, StatusCode::OK);
}

#[actix_web::test]
async fn a_withdrawn_article_leaves_every_feed_until_it_is_restored() {
    let house = House::with_articles().await;
    let story = story();
    let before = item(&house, &story.path).await.unwrap();
    let address = format!("articles/{}", id(&before));
    assert_eq!(ask(&house, Method::POST, &format!("{address}/restore")).await.0, StatusCode::CONFLICT);
    for _ in 0..2 {
        assert_eq!(ask(&house, Method::DELETE, &address).await.0, StatusCode::NO_CONTENT);
    }
    assert!(item(&house, &story.path).await.is_none());
    assert!(house.text("feeds/binghe/yw.atom").await.contains("deleted-entry"));
    // Neither a fresh look nor an edit brings it back.
    let sentence = story.paragraphs[0].chars().take(8).collect::<String>();
    assert!(house.portal.edit(&story.path, &sentence, "改写之后的开头"));
    force_at(&house, "2026-01-16T01:00:00Z").await;
    assert!(item(&house, &story.path).await.is_none());
    let urn = format!("articles/{}/restore", before["id"].as_str().unwrap());
    assert_eq!(ask(&house, Method::POST, &urn).await.0, StatusCode::NO_CONTENT);
    let after = item(&house, &story.path).await.unwrap();
    assert_eq!((&after["id"], &after["date_published"]), (&before["id"], &before["date_published"]));
    assert!(after["content_html"].as_str().unwrap().contains("改写之后的开头"));
    assert!(!house.text("feeds/binghe/yw.atom").await.contains("deleted-entry"));
}

#[actix_web::test]
async fn what_an_admin_withdraws_does_not_return_with_its_page() {
    let house = House::with_articles().await;
    let story = story();
    let address = format!("articles/{}", id(&item(&house, &story.path).await.unwrap()));
    house.portal.fail(&story.path, 404);
    force_at(&house, "2026-01-16T01:00:00Z").await;
    force_at(&house, "2026-01-16T06:00:00Z").await;
    let (status, problem) = ask(&house, Method::POST, &format!("{address}/restore")).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(problem["detail"].as_str().unwrap().contains("comes back by itself"), "{problem}");
    assert_eq!(ask(&house, Method::DELETE, &address).await.0, StatusCode::NO_CONTENT);
    house.portal.fail(&story.path, 200);
    force_at(&house, "2026-01-16T12:00:00Z").await;
    assert!(item(&house, &story.path).await.is_none());
}
