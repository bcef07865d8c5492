//! An article that its portal splits over several pages is one article.

use harbinger::ingest::Options;
use harbinger::model::run::{Failure, Run, Scope};
use harbinger::sample::article_page;
use serde_json::Value;

use crate::house::House;

const TITLE: &str = "冰河铁路桥百年修缮记";
const FIRST: &str = "/yw/2026-01/15/content_980001.html";
const SECOND: &str = "/yw/2026-01/15/content_980001_2.html";
const THIRD: &str = "/yw/2026-01/15/content_980001_3.html";
const PATHS: [&str; 3] = [FIRST, SECOND, THIRD];

/// A sentence that stands on one of the pages alone.
fn sentence(number: usize) -> String {
    format!("第{number}节：桥工们在冰面上搭起木架，把锈蚀的铆钉一颗一颗换下来，这是百年来的第{number}次大修。")
}

/// A page of the article, with the headline, the byline and the pager that all of them repeat.
fn page(number: usize) -> String {
    let filler = format!(
        "<p>老桥长三百二十米，共有九个桥墩，其中第{number}个桥墩在汛期受损最重，工人花了整整两个月才把裂缝补好，沿岸居民每天都来看。</p>"
    );
    let link = |other: usize| match other == number {
        true => format!("<span>{other}</span>"),
        false => format!("<a href=\"{}\">{other}</a>", PATHS[other - 1]),
    };
    let next = PATHS.get(number).map(|path| format!("<a href=\"{path}\">下一页</a>")).unwrap_or_default();
    // Only the neighbours are linked, as on long pagers.
    let links: String = (1..=3usize).filter(|other| other.abs_diff(number) <= 1).map(link).collect();
    let body = format!("<p>{}</p>{filler}<div class=\"pagebox\">{links}{next}</div>", sentence(number));
    let byline = "<span class=\"time\">2026-01-15 08:00</span><span class=\"source\">来源：冰河日报</span>";
    let credits = "<p class=\"editor\">责任编辑：罗霜</p>";
    article_page::modern(&[
        ("lang", "zh-CN"),
        ("title", TITLE),
        ("section", "要闻"),
        ("section_id", "yw"),
        ("number", "980001"),
        ("byline", byline),
        ("body", &body),
        ("credits", credits),
    ])
}

async fn house() -> House {
    let house = House::with_articles().await;
    for (path, number) in PATHS.iter().zip(1..) {
        house.portal.publish(path, page(number));
    }
    assert!(house.portal.announce("/yw/", FIRST, TITLE));
    house
}

async fn items(house: &House) -> Vec<Value> {
    let items = house.json("feeds/binghe.json?limit=200").await["items"].as_array().unwrap().clone();
    items.into_iter().filter(|item| item["title"].as_str().unwrap().contains(TITLE)).collect()
}

/// What went wrong with the pages of this article; the portal has other dead links.
fn failures(run: &Run) -> Vec<&Failure> {
    run.report
        .errors
        .iter()
        .filter(|failure| failure.url.contains("content_98000") || failure.error.contains("content_98000"))
        .collect()
}

fn html(item: &Value) -> &str {
    item["content_html"].as_str().unwrap()
}

#[actix_web::test]
async fn the_pages_of_an_article_become_one_article_in_their_order() {
    let house = house().await;
    let run = house.ingest_at("2026-01-16T01:00:00Z").await;
    assert_eq!((run.report.new, failures(&run)), (1, vec![]), "{:?}", run.report);
    let items = items(&house).await;
    assert_eq!(items.len(), 1);
    let html = html(&items[0]);
    assert!(items[0]["url"].as_str().unwrap().ends_with(FIRST));
    let places: Vec<usize> = (1..=3).map(|number| html.find(&sentence(number)).unwrap()).collect();
    assert!(places.is_sorted(), "{html}");
    assert_eq!(html.matches("桥工们").count(), 3);
    for furniture in ["百年修缮记", "来源：", "责任编辑", "下一页"] {
        assert!(!html.contains(furniture), "{furniture} in {html}");
    }
}

#[actix_web::test]
async fn a_list_that_links_a_later_page_makes_no_second_article() {
    let mut house = house().await;
    house.change_file("binghe.toml", r"/content_\d+\.html$", r"/content_[\d_]+\.html$");
    house.restart().await;
    assert!(house.portal.announce("/yw/", SECOND, "冰河铁路桥百年修缮记（二）"));
    let run = house.ingest_at("2026-01-16T01:00:00Z").await;
    assert_eq!((run.report.new, run.report.updated, failures(&run)), (1, 0, vec![]), "{:?}", run.report);
    assert_eq!(run.report.fetched, 2, "{:?}", run.report);
    let found = items(&house).await;
    assert_eq!(found.len(), 1);
    assert!(found[0]["url"].as_str().unwrap().ends_with(FIRST), "{}", found[0]["url"]);
    assert!(html(&found[0]).contains(&sentence(1)) && html(&found[0]).contains(&sentence(3)));
}

#[actix_web::test]
async fn a_second_look_asks_for_all_pages_and_finds_the_article_as_it_was() {
    let house = house().await;
    house.ingest_at("2026-01-16T01:00:00Z").await;
    let run = house.ingest_at("2026-01-17T01:00:00Z").await;
    assert_eq!((run.report.updated, failures(&run)), (0, vec![]), "{:?}", run.report);
    let requests = house.portal.requests();
    assert_eq!((requests[FIRST], requests[SECOND], requests[THIRD]), (2, 2, 2));
    assert!(html(&items(&house).await[0]).contains(&sentence(3)));
}

#[actix_web::test]
async fn a_later_page_that_changes_alone_is_noticed() {
    let house = house().await;
    house.ingest_at("2026-01-16T01:00:00Z").await;
    house.portal.publish(THIRD, page(3).replace("一颗一颗换下来", "全部换成不锈钢的"));
    let run = house.ingest_at("2026-01-17T01:00:00Z").await;
    assert_eq!((run.report.updated, failures(&run)), (1, vec![]), "{:?}", run.report);
    let items = items(&house).await;
    assert_eq!(items.len(), 1);
    assert!(html(&items[0]).contains("全部换成不锈钢的") && html(&items[0]).contains(&sentence(2)));
}

#[actix_web::test]
async fn a_page_that_does_not_answer_is_told_and_read_at_the_next_look() {
    let house = house().await;
    house.portal.fail(THIRD, 500);
    let run = house.ingest_at("2026-01-16T01:00:00Z").await;
    let told = failures(&run);
    assert_eq!((run.report.new, told.len()), (1, 1), "{:?}", run.report);
    assert!(told[0].url.ends_with(THIRD), "{told:?}");
    assert!(html(&items(&house).await[0]).contains(&sentence(2)));
    house.portal.fail(THIRD, 200);
    let run = house.ingest_at("2026-01-17T01:00:00Z").await;
    assert_eq!((run.report.updated, failures(&run)), (1, vec![]), "{:?}", run.report);
    assert!(html(&items(&house).await[0]).contains(&sentence(3)));
}

#[actix_web::test]
async fn an_article_keeps_its_later_pages_while_one_of_them_does_not_answer() {
    let house = house().await;
    house.ingest_at("2026-01-16T01:00:00Z").await;
    house.portal.fail(THIRD, 500);
    house.clock.move_to(crate::house::time("2026-01-16T05:00:00Z"));
    let run = house.ingest_with(Scope::default(), Options { is_forced: true, is_dry: false }).await;
    assert!(failures(&run)[0].error.contains(THIRD), "{:?}", run.report);
    assert!(html(&items(&house).await[0]).contains(&sentence(3)));
}
