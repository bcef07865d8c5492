//! A clock that jumps, and the days on which clocks change.

use chrono::{DateTime, TimeDelta, Utc};
use harbinger::scheduler;
use serde_json::Value;

use crate::house::{House, section, time};
use crate::quarantine::{announce, page, path, snow};

const FEED: &str = "feeds/binghe/yw";

async fn last_modified(house: &House) -> DateTime<Utc> {
    let answer = house.get(&format!("{FEED}.rss")).await;
    let field = answer.headers()["last-modified"].to_str().unwrap().to_owned();
    DateTime::parse_from_rfc2822(&field).unwrap().to_utc()
}

fn publish(house: &House, number: usize) {
    let (title, paragraphs) = snow(number);
    announce(house, &path(number), &title, page("zh-CN", &title, &paragraphs));
}

#[actix_web::test]
async fn a_clock_that_jumps_both_ways_repeats_no_entry_and_takes_no_validator_back() {
    let house = House::with_articles().await;
    let entries = house.items(FEED).await;
    let mut modified = last_modified(&house).await;
    let jumps = [
        "2036-01-16T00:00:00Z",
        "2026-01-16T01:00:00Z",
        "2001-01-01T00:00:00Z",
        "2026-01-16T02:00:00Z",
        "2026-01-16T02:00:00Z",
    ];
    for (number, now) in (1..).zip(jumps) {
        house.clock.move_to(time(now));
        publish(&house, number);
        let run = house.ingest(section("binghe", "yw")).await;
        assert_eq!(run.report.new, 1, "{now}: {:?}", run.report);
        let newer = last_modified(&house).await;
        assert!(newer > modified, "{now}: Last-Modified went from {modified} to {newer}");
        modified = newer;
    }
    let now: Vec<Value> = house.items(FEED).await.iter().map(|item| item["id"].clone()).collect();
    for entry in &entries {
        assert_eq!(now.iter().filter(|id| **id == entry["id"]).count(), 1);
    }
    assert_eq!(now.len(), entries.len() + jumps.len());
    for item in house.items(FEED).await {
        let published = item["date_published"].as_str().unwrap();
        assert!(published.starts_with("2026-01") || published.starts_with("2025-"), "{published} is of no article");
    }
}

#[actix_web::test]
async fn a_clock_that_went_far_back_locks_nobody_out_of_the_dashboard() {
    let house = House::new().await;
    let login = async |token: &str| {
        let form = house.client.post(house.url("admin/login")).body(format!("token={}", token.replace(' ', "+")));
        let form = form.header("content-type", "application/x-www-form-urlencoded");
        form.send().await.unwrap().status().as_u16()
    };
    for _ in 0..20 {
        login("wrong").await;
    }
    let refused = login(crate::house::TOKEN).await;
    house.clock.move_to(house.clock.now() - TimeDelta::days(365));
    let let_in = login(crate::house::TOKEN).await;
    assert!(refused >= 400 && let_in < 400, "{refused}, then {let_in}");
}

/// The pauses between the next runs of a section from a time on.
async fn pauses(house: &House, from: &str, count: usize) -> Vec<TimeDelta> {
    let mut pauses = Vec::new();
    house.clock.move_to(time(from));
    for _ in 0..count {
        house.ingest(section("binghe", "kj")).await;
        let queue = &house.running().service.queue;
        let dues = scheduler::schedule(&queue.catalogue().portals, queue.store(), house.clock.now()).await.unwrap();
        let next = dues.iter().find(|due| due.section.id == "kj").unwrap().next.unwrap();
        pauses.push(next - house.clock.now());
        house.clock.move_to(next);
    }
    pauses
}

#[actix_web::test]
async fn the_days_on_which_clocks_change_neither_silence_a_section_nor_make_it_rush() {
    let mut house = House::new().await;
    house.change_file("binghe.toml", "timezone = \"Asia/Shanghai\"", "timezone = \"Europe/Berlin\"");
    house.change_file("binghe.toml", "schedule = \"0 */5 * * * *\"", "schedule = \"0 */20 * * * *\"");
    house.restart().await;
    for from in ["2026-03-29T00:10:00Z", "2026-10-25T00:10:00Z"] {
        for pause in &pauses(&house, from, 8).await[1..] {
            assert_eq!(*pause, TimeDelta::minutes(20), "around {from}");
        }
    }
}
