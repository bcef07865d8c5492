//! Private portals and events: nothing of them is anywhere without a partner's key, and all of it is there with one.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use harbinger::model::run::Scope;
use harbinger::sample::words::{self, Dice};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::commands;
use crate::faults::site::{self, Site};
use crate::house::{House, TOKEN};
use crate::push::{pass, post, request};
use crate::subscriber::Subscriber;

/// It stands in every name, address and text of the private portal and event, and nowhere else.
pub const MARK: &str = "zephyrite";
/// A word of the private stories to search for.
const WORD: &str = "喹啉酮";
/// Stories of the private portal.
const STORIES: usize = 14;

/// A private story that the rules of a public event and of a private one find.
fn story(number: usize) -> String {
    let title = format!("Zephyrite第{number}号快讯：冰河国际雪雕大赛筹备");
    // Each is another story, not a copy of the one before.
    let mut dice = Dice::new(90_000 + number as u64);
    let body: String = (0..4)
        .map(|_| format!("<p>Zephyrite独家：冰河国际雪雕大赛，{WORD}。{}</p>", words::paragraph(&mut dice)))
        .collect();
    let hour = number % 10;
    format!(
        "<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><h1>{title}</h1><div>2026-01-15 0{hour}:00</div><article>{body}</article></body></html>"
    )
}

fn portal() -> Site {
    Site::answering(|asked| match site::number(&asked.path) {
        Some(number) => site::html(&story(number)),
        None => {
            let link = |number| format!("<li><a href=\"/zephyrite-desk/content_{number}.html\">{number}号</a></li>");
            site::html(&format!("<ul>{}</ul>", (1..=STORIES).rev().map(link).collect::<String>()))
        }
    })
}

fn file(site: &Site, is_private: bool) -> String {
    site.file("zephyrite", &["zephyrite-desk"])
        .replace("街道新闻", "Zephyrite通讯")
        .replace("[portal]\n", &format!("[portal]\nprivate = {is_private}\n"))
}

/// The sample portal, which is public, and beside it one that is private, with an event that is.
async fn house(site: &Site, is_private: bool) -> House {
    let mut house = House::new().await;
    house.set_file("zephyrite.toml", Some(&file(site, is_private)));
    let event = include_str!("../../sample/feeds/binghe-snow-sculpture.toml")
        .replace("id = \"binghe-snow-sculpture\"", "id = \"zephyrite-fair\"\nprivate = true")
        .replace("title = \"冰河国际雪雕大赛\"", "title = \"Zephyrite雪雕\"");
    house.set_file("zephyrite-fair.toml", Some(&event));
    house.restart().await;
    house.settle().await;
    house.ingest(Scope::default()).await;
    house.settle().await;
    house.running().service.sitemap.refresh(house.clock.now()).await.unwrap();
    house
}

pub async fn private_house() -> (Site, House) {
    let site = portal();
    let house = house(&site, true).await;
    (site, house)
}

async fn admin(house: &House, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
    let mut request = house.client.request(method, house.url(&format!("api/v1/admin/{path}"))).bearer_auth(TOKEN);
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    let answer = request.send().await.unwrap();
    let status = answer.status();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
}

async fn key(house: &House, name: &str, feeds: &[&str], days: Option<u32>) -> String {
    let (status, made) =
        admin(house, Method::POST, "keys", Some(json!({ "name": name, "feeds": feeds, "days": days }))).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    made["key"].as_str().unwrap().to_owned()
}

fn with(path: &str, key: &str) -> String {
    format!("{path}{}key={key}", if path.contains('?') { '&' } else { '?' })
}

async fn status(house: &House, path: &str) -> u16 {
    house.get(path).await.status().as_u16()
}

fn field(answer: &Response, name: &str) -> String {
    let values = answer.headers().get_all(name).iter().map(|value| value.to_str().unwrap());
    values.collect::<Vec<_>>().join(", ")
}

