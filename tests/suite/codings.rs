//! Feeds in the content codings that readers take: the best is made once for a version, behind the answers that want it.

use std::io::Read;

use flate2::read::GzDecoder;
use harbinger::ingest::Options;
use harbinger::sample::truth::truth;
use reqwest::{Response, StatusCode};

use crate::house::{House, section};

const FEED: &str = "feeds/binghe/yw.rss";
/// Readers that ask at once.
const CLIENTS: usize = 64;
/// Questions after which a coding is there, each of which takes longer than encoding does.
const QUESTIONS_MAX: usize = 2_000;

async fn ask(house: &House, path: &str, accepted: &str) -> Response {
    house.client.get(house.url(path)).header("accept-encoding", accepted).send().await.unwrap()
}

fn field(answer: &Response, name: &str) -> String {
    answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// Asks until the answer comes in this coding.
async fn wait_for(house: &House, path: &str, coding: &str) -> Response {
    for _ in 0..QUESTIONS_MAX {
        let answer = ask(house, path, coding).await;
        assert_eq!(answer.status(), StatusCode::OK);
        if field(&answer, "content-encoding") == coding {
            return answer;
        }
        assert_eq!(field(&answer, "content-encoding"), "", "nobody gets what he does not take");
    }
    panic!("{path} is never answered in {coding}");
}

fn decoded(coding: &str, bytes: &[u8]) -> String {
    let mut text = Vec::new();
    match coding {
        "br" => brotli::BrotliDecompress(&mut &*bytes, &mut text).unwrap(),
        "zstd" => text = zstd::bulk::decompress(bytes, 4 << 20).unwrap(),
        _ => drop(GzDecoder::new(bytes).read_to_end(&mut text).unwrap()),
    }
    String::from_utf8(text).unwrap()
}

#[actix_web::test]
async fn many_readers_at_once_cost_one_encoding_of_each_kind() {
    let house = House::with_articles().await;
    let plain = house.text(FEED).await;
    let before = house.running().service.publisher.encodings();
    let accepted = ["gzip, deflate, br", "gzip, zstd"];
    let answers = (0..CLIENTS).map(|client| ask(&house, FEED, accepted[client % accepted.len()]));
    for answer in futures_util::future::join_all(answers).await {
        assert_eq!(answer.status(), StatusCode::OK);
        let coding = field(&answer, "content-encoding");
        assert!(!coding.is_empty());
        assert_eq!(decoded(&coding, &answer.bytes().await.unwrap()), plain, "{coding}");
    }
    for coding in ["br", "zstd"] {
        let answer = wait_for(&house, FEED, coding).await;
        assert_eq!(decoded(coding, &answer.bytes().await.unwrap()), plain);
    }
    assert_eq!(house.running().service.publisher.encodings() - before, 2);
    assert!(house.text("metrics").await.contains(&format!("harbinger_encodings_total {}", before + 2)));
}

#[actix_web::test]
async fn each_coding_has_a_tag_of_its_own_and_a_reader_that_holds_it_is_told_so() {
    let house = House::with_articles().await;
    let mut tags = vec![field(&house.get(FEED).await, "etag")];
    for coding in ["gzip", "br", "zstd"] {
        let answer = wait_for(&house, FEED, coding).await;
        let etag = field(&answer, "etag");
        assert!(!tags.contains(&etag), "{coding}: {etag}");
        let request = house.client.get(house.url(FEED)).header("accept-encoding", coding);
        let fresh = request.header("if-none-match", &etag).send().await.unwrap();
        assert_eq!((fresh.status(), field(&fresh, "etag")), (StatusCode::NOT_MODIFIED, etag.clone()), "{coding}");
        let resumed = house.client.get(house.url(FEED)).header("accept-encoding", coding);
        let resumed = resumed.header("range", "bytes=1-").header("if-range", &etag).send().await.unwrap();
        assert_eq!(resumed.status(), StatusCode::PARTIAL_CONTENT, "{coding}");
        assert_eq!(resumed.bytes().await.unwrap(), answer.bytes().await.unwrap()[1..], "{coding}");
        tags.push(etag);
    }
    for (accepted, expected) in [
        ("br, gzip, zstd", "br"),
        ("br;q=0.5, zstd;q=0.9, gzip;q=0.8", "zstd"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.5, identity", ""),
        ("deflate", ""),
    ] {
        assert_eq!(field(&ask(&house, FEED, accepted).await, "content-encoding"), expected, "{accepted}");
    }
}

#[actix_web::test]
async fn a_new_version_comes_in_the_coding_too() {
    let house = House::with_articles().await;
    wait_for(&house, FEED, "br").await;
    let story = truth().into_iter().find(|story| story.path.contains("300101")).unwrap();
    let from: String = story.paragraphs[0].chars().take(5).collect();
    assert!(house.portal.edit(&story.path, &from, "改动之后"));
    house.ingest_with(section("binghe", "yw"), Options { is_forced: true, is_dry: false }).await;
    let first = ask(&house, FEED, "br, gzip").await;
    let text = decoded(&field(&first, "content-encoding"), &first.bytes().await.unwrap());
    assert!(text.contains("改动之后"));
    let second = wait_for(&house, FEED, "br").await;
    assert_eq!(decoded("br", &second.bytes().await.unwrap()), text);
    // Parts of a feed and headlines come in it as well.
    for path in ["feeds/binghe.json?limit=3", "api/v1/headlines?feed=binghe"] {
        let plain = house.text(path).await;
        let answer = wait_for(&house, path, "zstd").await;
        assert_eq!(decoded("zstd", &answer.bytes().await.unwrap()), plain, "{path}");
    }
}
