//! Entries that match words: on every feed, in every format, in either Chinese script, soon after they are stored.

use harbinger::model::run::Scope;
use reqwest::{Method, StatusCode};
use rusqlite::Connection;
use serde_json::Value;

use crate::house::House;
use crate::quarantine::{announce, ask, force_at, id, page, path, snow};

/// A path with words to look for.
fn asked(path: &str, q: &str) -> String {
    let q: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
    format!("{path}?q={q}")
}

async fn found(house: &House, feed: &str, q: &str) -> Vec<String> {
    let items = house.json(&asked(&format!("{feed}.json"), q)).await["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

async fn house() -> House {
    let house = House::with_articles().await;
    house.settle().await;
    house
}

#[actix_web::test]
async fn words_of_either_script_and_any_length_find_articles_of_their_feed_newest_first() {
    let house = house().await;
    let simplified = found(&house, "feeds/binghe", "雪雕大赛").await;
    assert!(simplified.len() > 3, "{simplified:?}");
    assert_eq!(found(&house, "feeds/binghe", "雪雕大賽").await, simplified);
    assert!(found(&house, "feeds/binghe", "雪").await.len() > simplified.len());
    let all = house.json("feeds/binghe.json?limit=200").await["items"].as_array().unwrap().clone();
    let order: Vec<&str> = all.iter().map(|item| item["title"].as_str().unwrap()).collect();
    let places: Vec<usize> = simplified.iter().map(|title| order.iter().position(|it| it == title).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
    let section = found(&house, "feeds/binghe/wl", "雪雕").await;
    assert!(!section.is_empty() && section.len() < found(&house, "feeds/binghe", "雪雕").await.len());
    assert!(found(&house, "events/world-mayors-dialogue", "抽签").await.is_empty());
    assert!(!found(&house, "events/binghe-snow-sculpture", "抽签").await.is_empty());
    assert!(!house.json(&asked("feed.json", "雪雕")).await["items"].as_array().unwrap().is_empty());
}

#[actix_web::test]
async fn every_word_must_match_and_a_phrase_as_a_whole() {
    let house = house().await;
    let both = found(&house, "feeds/binghe", "snow contest").await;
    assert!(!both.is_empty());
    assert_eq!(found(&house, "feeds/binghe", "contest SNOW").await, both);
    assert_eq!(found(&house, "feeds/binghe", "snow contest 骆驼").await, [""; 0]);
    let phrase = found(&house, "feeds/binghe", "\"Snow Sculpture Contest\"").await;
    assert!(!phrase.is_empty());
    assert_eq!(found(&house, "feeds/binghe", "\"Contest Snow Sculpture\"").await, [""; 0]);
    assert!(!found(&house, "feeds/binghe", "sculptu").await.is_empty(), "the beginning of a word");
    assert!(!found(&house, "feeds/binghe", "скульптор").await.is_empty());
}

#[actix_web::test]
async fn every_format_holds_what_matches_and_names_itself() {
    let house = house().await;
    let ids: Vec<Value> = house.json(&asked("feeds/binghe.json", "雪雕")).await["items"].as_array().unwrap().clone();
    let own = "https://feeds.example/feeds/binghe";
    for format in ["rss", "atom", "json"] {
        let path = asked(&format!("feeds/binghe.{format}"), "雪雕");
        let text = house.text(&path).await;
        assert!(text.contains(&format!("{own}.{format}?q=%E9%9B%AA%E9%9B%95")), "{format}: {text}");
        let link = house.get(&path).await.headers()["link"].to_str().unwrap().to_owned();
        assert!(link.contains(&format!("<{own}.{format}?q=%E9%9B%AA%E9%9B%95>; rel=\"self\"")), "{link}");
        for item in &ids {
            assert!(text.contains(item["id"].as_str().unwrap()), "{format}");
        }
    }
    let page = house.text(&asked("feeds/binghe", "雪雕")).await;
    assert!(page.contains("value=\"雪雕\"") && page.contains(ids[0]["title"].as_str().unwrap()), "{page}");
    let tag = |q: &'static str| async { house.get(&asked("feeds/binghe.rss", q)).await.headers()["etag"].clone() };
    assert_ne!(tag("雪雕").await, tag("雪").await);
    let limited = house.json(&format!("{}&limit=2", asked("feeds/binghe.json", "雪"))).await;
    assert_eq!(limited["items"].as_array().unwrap().len(), 2);
    assert_eq!(limited["feed_url"], format!("{own}.json?limit=2&q=%E9%9B%AA"));
}

#[actix_web::test]
async fn what_matches_is_paged_to_the_oldest_and_back() {
    let house = house().await;
    for q in ["雪", "雪雕大赛"] {
        let whole = house.json(&format!("{}&limit=200", asked("feeds/binghe.json", q))).await;
        assert!(whole["next_url"].is_null());
        let whole: Vec<Value> = whole["items"].as_array().unwrap().clone();
        assert!(whole.len() > 3, "{q}");
        let mut path = format!("{}&limit=2", asked("feeds/binghe.json", q));
        let (mut seen, mut pages) = (Vec::new(), Vec::new());
        loop {
            let page = house.json(&path).await;
            seen.extend(page["items"].as_array().unwrap().clone());
            pages.push((path.clone(), page["items"].clone()));
            let Some(next) = page["next_url"].as_str() else { break };
            path = next.strip_prefix("https://feeds.example/").unwrap().to_owned();
        }
        assert_eq!(seen, whole, "{q}");
        let atom = pages[2].0.replace(".json", ".atom");
        let atom = house.text(&atom).await;
        let link = atom.split("<link ").find(|link| link.contains("rel=\"previous\"")).unwrap();
        let newer = link.split("href=\"https://feeds.example/").nth(1).unwrap().split('"').next().unwrap();
        let newer = newer.replace("&amp;", "&").replace(".atom", ".json");
        assert_eq!(house.json(&newer).await["items"], pages[1].1, "{q}: {link}");
        let shown = house.text(&pages[1].0.replace(".json", "")).await;
        assert!(shown.contains("rel=\"prev\"") && shown.contains("rel=\"next\""), "{shown}");
    }
    let absent = house.get(&format!("{}&before=99999999", asked("feeds/binghe.json", "雪"))).await;
    assert_eq!(absent.status(), StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn the_front_page_finds_articles_of_all_portals() {
    let house = house().await;
    for (language, label, nothing) in [
        ("en", "Search all articles", "No article has all these words."),
        ("zh-Hans", "搜索全部报道", "没有同时包含这些词的报道。"),
        ("zh-Hant", "搜尋全部報道", "沒有同時包含這些詞的報道。"),
    ] {
        let front = house.text(&format!("?lang={language}")).await;
        assert!(front.contains(label) && front.contains("name=\"q\""), "{front}");
        let page = house.text(&format!("{}&lang={language}", asked("", "雪雕"))).await;
        let first = house.json(&asked("feed.json", "雪雕")).await["items"][0]["title"].as_str().unwrap().to_owned();
        assert!(page.contains(&first) && page.contains(label) && page.contains("value=\"雪雕\""), "{page}");
        assert!(page.contains("/feed.json?q=%E9%9B%AA%E9%9B%95") || page.contains("/rss.xml?q="), "{page}");
        assert!(house.text(&format!("{}&lang={language}", asked("", "龘"))).await.contains(nothing));
    }
}

#[actix_web::test]
async fn no_query_breaks_anything() {
    let house = house().await;
    let plain = house.text("feeds/binghe.json").await;
    for empty in ["", "   ", "\"\"", "*", "\u{0}"] {
        assert_eq!(house.text(&asked("feeds/binghe.json", empty)).await, plain, "{empty:?} is as if absent");
    }
    for hostile in
        ["\"", "a\" OR \"b", "雪 NEAR(冰)", "tokens:雪", "-雪", "雪*", "'; DROP TABLE article; --", "%_", "()"]
    {
        let status = house.get(&asked("feeds/binghe.rss", hostile)).await.status();
        assert_eq!(status, StatusCode::OK, "{hostile}");
    }
    for long in ["雪".repeat(201), "a ".repeat(2_500), "a b c d e f g h i j k".to_owned()] {
        let answer = house.get(&asked("feeds/binghe.rss", &long)).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
    assert_eq!(house.get("feeds/binghe.rss?q=%ff%fe").await.status(), StatusCode::OK);
    assert_eq!(house.get(&asked("feeds/nowhere.rss", "雪")).await.status(), StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn what_is_new_edited_or_withdrawn_is_soon_found_as_it_is() {
    let mut house = house().await;
    let (title, mut paragraphs) = snow(1);
    paragraphs[0].push_str("有人牵着一头骆驼走过江面。");
    assert_eq!(found(&house, "feeds/binghe", "骆驼").await, [""; 0]);
    let before = house.get(&asked("feeds/binghe.rss", "骆驼")).await.headers()["last-modified"].clone();
    announce(&house, &path(1), &title, page("zh-CN", &title, &paragraphs));
    house.ingest_at("2026-01-16T01:00:00Z").await;
    house.settle().await;
    assert_eq!(found(&house, "feeds/binghe", "駱駝").await, std::slice::from_ref(&title));
    let after = house.get(&asked("feeds/binghe.rss", "骆驼")).await.headers()["last-modified"].clone();
    assert_ne!(after, before);
    assert!(house.portal.edit(&path(1), "骆驼", "鸵鸟"));
    force_at(&house, "2026-01-16T02:00:00Z").await;
    house.settle().await;
    assert_eq!(found(&house, "feeds/binghe", "骆驼").await, [""; 0]);
    assert_eq!(found(&house, "feeds/binghe", "鸵鸟").await, std::slice::from_ref(&title));
    let article = id(&house.json(&asked("feeds/binghe.json", "鸵鸟")).await["items"][0]);
    house.restart().await;
    assert_eq!(found(&house, "feeds/binghe", "鸵鸟").await, std::slice::from_ref(&title), "it stays after a restart");
    ask(&house, Method::DELETE, &format!("articles/{article}")).await;
    assert_eq!(found(&house, "feeds/binghe", "鸵鸟").await, [""; 0]);
    ask(&house, Method::POST, &format!("articles/{article}/restore")).await;
    house.settle().await;
    assert_eq!(found(&house, "feeds/binghe", "鸵鸟").await, [title]);
}

#[actix_web::test]
async fn an_event_finds_what_an_editor_puts_into_it() {
    let house = house().await;
    let title = found(&house, "feeds/binghe", "雪情卫星图").await.remove(0);
    assert_eq!(found(&house, "events/binghe-snow-sculpture", "卫星").await, [""; 0]);
    let article = id(&house.json(&asked("feeds/binghe.json", "雪情卫星图")).await["items"][0]);
    let url = house.url(&format!("api/v1/admin/events/binghe-snow-sculpture/articles/{article}"));
    let order = house.client.put(url).bearer_auth(crate::house::TOKEN).header("Content-Type", "application/json");
    assert_eq!(order.body("{\"decision\": \"include\"}").send().await.unwrap().status(), StatusCode::OK);
    house.settle().await;
    assert_eq!(found(&house, "events/binghe-snow-sculpture", "卫星").await, std::slice::from_ref(&title));
}

#[actix_web::test]
async fn an_archive_stored_before_there_was_an_index_is_indexed_behind_the_answers() {
    let mut house = house().await;
    let expected = found(&house, "feeds/binghe", "雪").await;
    house.stop().await;
    let database = Connection::open(house.data_dir().join("harbinger.db")).unwrap();
    let before_the_index = "
        INSERT INTO search (search) VALUES ('delete-all');
        DELETE FROM search_row;
        UPDATE search_progress SET below = (SELECT max(id) + 1 FROM article);";
    database.execute_batch(before_the_index).unwrap();
    drop(database);
    house.restart().await;
    house.settle().await;
    assert_eq!(found(&house, "feeds/binghe", "雪").await, expected);
    assert!(house.ingest(Scope::default()).await.report.new == 0);
}