/// Every address of the description, with the names of what is public and of what is private, and questions behind it.
async fn addresses(house: &House, ids: &[String]) -> Vec<String> {
    let document = house.json("openapi.json").await;
    let mut addresses = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        if item.get("get").is_none() {
            continue;
        }
        let mut filled = vec![path.trim_start_matches('/').to_owned()];
        let ids: Vec<&str> = ids.iter().map(String::as_str).chain(["1"]).collect();
        for (name, values) in [
            ("{portal}", vec!["binghe", "zephyrite"]),
            ("{section}", vec!["yw", "zephyrite-desk", "zephyrite-none"]),
            ("{event}", vec!["binghe-snow-sculpture", "zephyrite-fair"]),
            ("{id}", ids),
            ("{file}", vec!["harbinger.css"]),
            ("{name}", vec!["x"]),
        ] {
            filled = filled
                .iter()
                .flat_map(|path| values.iter().map(|value| path.replace(name, value)).collect::<Vec<_>>())
                .collect();
            filled.dedup();
        }
        addresses.extend(filled);
    }
    let questions = [
        "",
        "?limit=200",
        &format!("?q={WORD}"),
        "?page=1",
        "?lang=zh",
        "?feed=zephyrite",
        "?feed=zephyrite/zephyrite-desk",
    ];
    let more = ["?feed=events/zephyrite-fair", "?url=https://feeds.example/feeds/zephyrite", "?limit=200&feed=binghe"];
    let questions = questions.into_iter().chain(more);
    let asked = |question: &str| addresses.iter().map(|path| format!("{path}{question}")).collect::<Vec<_>>();
    questions.flat_map(asked).chain(["admin".to_owned(), "admin/articles".to_owned()]).collect()
}

/// What an answer says without what the question said.
async fn said(answer: Response, address: &str) -> String {
    let fields: String = answer.headers().iter().map(|(name, value)| format!("{name}: {value:?}\n")).collect();
    let text = format!("{fields}{}", answer.text().await.unwrap()).to_lowercase();
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let asked = query.split('=').next_back().unwrap_or_default();
    let text = if asked.contains(MARK) { text.replace(asked, "") } else { text };
    if path.contains(MARK) { text.replace(path, "") } else { text }
}

#[actix_web::test]
async fn nothing_of_a_private_portal_or_event_is_anywhere_without_a_key() {
    let site = portal();
    let mut house = house(&site, false).await;
    for path in ["feed.json", "events/binghe-snow-sculpture.json", "feeds.opml", "news-sitemap.xml", "", "metrics"] {
        assert!(house.text(path).await.to_lowercase().contains(MARK), "{path}: while it is public it is there");
    }
    let id = house.items("feeds/zephyrite").await[0]["id"].as_str().unwrap().replace("urn:uuid:", "");
    let shared = house.items("feeds/binghe").await[0]["id"].as_str().unwrap().replace("urn:uuid:", "");
    let held: Vec<(&str, String)> = {
        let mut held = Vec::new();
        for path in ["feed.json", "atom.xml", "rss.xml", "events/binghe-snow-sculpture.atom"] {
            held.push((path, field(&house.get(path).await, "etag")));
        }
        held
    };
    house.set_file("zephyrite.toml", Some(&file(&site, true)));
    house.restart().await;
    let addresses = addresses(&house, &[id.clone(), shared]).await;
    assert!(addresses.len() > 300, "{}", addresses.len());
    // First while the archive is still brought in line, then when it is.
    for round in 0..2 {
        for address in &addresses {
            // In the second round nothing is left that depends on the format.
            for accepted in ["*/*", "application/rss+xml, text/html;q=0.1"].into_iter().take(2 - round) {
                let answer = house.client.get(house.url(address)).header("accept", accepted).send().await.unwrap();
                let status = answer.status();
                let is_asked = address.split('?').next().unwrap().contains(MARK);
                assert!(!is_asked || status.is_client_error(), "{round} {address}: {status}");
                let said = said(answer, address).await;
                assert!(!said.contains(MARK), "{round} {address} ({accepted}): {said}");
            }
        }
        for (path, etag) in &held {
            let request = house.client.get(house.url(path)).header("a-im", "feed").header("if-none-match", etag);
            let said = said(request.send().await.unwrap(), path).await;
            assert!(!said.contains(MARK), "{path}: {said}");
        }
        house.settle().await;
    }
    let changes = house.json("api/v1/changes?limit=500").await;
    let gone = changes["items"].as_array().unwrap().iter().find(|item| item["id"] == *id);
    assert_eq!(gone.unwrap()["change"], "withdrawn", "who followed the log is told that it left");
}

