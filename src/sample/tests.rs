//! The sample portal, read over HTTP on loopback.

use std::collections::HashSet;

use encoding_rs::{BIG5, GBK};
use flate2::read::GzDecoder;
use reqwest::{Client, Response, StatusCode};

use super::*;
use crate::sample::sections::{DEAD_LINK, FORBIDDEN_LINK, SECTIONS};
use crate::sample::stories::Quirk;
use crate::sample::truth::truth;

/// A running portal, in which nothing changes by itself, and a client without any cleverness.
struct Reader {
    portal: SamplePortal,
    client: Client,
}

impl Reader {
    async fn start() -> Reader {
        let portal = SamplePortal::start("127.0.0.1:0").await.unwrap();
        portal.keep_still();
        Reader { portal, client: Client::builder().no_proxy().build().unwrap() }
    }

    async fn get(&self, path: &str) -> Response {
        self.get_with(path, &[]).await
    }

    async fn get_with(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let mut request = self.client.get(self.portal.base_url().join(path).unwrap());
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    async fn bytes(&self, path: &str) -> Vec<u8> {
        self.get(path).await.bytes().await.unwrap().to_vec()
    }
}

#[test]
fn there_are_about_sixty_articles_in_ten_sections() {
    assert!((55..=65).contains(&truth().len()), "{} articles", truth().len());
    assert_eq!(SECTIONS.len(), 10);
    for section in &SECTIONS {
        let count = truth().iter().filter(|truth| truth.sections.iter().any(|id| id == section.id)).count();
        assert!(count >= 5, "{}: {count} articles", section.id);
    }
}

#[test]
fn every_article_tells_a_story_of_its_own_within_the_fortnight() {
    let mut paths = HashSet::new();
    let mut texts = HashSet::new();
    for truth in truth() {
        assert!(paths.insert(truth.path.clone()), "{}: two articles at one path", truth.path);
        let text = truth.paragraphs.concat();
        assert!(text.chars().count() >= 200, "{}: {} characters", truth.path, text.chars().count());
        assert!(texts.insert(text), "{}: the same text as another", truth.path);
        let day = truth.published.map(|at| at.format("%Y-%m-%d").to_string());
        assert!(day.is_none_or(|day| ("2025-12-28".."2026-01-16").contains(&day.as_str())), "{}", truth.path);
    }
}

#[test]
fn both_events_have_coverage_in_three_languages() {
    for (event, count) in [("world-mayors-dialogue", 6), ("binghe-snow-sculpture", 6)] {
        let coverage: Vec<_> = truth().into_iter().filter(|truth| truth.events.iter().any(|id| id == event)).collect();
        assert_eq!(coverage.len(), count, "{event}");
        for language in ["zh-Hans", "en", "ru"] {
            assert!(coverage.iter().any(|truth| truth.language == language), "{event}: none in {language}");
        }
    }
}

#[actix_web::test]
async fn every_linked_page_and_picture_answers_except_the_dead_link() {
    let reader = Reader::start().await;
    for truth in truth() {
        let page = reader.get(&truth.path).await;
        assert_eq!(page.status(), StatusCode::OK, "{}", truth.path);
        for (picture, _) in &truth.images {
            assert!(reader.bytes(picture).await.starts_with(b"\x89PNG"), "{picture}");
        }
    }
    let list = reader.get("/ms/").await.text().await.unwrap();
    assert!(list.contains(DEAD_LINK) && list.contains(FORBIDDEN_LINK));
    assert_eq!(reader.get(DEAD_LINK).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(reader.get(FORBIDDEN_LINK).await.status(), StatusCode::OK);
}

#[actix_web::test]
async fn every_article_is_linked_in_the_list_of_each_of_its_sections() {
    let reader = Reader::start().await;
    for section in &SECTIONS {
        let mut list = String::new();
        for page in ["", "index_2.html"] {
            let bytes = reader.bytes(&format!("/{}/{page}", section.id)).await;
            let is_utf8 = std::str::from_utf8(&bytes).is_ok();
            list.push_str(&if is_utf8 { String::from_utf8(bytes).unwrap() } else { GBK.decode(&bytes).0.into_owned() });
        }
        for truth in truth().iter().filter(|truth| truth.sections.iter().any(|id| id == section.id)) {
            let file = truth.path.rsplit('/').next().unwrap();
            assert!(list.contains(file), "{}: {file} is not linked", section.id);
        }
    }
}

#[actix_web::test]
async fn old_pages_are_gbk_and_one_is_big5() {
    let reader = Reader::start().await;
    for (number, charset) in [("301001", GBK), ("300506", GBK), ("300108", BIG5)] {
        let story = stories::numbered(number).unwrap();
        let bytes = reader.bytes(&story.path()).await;
        assert!(std::str::from_utf8(&bytes).is_err(), "{number} is UTF-8");
        let (text, _, has_errors) = charset.decode(&bytes);
        assert!(!has_errors && text.contains(story.front.title.split('&').next().unwrap()), "{number}");
    }
}

#[actix_web::test]
async fn the_feed_and_the_news_sitemap_name_their_articles() {
    let reader = Reader::start().await;
    let feed = reader.bytes("/gngj/rss.xml").await;
    let sitemap = reader.get("/kj/news-sitemap.xml").await.text().await.unwrap();
    let feed = feed_rs::parser::parse(feed.as_slice()).unwrap();
    for truth in truth() {
        let link = template::absolute(&reader.portal.base_url(), &truth.path);
        if truth.sections[0] == "gngj" {
            let entry = feed.entries.iter().find(|entry| entry.links[0].href == link).unwrap();
            assert_eq!(entry.title.as_ref().unwrap().content, truth.title);
            assert_eq!(entry.published, truth.published);
        }
        assert_eq!(sitemap.contains(&link), truth.sections[0] == "kj", "{link}");
    }
}

#[actix_web::test]
async fn known_pages_and_lists_are_not_sent_again() {
    let reader = Reader::start().await;
    for path in [truth()[0].path.as_str(), "/yw/", "/fz/", "/gngj/rss.xml"] {
        let response = reader.get(path).await;
        let field = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        let etag = reader.get_with(path, &[("if-none-match", &field("etag"))]).await;
        assert_eq!(etag.status(), StatusCode::NOT_MODIFIED, "{path}");
        let since = reader.get_with(path, &[("if-modified-since", &field("last-modified"))]).await;
        assert_eq!(since.status(), StatusCode::NOT_MODIFIED, "{path}");
    }
}

#[actix_web::test]
async fn an_edited_page_is_sent_again() {
    let reader = Reader::start().await;
    let story = stories::numbered("301002").unwrap();
    let etag = reader.get(&story.path()).await.headers()["etag"].to_str().unwrap().to_owned();
    assert!(reader.portal.edit(&story.path(), "七成责任", "八成责任"));
    assert!(!reader.portal.edit(&story.path(), "七成责任", "八成责任"));
    let response = reader.get_with(&story.path(), &[("if-none-match", &etag)]).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(GBK.decode(&response.bytes().await.unwrap()).0.contains("八成责任"));
}

#[actix_web::test]
async fn one_article_is_corrected_after_its_first_reading() {
    let portal = SamplePortal::start("127.0.0.1:0").await.unwrap();
    let reader = Reader { portal, client: Client::builder().no_proxy().build().unwrap() };
    let path = stories::numbered("300302").unwrap().path();
    let first = reader.get(&path).await.text().await.unwrap();
    let second = reader.get(&path).await.text().await.unwrap();
    let third = reader.get(&path).await.text().await.unwrap();
    assert!(!first.contains("更正") && second.contains("更正"));
    assert_eq!(second, third);
}

#[actix_web::test]
async fn tests_can_publish_announce_fail_and_remove_pages_and_count_requests() {
    let reader = Reader::start().await;
    let path = "/yw/content/2026-01/15/content_300199.html";
    reader.portal.publish(path, "<h1>新</h1>");
    assert!(reader.portal.announce("/yw/", path, "新"));
    assert!(reader.get("/yw/").await.text().await.unwrap().contains(path));
    assert_eq!(reader.get(path).await.text().await.unwrap(), "<h1>新</h1>");
    reader.portal.fail(path, 503);
    assert_eq!(reader.get(path).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    reader.portal.remove(path);
    assert_eq!(reader.get(path).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(reader.portal.requests()[path], 3);
}

#[actix_web::test]
async fn some_pages_are_compressed_for_those_who_can_read_it() {
    let reader = Reader::start().await;
    let story = stories::all().iter().find(|story| story.has(Quirk::Gzip)).unwrap();
    let plain = reader.bytes(&story.path()).await;
    let response = reader.get_with(&story.path(), &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let packed = response.bytes().await.unwrap();
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(&mut GzDecoder::new(packed.as_ref()), &mut unpacked).unwrap();
    assert_eq!(unpacked, plain);
}

#[actix_web::test]
async fn the_hijacked_mirror_and_the_copy_are_pages_of_their_own() {
    let reader = Reader::start().await;
    let mirror = reader.get(&stories::numbered("300107").unwrap().path()).await.text().await.unwrap();
    let footer = mirror.find("class=\"footer\"").unwrap();
    assert!(mirror.find("在线博彩平台").unwrap() > footer);
    assert!(mirror.contains("發(fā)"));
    let copies: Vec<_> = truth().into_iter().filter(|truth| truth.copy_of.is_some()).collect();
    assert_eq!(copies.len(), 2);
    for copy in copies {
        let original = truth().into_iter().find(|truth| Some(&truth.path) == copy.copy_of.as_ref()).unwrap();
        assert_ne!(original.paragraphs, copy.paragraphs);
    }
}

#[actix_web::test]
async fn a_stopped_portal_frees_its_port() {
    let portal = SamplePortal::start("127.0.0.1:0").await.unwrap();
    let listen = portal.base_url().authority().to_owned();
    portal.stop().await;
    assert!(SamplePortal::start(&listen).await.is_ok());
}

#[test]
fn the_configuration_names_every_section_and_source() {
    let base = Url::parse("http://127.0.0.1:9000/").unwrap();
    let files = catalogue::catalogue_toml(&base);
    let tables: Vec<toml::Table> = files.iter().map(|(_, text)| text.parse().unwrap()).collect();
    assert_eq!(tables[0]["portal"]["home"].as_str(), Some("http://127.0.0.1:9000/"));
    let sections = tables[0]["section"].as_array().unwrap();
    assert_eq!(sections.len(), 10);
    assert_eq!(sections[1]["sources"][0]["feed"].as_str(), Some("http://127.0.0.1:9000/gngj/rss.xml"));
    let article_url = regex::Regex::new(tables[0]["portal"]["article_url"].as_str().unwrap()).unwrap();
    for truth in truth() {
        assert!(article_url.is_match(&template::absolute(&base, &truth.path)), "{}", truth.path);
    }
    assert_eq!(tables[1]["event"]["id"].as_str(), Some("binghe-snow-sculpture"));
}
