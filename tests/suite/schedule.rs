//! When sections come due.

use chrono::TimeDelta;
use harbinger::scheduler;

use crate::house::{House, section, time};

async fn next(house: &House, id: &str) -> chrono::DateTime<chrono::Utc> {
    let queue = &house.running().service.queue;
    let now = house.clock.now();
    let dues = scheduler::schedule(&queue.catalogue().portals, queue.store(), now).await.unwrap();
    dues.iter().find(|due| due.section.id == id).unwrap().next.unwrap()
}

#[actix_web::test]
async fn a_section_that_was_never_read_is_due_at_once_and_then_follows_its_cron_line() {
    let house = House::new().await;
    let now = house.clock.now();
    assert!(next(&house, "jj").await <= now);
    house.ingest(section("binghe", "jj")).await;
    let pause = next(&house, "jj").await - now;
    assert!(pause > TimeDelta::zero() && pause <= TimeDelta::minutes(6), "{pause}");
}

#[actix_web::test]
async fn downtime_is_made_up_by_one_run() {
    let house = House::new().await;
    house.ingest(section("binghe", "jj")).await;
    house.clock.move_to(time("2026-01-20T00:00:00Z"));
    assert!(next(&house, "jj").await <= house.clock.now());
    house.ingest(section("binghe", "jj")).await;
    assert!(next(&house, "jj").await > house.clock.now());
}

#[actix_web::test]
async fn a_failing_section_is_tried_ever_more_seldom_but_never_given_up() {
    let house = House::new().await;
    house.portal.fail("/jj/", 404);
    let mut pauses = Vec::new();
    for _ in 0..12 {
        house.ingest(section("binghe", "jj")).await;
        let due = next(&house, "jj").await;
        pauses.push(due - house.clock.now());
        house.clock.move_to(due);
    }
    assert!(pauses[0] <= TimeDelta::minutes(6), "{pauses:?}");
    assert!(pauses[6] > pauses[2], "{pauses:?}");
    assert!(pauses.iter().all(|pause| *pause <= TimeDelta::hours(6) + TimeDelta::minutes(6)), "{pauses:?}");
    house.portal.fail("/jj/", 200);
    house.ingest(section("binghe", "jj")).await;
    assert!(next(&house, "jj").await - house.clock.now() <= TimeDelta::minutes(6));
}

#[actix_web::test]
async fn a_clock_that_went_back_does_not_silence_a_section() {
    let house = House::new().await;
    house.ingest(section("binghe", "jj")).await;
    house.clock.move_to(time("2025-01-01T00:00:00Z"));
    assert!(next(&house, "jj").await <= house.clock.now());
}
