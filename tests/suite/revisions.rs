//! A story keeps its id whatever happens to its page; what happened is announced.

use harbinger::model::run::Scope;
use harbinger::sample::truth::{Truth, truth};
use serde_json::{Value, json};

use crate::house::House;
use crate::quarantine::{announce, page, path, snow};

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

/// What is told of the edits of the article at a path.
async fn differences(house: &House, path: &str) -> Vec<Value> {
    let id = item(house, path).await.unwrap()["id"].as_str().unwrap().trim_start_matches("urn:uuid:").to_owned();
    let account = house.json(&format!("api/v1/articles/{id}")).await;
    let told = account["revisions"].as_array().unwrap().clone();
    told.into_iter().filter(|told| told["change"] == "updated").map(|told| told["difference"].clone()).collect()
}

fn at_night(paragraphs: &[String]) -> Vec<String> {
    paragraphs.iter().map(|text| text.replace("清雪队凌晨出动", "清雪队深夜出动")).collect()
}

#[actix_web::test]
async fn each_edit_is_told_in_pieces_a_person_can_read() {
    let house = House::with_articles().await;
    let (title, paragraphs) = snow(1);
    announce(&house, &path(1), &title, page("zh-CN", &title, &paragraphs));
    house.ingest_at("2026-01-16T01:00:00Z").await;
    let edited = at_night(&paragraphs);
    house.portal.publish(&path(1), page("zh-CN", &format!("{title}（更新）"), &edited));
    ingest_at(&house, "2026-01-16T02:00:00Z").await;
    let told = differences(&house, &path(1)).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["title"], json!({ "before": title, "after": format!("{title}（更新）") }));
    let body = told[0]["body"].as_array().unwrap();
    let kinds: Vec<&str> = body.iter().map(|piece| piece["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["kept", "removed", "added", "kept"], "{body:?}");
    assert_eq!((&body[1]["text"], &body[2]["text"]), (&json!("凌晨"), &json!("深夜")));
    assert!(body[3]["text"].as_str().unwrap().contains('…'), "what was kept is shortened: {body:?}");
    assert_eq!((&told[0]["authors"], &told[0]["images_added"]), (&Value::Null, &json!([])));
}

#[actix_web::test]
async fn typography_counters_and_related_links_make_no_revision() {
    let house = House::with_articles().await;
    let (title, mut paragraphs) = snow(1);
    paragraphs[0].push_str("队长说：\"雪停之前不收工\"，共出动30台车。");
    let picture = |key: &str| format!("<p><img src=\"/pic/snow.jpg?auth_key={key}\" alt=\"\"></p>");
    let at = |title: &str, paragraphs: &[String], furniture: &str, key: &str| {
        let page = page("zh-CN", title, paragraphs);
        page.replace("</article>", &format!("{}</article>{furniture}", picture(key)))
    };
    let furniture = |views: usize, links: &str| {
        format!("<div class=\"views\">阅读 {views}</div><div class=\"related\"><h3>相关阅读</h3><ul>{links}</ul></div>")
    };
    let first = at(&title, &paragraphs, &furniture(12, "<li><a href=\"/a/1.html\">老桥修缮记</a></li>"), "1-aa");
    announce(&house, &path(1), &title, first);
    house.ingest_at("2026-01-16T01:00:00Z").await;
    let before = item(&house, &path(1)).await.unwrap();
    let set =
        paragraphs[0].replace("\"雪停之前不收工\"", "“雪停之前不收工”").replace("，共", ", 共").replace("30", "３０");
    paragraphs[0] = set;
    let links = "<li><a href=\"/a/2.html\">冰灯点亮江岸</a></li><li><a href=\"/a/3.html\">早市搬家</a></li>";
    let second = at(&title.replace("第1号", " 第 1 号"), &paragraphs, &furniture(4_077, links), "2-bb");
    house.portal.publish(&path(1), second);
    ingest_at(&house, "2026-01-16T02:00:00Z").await;
    assert_eq!(differences(&house, &path(1)).await, [Value::Null; 0]);
    assert_eq!(item(&house, &path(1)).await.unwrap()["date_modified"], before["date_modified"]);
}

#[actix_web::test]
async fn a_portal_that_lets_only_summaries_be_shown_shows_no_edits_of_the_body() {
    let mut house = House::with_articles().await;
    let (title, paragraphs) = snow(1);
    announce(&house, &path(1), &title, page("zh-CN", &title, &paragraphs));
    house.ingest_at("2026-01-16T01:00:00Z").await;
    let edited = at_night(&paragraphs);
    house.portal.publish(&path(1), page("zh-CN", &title, &edited));
    ingest_at(&house, "2026-01-16T02:00:00Z").await;
    house.change_file("binghe.toml", "content = \"full\"", "content = \"summary\"");
    house.restart().await;
    let told = differences(&house, &path(1)).await;
    assert_eq!((told.len(), &told[0]["body"]), (1, &json!([])));
}

#[actix_web::test]
async fn an_old_story_whose_page_says_that_it_was_edited_is_looked_at_again() {
    let house = House::new().await;
    let (title, paragraphs) = snow(1);
    let old = page("zh-CN", &title, &paragraphs).replace("2026-01-15", "2025-12-20");
    announce(&house, &path(1), &title, old.clone());
    // The sample portal says that its pages were changed on 9 January.
    house.ingest_at("2026-01-16T00:00:00Z").await;
    let before = item(&house, &path(1)).await.unwrap();
    assert!(before["date_published"].as_str().unwrap().starts_with("2025-12-20"));
    house.portal.publish(&path(1), old.replace("清雪队凌晨出动", "清雪队深夜出动"));
    house.ingest_at("2026-01-20T00:00:00Z").await;
    assert_ne!(item(&house, &path(1)).await.unwrap()["content_html"], before["content_html"]);
}