#[actix_web::test]
async fn a_portal_that_was_private_from_the_start_was_never_in_a_public_log() {
    let (_site, house) = private_house().await;
    assert!(house.items("feeds/binghe").await.len() > 20);
    let changes = house.text("api/v1/changes?limit=500").await;
    let key = key(&house, "reader", &[], None).await;
    for item in house.json(&with("feeds/zephyrite.json?limit=200", &key)).await["items"].as_array().unwrap() {
        let id = item["id"].as_str().unwrap().replace("urn:uuid:", "");
        assert!(!changes.contains(&id));
        assert_eq!(status(&house, &format!("api/v1/articles/{id}")).await, 404);
        assert_eq!(status(&house, &with(&format!("api/v1/articles/{id}"), &key)).await, 200);
    }
}

#[actix_web::test]
async fn a_key_is_taken_in_the_address_as_a_bearer_token_and_as_a_password() {
    let (_site, house) = private_house().await;
    let key = key(&house, "river daily", &["zephyrite"], None).await;
    let get = |path: &str| house.client.get(house.url(path));
    for path in [
        "feeds/zephyrite",
        "feeds/zephyrite.rss",
        "feeds/zephyrite/zephyrite-desk.atom?limit=3",
        "feeds/zephyrite.json",
        &format!("feeds/zephyrite.atom?q={WORD}"),
        "api/v1/headlines?feed=zephyrite",
        "api/v1/changes?feed=zephyrite/zephyrite-desk",
    ] {
        let refused = get(path).send().await.unwrap();
        assert_eq!(refused.status(), 401, "{path}");
        assert_eq!(field(&refused, "content-type"), "application/problem+json");
        let schemes = field(&refused, "www-authenticate");
        assert!(schemes.starts_with("Basic realm=") && schemes.contains(", Bearer realm="), "{schemes}");
        for request in [
            get(&with(path, &key)),
            get(path).bearer_auth(&key),
            get(path).basic_auth("anybody", Some(&key)),
            get(path).basic_auth(&key, Some("")),
            // A proxy's own password is none of ours.
            get(&with(path, &key)).basic_auth("proxy", Some("hunter2")),
        ] {
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 200, "{path}");
            assert!(field(&answer, "cache-control").starts_with("private, max-age="), "{path}");
            assert!(field(&answer, "vary").ends_with("Authorization"), "{path}");
            assert_eq!(field(&answer, "referrer-policy"), "no-referrer");
            assert_eq!(field(&answer, "x-robots-tag"), "noindex");
            assert!(answer.text().await.unwrap().to_lowercase().contains(MARK), "{path}");
        }
    }
    for path in ["feed.rss", "feeds/binghe.rss", "feeds/binghe.rss?limit=3", "feeds/binghe"] {
        let public = get(path).send().await.unwrap();
        assert!(!field(&public, "vary").contains("Authorization") && public.headers().get("x-robots-tag").is_none());
        assert!(!public.status().is_success() || field(&public, "cache-control").starts_with("public"), "{path}");
    }
}

