//! Partner sites read headlines.

use chrono::DateTime;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::house::House;
use crate::quarantine::{announce, page, path, snow};

const PATH: &str = "api/v1/headlines";

async fn items(house: &House, query: &str) -> Vec<Value> {
    house.json(&format!("{PATH}{query}")).await["items"].as_array().unwrap().clone()
}

fn ids(items: &[Value]) -> Vec<String> {
    items.iter().map(|item| item["id"].as_str().unwrap().trim_start_matches("urn:uuid:").to_owned()).collect()
}

#[actix_web::test]
async fn headlines_are_those_of_the_feed_in_its_order() {
    let house = House::with_articles().await;
    for (name, feed) in [
        ("binghe/yw", "feeds/binghe/yw"),
        ("binghe", "feeds/binghe"),
        ("events/world-mayors-dialogue", "events/world-mayors-dialogue"),
        ("*", "feed"),
    ] {
        let answer = house.json(&format!("{PATH}?feed={name}&limit=200")).await;
        assert_eq!(answer["feed"], name);
        let published = house.json(&format!("{feed}.json?limit=200")).await["items"].as_array().unwrap().clone();
        assert_eq!(ids(answer["items"].as_array().unwrap()), ids(&published), "{name}");
    }
    assert_eq!(items(&house, "").await, items(&house, "?feed=*&limit=20&utm_source=x&limit=3").await);
    assert_eq!(items(&house, "").await.len(), 20);
    assert_eq!(items(&house, "?limit=1").await.len(), 1);
}

#[actix_web::test]
async fn a_headline_has_every_field_of_the_contract() {
    let house = House::with_articles().await;
    let story = house.items("feeds/binghe/yw").await[0].clone();
    let item = items(&house, "?feed=binghe/yw&limit=1").await[0].clone();
    let mut fields: Vec<_> = item.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    let expected =
        ["author", "id", "image", "language", "portal", "published", "sections", "summary", "title", "updated", "url"];
    assert_eq!(fields, expected);
    assert_eq!(
        (&item["title"], &item["url"], &item["published"]),
        (&story["title"], &story["url"], &story["date_published"])
    );
    assert_eq!((&item["portal"], &item["sections"]), (&json!("binghe"), &json!(["binghe/yw"])));
    assert!(item["summary"].is_string() && item["published"].as_str().unwrap().ends_with("+08:00"));
}

/// Follows `next` to the end: the ids of all that was met, in order.
async fn to_the_end(house: &House, query: &str) -> Vec<String> {
    let (mut met, mut before) = (Vec::new(), String::new());
    loop {
        let answer = house.json(&format!("{PATH}{query}{before}")).await;
        met.extend(ids(answer["items"].as_array().unwrap()));
        assert!(met.len() < 2_000, "the walk does not end");
        match answer["next"].as_i64() {
            Some(next) => before = format!("&before={next}"),
            None => return met,
        }
    }
}

#[actix_web::test]
async fn older_headlines_follow_to_the_very_first() {
    let house = House::with_articles().await;
    house.settle().await;
    for query in ["?feed=binghe", "?feed=binghe&since=2026-01-05T00:00:00Z", "?feed=binghe&q=%E9%9B%AA%E9%9B%95"] {
        let all = ids(&items(&house, &format!("{query}&limit=200")).await);
        assert!(all.len() > 3 && all.len() < 200, "{query}: {}", all.len());
        for limit in [1, 7, 199] {
            assert_eq!(to_the_end(&house, &format!("{query}&limit={limit}")).await, all, "{query} {limit}");
        }
    }
}

#[actix_web::test]
async fn since_leaves_out_what_was_published_before() {
    let house = House::with_articles().await;
    let all = items(&house, "?feed=binghe&limit=200").await;
    let time = |item: &Value| DateTime::parse_from_rfc3339(item["published"].as_str().unwrap()).unwrap();
    let middle = time(&all[all.len() / 2]);
    let expected: Vec<_> = all.iter().filter(|item| time(item) >= middle).cloned().collect();
    assert!(expected.len() < all.len());
    for since in [middle.to_rfc3339(), middle.to_rfc3339().replace('+', "%2B"), middle.to_utc().to_rfc3339()] {
        assert_eq!(items(&house, &format!("?feed=binghe&limit=200&since={since}")).await, expected, "{since}");
    }
    assert!(items(&house, "?since=2100-01-01T00:00:00Z").await.is_empty());
}

