//! Defaced and hijacked pages are held back until an editor looks at them.

use harbinger::ingest::Options;
use harbinger::model::run::{Run, Scope};
use harbinger::sample::truth::{Truth, truth};
use harbinger::sample::words::{self, Dice};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{House, TOKEN, section, time};

pub const SPAM: &str =
    "免费成人视频在线观看,国产精品一区二区,日韩无码高清,午夜福利影院,欧美日韩在线免费,真人棋牌注册送金";
pub const ATOM_FEEDS: [&str; 3] = ["feeds/binghe.atom", "feeds/binghe/yw.atom", "atom.xml"];
const STREETS: [&str; 6] = ["滨江", "临河", "松岭", "望湖", "长桥", "新港"];

/// A page of the portal, in the plainest markup.
pub fn page(lang: &str, title: &str, paragraphs: &[String]) -> String {
    let body: String = paragraphs.iter().map(|text| format!("<p>{text}</p>")).collect();
    format!(
        "<!DOCTYPE html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><title>{title}_冰河新闻网</title></head>\
         <body><h1>{title}</h1><div>2026-01-15 08:00</div><article>{body}</article></body></html>"
    )
}

/// An honest story; each number another one.
pub fn snow(number: usize) -> (String, Vec<String>) {
    let street = STREETS[number % STREETS.len()];
    let title = format!("{street}街道第{number}号清雪队凌晨出动");
    let mut dice = Dice::new(number as u64);
    let mut paragraphs: Vec<String> = (0..3).map(|_| words::paragraph(&mut dice)).collect();
    paragraphs[0].insert_str(0, "一夜大雪之后，清雪队凌晨出动。");
    (title, paragraphs)
}

/// Puts an article of the section 要闻 on the portal and on its list.
pub fn announce(house: &House, path: &str, title: &str, page: String) {
    house.portal.publish(path, page);
    assert!(house.portal.announce("/yw/", path, title));
}

pub fn path(number: usize) -> String {
    format!("/yw/content/2026-01/15/content_{}.html", 390_000 + number)
}

/// Honest articles, so that the section has a past.
async fn with_a_past() -> House {
    let house = House::new().await;
    for number in 1..=24 {
        let (title, paragraphs) = snow(number);
        announce(&house, &path(number), &title, page("zh-CN", &title, &paragraphs));
    }
    let run = house.ingest(section("binghe", "yw")).await;
    assert!(run.report.new > 24 && run.report.quarantined == 0, "{:?}", run.report);
    house
}

fn english() -> Vec<String> {
    [
        "The shop offers watches and bags of every brand at prices that nobody else can match this season, with free \
         shipping to all countries and a money back guarantee for thirty days after the delivery.",
        "Customers all over the world have trusted us for many years, because every order is checked twice by hand \
         before it leaves the house, and because questions are answered on the same day.",
        "Order today and receive a second item at half of the price; the offer ends on Sunday evening and will not \
         be repeated before the end of the year, so do not wait until everything is gone.",
    ]
    .map(str::to_owned)
    .to_vec()
}