#[actix_web::test]
async fn a_key_that_is_forged_altered_expired_or_revoked_opens_nothing() {
    let (_site, house) = private_house().await;
    let good = key(&house, "good", &["zephyrite"], None).await;
    let short = key(&house, "short", &["zephyrite"], Some(1)).await;
    let revoked = key(&house, "revoked", &["zephyrite"], None).await;
    let narrow = key(&house, "narrow", &["zephyrite/zephyrite-desk"], None).await;
    let other = key(&house, "other", &["events/zephyrite-fair"], None).await;
    let feed = "feeds/zephyrite.rss";
    for key in [&good, &short, &revoked] {
        assert_eq!(status(&house, &with(feed, key)).await, 200);
    }
    // One that says it opens more, under the tag of another.
    let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(&other[4..]).unwrap();
    let place = bytes.windows(6).position(|window| window == b"events").unwrap();
    bytes.splice(place..place + "events/zephyrite-fair".len(), *b"zephyrite");
    let forged = format!("hbk_{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
    let altered = format!("{}A", &good[..good.len() - 1]);
    let altered = if altered == good { format!("{}B", &good[..good.len() - 1]) } else { altered };
    for key in ["", "x", TOKEN, &forged, &altered, &good[..good.len() - 8], &good.to_uppercase(), &"a".repeat(9_000)] {
        let key = key.replace(' ', "+");
        assert_eq!(status(&house, &with(feed, &key)).await, 401, "{key}");
    }
    assert_eq!(admin(&house, Method::DELETE, "keys/revoked", None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(admin(&house, Method::DELETE, "keys/revoked", None).await.0, StatusCode::NOT_FOUND);
    pass(&house, TimeDelta::days(1));
    for key in [&revoked, &short] {
        for path in [feed, "feeds/zephyrite/none", "api/v1/headlines?feed=zephyrite", "api/v1/changes?feed=zephyrite"] {
            assert_eq!(status(&house, &with(path, key)).await, 401, "{path}");
        }
    }
    for (path, key, expected) in [
        (feed, &narrow, 403),
        ("feeds/zephyrite/zephyrite-desk.rss", &narrow, 200),
        ("events/zephyrite-fair.rss", &narrow, 403),
        ("events/zephyrite-fair.rss", &other, 200),
        ("feeds/zephyrite", &other, 403),
        ("api/v1/headlines?feed=zephyrite", &other, 403),
        ("feeds/zephyrite/none.rss", &good, 404),
        ("embed/zephyrite", &good, 404),
    ] {
        assert_eq!(status(&house, &with(path, key)).await, expected, "{path}");
    }
}

#[actix_web::test]
async fn the_links_of_a_private_feed_lead_on_with_the_key_it_was_asked_with() {
    let (_site, house) = private_house().await;
    let key = key(&house, "reader", &[], None).await;
    for format in ["rss", "atom", "json"] {
        let plain = house.client.get(house.url(&format!("feeds/zephyrite.{format}"))).bearer_auth(&key);
        assert!(!plain.send().await.unwrap().text().await.unwrap().contains(&key), "{format}");
    }
    // To the very first entry, as a reader that knows addresses alone would go.
    let (mut next, mut ids) = (Some(with("feeds/zephyrite.atom?limit=5", &key)), Vec::new());
    while let Some(path) = next.take() {
        let text = house.text(&path).await;
        let feed = feed_rs::parser::parse(text.as_bytes()).unwrap();
        ids.extend(feed.entries.iter().map(|entry| entry.id.clone()));
        let link = |relation: &str| feed.links.iter().find(|link| link.rel.as_deref() == Some(relation));
        assert_eq!(link("self").unwrap().href, format!("https://feeds.example/{path}"));
        next = link("next").map(|link| link.href.replace("https://feeds.example/", ""));
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), STORIES);
    let json = house.json(&with("feeds/zephyrite.json?limit=5", &key)).await;
    assert!(json["next_url"].as_str().unwrap().contains(&format!("key={key}")));
    let page = house.text(&with("feeds/zephyrite/zephyrite-desk", &key)).await;
    assert!(page.contains(&format!("<input type=\"hidden\" name=\"key\" value=\"{key}\">")));
    assert!(page.contains(&format!("href=\"/feeds/zephyrite?key={key}\"")));
    assert!(
        !page.contains("<iframe") && !page.contains("oembed") && !page.contains("feedly"),
        "no way to give it away"
    );
}

#[actix_web::test]
async fn a_private_feed_is_revalidated_resumed_and_followed_like_any_other() {
    let (_site, house) = private_house().await;
    let key = key(&house, "reader", &[], None).await;
    let keyed = with("feeds/zephyrite.atom", &key);
    let get = |path: &str| house.client.get(house.url(path)).bearer_auth(&key);
    for path in ["feeds/zephyrite.atom", keyed.as_str()] {
        for coding in ["identity", "gzip"] {
            let whole = get(path).header("accept-encoding", coding).send().await.unwrap();
            let etag = field(&whole, "etag");
            let body = whole.bytes().await.unwrap();
            let fresh = get(path).header("if-none-match", &etag).send().await.unwrap();
            assert_eq!((fresh.status().as_u16(), fresh.headers().contains_key("x-robots-tag")), (304, true), "{path}");
            let part =
                get(path).header("accept-encoding", coding).header("range", "bytes=10-").header("if-range", &etag);
            let part = part.send().await.unwrap();
            assert_eq!(part.status(), 206, "{path} {coding}");
            assert_eq!(part.bytes().await.unwrap(), body[10..]);
            let head = house.client.head(house.url(path)).bearer_auth(&key).send().await.unwrap();
            assert_eq!(head.status(), 200);
        }
    }
    let held = field(&house.get(&keyed).await, "etag");
    let article = house.json(&with("feeds/zephyrite.json?limit=1", &key)).await["items"][0]["id"].clone();
    let article = article.as_str().unwrap().replace("urn:uuid:", "");
    assert_eq!(admin(&house, Method::DELETE, &format!("articles/{article}"), None).await.0, StatusCode::NO_CONTENT);
    house.settle().await;
    let request = house.client.get(house.url(&keyed)).header("a-im", "feed").header("if-none-match", &held);
    let delta = request.send().await.unwrap();
    assert_eq!(delta.status().as_u16(), 226);
    assert!(field(&delta, "cache-control").contains("no-store"));
    let held = field(&delta, "etag");
    assert!(delta.text().await.unwrap().matches("<entry").count() < 3);
    let fresh = house.client.get(house.url(&keyed)).header("a-im", "feed").header("if-none-match", &held);
    assert_eq!(fresh.send().await.unwrap().status(), 304, "who has the delta has the version");
}

#[actix_web::test]
async fn uses_of_a_key_are_counted_and_survive_a_restart() {
    let (_site, mut house) = private_house().await;
    let key = key(&house, "river daily", &["zephyrite"], Some(90)).await;
    assert_eq!(status(&house, &with("feeds/zephyrite.rss", "hbk_x")).await, 401);
    for _ in 0..3 {
        assert_eq!(status(&house, &with("feeds/zephyrite.rss", &key)).await, 200);
    }
    for restarts in 0..2 {
        let (_, keys) = admin(&house, Method::GET, "keys", None).await;
        let expected = json!([{
            "name": "river daily", "feeds": ["zephyrite"], "created": "2026-01-16T00:00:00Z",
            "expires": "2026-04-16T00:00:00Z", "last_used": "2026-01-16T00:00:00Z", "uses": 3,
        }]);
        assert_eq!(keys["keys"], expected, "{restarts}");
        house.restart().await;
    }
    assert_eq!(status(&house, &with("feeds/zephyrite.rss", &key)).await, 200);
    assert!(!house.text("metrics").await.contains("river daily"));
    let metrics = house.client.get(house.url("metrics")).bearer_auth(TOKEN).send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    assert!(metrics.contains("harbinger_key_uses_total{key=\"river daily\"} 4"), "{metrics}");
    assert!(metrics.contains("portal=\"zephyrite\""));
}

#[actix_web::test]
async fn keys_are_made_and_revoked_over_the_api_and_that_is_written_down() {
    let (_site, house) = private_house().await;
    let made = key(&house, "desk", &["events/zephyrite-fair"], None).await;
    for (body, expected) in [
        (json!({ "name": "desk" }), 409),
        (json!({}), 422),
        (json!({ "name": "a", "feeds": ["binghe"] }), 422),
        (json!({ "name": "a", "feeds": ["nowhere"] }), 422),
        (json!({ "name": "a", "days": 0 }), 400),
        (json!({ "name": "a", "role": "admin" }), 400),
        (json!({ "name": "a", "feeds": vec!["zephyrite"; 17] }), 400),
    ] {
        assert_eq!(admin(&house, Method::POST, "keys", Some(body.clone())).await.0.as_u16(), expected, "{body}");
    }
    let (_, keys) = admin(&house, Method::GET, "keys", None).await;
    assert!(!keys.to_string().contains(&made) && keys["keys"][0]["name"] == "desk");
    admin(&house, Method::DELETE, &format!("keys/desk?key={made}"), None).await;
    let (_, audit) = admin(&house, Method::GET, "audit", None).await;
    let deeds: Vec<_> =
        audit["deeds"].as_array().unwrap().iter().map(|deed| (&deed["method"], &deed["path"])).collect();
    assert_eq!(deeds[0], (&json!("DELETE"), &json!("/api/v1/admin/keys/desk")));
    assert!(deeds.contains(&(&json!("POST"), &json!("/api/v1/admin/keys"))));
    assert!(!audit.to_string().contains(&made), "a key stands in no log");
}

#[actix_web::test]
async fn the_command_makes_lists_and_ends_keys_beside_a_running_server() {
    let (_site, house) = private_house().await;
    house.write_files(&house.data_dir().join("feeds"));
    let run = async |arguments: &[&str]| {
        let output = commands::run(house.data_dir(), &[arguments, &["--data-dir", "."]].concat()).await;
        (output.status.code(), commands::text(&output.stdout), commands::text(&output.stderr))
    };
    for (feed, expected) in [("binghe", "binghe is public and needs no key"), ("nowhere", "there is no feed nowhere")] {
        let (status, key, said) = run(&["key", "create", "a", "--feed", feed]).await;
        assert!(status == Some(1) && key.is_empty() && said.contains(expected), "{said}");
    }
    let (status, key, said) = run(&["key", "create", "river daily", "--feed", "zephyrite", "--days", "90"]).await;
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("opens zephyrite") && said.contains("/feeds/zephyrite.rss?key=…"), "{said}");
    let path = with("feeds/zephyrite.rss", key.trim());
    assert_eq!(self::status(&house, &path).await, 200, "a running server knows it at once");
    house.running().service.keyring.flush().await.unwrap();
    let (_, list, _) = run(&["key", "list"]).await;
    let line = list.lines().nth(1).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(line.starts_with("river daily") && line.ends_with("2026-01-16 00:00 UTC 1 zephyrite"), "{list}");
    assert!(!list.contains(key.trim()));
    assert_eq!(run(&["key", "revoke", "river daily"]).await.0, Some(0));
    assert_eq!(run(&["key", "revoke", "river daily"]).await.0, Some(1));
    house.running().service.keyring.refresh().await.unwrap();
    assert_eq!(self::status(&house, &path).await, 401);
}

async fn subscribe(house: &House, topic: &str, callback: &str) -> StatusCode {
    let form = [("hub.mode", "subscribe"), ("hub.topic", topic), ("hub.callback", callback)];
    let status = post(house, &form).await.status();
    house.push().await;
    status
}

/// Withdraws the newest story, so that the feed has another version; subscribers are told.
async fn change(house: &House, key: &str) {
    let newest = house.json(&with("feeds/zephyrite.json?limit=1", key)).await["items"][0]["id"].clone();
    let id = newest.as_str().unwrap().replace("urn:uuid:", "");
    pass(house, TimeDelta::minutes(10));
    assert_eq!(admin(house, Method::DELETE, &format!("articles/{id}"), None).await.0, StatusCode::NO_CONTENT);
    house.settle().await;
    house.push().await;
}

#[actix_web::test]
async fn a_subscription_to_a_private_feed_needs_a_key_and_ends_with_it() {
    let (_site, house) = private_house().await;
    let reader = key(&house, "reader", &[], None).await;
    let hub = key(&house, "hub", &["zephyrite"], None).await;
    let other = key(&house, "other", &["events/zephyrite-fair"], None).await;
    let subscriber = Subscriber::start().await;
    let topic = "https://feeds.example/feeds/zephyrite.rss";
    let unknown = request(
        &house,
        &[
            ("hub.mode", "subscribe"),
            ("hub.topic", "https://feeds.example/feeds/x.rss"),
            ("hub.callback", &subscriber.callback("no")),
        ],
    );
    let unknown = unknown.send().await.unwrap().text().await.unwrap();
    for topic in
        [topic.to_owned(), with(topic, "hbk_x"), with(topic, &other), with("https://feeds.example/feed.xml", &hub)]
    {
        let form = [("hub.mode", "subscribe"), ("hub.topic", &*topic), ("hub.callback", &*subscriber.callback("no"))];
        let refused = post(&house, &form).await;
        assert_eq!(refused.status(), 400, "{topic}");
        assert_eq!(refused.text().await.unwrap(), unknown, "nobody learns whether there is such a feed");
    }
    let advertised = field(&house.get(&with("feeds/zephyrite.rss", &hub)).await, "link");
    let expected = format!("<{}>; rel=\"self\", <https://feeds.example/hub>; rel=\"hub\"", with(topic, &hub));
    assert_eq!(advertised, expected, "who reads with a key in the address finds what to subscribe to");
    assert_eq!(subscribe(&house, &with(topic, &hub), &subscriber.callback("a")).await, StatusCode::ACCEPTED);
    assert_eq!(subscriber.asked()[0].query["hub.topic"], with(topic, &hub));
    change(&house, &reader).await;
    let sent = subscriber.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].headers["link"], expected);
    assert!(String::from_utf8_lossy(&sent[0].body).contains("Zephyrite"));
    let (_, keys) = admin(&house, Method::GET, "keys", None).await;
    assert_eq!(keys["keys"][0]["uses"], 2, "a delivery is a use: {keys}");
    assert_eq!(admin(&house, Method::DELETE, "keys/hub", None).await.0, StatusCode::NO_CONTENT);
    change(&house, &reader).await;
    house.push().await;
    assert!(subscriber.sent().is_empty());
    assert_eq!(subscriber.asked()[0].query["hub.mode"], "denied");
    change(&house, &reader).await;
    assert!(subscriber.sent().is_empty() && subscriber.asked().is_empty());
}

