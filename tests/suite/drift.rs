//! A source whose pages lose their date, author or text, or give no article at all, raises an alarm.

use harbinger::model::drift::Field;
use harbinger::model::run::Run;
use reqwest::Method;

use crate::house::{House, section};
use crate::quarantine::{announce, ask, page, path, snow};

/// Puts so many stories on the portal, from a number on, each changed as told, and reads them.
async fn publish(house: &House, from: usize, count: usize, change: impl Fn(String) -> String) -> Run {
    for number in from..from + count {
        let (title, paragraphs) = snow(number);
        announce(house, &path(number), &title, change(page("zh-CN", &title, &paragraphs)));
    }
    house.ingest(section("binghe", "yw")).await
}

fn signed(page: String) -> String {
    page.replace("2026-01-15 08:00</div>", "2026-01-15 08:00 记者 林知秋</div>")
}

fn fields(run: &Run) -> Vec<Field> {
    run.report.alarms.iter().map(|alarm| alarm.field).collect()
}

#[actix_web::test]
async fn authors_that_disappear_from_the_pages_of_a_source_raise_an_alarm_in_the_record_of_the_run() {
    let house = House::new().await;
    let run = publish(&house, 100, 25, signed).await;
    assert_eq!(fields(&run), [], "a source without a past raises no alarm");
    let run = publish(&house, 130, 4, signed).await;
    assert_eq!(fields(&run), []);
    let run = publish(&house, 140, 8, |page| page).await;
    assert_eq!(fields(&run), [Field::Author], "{:?}", run.report);
    let (_, record) = ask(&house, Method::GET, &format!("runs/{}", run.id)).await;
    let alarm = &record["alarms"][0];
    assert_eq!(
        (&alarm["portal"], &alarm["section"], &alarm["field"]),
        (&"binghe".into(), &"yw".into(), &"author".into())
    );
    assert!(alarm["source"].as_str().unwrap().ends_with("/yw/"), "{alarm}");
    assert!(alarm["message"].as_str().unwrap().contains("have an author"), "{alarm}");
}

#[actix_web::test]
async fn bodies_that_become_short_raise_an_alarm() {
    let house = House::new().await;
    publish(&house, 100, 25, signed).await;
    let short = |page: String| {
        let (start, rest) = page.split_once("<article>").unwrap();
        let first = rest.split_inclusive("</p>").next().unwrap();
        let lead: String = first.chars().take(60).collect();
        format!("{start}<article>{lead}，详情请看视频。</p></article></body></html>")
    };
    let run = publish(&house, 140, 8, |page| short(signed(page))).await;
    assert!(fields(&run).contains(&Field::Body), "{:?}", run.report);
}

#[actix_web::test]
async fn zero_articles_parsed_is_never_silent() {
    let house = House::with_articles().await;
    let run = publish(&house, 100, 2, |_| "<html><title>请稍候</title><body></body></html>".to_owned()).await;
    assert_eq!(fields(&run), [Field::Articles], "{:?}", run.report);
    assert!(run.report.alarms[0].message.contains("0 articles parsed"));
}
