//! A copy of the database made while the service works, and put back.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Method, StatusCode};
use rusqlite::Connection;

use crate::house::{House, TOKEN, time};

async fn harbinger(house: &House, command: &str, file: &Path) -> Output {
    let (data_dir, file, command) = (house.data_dir().to_owned(), file.to_owned(), command.to_owned());
    let work = move || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_harbinger"));
        let program = program.env_clear().current_dir(&data_dir).arg(command).arg(file);
        program.arg("--data-dir").arg(&data_dir).output().unwrap()
    };
    tokio::task::spawn_blocking(work).await.unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

async fn ids(house: &House, feed: &str) -> BTreeSet<String> {
    house.items(feed).await.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

async fn last_modified(house: &House, path: &str) -> DateTime<Utc> {
    let response = house.get(path).await;
    let value = response.headers()["last-modified"].to_str().unwrap().to_owned();
    DateTime::parse_from_rfc2822(&value).unwrap().to_utc()
}

async fn withdraw(house: &House, id: &str) {
    let url = house.url(&format!("api/v1/admin/articles/{}", id.trim_start_matches("urn:uuid:")));
    let answer = house.client.request(Method::DELETE, url).bearer_auth(TOKEN).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    house.settle().await;
}

#[actix_web::test]
async fn a_copy_made_while_serving_brings_every_article_back_under_its_id() {
    let mut house = House::with_articles().await;
    let copies = tempfile::tempdir().unwrap();
    let copy = copies.path().join("copy.db");
    let output = harbinger(&house, "backup", &copy).await;
    assert!(output.status.success(), "{}", said(&output));
    let before = ids(&house, "feeds/binghe/yw").await;
    let lost = before.iter().next().unwrap().clone();
    withdraw(&house, &lost).await;
    let modified = last_modified(&house, "feeds/binghe/yw.rss").await;
    let cursor = house.json("api/v1/changes?feed=binghe/yw&limit=500").await["next"].as_str().unwrap().to_owned();
    assert!(!ids(&house, "feeds/binghe/yw").await.contains(&lost));

    house.stop().await;
    let output = harbinger(&house, "restore", &copy).await;
    assert!(output.status.success(), "{}", said(&output));
    house.clock.move_to(time("2026-01-16T00:00:00Z") + TimeDelta::hours(1));
    house.restart().await;
    house.settle().await;

    assert_eq!(ids(&house, "feeds/binghe/yw").await, before);
    assert!(last_modified(&house, "feeds/binghe/yw.rss").await > modified, "readers would take the old feed for newer");
    let stale = house.get(&format!("api/v1/changes?feed=binghe/yw&after={cursor}")).await;
    assert_eq!(stale.status(), StatusCode::GONE, "a partner who saw the withdrawal must begin anew");
    let aside = fs::read_dir(house.data_dir()).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(aside.filter(|name| name.to_string_lossy().ends_with("Z.db")).count(), 1);

    // A cursor of before stays wrong when the log has gone on.
    withdraw(&house, &lost).await;
    let stale = house.get(&format!("api/v1/changes?feed=binghe/yw&after={cursor}")).await;
    assert_eq!(stale.status(), StatusCode::GONE);
}

#[actix_web::test]
async fn nothing_is_restored_while_a_server_uses_the_data() {
    let house = House::with_articles().await;
    let copies = tempfile::tempdir().unwrap();
    let copy = copies.path().join("copy.db");
    assert!(harbinger(&house, "backup", &copy).await.status.success());
    // The house of the tests is no process of its own, but it holds the same lock.
    let output = harbinger(&house, "restore", &copy).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("stop it first"), "{}", said(&output));
}

#[actix_web::test]
async fn what_is_no_sound_copy_is_refused_and_what_stands_stays() {
    let mut house = House::with_articles().await;
    let before = ids(&house, "feeds/binghe").await;
    let copies = tempfile::tempdir().unwrap();
    let file = |name: &str| copies.path().join(name);
    assert!(harbinger(&house, "backup", &file("good.db")).await.status.success());
    fs::write(file("text.db"), "this is a letter").unwrap();
    Connection::open(file("other.db")).unwrap().execute_batch("CREATE TABLE song (title TEXT)").unwrap();
    let mut torn = fs::read(file("good.db")).unwrap();
    let middle = torn.len() / 2;
    torn[middle..middle + 8192].fill(0xA5);
    fs::write(file("torn.db"), torn).unwrap();
    fs::copy(file("good.db"), file("newer.db")).unwrap();
    Connection::open(file("newer.db")).unwrap().pragma_update(None, "user_version", 9999).unwrap();
    house.stop().await;
    for (name, expected) in [
        ("absent.db", "there is no file"),
        ("text.db", "is not a database of harbinger"),
        ("other.db", "is not a database of harbinger"),
        ("torn.db", "is damaged"),
        ("newer.db", "is newer than this program"),
    ] {
        let output = harbinger(&house, "restore", &file(name)).await;
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(said(&output).contains(expected), "{name}: {}", said(&output));
    }
    // A backup replaces backups, and nothing else.
    let output = harbinger(&house, "backup", &file("text.db")).await;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read_to_string(file("text.db")).unwrap(), "this is a letter");
    let output = harbinger(&house, "backup", &house.data_dir().join("harbinger.db")).await;
    assert!(said(&output).contains("it is the database itself"), "{}", said(&output));
    assert!(harbinger(&house, "backup", &file("good.db")).await.status.success(), "an older copy is replaced");

    house.restart().await;
    house.settle().await;
    assert_eq!(ids(&house, "feeds/binghe").await, before);
}
