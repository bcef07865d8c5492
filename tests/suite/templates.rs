//! A portal's template is learned over its first pages, reads the later ones, and is learned anew when the site changes.

use std::process::Command;

use harbinger::ingest::Options;
use harbinger::model::run::{Run, Scope};
use harbinger::model::template::{Stage, Template};
use harbinger::sample::catalogue::catalogue_toml;
use harbinger::sample::words::{self, Dice};
use harbinger::store::templates;
use serde_json::Value;

use crate::house::{House, section, time};
use crate::quarantine::announce;

/// A line the portal's editors put into every story, worded so that no rule knows it.
const FURNITURE: &str = "本台夜间节目组邀请听众朋友们在每个周末的晚上一起走进老城，听一听江边的故事。";
/// A box the first design puts behind the story.
const PICKS: &str = "编辑推荐的三条老街散步路线，沿江而行，一路都是风景与美食。";

/// How the portal's pages are made: as they were, or after a redesign.
#[derive(Clone, Copy)]
enum Design {
    First,
    Second,
}

fn title(number: usize) -> String {
    format!("滨江街道第{number}号清雪队凌晨出动")
}

fn page(design: Design, number: usize) -> String {
    let mut dice = Dice::new(7_000 + number as u64);
    let story: String = (0..4).map(|_| format!("<p>{}</p>", words::paragraph(&mut dice))).collect();
    let title = title(number);
    let body = match design {
        Design::First => format!(
            "<div class=\"page\"><h1 class=\"headline\">{title}</h1><div class=\"info\">2026-01-15 08:00</div>\
             <div class=\"story-text\">{story}<p>{FURNITURE}</p><div class=\"picks\"><p>{PICKS}</p></div></div></div>"
        ),
        Design::Second => format!(
            "<main id=\"shell\"><header><h1>{title}</h1><span>2026-01-15 08:00</span></header>\
             <section class=\"longread\"><article>{story}<p>{FURNITURE}</p></article></section></main>"
        ),
    };
    format!(
        "<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>{title}_冰河新闻网</title></head>\
         <body><div class=\"menu\"><a href=\"/\">首页</a><a href=\"/yw/\">要闻</a></div>{body}\
         <div class=\"foot\">冰河新闻网版权所有</div></body></html>"
    )
}

fn path(number: usize) -> String {
    format!("/yw/content/2026-01/15/content_{}.html", 380_000 + number)
}

/// Puts pages of a design on the portal and reads them.
async fn publish(house: &House, design: Design, numbers: std::ops::Range<usize>) -> Run {
    for number in numbers {
        announce(house, &path(number), &title(number), page(design, number));
    }
    house.ingest(section("binghe", "yw")).await
}

/// Reads every page once more, whether it changed or not.
async fn read_again(house: &House, now: &str) -> Run {
    house.clock.move_to(time(now));
    house.ingest_with(section("binghe", "yw"), Options { is_forced: true, is_dry: false }).await
}

async fn entry(house: &House, number: usize) -> Value {
    let items = house.items("feeds/binghe/yw").await;
    let of_number = |item: &&Value| item["url"].as_str().unwrap().ends_with(&path(number));
    items.iter().find(of_number).unwrap_or_else(|| panic!("no entry {number}")).clone()
}

fn text(item: &Value) -> &str {
    item["content_html"].as_str().unwrap()
}

fn learned(house: &House, container: &str) -> Option<Template> {
    let all = templates::stored(house.data_dir(), "binghe").unwrap();
    all.into_iter().find(|template| template.container.to_string() == container)
}

const FIRST: &str = "div.story-text";
const SECOND: &str = "section.longread > article";

/// A house whose template is in use.
async fn with_a_template() -> House {
    let house = House::new().await;
    publish(&house, Design::First, 0..8).await;
    read_again(&house, "2026-01-16T01:00:00Z").await;
    house
}

#[actix_web::test]
async fn what_repeats_on_every_page_leaves_the_stories_and_their_ids_stay() {
    let house = House::new().await;
    publish(&house, Design::First, 0..8).await;
    let before = entry(&house, 3).await;
    assert!(text(&before).contains(FURNITURE), "one page cannot tell: {before}");
    let tried = read_again(&house, "2026-01-16T01:00:00Z").await;
    assert_eq!(learned(&house, FIRST).unwrap().stage, Stage::Used, "{tried:?}");

    let run = publish(&house, Design::First, 20..23).await;
    assert_eq!((run.report.new, run.report.failed), (3, 0), "{:?}", run.report);
    let fresh = entry(&house, 21).await;
    assert!(!text(&fresh).contains(FURNITURE) && !text(&fresh).contains(PICKS), "{fresh}");
    let mut dice = Dice::new(7_021);
    for _ in 0..4 {
        assert!(text(&fresh).contains(words::paragraph(&mut dice).trim()), "a paragraph is lost: {fresh}");
    }
    assert_eq!(fresh["title"], title(21).as_str());
    assert_eq!(fresh["date_published"], "2026-01-15T08:00:00+08:00");

    let run = read_again(&house, "2026-01-16T02:00:00Z").await;
    assert_eq!((run.report.new, run.report.failed), (0, 0), "{:?}", run.report);
    assert!(run.report.updated > 0, "a story whose furniture is gone is an update: {:?}", run.report);
    let after = entry(&house, 3).await;
    assert!(!text(&after).contains(FURNITURE), "{after}");
    assert_eq!((&before["id"], &before["date_published"]), (&after["id"], &after["date_published"]));
    let again = read_again(&house, "2026-01-16T03:00:00Z").await;
    assert_eq!(again.report.updated, 0, "a page read twice is read the same way: {:?}", again.report);
}

