//! Readers who say nothing, or little, or too much.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::faults::program::{Limit, Program, Server, TOKEN};
use crate::faults::site::{self, Site};

const FEED: &str = "/feeds/street/news.rss";
/// Connections that say nothing.
const IDLE: u64 = 10_000;
/// Connections that send a byte now and then.
const SLOW: usize = 200;
/// Files this process needs besides.
const OTHER_FILES: u64 = 1_000;

fn serving() -> (Site, Program, Server) {
    let site = site::growing(&Arc::new(Mutex::new(3)));
    let program = Program::with(&[("street.toml", site.file("street", &["news"]))]);
    assert!(program.run(Limit::None, &["ingest"]).is_fine());
    let server = program.serve();
    (site, program, server)
}

#[test]
fn a_feed_is_read_beside_ten_thousand_idle_and_two_hundred_slow_connections() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
    let (_site, _program, server) = serving();
    let whole = server.get(FEED);
    assert_eq!(whole.0, 200);
    // The server has the same limit, and each connection is a file on either side.
    let idle = IDLE.min(limit.maximum.unwrap_or(u64::MAX).saturating_sub(OTHER_FILES));
    println!("{idle} idle connections");
    let connections: Vec<TcpStream> = (0..idle).map(|_| server.connect()).collect();
    let slow: Vec<TcpStream> = (0..SLOW)
        .map(|_| {
            let mut stream = server.connect();
            stream.write_all(format!("GET {FEED} HTT").as_bytes()).unwrap();
            stream
        })
        .collect();
    for _ in 0..20 {
        let now = server.get(FEED);
        assert!(now.0 == 200 && now.2 == whole.2);
    }
    // Those who are only slow are answered like everybody.
    for mut stream in slow {
        stream.write_all(b"P/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert!(answer.ends_with(&whole.2));
    }
    drop(connections);
    assert_eq!(server.get("/readyz").0, 200);
}

#[test]
fn oversized_and_malformed_requests_are_refused_and_hurt_nobody_else() {
    let (_site, _program, server) = serving();
    let whole = server.get(FEED);
    let long = "x".repeat(300_000);
    let many: String = (0..5_000).map(|number| format!("X-{number}: y\r\n")).collect();
    let bearer = format!("Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n");
    let requests = [
        format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n"),
        format!("GET {FEED} HTTP/1.1\r\nHost: a\r\nX-Long: {long}\r\n\r\n"),
        format!("GET {FEED} HTTP/1.1\r\nHost: a\r\n{many}\r\n"),
        format!("{long} {FEED} HTTP/1.1\r\nHost: a\r\n\r\n"),
        format!("GET {FEED} HTTP/9.9\r\nHost: a\r\n\r\n"),
        format!("GET {FEED}\r\n\r\n"),
        "\0\0\0\r\n\r\n".to_owned(),
        "\u{16}\u{3}\u{1} not a TLS handshake here\r\n\r\n".to_owned(),
        format!("GET {FEED} HTTP/1.1\r\nHost a\r\n\r\n"),
        format!("GET {FEED} HTTP/1.1\r\nHost: a\r\nX\0Y: z\r\n\r\n"),
        "POST /hub HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 99999999999999999999\r\n\r\n".to_owned(),
        "POST /hub HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n".to_owned(),
        "POST /hub HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nzz\r\n\r\n".to_owned(),
        format!(
            "POST /hub HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: 300000\r\n\r\n{long}"
        ),
        format!(
            "POST /api/v1/admin/ingest HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{bearer}Content-Length: 300000\r\n\r\n{long}"
        ),
        format!(
            "POST /api/v1/admin/ingest HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{bearer}Content-Length: 9\r\n\r\n[[[[[[[[["
        ),
        format!("GET {FEED}?limit={long} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
        "GET /feeds/..%2f..%2fetc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_owned(),
        "GET /assets/../../Cargo.toml HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_owned(),
    ];
    for request in requests {
        let (status, fields, _) = server.ask(&request);
        let shown: String = request.chars().take(60).collect();
        assert!(status == 0 || (400..500).contains(&status) || status == 505, "{shown:?}: {status} {fields}");
        let now = server.get(FEED);
        assert!(now.0 == 200 && now.2 == whole.2, "after {shown:?}");
    }
}
