//! What an operator's Prometheus reads.

use reqwest::header;

use crate::house::{House, section, time};

/// The value of the one line that begins so.
fn value(text: &str, beginning: &str) -> f64 {
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with(beginning)).collect();
    let [line] = lines[..] else { panic!("{} lines begin with {beginning}:\n{text}", lines.len()) };
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[actix_web::test]
async fn metrics_tell_what_was_read_answered_and_subscribed_to() {
    let house = House::with_articles().await;
    for _ in 0..3 {
        house.get("feeds/binghe/yw.rss").await;
    }
    let tag = house.get("feeds/binghe/yw.rss").await.headers()[header::ETAG].clone();
    let again = house.client.get(house.url("feeds/binghe/yw.rss")).header(header::IF_NONE_MATCH, tag);
    let reader = "Reader/1.0 (+https://reader.example; 12 subscribers)";
    assert_eq!(again.header(header::USER_AGENT, reader).send().await.unwrap().status(), 304);
    for made_up in ["feeds/binghe/a", "feeds/binghe/b", "c?d=e"] {
        house.get(made_up).await;
    }
    let text = house.text("metrics").await;
    assert_eq!(value(&text, "harbinger_answers_total{feed=\"binghe/yw\",status=\"200\"}"), 4.0);
    assert_eq!(value(&text, "harbinger_answers_total{feed=\"binghe/yw\",status=\"304\"}"), 1.0);
    assert_eq!(value(&text, "harbinger_answers_total{feed=\"other\",status=\"404\"}"), 3.0);
    assert!(!text.contains("binghe/a"), "names made up by strangers are not kept");
    assert_eq!(value(&text, "harbinger_subscribers{feed=\"binghe/yw\",reader=\"Reader\"}"), 12.0);
    assert_eq!(value(&text, "harbinger_runs_total{trigger=\"cli\",state=\"done\"}"), 1.0);
    let articles = value(&text, "harbinger_articles ");
    assert_eq!(value(&text, "harbinger_pages_total{portal=\"binghe\",outcome=\"new\"}"), articles);
    assert_eq!(value(&text, "harbinger_pages_total{portal=\"binghe\",outcome=\"copy\"}"), 2.0);
    assert!(value(&text, "harbinger_fetch_seconds_count{portal=\"binghe\"}") >= articles);
    assert!(value(&text, "harbinger_database_bytes ") > 4096.0);
    let read = value(&text, "harbinger_section_last_success_timestamp_seconds{portal=\"binghe\",section=\"yw\"}");
    assert_eq!(read, time("2026-01-16T00:00:00Z").timestamp() as f64);
}

#[actix_web::test]
async fn a_failing_section_shows_in_the_metrics() {
    let house = House::with_articles().await;
    house.portal.fail("/yw/", 500);
    house.ingest(section("binghe", "yw")).await;
    let text = house.text("metrics").await;
    assert_eq!(value(&text, "harbinger_section_failures{portal=\"binghe\",section=\"yw\"}"), 1.0);
}
