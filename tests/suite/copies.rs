//! One story, once: how each copy was recognised is told, and a wrong merge can be undone for good.

use harbinger::ingest::Options;
use harbinger::model::run::{Run, Scope};
use harbinger::sample::truth::truth;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{House, TOKEN, time};
use crate::quarantine::{announce, ask, id, item, page, path, snow};

const COPY: &str = "/jj/content/2026-01/15/content_391001.html";

/// What is told of the article at a path.
async fn account(house: &House, path: &str) -> Value {
    let item = item(house, path).await.unwrap_or_else(|| panic!("{path} is not published"));
    house.json(&format!("api/v1/articles/{}", id(&item))).await
}

fn copy<'a>(account: &'a Value, path: &str) -> &'a Value {
    let copies = account["copies"].as_array().unwrap();
    let found = copies.iter().find(|copy| copy["url"].as_str().unwrap().contains(path));
    found.unwrap_or_else(|| panic!("{path} is not among {copies:?}"))
}

async fn force_at(house: &House, now: &str) -> Run {
    house.clock.move_to(time(now));
    house.ingest_with(Scope::default(), Options { is_forced: true, is_dry: false }).await
}

/// A page in the plainest markup that calls another address its own.
fn page_calling(address: &str, title: &str, paragraphs: &[String]) -> String {
    page("zh-CN", title, paragraphs).replace("</head>", &format!("<link rel=\"canonical\" href=\"{address}\"></head>"))
}