#[actix_web::test]
async fn a_portal_that_becomes_private_leaves_the_feeds_of_others_and_comes_back() {
    let site = portal();
    let mut house = house(&site, false).await;
    let subscriber = Subscriber::start().await;
    let topic = "https://feeds.example/feeds/zephyrite.rss";
    assert_eq!(subscribe(&house, topic, &subscriber.callback("a")).await, StatusCode::ACCEPTED);
    subscriber.asked();
    let mut sizes = Vec::new();
    for is_private in [false, true, false] {
        house.set_file("zephyrite.toml", Some(&file(&site, is_private)));
        house.restart().await;
        house.settle().await;
        house.push().await;
        let all = house.json("feed.json?limit=200").await["items"].as_array().unwrap().len();
        let event = house.items("events/binghe-snow-sculpture").await.len();
        sizes.push((all, event, status(&house, "feeds/zephyrite.rss").await));
    }
    assert_eq!(sizes[0], sizes[2]);
    assert!(sizes[1].0 < sizes[0].0 && sizes[1].1 < sizes[0].1, "{sizes:?}");
    assert_eq!((sizes[0].2, sizes[1].2), (200, 401));
    let asked = subscriber.asked();
    assert_eq!(asked.len(), 1, "a topic without a key is none any more");
    assert_eq!(asked[0].query["hub.mode"], "denied");
}

