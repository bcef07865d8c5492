//! How feeds answer over HTTP (RFC 9110, 9111).

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, Response, StatusCode};

use crate::house::House;

const FEED: &str = "feeds/binghe/yw.rss";

async fn ask(house: &House, path: &str, headers: &[(&'static str, &str)]) -> Response {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, HeaderValue::from_str(value).unwrap());
    }
    house.client.get(house.url(path)).headers(map).send().await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[actix_web::test]
async fn every_document_has_its_type_validators_and_lifetime() {
    let house = House::with_articles().await;
    for (path, content_type) in [
        ("feeds/binghe/yw.rss", "application/rss+xml; charset=utf-8"),
        ("feeds/binghe/yw.atom", "application/atom+xml; charset=utf-8"),
        ("feeds/binghe/yw.json", "application/feed+json"),
        ("feeds/binghe/yw", "text/html; charset=utf-8"),
        ("feeds/binghe.atom", "application/atom+xml; charset=utf-8"),
        ("events/world-mayors-dialogue.rss", "application/rss+xml; charset=utf-8"),
        ("feed.xml", "application/rss+xml; charset=utf-8"),
        ("rss.xml", "application/rss+xml; charset=utf-8"),
        ("atom.xml", "application/atom+xml; charset=utf-8"),
        ("feed.json", "application/feed+json"),
        ("feeds.opml", "text/x-opml; charset=utf-8"),
        ("robots.txt", "text/plain; charset=utf-8"),
        ("favicon.ico", "image/x-icon"),
        ("", "text/html; charset=utf-8"),
    ] {
        let response = house.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(header(&response, "content-type"), content_type, "{path}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{path}");
        assert!(header(&response, "etag").starts_with('"'), "{path}");
        assert!(header(&response, "last-modified").ends_with(" GMT"), "{path}");
        assert!(header(&response, "cache-control").starts_with("public, max-age="), "{path}");
        assert!(header(&response, "vary").contains("Accept-Encoding"), "{path}");
        assert!(!response.headers().contains_key("set-cookie"), "{path}");
    }
}

#[actix_web::test]
async fn a_reader_that_holds_the_version_is_told_so_in_every_coding() {
    let house = House::with_articles().await;
    for coding in ["identity", "gzip"] {
        let full = ask(&house, FEED, &[("accept-encoding", coding)]).await;
        let (etag, modified) = (header(&full, "etag").to_owned(), header(&full, "last-modified").to_owned());
        for (name, value) in [
            ("if-none-match", etag.clone()),
            ("if-none-match", format!("\"x\", W/{etag}")),
            ("if-none-match", "*".to_owned()),
            ("if-modified-since", modified.clone()),
        ] {
            let answer = ask(&house, FEED, &[("accept-encoding", coding), (name, &value)]).await;
            assert_eq!(answer.status(), StatusCode::NOT_MODIFIED, "{name}: {value}");
            for repeated in ["etag", "cache-control", "vary", "date", "link"] {
                assert!(answer.headers().contains_key(repeated), "304 without {repeated}");
            }
            assert_eq!(header(&answer, "etag"), etag);
            assert_eq!(answer.bytes().await.unwrap().len(), 0);
        }
        let stale = ask(&house, FEED, &[("if-none-match", "\"x\""), ("if-modified-since", &modified)]).await;
        assert_eq!(stale.status(), StatusCode::OK);
        let garbage = ask(&house, FEED, &[("if-none-match", &"x".repeat(5_000))]).await;
        assert_eq!(garbage.status(), StatusCode::OK);
    }
}

#[actix_web::test]
async fn gzip_holds_the_same_document() {
    let house = House::with_articles().await;
    let plain = house.text(FEED).await;
    let answer = ask(&house, FEED, &[("accept-encoding", "gzip, deflate")]).await;
    assert_eq!(header(&answer, "content-encoding"), "gzip");
    let bytes = answer.bytes().await.unwrap();
    assert!(bytes.len() < plain.len());
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut text).unwrap();
    assert_eq!(text, plain);
    let refused = ask(&house, FEED, &[("accept-encoding", "gzip;q=0")]).await;
    assert_eq!(header(&refused, "content-encoding"), "");
}

#[actix_web::test]
async fn head_answers_as_get_without_a_body_and_other_methods_are_refused() {
    let house = House::with_articles().await;
    let get = house.get(FEED).await;
    let head = house.client.head(house.url(FEED)).send().await.unwrap();
    for name in ["etag", "last-modified", "content-type", "content-length", "cache-control", "link"] {
        assert_eq!(header(&head, name), header(&get, name), "{name}");
    }
    let etag = header(&get, "etag").to_owned();
    let fresh = house.client.head(house.url(FEED)).header("if-none-match", etag).send().await.unwrap();
    assert_eq!(fresh.status(), StatusCode::NOT_MODIFIED);
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let answer = house.client.request(method, house.url(FEED)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(header(&answer, "allow"), "GET, HEAD");
        assert_eq!(header(&answer, "content-type"), "application/problem+json");
    }
}

#[actix_web::test]
async fn a_reader_may_ask_for_fewer_or_more_entries() {
    let house = House::with_articles().await;
    let three = house.json("feeds/binghe.json?limit=3").await;
    assert_eq!(three["items"].as_array().unwrap().len(), 3);
    assert_eq!(three["feed_url"], "https://feeds.example/feeds/binghe.json?limit=3");
    let all = house.json("feeds/binghe.json").await;
    assert_eq!(all["items"].as_array().unwrap().len(), 50);
    assert_eq!(three["items"].as_array().unwrap()[..], all["items"].as_array().unwrap()[..3]);
    for bad in ["0", "201", "-1", "x", "", "99999999999999999999"] {
        let answer = house.get(&format!("feeds/binghe.rss?limit={bad}")).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "limit={bad}");
        let problem: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(problem["status"], 400);
    }
}

