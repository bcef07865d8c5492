//! What is told of one article: its fields and where each came from, what was left out, what happened to it, and the
//! feeds it is in and why.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::house::House;
use crate::quarantine::{self, SPAM, ask, id, item, story};

async fn told(house: &House, id: &str) -> (StatusCode, Value) {
    let answer = house.client.get(house.url(&format!("api/v1/articles/{id}"))).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// An article with a line of spam that the page hides.
async fn with_a_hidden_line() -> (House, String) {
    let house = House::with_articles().await;
    let (title, mut paragraphs) = quarantine::snow(7);
    paragraphs[2].push_str(&format!("<div style=\"position:absolute;left:-9999px\">{SPAM}</div>"));
    let page = quarantine::page("zh-CN", &title, &paragraphs);
    quarantine::announce(&house, &quarantine::path(7), &title, page);
    assert_eq!(house.ingest_at("2026-01-16T01:00:00Z").await.report.new, 1);
    let id = id(&item(&house, &quarantine::path(7)).await.unwrap());
    (house, id)
}

#[actix_web::test]
async fn an_article_tells_where_each_field_came_from_and_why_it_is_in_its_feeds() {
    let house = House::with_articles().await;
    let item = item(&house, &story().path).await.unwrap();
    let (status, article) = told(&house, &id(&item)).await;
    assert_eq!(status, StatusCode::OK);
    for field in ["url", "title", "summary"] {
        assert_eq!(article[field], item[field], "{field}");
    }
    assert_eq!((&article["html"], &article["published"]), (&item["content_html"], &item["date_published"]));
    for field in ["url", "title", "html", "language", "published", "author", "summary"] {
        assert!(article["origins"][field].is_string(), "{field}: {}", article["origins"]);
    }
    assert_eq!(article["revisions"], json!([{ "at": "2026-01-16T00:00:00Z", "change": "added" }]));
    assert_eq!(article["findings"], json!({ "damage": 0, "injected": 0, "is_machine_copy": false }));
    let feeds = article["feeds"].as_array().unwrap();
    let names: Vec<&str> = feeds.iter().map(|feed| feed["feed"].as_str().unwrap()).collect();
    assert!(names.contains(&"*") && names.contains(&"binghe") && names.contains(&"binghe/yw"), "{names:?}");
    assert!(feeds.iter().all(|feed| !feed["why"].as_array().unwrap().is_empty()), "{feeds:?}");
}

#[actix_web::test]
async fn what_strangers_put_into_a_page_is_told_but_not_shown() {
    let (house, id) = with_a_hidden_line().await;
    let (_, article) = told(&house, &id).await;
    assert_eq!(article["findings"]["injected"], 1, "{article}");
    let removed = &article["removed"][0];
    assert_eq!(removed["kind"], "injected");
    assert!(removed["why"].as_str().unwrap().contains("hidden from people"), "{removed}");
    assert!(!article.to_string().contains("国产精品"), "{article}");
}

#[actix_web::test]
async fn an_edit_is_told_and_explained_anew() {
    let (house, id) = with_a_hidden_line().await;
    assert!(house.portal.edit(&quarantine::path(7), SPAM, "编辑添上的一句话。"));
    quarantine::force_at(&house, "2026-01-16T02:00:00Z").await;
    let (_, article) = told(&house, &id).await;
    assert_eq!(article["findings"]["injected"], 0, "{article}");
    let changes = article["revisions"].as_array().unwrap();
    let last = changes.last().unwrap();
    assert_eq!((&last["at"], &last["change"]), (&json!("2026-01-16T02:00:00Z"), &json!("updated")));
    let added = last["difference"]["body"].as_array().unwrap().iter().find(|piece| piece["kind"] == "added").unwrap();
    assert!(added["text"].as_str().unwrap().contains("编辑添上的一句话"), "{added}");
}

#[actix_web::test]
async fn a_withdrawn_article_is_gone_and_comes_back() {
    let house = House::with_articles().await;
    let id = id(&item(&house, &story().path).await.unwrap());
    ask(&house, Method::DELETE, &format!("articles/{id}")).await;
    let (status, problem) = told(&house, &id).await;
    assert_eq!((status, &problem["status"]), (StatusCode::GONE, &json!(410)));
    assert!(!problem.to_string().contains(&story().title));
    ask(&house, Method::POST, &format!("articles/{id}/restore")).await;
    let (status, article) = told(&house, &id).await;
    assert_eq!(status, StatusCode::OK);
    let changes: Vec<&str> =
        article["revisions"].as_array().unwrap().iter().map(|it| it["change"].as_str().unwrap()).collect();
    assert_eq!(changes, ["added", "withdrawn", "restored"]);
    for unknown in ["00000000-0000-4000-8000-000000000000", "7", "x"] {
        assert_eq!(told(&house, unknown).await.0, StatusCode::NOT_FOUND, "{unknown}");
    }
}

#[actix_web::test]
async fn a_page_that_is_held_back_is_told_nowhere() {
    let house = House::with_articles().await;
    let story = story();
    let id = id(&item(&house, &story.path).await.unwrap());
    let (_, before) = told(&house, &id).await;
    assert!(house.portal.edit(&story.path, &story.title, SPAM));
    let run = quarantine::force_at(&house, "2026-01-16T01:00:00Z").await;
    assert_eq!(run.report.quarantined, 1);
    assert_eq!(told(&house, &id).await.1, before);
    let number = quarantine::held(&house).await[0]["id"].clone();
    ask(&house, Method::POST, &format!("quarantine/{number}/release")).await;
    let (_, after) = told(&house, &id).await;
    assert!(after["title"].as_str().unwrap().contains("国产精品") && after["origins"]["title"].is_string(), "{after}");
}

#[actix_web::test]
async fn a_portal_that_lets_only_summaries_be_shown_shows_no_body_here_either() {
    let mut house = House::with_articles().await;
    let id = id(&item(&house, &story().path).await.unwrap());
    house.change_file("binghe.toml", "content = \"full\"", "content = \"summary\"");
    house.restart().await;
    let (_, article) = told(&house, &id).await;
    assert_eq!((&article["html"], article["summary"].is_string()), (&Value::Null, true));
}

#[actix_web::test]
async fn an_article_that_is_known_is_not_sent_again() {
    let house = House::with_articles().await;
    let id = id(&item(&house, &story().path).await.unwrap());
    let url = house.url(&format!("api/v1/articles/{id}"));
    let answer = house.client.get(url.clone()).send().await.unwrap();
    assert_eq!(answer.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "public, max-age=60");
    let tag = answer.headers()[header::ETAG].clone();
    let again = house.client.get(url.clone()).header(header::IF_NONE_MATCH, tag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(house.client.post(url).send().await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
}