pub async fn ask(house: &House, method: Method, path: &str) -> (StatusCode, Value) {
    let url = house.url(&format!("api/v1/admin/{path}"));
    let answer = house.client.request(method, url).bearer_auth(TOKEN).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

pub async fn held(house: &House) -> Vec<Value> {
    let (status, answer) = ask(house, Method::GET, "quarantine").await;
    assert_eq!(status, StatusCode::OK);
    answer["quarantine"].as_array().unwrap().clone()
}

pub async fn item(house: &House, path: &str) -> Option<Value> {
    let items = house.json("feeds/binghe.json?limit=200").await["items"].as_array().unwrap().clone();
    items.into_iter().find(|item| item["url"].as_str().unwrap().ends_with(path))
}

/// The plain id of an entry.
pub fn id(item: &Value) -> String {
    item["id"].as_str().unwrap().trim_start_matches("urn:uuid:").to_owned()
}

async fn is_in_no_feed(house: &House, word: &str) {
    for feed in ATOM_FEEDS.into_iter().chain(["feeds/binghe.json", "feeds/binghe/yw.rss", "feed.json", "rss.xml"]) {
        assert!(!house.text(feed).await.contains(word), "{feed} has {word}");
    }
}

pub async fn force_at(house: &House, now: &str) -> Run {
    house.clock.move_to(time(now));
    house.ingest_with(section("binghe", "yw"), Options { is_forced: true, is_dry: false }).await
}

pub fn story() -> Truth {
    truth().into_iter().find(|truth| truth.path.contains("300101")).unwrap()
}

/// A house that holds back one page whose headline was hijacked.
pub async fn with_a_held_page() -> (House, Run) {
    let house = House::with_articles().await;
    let (_, paragraphs) = snow(1);
    announce(&house, &path(1), "清雪队凌晨出动", page("zh-CN", SPAM, &paragraphs));
    let run = house.ingest_at("2026-01-16T01:00:00Z").await;
    (house, run)
}

#[actix_web::test]
async fn a_defaced_page_is_held_back_with_its_reason_and_stands_in_no_feed() {
    let (house, run) = with_a_held_page().await;
    assert_eq!((run.report.quarantined, run.report.new), (1, 0), "{:?}", run.report);
    let held = held(&house).await;
    assert_eq!(held.len(), 1);
    assert_eq!((&held[0]["run"], &held[0]["portal"]), (&json!(run.id), &json!("binghe")));
    assert_eq!(held[0]["sections"], json!(["yw"]));
    assert!(held[0]["reason"].as_str().unwrap().contains("headline"), "{}", held[0]);
    assert!(held[0]["excerpt"].as_str().unwrap().contains("清雪队"));
    assert_eq!((&held[0]["held"], &held[0]["article"]), (&json!("2026-01-16T01:00:00Z"), &Value::Null));
    is_in_no_feed(&house, "国产精品").await;
    is_in_no_feed(&house, "清雪队").await;
    let again = force_at(&house, "2026-01-16T02:00:00Z").await;
    assert_eq!(again.report.quarantined, 0, "it waits already");
    assert_eq!(self::held(&house).await, held);
}

#[actix_web::test]
async fn a_page_whose_text_was_replaced_by_spam_is_held_back() {
    let house = House::with_articles().await;
    let (title, _) = snow(2);
    let mut paragraphs = vec![SPAM.to_owned(); 8];
    paragraphs.push(snow(2).1.remove(0));
    announce(&house, &path(2), &title, page("zh-CN", &title, &paragraphs));
    let run = house.ingest_at("2026-01-16T01:00:00Z").await;
    assert_eq!(run.report.quarantined, 1, "{:?}", run.report);
    assert!(held(&house).await[0]["reason"].as_str().unwrap().contains("more than half"));
    is_in_no_feed(&house, &title).await;
}

#[actix_web::test]
async fn an_edited_page_that_turns_bad_leaves_the_good_version_standing() {
    let house = House::with_articles().await;
    let story = story();
    let before = item(&house, &story.path).await.unwrap();
    assert!(house.portal.edit(&story.path, &story.title, SPAM));
    let run = force_at(&house, "2026-01-16T01:00:00Z").await;
    assert_eq!((run.report.quarantined, run.report.updated), (1, 0), "{:?}", run.report);
    assert_eq!(item(&house, &story.path).await.unwrap(), before);
    assert_eq!(held(&house).await[0]["article"], json!(id(&before)));
    // The same bytes again change nothing.
    house.ingest_at("2026-01-16T06:00:00Z").await;
    assert_eq!(item(&house, &story.path).await.unwrap(), before);
    // A page that is mended has nothing to wait for.
    assert!(house.portal.edit(&story.path, SPAM, &story.title));
    house.ingest_at("2026-01-17T06:00:00Z").await;
    assert_eq!(item(&house, &story.path).await.unwrap(), before);
    assert!(held(&house).await.is_empty());
}

#[actix_web::test]
async fn a_released_page_is_published_and_not_held_again() {
    let (house, run) = with_a_held_page().await;
    let number = held(&house).await[0]["id"].clone();
    let (status, answer) = ask(&house, Method::POST, &format!("quarantine/{number}/release")).await;
    assert_eq!(status, StatusCode::OK);
    let item = item(&house, &path(1)).await.unwrap();
    assert_eq!(answer, json!({ "article": id(&item) }));
    assert!(item["title"].as_str().unwrap().contains("国产精品"));
    assert!(item["content_html"].as_str().unwrap().contains("清雪队"));
    assert_eq!(item["date_published"], "2026-01-15T08:00:00+08:00");
    assert!(house.text("feeds/binghe/yw.atom").await.contains(item["id"].as_str().unwrap()));
    assert!(held(&house).await.is_empty());
    let again = force_at(&house, "2026-01-16T02:00:00Z").await;
    assert_eq!((again.report.quarantined, again.report.new, again.report.updated), (0, 0, 0), "{:?}", again.report);
    assert_eq!(ask(&house, Method::POST, &format!("quarantine/{number}/release")).await.0, StatusCode::NOT_FOUND);
    // It counts as what that run brought in.
    let (_, purged) = ask(&house, Method::DELETE, &format!("runs/{}/articles", run.id)).await;
    assert_eq!(purged, json!({ "withdrawn": 1, "dropped": 0 }));
}

#[actix_web::test]
async fn a_released_edit_brings_its_article_up_to_date_under_the_same_id() {
    let house = House::with_articles().await;
    let story = story();
    let before = item(&house, &story.path).await.unwrap();
    assert!(house.portal.edit(&story.path, &story.title, SPAM));
    force_at(&house, "2026-01-16T01:00:00Z").await;
    let number = held(&house).await[0]["id"].clone();
    let (_, answer) = ask(&house, Method::POST, &format!("quarantine/{number}/release")).await;
    assert_eq!(answer, json!({ "article": id(&before) }));
    let after = item(&house, &story.path).await.unwrap();
    assert!(after["title"].as_str().unwrap().contains("国产精品"), "{after}");
    assert_eq!((&after["id"], &after["date_published"]), (&before["id"], &before["date_published"]));
}

#[actix_web::test]
async fn a_dropped_page_is_forgotten_and_its_content_not_held_again() {
    let (house, _) = with_a_held_page().await;
    let number = held(&house).await[0]["id"].clone();
    assert_eq!(ask(&house, Method::DELETE, &format!("quarantine/{number}")).await.0, StatusCode::NO_CONTENT);
    assert_eq!(ask(&house, Method::DELETE, &format!("quarantine/{number}")).await.0, StatusCode::NOT_FOUND);
    let again = force_at(&house, "2026-01-16T02:00:00Z").await;
    assert_eq!((again.report.quarantined, again.report.new), (0, 0), "{:?}", again.report);
    assert!(held(&house).await.is_empty());
    is_in_no_feed(&house, "清雪队").await;
    // Another content under the same address is judged anew.
    assert!(house.portal.edit(&path(1), "一夜大雪之后", "昨夜大雪之后"));
    assert_eq!(force_at(&house, "2026-01-16T03:00:00Z").await.report.quarantined, 1);
    let (title, paragraphs) = snow(1);
    house.portal.publish(&path(1), page("zh-CN", &title, &paragraphs));
    assert_eq!(force_at(&house, "2026-01-16T04:00:00Z").await.report.new, 1);
    assert!(held(&house).await.is_empty() && item(&house, &path(1)).await.is_some());
}

#[actix_web::test]
async fn a_page_in_a_strange_language_is_held_back_only_with_a_second_sign() {
    let house = with_a_past().await;
    let linked = english()
        .into_iter()
        .zip(["one", "two", "three"])
        .map(|(text, site)| format!("{text} <a href=\"https://{site}.example/\">Read more</a>"));
    announce(
        &house,
        &path(51),
        "Watches",
        page("en", "Cheap watches and bags for everybody", &linked.collect::<Vec<_>>()),
    );
    let plain = english().iter().map(|text| text.replace("shop", "market")).collect::<Vec<_>>();
    announce(&house, &path(52), "Market", page("en", "A market of watches in the river city", &plain));
    let injected = format!("{}<div style=\"position:absolute;left:-9999px\">{SPAM}</div>", snow(53).1[0]);
    announce(
        &house,
        &path(53),
        "清雪队",
        page("zh-CN", &snow(53).0, &[injected, snow(53).1[1].clone(), snow(53).1[2].clone()]),
    );
    let (_, paragraphs) = snow(24);
    assert!(house.portal.edit(&path(24), &snow(24).0, "Cheap watches for all"));
    for (old, new) in paragraphs.iter().zip(english()) {
        assert!(house.portal.edit(&path(24), old, &new.replace("shop", "store")));
    }
    let run = force_at(&house, "2026-01-16T01:00:00Z").await;
    assert_eq!((run.report.quarantined, run.report.new), (2, 2), "{:?}", run.report);
    let held = held(&house).await;
    let reason = |number: usize| {
        let page = held.iter().find(|page| page["url"].as_str().unwrap().ends_with(&path(number))).unwrap();
        page["reason"].as_str().unwrap().to_owned()
    };
    assert!(reason(51).contains("“en”") && reason(51).contains("one.example"), "{}", reason(51));
    assert!(reason(24).contains("“en”") && reason(24).contains(&snow(24).0), "{}", reason(24));
    assert_eq!(item(&house, &path(24)).await.unwrap()["title"], json!(snow(24).0));
}

#[actix_web::test]
async fn links_to_many_new_sites_are_held_back_until_an_editor_says_that_they_are_usual() {
    let house = with_a_past().await;
    let around = |number: usize| {
        let (title, mut paragraphs) = snow(number);
        for (paragraph, site) in paragraphs.iter_mut().zip('a'..) {
            let host = format!("{site}{number}.example");
            paragraph.push_str(&format!(
                "详见<a href=\"https://{host}/\">一</a>和<a href=\"https://www.x-{host}/\">二</a>。"
            ));
        }
        announce(&house, &path(number), &title, page("zh-CN", &title, &paragraphs));
    };
    around(60);
    let run = house.ingest_at("2026-01-16T01:00:00Z").await;
    assert_eq!(run.report.quarantined, 1, "{:?}", run.report);
    let page = held(&house).await.remove(0);
    assert!(page["reason"].as_str().unwrap().contains("links 6 times to 6 sites"), "{page}");
    ask(&house, Method::POST, &format!("quarantine/{}/release", page["id"])).await;
    around(61);
    let run = house.ingest_at("2026-01-16T02:00:00Z").await;
    assert_eq!((run.report.quarantined, run.report.new), (0, 1), "{:?}", run.report);
}

#[actix_web::test]
async fn a_page_too_long_to_keep_is_read_again_when_it_is_released() {
    let house = House::with_articles().await;
    let paragraphs: Vec<String> = (0..4_000).map(|number| snow(number).1.concat()).collect();
    announce(&house, &path(1), "清雪队凌晨出动", page("zh-CN", SPAM, &paragraphs));
    assert_eq!(house.ingest_at("2026-01-16T01:00:00Z").await.report.quarantined, 1);
    let number = held(&house).await[0]["id"].clone();
    let (status, answer) = ask(&house, Method::POST, &format!("quarantine/{number}/release")).await;
    assert_eq!((status, answer), (StatusCode::OK, json!({ "article": null })));
    assert!(item(&house, &path(1)).await.is_none());
    assert_eq!(house.ingest_at("2026-01-16T02:00:00Z").await.report.new, 1);
    assert!(item(&house, &path(1)).await.is_some());
}

#[actix_web::test]
async fn the_sample_portal_has_no_page_to_hold_back_however_it_is_read() {
    let house = House::new().await;
    for part in ["yw", "gngj", "bdxw", "ms", "jj", "wl", "jt", "kj", "sy", "fz"] {
        let run = house.ingest(section("binghe", part)).await;
        assert_eq!(run.report.quarantined, 0, "{part}");
    }
    house.clock.move_to(time("2026-01-16T06:00:00Z"));
    let run = house.ingest_with(Scope::default(), Options { is_forced: true, is_dry: false }).await;
    assert_eq!(run.report.quarantined, 0);
    assert!(held(&house).await.is_empty());
}

#[actix_web::test]
async fn what_is_not_there_answers_404_and_nothing_is_open_without_a_token() {
    let house = House::new().await;
    let nobody = "6f1c2a0e-0000-4000-8000-000000000000";
    for (method, path) in [
        (Method::GET, "quarantine".to_owned()),
        (Method::POST, "quarantine/1/release".to_owned()),
        (Method::DELETE, "quarantine/1".to_owned()),
        (Method::DELETE, "runs/1/articles".to_owned()),
        (Method::DELETE, format!("articles/{nobody}")),
        (Method::POST, format!("articles/{nobody}/restore")),
        (Method::DELETE, "articles/x".to_owned()),
        (Method::DELETE, "quarantine/x".to_owned()),
    ] {
        let url = house.url(&format!("api/v1/admin/{path}"));
        let closed = house.client.request(method.clone(), url).send().await.unwrap();
        assert_eq!(closed.status(), StatusCode::UNAUTHORIZED, "{path}");
        if method != Method::GET {
            let (status, problem) = ask(&house, method, &path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(problem["status"], 404, "{path}");
        }
    }
    assert_eq!(ask(&house, Method::GET, "quarantine?limit=0").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(ask(&house, Method::POST, "quarantine").await.0, StatusCode::METHOD_NOT_ALLOWED);
}