#[actix_web::test]
async fn a_site_that_changes_its_layout_is_learned_anew_and_nothing_is_lost() {
    let house = with_a_template().await;
    let run = publish(&house, Design::Second, 30..40).await;
    assert_eq!((run.report.new, run.report.failed), (10, 0), "{:?}", run.report);
    for number in 30..40 {
        assert!(text(&entry(&house, number).await).contains("<p>"), "{number}");
    }
    read_again(&house, "2026-01-16T04:00:00Z").await;
    assert_eq!(learned(&house, SECOND).unwrap().stage, Stage::Used);
    publish(&house, Design::Second, 40..42).await;
    let fresh = entry(&house, 41).await;
    assert!(!text(&fresh).contains(FURNITURE), "{fresh}");
    assert!(house.items("feeds/binghe/yw").await.len() >= 20);
}

#[actix_web::test]
async fn a_container_that_is_suddenly_empty_costs_no_story_and_its_template_is_forgotten() {
    let house = with_a_template().await;
    let since = learned(&house, FIRST).unwrap().since;
    for number in 50..54 {
        let page = page(Design::First, number)
            .replace("<div class=\"story-text\">", "<div class=\"story-text\"></div><div class=\"other\">");
        announce(&house, &path(number), &title(number), page);
    }
    house.clock.move_to(time("2026-01-16T05:00:00Z"));
    let run = house.ingest(section("binghe", "yw")).await;
    assert_eq!((run.report.new, run.report.failed), (4, 0), "{:?}", run.report);
    let mut dice = Dice::new(7_052);
    assert!(text(&entry(&house, 52).await).contains(words::paragraph(&mut dice).trim()));
    assert!(learned(&house, FIRST).is_none_or(|template| template.since > since));
}

#[actix_web::test]
async fn a_body_much_shorter_than_those_before_it_is_read_the_general_way() {
    let house = with_a_template().await;
    let mut dice = Dice::new(9_000);
    let story: String = (0..4).map(|_| format!("<p>{}</p>", words::paragraph(&mut dice))).collect();
    let page = page(Design::First, 60);
    let (start, _) = page.split_once("<div class=\"story-text\">").unwrap();
    let page = format!(
        "{start}<div class=\"story-text\"><p>详见下文。</p></div><div class=\"long\">{story}</div></div></body></html>"
    );
    announce(&house, &path(60), &title(60), page);
    house.ingest(section("binghe", "yw")).await;
    let mut dice = Dice::new(9_000);
    let item = entry(&house, 60).await;
    assert!(text(&item).contains(words::paragraph(&mut dice).trim()), "{item}");
}

#[actix_web::test]
async fn a_restart_forgets_nothing_that_was_learned() {
    let mut house = with_a_template().await;
    let before = learned(&house, FIRST).unwrap();
    house.restart().await;
    house.ingest(Scope::default()).await;
    assert_eq!(learned(&house, FIRST).unwrap().container, before.container);
}

#[actix_web::test]
async fn inspect_shows_what_was_learned_and_reads_as_a_run_would_while_the_service_works() {
    let house = with_a_template().await;
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in catalogue_toml(&house.portal.base_url()) {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let url: String = house.portal.base_url().join(&path(70)).unwrap().into();
    let file = folder.path().join("page.html");
    std::fs::write(&file, page(Design::First, 70)).unwrap();
    let inspect = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_harbinger"));
        command.env_clear().current_dir(folder.path()).arg("inspect").arg(&file);
        command.args(["--portal", "binghe", "--url", &url, "--feeds-dir", "."]).args(more);
        let output = command.arg("--data-dir").arg(house.data_dir()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let report: Value = serde_json::from_str(&inspect(&["--json"])).unwrap();
    assert_eq!(report["template"], FIRST);
    let learned = report["templates"].as_array().unwrap();
    assert!(learned.iter().any(|one| one["container"] == FIRST && one["stage"] == "used"), "{report}");
    assert!(!report["text"].as_str().unwrap().contains(FURNITURE), "{report}");
    let removed = report["removed"].as_array().unwrap();
    let is_told = |one: &Value| one["why"] == "stands on most pages of this template";
    assert!(removed.iter().any(is_told), "{report}");
    let table = inspect(&[]);
    for told in ["Learned of the pages of this host", "in use", "fields in h1", "characters of the header"] {
        assert!(table.contains(told), "{told}: {table}");
    }
}
