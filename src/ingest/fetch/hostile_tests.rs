//! What servers do to us: bombs, endless answers, lies about length, silence, and ways into our own network.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::wire::{Wire, answer, fetch_error, fetch_page, html, rules};
use super::*;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// Writes for ever, until the client has had enough.
fn endless(stream: &mut TcpStream, piece: &[u8]) {
    while stream.write_all(piece).is_ok() {}
}

#[tokio::test]
async fn a_compressed_page_is_inflated_and_hashed() {
    let wire = Wire::answering(|_| answer("200 OK", "Content-Encoding: gzip\r\n", &gzip(b"news")));
    let page = fetch_page(&wire.url("/a"), &rules()).await;
    assert_eq!(page.body, b"news");
    assert_eq!(page.body_hash, *blake3::hash(b"news").as_bytes());
}

#[tokio::test]
async fn a_gzip_bomb_ends_at_the_limit() {
    let bomb = gzip(&vec![0; 50_000_000]);
    let wire = Wire::answering(move |_| answer("200 OK", "Content-Encoding: gzip\r\n", &bomb));
    let error = fetch_error(&wire.url("/a"), &rules()).await;
    assert!(matches!(error, FetchError::TooLarge { bytes_max: 100_000, .. }), "{error}");
    assert!(error.to_string().contains("raise max_page_mb"));
}

#[tokio::test]
async fn an_endless_body_ends_at_the_limit() {
    let wire = Wire::start(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").unwrap();
        endless(stream, b"3e8\r\n".iter().chain(&[b'x'; 1000]).chain(b"\r\n").copied().collect::<Vec<u8>>().as_slice());
    });
    let open = FetchRules { obey_robots: false, ..rules() };
    assert!(matches!(fetch_error(&wire.url("/a"), &open).await, FetchError::TooLarge { .. }));
}

#[tokio::test]
async fn endless_headers_are_an_error() {
    let wire = Wire::start(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n").unwrap();
        endless(stream, b"X-More: yes\r\n");
    });
    let open = FetchRules { obey_robots: false, ..rules() };
    assert!(matches!(fetch_error(&wire.url("/a"), &open).await, FetchError::Network { .. }));
}

#[tokio::test]
async fn an_announced_giant_is_refused_at_once() {
    let wire = Wire::answering(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\nx".to_vec());
    assert!(matches!(fetch_error(&wire.url("/a"), &rules()).await, FetchError::TooLarge { .. }));
}

#[tokio::test]
async fn a_body_shorter_than_announced_is_an_error_after_three_tries() {
    let wire = Wire::answering(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort".to_vec());
    let error = fetch_error(&wire.url("/a"), &rules()).await;
    assert!(matches!(error, FetchError::Network { .. }), "{error}");
    assert_eq!(wire.counts()["/a"], 3);
}

#[tokio::test]
async fn a_stalled_answer_times_out() {
    let wire = Wire::start(|asked, stream| {
        if asked.path == "/robots.txt" {
            return stream.write_all(&answer("404 Not Found", "", b"")).unwrap();
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort").unwrap();
        // Nothing more comes, and the end of the stream is never seen.
        std::mem::forget(stream.try_clone().unwrap());
    });
    let impatient = FetchRules { timeout: Duration::from_millis(300), ..rules() };
    let error = fetch_error(&wire.url("/a"), &impatient).await;
    assert!(matches!(error, FetchError::Timeout { .. }), "{error}");
    assert!(error.to_string().contains("within 0.3 s"), "{error}");
    assert_eq!(wire.counts()["/a"], 2);
}

#[tokio::test]
async fn endless_redirects_end_after_five() {
    let wire = Wire::answering(|asked| answer("302 Found", &format!("Location: {}x\r\n", asked.path), b""));
    assert!(matches!(fetch_error(&wire.url("/a"), &rules()).await, FetchError::TooManyRedirects { .. }));
    assert_eq!(wire.counts().len(), 1 + 1 + REDIRECTS_MAX, "robots.txt, the first and five more");
}

#[tokio::test]
async fn a_redirect_out_of_http_is_refused() {
    let wire = Wire::answering(|_| answer("302 Found", "Location: file:///etc/passwd\r\n", b""));
    assert!(matches!(fetch_error(&wire.url("/a"), &rules()).await, FetchError::NotHttp { .. }));
}

#[tokio::test]
async fn private_addresses_are_refused_in_every_spelling() {
    let wire = Wire::answering(|_| html(b"secret"));
    let port = wire.url("/").port().unwrap();
    let guarded = FetchRules { allow_private_addresses: false, ..rules() };
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "017700000001",
        "127.0.0.1.",
        "[::1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "localhost",
        "169.254.169.254",
    ] {
        for obey_robots in [true, false] {
            let rules = FetchRules { obey_robots, ..guarded.clone() };
            let url = Url::parse(&format!("http://{host}:{port}/a")).unwrap();
            let error = fetch_error(&url, &rules).await;
            assert!(matches!(error, FetchError::PrivateAddress { .. }), "{host}: {error}");
            assert!(error.to_string().contains("set allow_private_addresses = true"));
        }
    }
    assert!(wire.counts().is_empty());
}

#[test]
fn every_hop_is_checked_for_private_addresses() {
    // A guarded fetcher cannot reach a test server, so this asks what is asked of each hop before it is sent.
    for target in ["http://169.254.169.254/latest/meta-data/", "http://127.0.0.1/", "http://[::ffff:10.0.0.1]/"] {
        let guarded = FetchRules { allow_private_addresses: false, ..rules() };
        let error = exchange::sendable(Url::parse(target).unwrap(), &guarded).unwrap_err();
        assert!(matches!(error, FetchError::PrivateAddress { .. }), "{target}: {error}");
    }
}

#[tokio::test]
async fn a_refused_connection_says_so() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let url = Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
    let open = FetchRules { obey_robots: false, ..rules() };
    let error = fetch_error(&url, &open).await.to_string();
    assert!(error.to_lowercase().contains("connection refused"), "{error}");
}

#[tokio::test]
async fn unknown_codings_and_long_headers_do_no_harm() {
    let wire = Wire::answering(|asked| match asked.path.as_str() {
        "/odd" => answer("200 OK", "Content-Encoding: sdch\r\n", b"x"),
        _ => {
            let long = "x".repeat(2000);
            answer("200 OK", &format!("ETag: {long}\r\nContent-Type: text/{long}\r\n"), b"ok")
        }
    });
    let error = fetch_error(&wire.url("/odd"), &rules()).await;
    assert!(matches!(error, FetchError::Encoding { .. }), "{error}");
    let page = fetch_page(&wire.url("/long"), &rules()).await;
    assert_eq!(page.validators, Validators::default());
    assert_eq!(page.content_type.map(|content_type| content_type.len()), Some(CONTENT_TYPE_BYTES_MAX));
}
