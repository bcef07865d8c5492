//! The texts of old articles go as their portal's retention says; everything else about them stays.

use std::collections::BTreeMap;
use std::process::Command;

use harbinger::ingest::Options;
use harbinger::model::run::Scope;
use harbinger::scheduler::retention;
use rusqlite::Connection;
use serde_json::Value;

use crate::house::{House, time};

const FEED: &str = "feeds/binghe";
const EVENT: &str = "events/world-mayors-dialogue";
/// A word that stands in a text alone, in no headline and no summary.
const WORD: &str = "冰坯";
const NONE: &str = "[portal.fetch]";

fn says(then: &str) -> String {
    format!("[portal.retention]\nafter_days = 30\nthen = \"{then}\"\n\n[portal.fetch]")
}

/// Restarts under another retention, and lets it do its work.
async fn under(house: &mut House, from: &str, to: &str) {
    house.change_file("binghe.toml", from, to);
    house.restart().await;
    retention::sweep(&house.running().service.queue, house.clock.now()).await.unwrap();
    house.settle().await;
}

fn ids(items: &[Value]) -> Vec<String> {
    items.iter().map(|item| item["id"].to_string()).collect()
}

/// What a partner is told of each article since its cursor: the last thing.
async fn told(house: &House, cursor: &mut String) -> BTreeMap<String, String> {
    let mut told = BTreeMap::new();
    loop {
        let after = if cursor.is_empty() { String::new() } else { format!("&after={cursor}") };
        let stretch = house.json(&format!("api/v1/changes?feed=binghe{after}")).await;
        for item in stretch["items"].as_array().unwrap() {
            let text = |name: &str| item[name].as_str().unwrap().to_owned();
            assert!(item["article"].is_object(), "it stands in the feed: {item}");
            told.insert(text("id"), text("change"));
        }
        *cursor = stretch["next"].as_str().unwrap().to_owned();
        if stretch["has_more"] == false {
            return told;
        }
    }
}

#[actix_web::test]
async fn archived_texts_are_published_no_more_and_come_back_with_another_setting() {
    let mut house = House::with_articles().await;
    house.settle().await;
    let before = house.items(FEED).await;
    let word = "清雪";
    let found = house.items(&format!("{FEED}.json?q={word}&x=")).await.len();
    house.clock.move_to(time("2026-02-10T00:00:00Z"));
    under(&mut house, NONE, &says("archive")).await;
    let now = house.items(FEED).await;
    assert_eq!(ids(&now), ids(&before));
    let cut = "2026-01-11T00:00:00Z";
    for (item, was) in now.iter().zip(&before) {
        let published = chrono::DateTime::parse_from_rfc3339(item["date_published"].as_str().unwrap()).unwrap();
        let is_old = published < time(cut);
        assert_eq!(item["content_html"].is_null(), is_old, "{item}");
        for field in ["title", "url", "date_published", "date_modified", "summary"] {
            assert_eq!(item[field], was[field], "{field}");
        }
    }
    assert!(now.iter().any(|item| item["content_html"].is_null()), "something is old");
    assert!(now.iter().any(|item| item["content_html"].is_string()), "something is not");
    assert_eq!(house.items(&format!("{FEED}.json?q={word}&x=")).await.len(), found, "it is still found by its words");
    under(&mut house, &says("archive"), &says("keep")).await;
    assert_eq!(house.items(FEED).await, before);
}

#[actix_web::test]
async fn dropped_texts_are_gone_for_good_and_partners_and_events_keep_in_step() {
    let mut house = House::with_articles().await;
    let mut cursor = String::new();
    told(&house, &mut cursor).await;
    house.settle().await;
    assert!(!house.items(&format!("{FEED}.json?q={WORD}&x=")).await.is_empty());
    let (before, event) = (house.items(FEED).await, ids(&house.items(EVENT).await));
    assert!(before.iter().all(|item| item["content_html"].is_string()) && !event.is_empty());
    house.clock.move_to(time("2026-06-01T00:00:00Z"));
    under(&mut house, NONE, &says("drop")).await;
    assert_eq!(ids(&house.items(FEED).await), ids(&before));
    assert!(house.items(FEED).await.iter().all(|item| item["content_html"].is_null()));
    let told = told(&house, &mut cursor).await;
    assert!(
        told.len() >= before.len() && told.values().all(|change| change == "changed"),
        "partners are told: {told:?}"
    );
    let database = Connection::open(house.data_dir().join("harbinger.db")).unwrap();
    let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let texts = "SELECT count(*) FROM article WHERE html <> ''";
    assert_eq!((count(texts), count("SELECT count(*) FROM explanation")), (0, 0));
    let found = house.items(&format!("{FEED}.json?q={WORD}&x=")).await;
    assert!(found.is_empty(), "no word of a text that is gone finds it: {found:?}");
    // A page that is read again, and changed rules of an event, bring nothing back and move nothing.
    house.ingest_with(Scope::default(), Options { is_forced: true, is_dry: false }).await;
    assert_eq!(count(texts), 0);
    house.change_file("world-mayors-dialogue.toml", "title = ", "aliases = [\"another\"]\ntitle = ");
    under(&mut house, &says("drop"), &says("keep")).await;
    assert_eq!((count(texts), ids(&house.items(EVENT).await)), (0, event));
    assert_eq!(ids(&house.items(FEED).await), ids(&before));
}

#[actix_web::test]
async fn the_doctor_gives_the_room_of_what_was_dropped_to_the_disk() {
    let mut house = House::with_articles().await;
    house.stop().await;
    let path = house.data_dir().join("harbinger.db");
    let database = Connection::open(&path).unwrap();
    database
        .execute_batch("CREATE TABLE large (x); INSERT INTO large VALUES (zeroblob(8000000)); DROP TABLE large;")
        .unwrap();
    database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(database);
    let size = || std::fs::metadata(&path).unwrap().len();
    let before = size();
    let folder = house.data_dir().to_owned();
    house.write_files(&folder.join("feeds"));
    let doctor = async |arguments: &'static [&'static str]| {
        let folder = folder.clone();
        let work = move || {
            let mut program = Command::new(env!("CARGO_BIN_EXE_harbinger"));
            let program = program.env_clear().current_dir(&folder).args(["doctor", "--data-dir", "."]).args(arguments);
            String::from_utf8(program.output().unwrap().stdout).unwrap()
        };
        tokio::task::spawn_blocking(work).await.unwrap()
    };
    let said = doctor(&[]).await;
    assert!(said.contains("MB of the database are empty"), "{said}");
    let said = doctor(&["--fix"]).await;
    assert!(said.contains("1 of 1 findings are mended"), "{said}");
    assert!(size() < before / 2, "{} of {before} bytes", size());
}
