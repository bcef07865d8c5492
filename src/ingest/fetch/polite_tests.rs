//! How we behave: what we send, how often, and whom we obey.

use std::io::Write;
use std::time::Duration;

use chrono::TimeDelta;

use super::wire::{Wire, answer, fetch, fetch_error, fetch_page, fetcher, html, now, rules};
use super::*;

#[tokio::test]
async fn a_request_says_who_we_are_and_what_we_read() {
    let wire = Wire::answering(|_| html(b"ok"));
    let mut url = wire.url("/a.html#part");
    url.set_username("user").unwrap();
    url.set_password(Some("word")).unwrap();
    let page = fetch_page(&url, &rules()).await;
    assert_eq!(page.url, wire.url("/a.html"));
    let head = wire.last_head();
    assert!(head.contains("user-agent: harbinger/1.0 (+https://a.example/)\r\n"), "{head}");
    assert!(head.contains("accept-encoding: gzip, br, zstd\r\n"), "{head}");
    assert!(head.contains("accept: text/html,"), "{head}");
    assert!(!head.contains("authorization"), "{head}");
}

#[tokio::test]
async fn validators_go_back_verbatim_and_304_is_not_an_error() {
    let wire = Wire::answering(|asked| match asked.head.contains("if-none-match: w/\"x-1\"\r\n") {
        true => answer("304 Not Modified", "", b""),
        false => answer("200 OK", "ETag: W/\"x-1\"\r\nLast-Modified: yesterday, or so\r\n", b"ok"),
    });
    let url = wire.url("/a.html");
    let validators = fetch_page(&url, &rules()).await.validators;
    assert_eq!(validators.etag.as_deref(), Some("W/\"x-1\""));
    assert_eq!(validators.last_modified.as_deref(), Some("yesterday, or so"));
    let rules = rules();
    let request = Request { url: &url, rules: &rules, validators: Some(&validators), purpose: Purpose::Page };
    let fetched = page(&fetcher(), request, now()).await.unwrap();
    assert!(matches!(fetched, Fetched::NotModified { moved: None }));
    assert!(wire.last_head().contains("if-modified-since: yesterday, or so\r\n"));
}

#[tokio::test]
async fn only_permanent_redirects_move_a_page() {
    let wire = Wire::answering(|asked| match asked.path.as_str() {
        "/1" => answer("301 Moved", "Location: /2\r\n", b""),
        "/2" => answer("308 Moved", "Location: /3?q=新\r\n", b""),
        "/3?q=%e6%96%b0" => answer("302 Found", "Location: 4\r\n", b""),
        _ => html(b"ok"),
    });
    let page = fetch_page(&wire.url("/1"), &rules()).await;
    assert_eq!(page.url, wire.url("/4"));
    assert_eq!(page.moved, Some(wire.url("/3?q=%E6%96%B0")));
    assert_eq!(fetch_page(&wire.url("/3?q=%e6%96%b0"), &rules()).await.moved, None);
}

#[tokio::test]
async fn a_page_that_is_gone_differs_from_one_that_is_missing() {
    let wire = Wire::answering(|asked| match asked.path.as_str() {
        "/gone" => answer("410 Gone", "", b""),
        _ => answer("404 Not Found", "", b""),
    });
    assert!(matches!(fetch_error(&wire.url("/gone"), &rules()).await, FetchError::Gone { .. }));
    assert!(matches!(fetch_error(&wire.url("/x"), &rules()).await, FetchError::Missing { .. }));
    assert_eq!(wire.counts()["/x"], 1);
}

#[tokio::test]
async fn passing_failures_are_tried_again() {
    let wire = Wire::answering(|asked| match asked.nth {
        0 => answer("502 Bad Gateway", "", b""),
        1 => answer("503 Down", "Retry-After: Tue, 06 Jan 2026 08:59:59 GMT\r\n", b""),
        _ => html(b"ok"),
    });
    assert_eq!(fetch_page(&wire.url("/a"), &rules()).await.body, b"ok");
    assert_eq!(wire.counts()["/a"], 3);
}

#[tokio::test]
async fn a_long_retry_after_is_left_to_the_caller() {
    let wire = Wire::answering(|_| answer("429 Too Many", "Retry-After: 3600\r\n", b""));
    let error = fetch_error(&wire.url("/a"), &rules()).await;
    let FetchError::Busy { status: 429, retry_after, .. } = &error else { panic!("{error}") };
    assert_eq!(*retry_after, Some(Duration::from_secs(3600)));
    assert!(error.to_string().ends_with("asks to come back later (429), in 3600 s"), "{error}");
    assert_eq!(wire.counts()["/a"], 1);
}