#[actix_web::test]
async fn what_we_do_not_know_in_a_query_changes_nothing() {
    let house = House::with_articles().await;
    let plain = house.text(FEED).await;
    for query in ["?utm_source=x", "?null", "?a=b&limit", "?%ff=%00"] {
        if query.contains("limit") {
            continue;
        }
        assert_eq!(house.text(&format!("{FEED}{query}")).await, plain, "{query}");
    }
}

#[actix_web::test]
async fn what_is_not_there_is_a_problem_with_its_status() {
    let house = House::new().await;
    for path in [
        "feeds/nothing.rss",
        "feeds/binghe/nothing.atom",
        "events/x.json",
        "nothing",
        "feeds/../Cargo.toml",
        "feeds/binghe/yw.xml",
        "assets/x.css",
        "feeds/%00.rss",
        "feed",
    ] {
        let answer = house.get(path).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(header(&answer, "content-type"), "application/problem+json", "{path}");
        assert_eq!(header(&answer, "cache-control"), "no-store", "{path}");
    }
}

#[actix_web::test]
async fn a_feed_without_articles_is_valid_and_ready_at_once() {
    let house = House::new().await;
    for format in ["rss", "atom", "json"] {
        assert_eq!(house.get(&format!("feeds/binghe/yw.{format}")).await.status(), StatusCode::OK);
    }
    assert_eq!(house.text("healthz").await, "alive\n");
    assert_eq!(house.text("readyz").await, "ready\n");
}

#[actix_web::test]
async fn last_modified_moves_at_every_change_also_within_one_second() {
    let house = House::with_articles().await;
    let mut seen = vec![header(&house.get(FEED).await, "last-modified").to_owned()];
    for text in ["第一次改动", "第二次改动"] {
        let story = harbinger::sample::truth::truth().into_iter().find(|it| it.path.contains("300101")).unwrap();
        let from = if text.contains('一') {
            story.paragraphs[0].chars().take(5).collect()
        } else {
            "第一次改动".to_owned()
        };
        assert!(house.portal.edit(&story.path, &from, text));
        let options = harbinger::ingest::Options { is_forced: true, is_dry: false };
        house.ingest_with(crate::house::section("binghe", "yw"), options).await;
        seen.push(header(&house.get(FEED).await, "last-modified").to_owned());
    }
    let times: Vec<_> = seen.iter().map(|time| chrono::DateTime::parse_from_rfc2822(time).unwrap()).collect();
    assert!(times[0] < times[1] && times[1] < times[2], "{seen:?}");
}

