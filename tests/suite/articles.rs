//! What is published of a portal is its articles, whole, once, and nothing else.

use std::collections::BTreeSet;

use harbinger::model::run::{RunState, Scope};
use harbinger::sample::sections::{DEAD_LINK, FORBIDDEN_LINK, SECTIONS};
use harbinger::sample::truth::{Truth, truth};
use serde_json::Value;

use crate::house::{House, section};

/// The items of every section, by the path of their article.
async fn published(house: &House) -> Vec<(String, Value)> {
    let mut items = Vec::new();
    for section in &SECTIONS {
        for item in house.items(&format!("feeds/binghe/{}", section.id)).await {
            let url: url::Url = item["url"].as_str().unwrap().parse().unwrap();
            items.push((url.path().to_owned(), item));
        }
    }
    items
}

/// The stories of the portal, without the pages that only repeat one.
fn stories() -> Vec<Truth> {
    truth().into_iter().filter(|truth| truth.copy_of.is_none()).collect()
}

#[actix_web::test]
async fn every_story_of_the_portal_is_published_once_in_its_sections() {
    let house = House::new().await;
    let run = house.ingest(Scope::default()).await;
    assert_eq!(run.state, RunState::Done, "{:?}", run.report);
    assert_eq!(run.report.new as usize, stories().len(), "{:?}", run.report);
    assert_eq!(run.report.copies as usize, truth().len() - stories().len(), "{:?}", run.report);
    let items = published(&house).await;
    for story in stories() {
        let count = items.iter().filter(|(path, _)| *path == story.path).count();
        // A copy brings its story into the section that republished it.
        let copies = truth().into_iter().filter(|it| it.copy_of.as_ref() == Some(&story.path));
        let sections: BTreeSet<String> = copies.flat_map(|copy| copy.sections).chain(story.sections).collect();
        assert_eq!(count, sections.len(), "{} in {sections:?}", story.path);
    }
}

