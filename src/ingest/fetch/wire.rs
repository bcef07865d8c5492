//! A server on loopback that answers, and misbehaves, byte for byte as a test says.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use url::Url;

use crate::ingest::fetch::{FetchError, Fetched, Fetcher, Purpose, RawPage, Request, page};
use crate::model::portal::FetchRules;

/// A request as the server saw it.
pub(super) struct Asked {
    pub path: String,
    /// Request line and fields, in lower case.
    pub head: String,
    /// How often this path was asked for before.
    pub nth: usize,
}

pub(super) struct Wire {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Arc<Asked>>>>,
}

impl Wire {
    /// A server whose `handler` writes each answer itself.
    pub(super) fn start(handler: impl Fn(&Asked, &mut TcpStream) + Send + Sync + 'static) -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let wire = Wire { address: listener.local_addr().unwrap(), asked: Arc::default() };
        let (seen, handler) = (Arc::clone(&wire.asked), Arc::new(handler));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (seen, handler) = (Arc::clone(&seen), Arc::clone(&handler));
                std::thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let Some(head) = head(&mut stream) else { return };
                    let path = head.split(' ').nth(1).unwrap().to_owned();
                    let asked = {
                        let mut seen = seen.lock().unwrap();
                        let nth = seen.iter().filter(|asked| asked.path == path).count();
                        let asked = Arc::new(Asked { path, head, nth });
                        seen.push(Arc::clone(&asked));
                        asked
                    };
                    handler(&asked, &mut stream);
                });
            }
        });
        wire
    }

    /// A server of whole answers; without a robots.txt.
    pub(super) fn answering(handler: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Wire {
        Wire::start(move |asked, stream| {
            let bytes = match asked.path.as_str() {
                "/robots.txt" => answer("404 Not Found", "", b""),
                _ => handler(asked),
            };
            // The client may have gone away on purpose.
            let _ = stream.write_all(&bytes);
        })
    }

    pub(super) fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    /// How often each path was asked for.
    pub(super) fn counts(&self) -> HashMap<String, usize> {
        let mut counts = HashMap::new();
        for asked in self.asked.lock().unwrap().iter() {
            *counts.entry(asked.path.clone()).or_default() += 1;
        }
        counts
    }

    /// The last request's head.
    pub(super) fn last_head(&self) -> String {
        self.asked.lock().unwrap().last().unwrap().head.clone()
    }
}

fn head(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 1024];
    while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
        let read = stream.read(&mut buffer).ok().filter(|&read| read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
    }
    Some(String::from_utf8_lossy(&bytes).to_lowercase())
}

/// An answer with a right length on a connection that ends.
pub(super) fn answer(status: &str, fields: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{fields}\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub(super) fn html(body: &[u8]) -> Vec<u8> {
    answer("200 OK", "Content-Type: text/html\r\n", body)
}

/// Rules for a portal on loopback that is fast and impatient.
pub(super) fn rules() -> FetchRules {
    FetchRules {
        delay: Duration::ZERO,
        timeout: Duration::from_millis(2000),
        allow_private_addresses: true,
        page_bytes_max: 100_000,
        ..FetchRules::default()
    }
}

pub(super) fn now() -> DateTime<Utc> {
    "2026-01-06T09:00:00Z".parse().unwrap()
}

pub(super) fn fetcher() -> Fetcher {
    Fetcher::with_retry_pause("Harbinger/1.0 (+https://a.example/)".to_owned(), Duration::from_millis(1)).unwrap()
}

pub(super) async fn fetch(url: &Url, rules: &FetchRules) -> Result<Fetched, FetchError> {
    let request = Request { url, rules, validators: None, purpose: Purpose::Page };
    page(&fetcher(), request, now()).await
}

pub(super) async fn fetch_page(url: &Url, rules: &FetchRules) -> RawPage {
    match fetch(url, rules).await.unwrap() {
        Fetched::Page(page) => page,
        Fetched::NotModified { .. } => panic!("not modified"),
    }
}

pub(super) async fn fetch_error(url: &Url, rules: &FetchRules) -> FetchError {
    fetch(url, rules).await.unwrap_err()
}