#[actix_web::test]
async fn the_address_of_a_page_gives_a_feed_to_those_who_ask_for_one() {
    let house = House::with_articles().await;
    for (accept, content_type, path) in [
        ("application/rss+xml", "application/rss+xml; charset=utf-8", "/feeds/binghe/yw.rss"),
        ("application/atom+xml, */*;q=0.1", "application/atom+xml; charset=utf-8", "/feeds/binghe/yw.atom"),
        ("application/feed+json, text/html;q=0.9", "application/feed+json", "/feeds/binghe/yw.json"),
    ] {
        let answer = ask(&house, "feeds/binghe/yw", &[("accept", accept)]).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], content_type);
        assert_eq!(answer.headers()["content-location"], path);
        assert!(answer.headers()["vary"].to_str().unwrap().contains("Accept, "));
        assert_eq!(answer.text().await.unwrap(), house.text(&path[1..]).await);
    }
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let page = ask(&house, "feeds/binghe/yw", &[("accept", browser)]).await;
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert!(page.headers()["vary"].to_str().unwrap().contains("Accept, "));
    let part = ask(&house, "feeds/binghe/yw?limit=2", &[("accept", "application/atom+xml")]).await;
    assert_eq!(part.headers()["content-location"], "/feeds/binghe/yw.atom?limit=2");
    assert_eq!(part.text().await.unwrap(), house.text("feeds/binghe/yw.atom?limit=2").await);
    let front = ask(&house, "", &[("accept", "application/rss+xml")]).await;
    assert_eq!(front.headers()["content-location"], "/rss.xml");
    // A feed's own address gives that feed, whatever else a reader says it can read.
    let feed = ask(&house, "feeds/binghe/yw.rss", &[("accept", "text/html")]).await;
    assert_eq!(feed.headers()["content-type"], "application/rss+xml; charset=utf-8");
}

#[actix_web::test]
async fn a_script_of_another_site_may_read_and_not_write() {
    let house = House::with_articles().await;
    let ask = |path: &str| {
        let request =
            house.client.request(Method::OPTIONS, house.url(path)).header("origin", "https://partner.example");
        request.header("access-control-request-method", "GET").send()
    };
    for path in ["feeds/binghe.json", "api/v1/headlines", "api/v1/changes"] {
        let answer = ask(path).await.unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{path}");
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        assert_eq!(answer.headers()["access-control-allow-methods"], "GET, HEAD");
    }
    for path in ["api/v1/admin/ingest", "admin", "hub"] {
        let answer = ask(path).await.unwrap();
        assert!(answer.headers().get("access-control-allow-origin").is_none(), "{path}");
    }
}