#[actix_web::test]
async fn titles_dates_authors_pictures_and_bodies_are_those_of_the_pages() {
    let house = House::with_articles().await;
    let items = published(&house).await;
    let mut wrong = Vec::new();
    for truth in stories() {
        let Some((_, item)) = items.iter().find(|(path, _)| *path == truth.path) else {
            wrong.push(format!("{}: not published", truth.path));
            continue;
        };
        if item["title"] != truth.title {
            wrong.push(format!("{}: title {} for {}", truth.path, item["title"], truth.title));
        }
        if let Some(published) = truth.published {
            let date: chrono::DateTime<chrono::Utc> = item["date_published"].as_str().unwrap().parse().unwrap();
            if date != published {
                wrong.push(format!("{}: date {date} for {published}", truth.path));
            }
        }
        let authors: Vec<&str> =
            item["authors"].as_array().into_iter().flatten().filter_map(|author| author["name"].as_str()).collect();
        if !truth.authors.is_empty() && authors != truth.authors {
            wrong.push(format!("{}: authors {authors:?} for {:?}", truth.path, truth.authors));
        }
        let html = item["content_html"].as_str().unwrap_or_default();
        for (image, caption) in &truth.images {
            if !html.contains(image.as_str()) || !html.contains(caption.as_str()) {
                wrong.push(format!("{}: picture {image} “{caption}”", truth.path));
            }
        }
        let text = plain(html);
        for paragraph in &truth.paragraphs {
            if !text.contains(&plain(paragraph)) {
                wrong.push(format!("{}: paragraph {paragraph}", truth.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{} things differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Letters and digits alone: what a reader reads, whatever the markup.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for c in html.replace("&amp;", "&").replace("&lt;", "").replace("&gt;", "").chars() {
        match c {
            '<' => is_tag = true,
            '>' => is_tag = false,
            _ if !is_tag && c.is_alphanumeric() => text.push(c),
            _ => {}
        }
    }
    text
}

#[actix_web::test]
async fn nothing_of_a_page_that_is_not_the_article_is_in_a_feed() {
    let house = House::with_articles().await;
    let mut wrong = Vec::new();
    for format in ["rss", "atom", "json"] {
        let text = house.text(&format!("feeds/binghe.{format}?limit=200")).await;
        for alien in [
            "ICP备",
            "版权所有",
            "扫码二维码",
            "掃碼二維碼",
            "博彩",
            "责任编辑：",
            "<script",
            "首页",
            "guān",
            "相关阅读",
        ] {
            if text.contains(alien) {
                wrong.push(format!("“{alien}” in .{format}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[actix_web::test]
async fn a_story_in_two_sections_is_one_article_with_one_id() {
    let house = House::with_articles().await;
    let truth = truth().into_iter().find(|truth| truth.sections.len() == 2).unwrap();
    let mut ids = Vec::new();
    for section in &truth.sections {
        for item in house.items(&format!("feeds/binghe/{section}")).await {
            if item["url"].as_str().unwrap().ends_with(&truth.path) {
                ids.push(item["id"].clone());
            }
        }
    }
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
    let asked = house.portal.requests()[&truth.path];
    assert_eq!(asked, 1, "a page that two sections link is fetched once");
}

#[actix_web::test]
async fn copies_are_the_same_story_under_its_own_address() {
    let house = House::with_articles().await;
    let items = published(&house).await;
    for copy in truth().into_iter().filter(|truth| truth.copy_of.is_some()) {
        assert!(items.iter().all(|(path, _)| *path != copy.path), "{} stands beside its story", copy.path);
    }
}

#[actix_web::test]
async fn an_original_takes_the_place_of_its_machine_made_mirror_whichever_comes_first() {
    let mirror = truth().into_iter().find(|truth| truth.path.contains("300107")).unwrap();
    let original = mirror.copy_of.clone().unwrap();
    let house = House::new().await;
    let page = |path: &str| Scope { url: Some(house.portal.base_url().join(path).unwrap().into()), ..Scope::default() };
    house.ingest(page(&mirror.path)).await;
    let before = house.items("feeds/binghe/yw").await;
    assert!(before[0]["url"].as_str().unwrap().ends_with(&mirror.path));
    let run = house.ingest(page(&original)).await;
    assert_eq!((run.report.new, run.report.copies, run.report.updated), (0, 1, 1), "{:?}", run.report);
    let after = house.items("feeds/binghe/yw").await;
    assert_eq!(after.len(), 1);
    assert_eq!(after[0]["id"], before[0]["id"], "the story keeps its id");
    assert!(after[0]["url"].as_str().unwrap().ends_with(&original));
    let run = house.ingest(page(&mirror.path)).await;
    assert_eq!((run.report.new, run.report.updated), (0, 0), "{:?}", run.report);
}

#[actix_web::test]
async fn one_bad_page_is_an_error_in_the_record_and_stops_nothing() {
    let house = House::new().await;
    let run = house.ingest(section("binghe", "ms")).await;
    assert_eq!(run.state, RunState::Done);
    assert_eq!(run.report.gone, 1);
    let error = |path: &str| run.report.errors.iter().find(|failure| failure.url.ends_with(path)).map(|it| &it.error);
    assert!(error(DEAD_LINK).unwrap().contains("404"));
    assert!(error(FORBIDDEN_LINK).unwrap().contains("robots.txt"));
    assert!(!house.portal.requests().contains_key(FORBIDDEN_LINK), "robots.txt was not obeyed");
    assert!(run.report.new > 3);
}

#[actix_web::test]
async fn a_portal_that_did_not_change_is_asked_and_nothing_is_stored_again() {
    let house = House::with_articles().await;
    let before = house.text("feeds/binghe.rss").await;
    house.clock.move_to(crate::house::time("2026-01-16T00:05:00Z"));
    let run = house.ingest(Scope::default()).await;
    let report = &run.report;
    assert_eq!((report.new, report.updated, report.copies), (0, 0, 0), "{report:?}");
    assert_eq!(report.not_modified, report.sources_ok, "every list answered 304");
    assert_eq!(house.text("feeds/binghe.rss").await, before);
}

#[actix_web::test]
async fn a_run_can_be_rehearsed_without_storing_anything() {
    let house = House::new().await;
    let options = harbinger::ingest::Options { is_dry: true, is_forced: false };
    let run = house.ingest_with(section("binghe", "yw"), options).await;
    assert!(run.report.new > 3, "{:?}", run.report);
    assert_eq!(house.items("feeds/binghe/yw").await.len(), 0);
}

#[actix_web::test]
async fn a_single_page_can_be_ingested() {
    let house = House::new().await;
    let truth = truth().into_iter().find(|truth| truth.sections == ["jj"]).unwrap();
    let url = house.portal.base_url().join(&truth.path).unwrap();
    let run = house.ingest(Scope { url: Some(url.into()), ..Scope::default() }).await;
    assert_eq!(run.report.new, 1, "{:?}", run.report);
    assert_eq!(house.items("feeds/binghe/jj").await[0]["title"], truth.title);
}
