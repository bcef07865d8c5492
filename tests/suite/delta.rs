//! Readers who name the version they hold are told only what came after it (RFC 3229, `A-IM: feed`).

use chrono::DateTime;
use harbinger::ingest::Options;
use harbinger::sample::truth::truth;
use reqwest::{Method, Response, StatusCode};

use crate::house::{House, TOKEN, section};

const FORMATS: [&str; 3] = ["rss", "atom", "json"];

async fn ask(house: &House, format: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = house.client.get(house.url(&format!("feeds/binghe/yw.{format}")));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn field(answer: &Response, name: &str) -> String {
    answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// The tags of what a reader holds now, by format.
async fn held(house: &House) -> [String; 3] {
    let mut tags = [const { String::new() }; 3];
    for (tag, format) in tags.iter_mut().zip(FORMATS) {
        *tag = field(&ask(house, format, &[("accept-encoding", "gzip")]).await, "etag");
        assert!(tag.contains("-gz"));
    }
    tags
}

/// Edits the story of the section with this number; its portal then says something else.
async fn edit(house: &House, number: &str) {
    let story = truth().into_iter().find(|story| story.path.contains(number)).unwrap();
    let from: String = story.paragraphs[0].chars().take(5).collect();
    assert!(house.portal.edit(&story.path, &from, "改动之后"));
    house.ingest_with(section("binghe", "yw"), Options { is_forced: true, is_dry: false }).await;
}

fn entries(format: &str, text: &str) -> usize {
    let mark = match format {
        "rss" => "<item>",
        "atom" => "<entry",
        _ => "\"date_published\"",
    };
    text.matches(mark).count()
}

#[actix_web::test]
async fn only_what_changed_since_the_version_a_reader_holds_is_sent() {
    let house = House::with_articles().await;
    let first = held(&house).await;
    edit(&house, "300101").await;
    for (format, first) in FORMATS.into_iter().zip(&first) {
        let whole = ask(&house, format, &[("if-none-match", first)]).await;
        let answer = ask(&house, format, &[("a-im", "gzip, feed"), ("if-none-match", first)]).await;
        assert_eq!(answer.status().as_u16(), 226, "{format}");
        assert_eq!(field(&answer, "im"), "feed");
        assert_eq!(field(&answer, "cache-control"), "no-store, im");
        assert_eq!(field(&answer, "vary"), "A-IM, If-None-Match, Accept-Encoding, Sec-Fetch-Dest");
        for name in ["content-type", "last-modified", "link"] {
            assert_eq!(field(&answer, name), field(&whole, name), "{format}: {name}");
        }
        let second = field(&answer, "etag");
        assert!(second != field(&whole, "etag") && second != *first, "{format}");
        let (text, whole) = (answer.text().await.unwrap(), whole.text().await.unwrap());
        assert_eq!(entries(format, &text), 1, "{format}: {text}");
        assert!(text.contains("改动之后") && entries(format, &whole) > 1);
        // Who has it holds the newest version, and is told so.
        for fields in [&[("if-none-match", second.as_str())][..], &[("a-im", "feed"), ("if-none-match", &second)]] {
            assert_eq!(ask(&house, format, fields).await.status(), StatusCode::NOT_MODIFIED, "{format}");
        }
        let list = format!("{first}, {second}");
        let fields = [("a-im", "feed"), ("if-none-match", list.as_str())];
        assert_eq!(ask(&house, format, &fields).await.status(), StatusCode::NOT_MODIFIED, "{format}");
    }
    let second = ask(&house, "atom", &[("a-im", "feed"), ("if-none-match", &first[1])]).await;
    let modified = field(&second, "last-modified");
    edit(&house, "300105").await;
    for (tag, expected) in [(field(&second, "etag"), 1), (first[1].clone(), 2)] {
        let answer = ask(&house, "atom", &[("a-im", "feed"), ("if-none-match", &tag)]).await;
        let later = field(&answer, "last-modified");
        assert!(DateTime::parse_from_rfc2822(&later).unwrap() > DateTime::parse_from_rfc2822(&modified).unwrap());
        assert_eq!(entries("atom", &answer.text().await.unwrap()), expected, "{tag}");
    }
}

#[actix_web::test]
async fn what_left_a_feed_is_sent_too() {
    let house = House::with_articles().await;
    let first = held(&house).await;
    let id = house.items("feeds/binghe/yw").await[0]["id"].as_str().unwrap().to_owned();
    let article = house.url(&format!("api/v1/admin/articles/{}", id.trim_start_matches("urn:uuid:")));
    house.client.request(Method::DELETE, article).bearer_auth(TOKEN).send().await.unwrap();
    house.settle().await;
    let answer = ask(&house, "atom", &[("a-im", "feed"), ("if-none-match", &first[1])]).await;
    assert_eq!(answer.status().as_u16(), 226);
    let text = answer.text().await.unwrap();
    assert_eq!(entries("atom", &text), 0);
    assert!(text.contains(&format!("ref=\"{id}\"")), "{text}");
}

#[actix_web::test]
async fn who_names_no_version_that_is_remembered_gets_the_whole_feed() {
    let mut house = House::with_articles().await;
    let first = held(&house).await;
    edit(&house, "300101").await;
    for fields in [
        &[("a-im", "feed")][..],
        &[("a-im", "feed"), ("if-none-match", "\"0123456789abcdef0123456789abcdef\"")],
        &[("a-im", "feed"), ("if-none-match", "\"x\", garbage")],
        &[("a-im", "feed;q=0"), ("if-none-match", &first[0])],
        &[("a-im", "vcdiff"), ("if-none-match", &first[0])],
        &[("if-none-match", &first[0])],
    ] {
        let answer = ask(&house, "rss", fields).await;
        assert_eq!(answer.status(), StatusCode::OK, "{fields:?}");
        assert!(!field(&answer, "cache-control").contains("no-store"));
        assert!(entries("rss", &answer.text().await.unwrap()) > 1);
    }
    let ranged = [("a-im", "feed"), ("if-none-match", first[0].as_str()), ("range", "bytes=0-1")];
    assert_eq!(ask(&house, "rss", &ranged).await.status(), StatusCode::PARTIAL_CONTENT);
    // Nothing of it is kept on disk.
    house.restart().await;
    house.settle().await;
    let answer = ask(&house, "rss", &[("a-im", "feed"), ("if-none-match", &first[0])]).await;
    assert_eq!(answer.status(), StatusCode::OK);
}