#[actix_web::test]
async fn a_feed_that_is_published_no_more_is_gone_and_one_that_never_was_is_not_found() {
    let mut house = House::with_articles().await;
    house.change_file("binghe.toml", "id = \"yw\"", "id = \"renamed\"");
    house.restart().await;
    house.settle().await;
    for path in ["feeds/binghe/yw", "feeds/binghe/yw.rss", "feeds/binghe/yw.atom", "feeds/binghe/yw.json"] {
        assert_eq!(house.get(path).await.status(), StatusCode::GONE, "{path}");
    }
    assert_eq!(house.get("feeds/binghe/never.rss").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(house.get("events/never.rss").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(house.get("feeds/binghe/renamed.rss").await.status(), StatusCode::OK);
}

#[actix_web::test]
async fn a_feed_that_got_another_id_leads_on_for_good() {
    let mut house = House::with_articles().await;
    house.change_file("binghe.toml", "id = \"yw\"", "id = \"renamed\"\naliases = [\"yw\"]");
    house.restart().await;
    house.settle().await;
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for (path, expected) in [
        ("feeds/binghe/yw", "https://feeds.example/feeds/binghe/renamed"),
        ("feeds/binghe/yw.rss", "https://feeds.example/feeds/binghe/renamed.rss"),
        ("feeds/binghe/yw.json?limit=3", "https://feeds.example/feeds/binghe/renamed.json?limit=3"),
    ] {
        let answer = client.get(house.url(path)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::MOVED_PERMANENTLY, "{path}");
        assert_eq!(header(&answer, "location"), expected);
    }
    assert_eq!(house.get("feeds/binghe/renamed.rss").await.status(), StatusCode::OK);
}

#[actix_web::test]
async fn a_download_is_resumed_where_it_broke_off_and_only_in_the_same_version_and_coding() {
    let house = House::with_articles().await;
    for coding in ["identity", "gzip"] {
        let full = ask(&house, FEED, &[("accept-encoding", coding)]).await;
        assert_eq!(header(&full, "accept-ranges"), "bytes");
        let etag = header(&full, "etag").to_owned();
        let whole = full.bytes().await.unwrap();
        let begin = ask(&house, FEED, &[("accept-encoding", coding), ("range", "bytes=0-99")]).await;
        assert_eq!(begin.status(), StatusCode::PARTIAL_CONTENT, "{coding}");
        assert_eq!(header(&begin, "content-range"), format!("bytes 0-99/{}", whole.len()));
        assert_eq!(header(&begin, "etag"), etag);
        let begin = begin.bytes().await.unwrap();
        let fields = [("accept-encoding", coding), ("range", "bytes=100-"), ("if-range", &etag)];
        let rest = ask(&house, FEED, &fields).await;
        assert_eq!(rest.status(), StatusCode::PARTIAL_CONTENT, "{coding}");
        assert_eq!(header(&rest, "vary"), "Accept-Encoding, Sec-Fetch-Dest");
        assert_eq!([begin, rest.bytes().await.unwrap()].concat(), whole);
        let behind = format!("bytes={}-", whole.len());
        let none = ask(&house, FEED, &[("accept-encoding", coding), ("range", &behind)]).await;
        assert_eq!(none.status(), StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(header(&none, "content-range"), format!("bytes */{}", whole.len()));
        assert_eq!(header(&none, "content-type"), "application/problem+json");
        // Bytes of one coding are no beginning of another's.
        let other = if coding == "gzip" { "identity" } else { "gzip" };
        let fields = [("accept-encoding", other), ("range", "bytes=100-"), ("if-range", &etag)];
        assert_eq!(ask(&house, FEED, &fields).await.status(), StatusCode::OK, "{coding}");
        let fresh = ask(&house, FEED, &[("if-none-match", &etag), ("range", "bytes=0-1")]).await;
        assert_eq!(fresh.status(), StatusCode::NOT_MODIFIED);
    }
    let several = ask(&house, FEED, &[("range", "bytes=0-1,4-5")]).await;
    assert_eq!(several.status(), StatusCode::OK);
    let head = house.client.head(house.url(FEED)).header("range", "bytes=0-1").send().await.unwrap();
    assert_eq!(head.status(), StatusCode::OK);
}

#[actix_web::test]
async fn a_browser_gets_a_feed_with_a_stylesheet_and_a_reader_as_it_is() {
    let house = House::with_articles().await;
    for path in ["feeds/binghe/yw.rss", "feeds/binghe/yw.atom", "feeds/binghe.atom?limit=3", "feed.xml"] {
        let plain = house.get(path).await;
        let shown = ask(&house, path, &[("sec-fetch-dest", "document")]).await;
        assert_eq!(header(&shown, "content-type"), "application/xml; charset=utf-8", "{path}");
        for name in ["last-modified", "cache-control", "link", "vary"] {
            assert_eq!(header(&shown, name), header(&plain, name), "{path}: {name}");
        }
        assert_eq!(header(&plain, "vary"), "Accept-Encoding, Sec-Fetch-Dest");
        let etag = header(&shown, "etag").to_owned();
        assert_ne!(etag, header(&plain, "etag"));
        let again = ask(&house, path, &[("sec-fetch-dest", "document"), ("if-none-match", &etag)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(ask(&house, path, &[("if-none-match", &etag)]).await.status(), StatusCode::OK, "{path}");
        let (plain, shown) = (plain.text().await.unwrap(), shown.text().await.unwrap());
        let named = shown.find("<?xml-stylesheet").unwrap();
        let end = named + shown[named..].find("?>").unwrap() + 2;
        assert_eq!(shown[..named].to_owned() + &shown[end..], plain, "{path}");
        let address = shown[named..end].split("href=\"/").nth(1).unwrap().split('"').next().unwrap();
        let stylesheet = house.get(address).await;
        assert_eq!(header(&stylesheet, "content-type"), "text/css; charset=utf-8");
        assert!(stylesheet.text().await.unwrap().contains("item > title"));
    }
    // Nothing else has two faces.
    for path in ["feeds/binghe/yw.json", "feeds/binghe/yw", "feeds.opml"] {
        let shown = ask(&house, path, &[("sec-fetch-dest", "document")]).await;
        assert_eq!(header(&shown, "etag"), header(&house.get(path).await, "etag"), "{path}");
    }
}