/// A server with this robots.txt, and pages that all answer.
fn site(status: &'static str, robots: impl Into<Vec<u8>>) -> Wire {
    let robots = robots.into();
    Wire::start(move |asked, stream| {
        let bytes = match asked.path.as_str() {
            "/robots.txt" => answer(status, "", &robots),
            _ => html(b"ok"),
        };
        stream.write_all(&bytes).unwrap();
    })
}

#[tokio::test]
async fn robots_txt_is_obeyed_by_our_name() {
    let wire = site("200 OK", "User-agent: *\nDisallow: /\n\nUser-agent: Harbinger\nDisallow: /private/\nAllow: /");
    fetch_page(&wire.url("/a"), &rules()).await;
    let error = fetch_error(&wire.url("/private/a"), &rules()).await;
    assert!(matches!(error, FetchError::Robots { .. }), "{error}");
    assert!(error.to_string().contains("obey_robots = false"));
    let open = FetchRules { obey_robots: false, ..rules() };
    fetch_page(&wire.url("/private/a"), &open).await;
}

#[tokio::test]
async fn a_missing_robots_txt_allows_and_an_unreachable_one_forbids() {
    fetch_page(&site("404 Not Found", "").url("/a"), &rules()).await;
    fetch_page(&site("403 Forbidden", "").url("/a"), &rules()).await;
    let error = fetch_error(&site("500 Broken", "").url("/a"), &rules()).await;
    assert!(matches!(error, FetchError::RobotsUnreachable { .. }), "{error}");
    assert!(error.to_string().contains("answered status 500"), "{error}");
}

#[tokio::test]
async fn the_first_500_kib_of_robots_txt_count() {
    let mut robots = b"User-agent: *\nDisallow: /private/\n".to_vec();
    robots.extend(b"# padding\n".repeat(60_000));
    robots.extend(b"Disallow: /\n");
    let wire = site("200 OK", robots);
    fetch_page(&wire.url("/a"), &rules()).await;
    assert!(matches!(fetch_error(&wire.url("/private/a"), &rules()).await, FetchError::Robots { .. }));
}

#[tokio::test]
async fn robots_txt_is_read_once_for_pages_asked_for_at_once_and_again_after_a_day() {
    let wire = site("200 OK", "User-agent: *\nDisallow: /private/");
    let (fetcher, rules) = (fetcher(), rules());
    let ask = |path: &str, hours: i64| {
        let (fetcher, rules, url) = (fetcher.clone(), rules.clone(), wire.url(path));
        async move {
            let request = Request { url: &url, rules: &rules, validators: None, purpose: Purpose::Page };
            page(&fetcher, request, now() + TimeDelta::hours(hours)).await.unwrap();
        }
    };
    tokio::join!(ask("/1", 0), ask("/2", 0), ask("/3", 0), ask("/4", 0));
    ask("/5", 23).await;
    assert_eq!(wire.counts()["/robots.txt"], 1);
    ask("/6", 25).await;
    assert_eq!(wire.counts()["/robots.txt"], 2);
}

#[tokio::test]
async fn a_redirect_asks_the_robots_txt_of_the_new_site() {
    let closed = site("200 OK", "User-agent: *\nDisallow: /");
    let target = closed.url("/a");
    let wire = Wire::answering(move |_| answer("302 Found", &format!("Location: {target}\r\n"), b""));
    assert!(matches!(fetch_error(&wire.url("/a"), &rules()).await, FetchError::Robots { .. }));
    assert!(!closed.counts().contains_key("/a"));
}

#[tokio::test]
async fn media_are_refused_before_their_body_is_read() {
    let wire = Wire::answering(|_| answer("200 OK", "Content-Type: application/pdf\r\n", b"%PDF"));
    assert!(matches!(fetch(&wire.url("/a"), &rules()).await, Err(FetchError::NotPage { .. })));
    let (url, rules) = (wire.url("/a"), rules());
    let request = Request { url: &url, rules: &rules, validators: None, purpose: Purpose::Feed };
    assert!(page(&fetcher(), request, now()).await.is_ok());
}