#[actix_web::test]
async fn a_private_story_never_becomes_one_with_that_of_another_portal() {
    let (site, mut house) = private_house().await;
    let copied = site.file("copycat", &["zephyrite-desk"]).replace("街道新闻", "Copycat");
    house.set_file("copycat.toml", Some(&copied.replace(&site.url("/"), &mirror(&site).url("/"))));
    house.restart().await;
    house.settle().await;
    let run = house.ingest(Scope { portal: Some("copycat".to_owned()), ..Scope::default() }).await;
    assert_eq!((run.report.new, run.report.copies), (STORIES as u64, 0), "{run:?}");
    assert_eq!(house.json("feeds/copycat.json?limit=200").await["items"].as_array().unwrap().len(), STORIES);
    let key = key(&house, "reader", &[], None).await;
    let private = house.json(&with("feeds/zephyrite.json?limit=200", &key)).await;
    let private: BTreeMap<&str, &str> =
        private["items"].as_array().unwrap().iter().map(|item| (item["id"].as_str().unwrap(), "")).collect();
    assert_eq!(private.len(), STORIES);
    for item in house.json("feeds/copycat.json?limit=200").await["items"].as_array().unwrap() {
        assert!(!private.contains_key(item["id"].as_str().unwrap()));
    }
}

/// Another site with the same stories, which says of each that it is that of the first.
fn mirror(site: &Site) -> Site {
    let home = site.url("");
    Site::answering(move |asked| match site::number(&asked.path) {
        Some(number) => {
            let canonical = format!("<link rel=\"canonical\" href=\"{home}{}\"></head>", asked.path);
            site::html(&story(number).replace("</head>", &canonical))
        }
        None => {
            let link = |number| format!("<li><a href=\"/zephyrite-desk/content_{number}.html\">{number}号</a></li>");
            site::html(&format!("<ul>{}</ul>", (1..=STORIES).rev().map(link).collect::<String>()))
        }
    })
}