#[actix_web::test]
async fn how_much_is_shown_is_the_portals_to_say() {
    let mut house = House::with_articles().await;
    let full = items(&house, "?limit=200").await;
    assert!(full.iter().any(|item| item["image"].is_string()) && full.iter().any(|item| item["summary"].is_string()));
    for (from, to) in [("full", "summary"), ("summary", "headline")] {
        house.change_file("binghe.toml", &format!("content = \"{from}\""), &format!("content = \"{to}\""));
        house.restart().await;
        let items = items(&house, "?limit=200").await;
        assert_eq!(ids(&items), ids(&full));
        assert!(items.iter().all(|item| item["image"].is_null()), "{to}");
        assert_eq!(items.iter().any(|item| item["summary"].is_string()), to == "summary");
    }
}

#[actix_web::test]
async fn an_answer_is_kept_until_its_feed_changes() {
    let house = House::with_articles().await;
    let query = format!("{PATH}?feed=binghe/yw&limit=5");
    let first = house.get(&query).await;
    let header = |name: &str| first.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(header("access-control-allow-origin"), "*");
    assert!(header("cache-control").starts_with("public, max-age=60"));
    let feed = house.get("feeds/binghe/yw.json").await;
    assert_eq!(header("last-modified"), feed.headers()["last-modified"].to_str().unwrap());
    let again = |etag: &str| house.client.get(house.url(&query)).header("if-none-match", etag.to_owned()).send();
    assert_eq!(again(&header("etag")).await.unwrap().status(), StatusCode::NOT_MODIFIED);
    let zipped = house.client.get(house.url(&query)).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(zipped.headers()["content-encoding"], "gzip");
    let (title, paragraphs) = snow(1);
    announce(&house, &path(1), &title, page("zh-CN", &title, &paragraphs));
    house.ingest_at("2026-01-16T01:00:00Z").await;
    let changed = again(&header("etag")).await.unwrap();
    assert_eq!(changed.status(), StatusCode::OK);
    assert!(changed.text().await.unwrap().contains(&title));
}

#[actix_web::test]
async fn every_wrong_parameter_is_a_problem_that_says_what_was_expected() {
    let house = House::new().await;
    for (query, status) in [
        ("?limit=0", 400),
        ("?limit=201", 400),
        ("?limit=x", 400),
        ("?limit=", 400),
        ("?before=0", 400),
        ("?before=x", 400),
        ("?before=1000000", 404),
        ("?since=yesterday", 400),
        ("?since=2026-01-06", 400),
        ("?feed=nothing", 404),
        ("?feed=binghe/nothing", 404),
        ("?feed=events/nothing", 404),
        ("?feed=", 404),
    ] {
        let answer = house.get(&format!("{PATH}{query}")).await;
        assert_eq!(answer.status().as_u16(), status, "{query}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{query}");
        let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(problem["status"], status);
        assert!(problem["detail"].as_str().unwrap().len() > 20, "{query}");
    }
    let long = house.get(&format!("{PATH}?q={}", "x".repeat(201))).await;
    assert_eq!(long.status(), StatusCode::BAD_REQUEST);
    let post = house.client.post(house.url(PATH)).send().await.unwrap();
    assert_eq!(post.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert!(items(&house, "").await.is_empty());
}

#[actix_web::test]
async fn headlines_are_found_by_words_of_either_script() {
    let house = House::with_articles().await;
    house.settle().await;
    let all = items(&house, "?feed=binghe&limit=200").await;
    let found = items(&house, "?feed=binghe&limit=200&q=%E9%9B%AA%E9%9B%95%E5%A4%A7%E8%B3%BD").await;
    let simplified = items(&house, "?feed=binghe&limit=200&q=%E9%9B%AA%E9%9B%95%E5%A4%A7%E8%B5%9B").await;
    assert_eq!(found, simplified);
    assert!(!found.is_empty() && found.len() < all.len(), "{}", found.len());
    assert!(
        items(&house, "?feed=binghe&q=%E9%9B%AA%E9%9B%95%E5%A4%A7%E8%B5%9B&since=2030-01-01T00:00:00Z")
            .await
            .is_empty()
    );
}