async fn order_split(house: &House, id: &str, body: Value) -> (StatusCode, Value) {
    let url = house.url(&format!("api/v1/admin/articles/{id}/split"));
    let request = house.client.post(url).bearer_auth(TOKEN).header("content-type", "application/json");
    let answer = request.body(body.to_string()).send().await.unwrap();
    let status = answer.status();
    if status.is_client_error() {
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

/// A house with a story in 要闻 and a lightly edited copy of it in 经济.
async fn with_a_copy() -> (House, String) {
    let house = House::with_articles().await;
    let (title, mut paragraphs) = snow(1);
    announce(&house, &path(1), &title, page("zh-CN", &title, &paragraphs));
    house.ingest_at("2026-01-16T01:00:00Z").await;
    paragraphs[1].push_str("本版另据现场居民补充了几句话。");
    house.portal.publish(COPY, page("zh-CN", "清雪队的一夜", &paragraphs));
    assert!(house.portal.announce("/jj/", COPY, "清雪队的一夜"));
    let run = house.ingest_at("2026-01-16T02:00:00Z").await;
    assert_eq!((run.report.new, run.report.copies), (0, 1), "{:?}", run.report);
    let id = id(&item(&house, &path(1)).await.unwrap());
    (house, id)
}

async fn paths_in(house: &House, feed: &str) -> Vec<String> {
    let items = house.json(&format!("{feed}.json?limit=200")).await["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["url"].as_str().unwrap().parse::<url::Url>().unwrap().path().to_owned()).collect()
}

#[actix_web::test]
async fn each_copy_tells_how_it_was_recognised_and_how_alike_the_texts_are() {
    let (house, _) = with_a_copy().await;
    let near = account(&house, &path(1)).await;
    let near = copy(&near, COPY);
    let similarity = near["similarity"].as_f64().unwrap();
    assert_eq!((&near["portal"], &near["kind"]), (&json!("binghe"), &json!("near")));
    assert!((0.5..1.0).contains(&similarity), "{near}");
    // The same text under another headline is the same story.
    let (title, paragraphs) = snow(2);
    announce(&house, &path(2), &title, page("zh-CN", &title, &paragraphs));
    house.ingest_at("2026-01-16T03:00:00Z").await;
    announce(&house, &path(3), "另一个题目", page("zh-CN", "另一个题目", &paragraphs));
    house.ingest_at("2026-01-16T04:00:00Z").await;
    let told = account(&house, &path(2)).await;
    assert_eq!((&copy(&told, &path(3))["kind"], &copy(&told, &path(3))["similarity"]), (&json!("text"), &json!(1.0)));
}

#[actix_web::test]
async fn a_page_that_calls_a_storys_address_its_own_neither_rewrites_nor_withdraws_it() {
    let house = House::with_articles().await;
    let (title, mut paragraphs) = snow(1);
    let home = house.portal.base_url().join(&path(1)).unwrap();
    announce(&house, &path(1), &title, page("zh-CN", &title, &paragraphs));
    house.ingest_at("2026-01-16T01:00:00Z").await;
    paragraphs[0].push_str("手机版多了一句话。");
    announce(&house, &path(2), &title, page_calling(home.as_str(), &title, &paragraphs));
    let run = house.ingest_at("2026-01-16T02:00:00Z").await;
    assert_eq!((run.report.new, run.report.updated), (0, 0), "{:?}", run.report);
    let told = account(&house, &path(1)).await;
    assert_eq!(copy(&told, &path(2))["kind"], "canonical");
    assert!(!told["html"].as_str().unwrap().contains("手机版"));
    house.portal.fail(&path(2), 404);
    force_at(&house, "2026-01-16T03:00:00Z").await;
    force_at(&house, "2026-01-16T09:00:00Z").await;
    assert!(item(&house, &path(1)).await.is_some(), "the story's own page is there");
}

#[actix_web::test]
async fn a_template_that_names_one_address_on_every_page_makes_no_single_article_of_them() {
    let house = House::with_articles().await;
    let named = house.portal.base_url().join(&path(99)).unwrap();
    for number in 1..=3 {
        let (title, paragraphs) = snow(number);
        announce(&house, &path(number), &title, page_calling(named.as_str(), &title, &paragraphs));
    }
    for now in ["2026-01-16T01:00:00Z", "2026-01-16T02:00:00Z"] {
        force_at(&house, now).await;
        let titles: Vec<Value> =
            house.items("feeds/binghe/yw").await.into_iter().map(|item| item["title"].clone()).collect();
        for number in 1..=3 {
            assert_eq!(titles.iter().filter(|title| **title == snow(number).0).count(), 1, "{number} of {titles:?}");
        }
    }
}

#[actix_web::test]
async fn the_other_hosts_of_a_portal_serve_the_same_stories() {
    let mut house = House::new().await;
    let base = house.portal.base_url();
    house.change_file("binghe.toml", "language =", "hosts = [\"localhost\"]\nlanguage =");
    house.restart().await;
    let story = truth().into_iter().find(|truth| truth.path.contains("300101")).unwrap();
    let page = |url: String| Scope { portal: Some("binghe".into()), section: Some("yw".into()), url: Some(url) };
    house.ingest(page(base.join(&story.path).unwrap().into())).await;
    let mut other = base.join(&story.path).unwrap();
    other.set_host(Some("localhost")).unwrap();
    let run = house.ingest(page(other.into())).await;
    assert_eq!((run.report.new, run.report.copies, run.report.failed), (0, 0, 0), "{:?}", run.report);
    assert_eq!(house.items("feeds/binghe/yw").await.len(), 1);
}

#[actix_web::test]
async fn a_split_makes_a_story_of_its_own_of_a_copy_whatever_is_edited_and_read_again() {
    let (mut house, first) = with_a_copy().await;
    assert!(paths_in(&house, "feeds/binghe/jj").await.contains(&path(1)), "a copy brings its story along");
    let cursor = house.json("api/v1/changes?feed=binghe&limit=500").await["next"].clone();
    let copy_url = house.portal.base_url().join(COPY).unwrap();
    let (status, answer) = order_split(&house, &first, json!({ "url": copy_url })).await;
    assert_eq!((status, &answer["article"], &answer["url"]), (StatusCode::ACCEPTED, &json!(first), &json!(copy_url)));
    assert!(answer["run"]["id"].is_number(), "{answer}");
    house.settle().await;
    let second = id(&item(&house, COPY).await.unwrap());
    assert_ne!(first, second);
    let log = house.json(&format!("api/v1/changes?feed=binghe&after={}", cursor.as_str().unwrap())).await;
    let said =
        |id: &str| log["items"].as_array().unwrap().iter().find(|item| item["id"] == id).unwrap()["change"].clone();
    assert_eq!((said(&first), said(&second)), (json!("changed"), json!("new")));
    let both_stand_alone = async |house: &House| {
        let (yw, jj) = (paths_in(house, "feeds/binghe/yw").await, paths_in(house, "feeds/binghe/jj").await);
        assert!(yw.contains(&path(1)) && !yw.iter().any(|path| path == COPY), "{yw:?}");
        assert!(jj.iter().any(|path| path == COPY) && !jj.contains(&path(1)), "{jj:?}");
        assert_eq!(id(&item(house, &path(1)).await.unwrap()), first);
        assert_eq!(id(&item(house, COPY).await.unwrap()), second);
        assert_eq!(account(house, &path(1)).await["copies"], json!([]));
    };
    both_stand_alone(&house).await;
    force_at(&house, "2026-01-16T03:00:00Z").await;
    both_stand_alone(&house).await;
    // The two become the same to the letter, and stay two.
    let (title, paragraphs) = snow(1);
    house.portal.publish(COPY, page("zh-CN", &title, &paragraphs));
    force_at(&house, "2026-01-16T04:00:00Z").await;
    house.portal.publish(&path(1), page("zh-CN", &title, &paragraphs).replace("凌晨出动。", "凌晨出动，天亮前收工。"));
    force_at(&house, "2026-01-16T05:00:00Z").await;
    house.restart().await;
    force_at(&house, "2026-01-16T06:00:00Z").await;
    both_stand_alone(&house).await;
    let (status, problem) = order_split(&house, &first, json!({ "url": copy_url })).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(problem["detail"].as_str().unwrap().contains("before"), "{problem}");
}

#[actix_web::test]
async fn a_split_outlives_a_page_that_does_not_answer_and_a_restart() {
    let (mut house, first) = with_a_copy().await;
    house.portal.fail(COPY, 403);
    let copy_url = house.portal.base_url().join(COPY).unwrap();
    assert_eq!(order_split(&house, &first, json!({ "url": copy_url })).await.0, StatusCode::ACCEPTED);
    house.settle().await;
    assert!(item(&house, COPY).await.is_none());
    assert!(!paths_in(&house, "feeds/binghe/jj").await.contains(&path(1)));
    house.restart().await;
    house.portal.fail(COPY, 200);
    let run = house.ingest_at("2026-01-16T09:00:00Z").await;
    assert_eq!((run.report.new, run.report.copies), (1, 0), "{:?}", run.report);
    assert_ne!(id(&item(&house, COPY).await.unwrap()), first);
}

#[actix_web::test]
async fn two_copies_of_one_story_can_both_be_split_off() {
    let (house, first) = with_a_copy().await;
    let (_, paragraphs) = snow(1);
    house.portal.publish(&path(5), page("zh-CN", "又一篇", &paragraphs));
    assert!(house.portal.announce("/jj/", &path(5), "又一篇"));
    assert_eq!(house.ingest_at("2026-01-16T03:00:00Z").await.report.copies, 1);
    for path in [COPY, &path(5)] {
        let url = house.portal.base_url().join(path).unwrap();
        assert_eq!(order_split(&house, &first, json!({ "url": url })).await.0, StatusCode::ACCEPTED);
        house.settle().await;
    }
    let mut ids = Vec::new();
    for path in [&path(1), COPY, &path(5)] {
        ids.push(id(&item(&house, path).await.unwrap()));
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3, "each is a story of its own");
}

#[actix_web::test]
async fn a_split_that_makes_no_sense_is_refused_in_words() {
    let (house, first) = with_a_copy().await;
    let refused = async |id: &str, body: Value, status: StatusCode, word: &str| {
        let (answer, problem) = order_split(&house, id, body.clone()).await;
        assert_eq!(answer, status, "{body}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(word), "{problem}");
    };
    let at = |path: &str| json!({ "url": house.portal.base_url().join(path).unwrap() });
    let nobody = "00000000-0000-4000-8000-000000000000";
    refused(nobody, at(COPY), StatusCode::NOT_FOUND, "no article").await;
    refused("7", at(COPY), StatusCode::NOT_FOUND, "UUID").await;
    refused(&first, at("/elsewhere.html"), StatusCode::NOT_FOUND, "no copy").await;
    refused(&first, at(&path(1)), StatusCode::CONFLICT, "itself").await;
    refused(&first, json!({}), StatusCode::UNPROCESSABLE_ENTITY, "missing").await;
    refused(&first, json!({ "url": "ftp://a.example/" }), StatusCode::UNPROCESSABLE_ENTITY, "http").await;
    refused(&first, json!({ "page": "x" }), StatusCode::BAD_REQUEST, "page").await;
    assert_eq!(ask(&house, Method::GET, &format!("articles/{first}/split")).await.0, StatusCode::METHOD_NOT_ALLOWED);
    assert!(paths_in(&house, "feeds/binghe/jj").await.contains(&path(1)), "nothing was split");
}

/// What a careful reader finds on the mirror's page of tests/pages: the clean text of its original.
fn original_of_the_mirror() -> (String, Vec<String>) {
    let truth = include_str!("../pages/truth.jsonl").lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let truth = truth.into_iter().find(|truth| truth["id"] == "glossed-mirror").unwrap();
    let paragraphs = truth["text"].as_str().unwrap().lines().map(str::to_owned).collect();
    (truth["title"].as_str().unwrap().to_owned(), paragraphs)
}

#[actix_web::test]
async fn a_glossed_mirror_and_its_clean_original_are_one_story_whichever_comes_first() {
    let (title, paragraphs) = original_of_the_mirror();
    for is_mirror_first in [true, false] {
        let house = House::with_articles().await;
        let mut pages = [
            (path(2), include_str!("../pages/glossed-mirror.html").to_owned()),
            (path(1), page("zh-CN", &title, &paragraphs)),
        ];
        if !is_mirror_first {
            pages.reverse();
        }
        let mut ids = Vec::new();
        for ((path, page), now) in pages.iter().zip(["2026-01-16T01:00:00Z", "2026-01-16T02:00:00Z"]) {
            announce(&house, path, &title, page.clone());
            house.ingest_at(now).await;
            let items = house.items("feeds/binghe/yw").await.into_iter().filter(|item| item["title"] == title.as_str());
            let found: Vec<String> = items.map(|item| id(&item)).collect();
            assert_eq!(found.len(), 1, "after {path}");
            ids.extend(found);
        }
        assert_eq!(ids[0], ids[1], "the story keeps its id");
        let told = account(&house, &path(1)).await;
        assert_eq!(copy(&told, &path(2))["portal"], "binghe");
        let html = told["html"].as_str().unwrap();
        assert!(html.contains(&paragraphs[1]) && !html.contains("?/p") && !html.contains("guān"), "{html}");
    }
}
