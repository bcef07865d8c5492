//! Portals that reset, stall, lie, never end, blow up, fail for hours or change their layout: the run ends, the section
//! keeps what it had, every other section is read, and once the portal is well again nothing is missing.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use harbinger::ingest::Options;
use harbinger::model::run::{Run, Scope};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::faults::site::{self, Asked, Site, answer, html};
use crate::house::{House, section};

/// More than any page may have, in bytes.
const BOMB_BYTES: usize = 20_000_000;
/// Links in a list that has too many of them.
const LINKS: usize = 1_000_000;

/// What a section does once it is ill, and what the run's record says of it; nothing where it counts as read.
const SECTIONS: [(&str, Option<&str>); 14] = [
    ("resets", Some("connection")),
    ("short", Some("")),
    ("headers", Some("")),
    ("body", Some("max_page_mb")),
    ("redirects", Some("redirect")),
    ("gzip", Some("max_page_mb")),
    ("brotli", Some("max_page_mb")),
    ("zstd", Some("max_page_mb")),
    ("torn-gzip", Some("")),
    ("picture", Some("image/png")),
    ("errors", Some("500")),
    ("garbage", None),
    ("layout", None),
    ("links", Some("max_page_mb")),
];

/// Writes for ever, until the client has had enough.
fn endless(stream: &mut TcpStream, piece: &[u8]) {
    while stream.write_all(piece).is_ok() {}
}

fn coded(coding: &str, body: &[u8]) -> Vec<u8> {
    answer("200 OK", &format!("Content-Type: text/html\r\nContent-Encoding: {coding}\r\n"), body)
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn brotli(text: &[u8]) -> Vec<u8> {
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 1, 22);
    encoder.write_all(text).unwrap();
    encoder.into_inner()
}

/// Answers that are large or unfold to something large, made before anybody waits for them.
fn large() -> BTreeMap<&'static str, Vec<u8>> {
    let spaces = vec![b' '; BOMB_BYTES];
    let link = |number: usize| format!("<a href=/x/content_{number}.html>story number {number}</a>");
    BTreeMap::from([
        ("gzip", coded("gzip", &gzip(&spaces))),
        ("brotli", coded("br", &brotli(&spaces))),
        ("zstd", coded("zstd", &zstd::encode_all(&spaces[..], 3).unwrap())),
        ("links", html(&(0..LINKS).map(link).collect::<String>())),
    ])
}

/// How an ill section answers; what is returned is written as it is.
fn ill(section: &str, path: &str, stream: &mut TcpStream, large: &BTreeMap<&str, Vec<u8>>) -> Vec<u8> {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";
    match section {
        // What is not read when a connection ends resets it.
        "resets" => Vec::new(),
        "short" => [&head[..], b"Content-Length: 5000\r\n\r\nshort"].concat(),
        "headers" => {
            stream.write_all(head).unwrap();
            endless(stream, b"X-More: yes\r\n");
            Vec::new()
        }
        "body" => {
            stream.write_all(head).unwrap();
            stream.write_all(b"\r\n").unwrap();
            endless(stream, &[b'x'; 4096]);
            Vec::new()
        }
        "redirects" => answer("302 Found", &format!("Location: {path}x\r\n"), b""),
        "torn-gzip" => coded("gzip", &gzip(b"<ul><li>news</ul>")[..12]),
        "picture" => answer("200 OK", "Content-Type: image/png\r\n", b"\x89PNG\r\n"),
        "errors" => answer("500 Internal Server Error", "Content-Type: text/html\r\n", b"<h1>500</h1>"),
        "garbage" => answer("200 OK", "Content-Type: text/html; charset=utf-16\r\n", &[0xD8, 0x00, 0xFF, 0xFE, 0x3C]),
        "layout" => html("<div id=app></div><script src=/app.js></script>"),
        other => large[other].clone(),
    }
}

/// A portal with all these sections, which are ill while the switch is on; each has one story more when it is well again.
fn portal() -> (Site, Arc<AtomicBool>, Arc<Mutex<usize>>) {
    let (is_ill, stories) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(1)));
    let (switch, known) = (Arc::clone(&is_ill), Arc::clone(&stories));
    let large = large();
    let site = Site::start(move |asked: &Asked, stream| {
        let section = asked.path.split('/').nth(1).unwrap_or_default().to_owned();
        let place = SECTIONS.iter().position(|(id, _)| *id == section);
        let bytes = match (place, site::number(&asked.path)) {
            (None, _) => answer("404 Not Found", "", b""),
            (Some(_), Some(number)) => html(&site::story(number)),
            (Some(_), None) if switch.load(Ordering::Acquire) => ill(&section, &asked.path, stream, &large),
            (Some(place), None) => {
                let first = place * 10 + 1;
                html(&site::list(&section, first..first + *known.lock().unwrap()))
            }
        };
        // The client may have had enough.
        let _ = stream.write_all(&bytes);
    });
    (site, is_ill, stories)
}

fn said<'a>(run: &'a Run, url: &str) -> Option<&'a str> {
    run.report.errors.iter().find(|error| error.url == url).map(|error| error.error.as_str())
}

#[actix_web::test]
async fn a_portal_that_is_ill_in_any_way_costs_no_other_section_and_nothing_that_stands_in_a_feed() {
    let (site, is_ill, stories) = portal();
    let mut house = House::new().await;
    let ids: Vec<&str> = SECTIONS.iter().map(|(id, _)| *id).collect();
    house.set_file("ill.toml", Some(&site.file("ill", &ids)));
    house.restart().await;
    let scope = Scope { portal: Some("ill".into()), ..Scope::default() };
    let run = house.ingest(scope.clone()).await;
    assert_eq!((run.report.new, run.report.sources_failed), (SECTIONS.len() as u64, 0), "{:?}", run.report);
    let mut before = Vec::new();
    for id in &ids {
        before.push(house.text(&format!("feeds/ill/{id}.atom")).await);
    }
    is_ill.store(true, Ordering::Release);
    let run = house.ingest(scope.clone()).await;
    for ((id, expected), before) in SECTIONS.iter().zip(&before) {
        let error = said(&run, &site.url(&format!("/{id}/")));
        match expected {
            Some(words) => assert!(error.is_some_and(|error| error.contains(words)), "{id}: {error:?}"),
            None => assert!(error.is_none_or(|error| !error.contains("panic")), "{id}: {error:?}"),
        }
        assert!(house.text(&format!("feeds/ill/{id}.atom")).await == *before, "{id}: its feed changed");
    }
    let other = house.ingest(section("binghe", "yw")).await;
    assert!(other.report.sources_ok == 1 && other.report.new > 3, "{:?}", other.report);
    is_ill.store(false, Ordering::Release);
    *stories.lock().unwrap() += 1;
    let run = house.ingest_with(scope, Options::default()).await;
    assert_eq!((run.report.new, run.report.sources_failed), (SECTIONS.len() as u64, 0), "{:?}", run.report);
    for id in &ids {
        assert_eq!(house.items(&format!("feeds/ill/{id}")).await.len(), 2, "{id}");
    }
}

#[actix_web::test]
async fn a_portal_that_stalls_is_given_up_when_its_time_is_over_and_read_when_it_is_well() {
    let (stalls, stories) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(1)));
    let (switch, known) = (Arc::clone(&stalls), Arc::clone(&stories));
    let site = Site::start(move |asked: &Asked, stream| {
        let bytes = match site::number(&asked.path) {
            _ if asked.path == "/robots.txt" => answer("404 Not Found", "", b""),
            Some(number) => html(&site::story(number)),
            None if switch.load(Ordering::Acquire) => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort").unwrap();
                // It ends when the client has had enough.
                let _ = stream.read(&mut [0]);
                Vec::new()
            }
            None => html(&site::list("news", 1..1 + *known.lock().unwrap())),
        };
        // The client may have had enough.
        let _ = stream.write_all(&bytes);
    });
    let mut house = House::new().await;
    let patient = site.file("slow", &["news"]);
    house.set_file("slow.toml", Some(&patient));
    house.restart().await;
    house.ingest(section("slow", "news")).await;
    let feed = house.text("feeds/slow/news.atom").await;
    stalls.store(true, Ordering::Release);
    house.set_file("slow.toml", Some(&patient.replace("timeout_s = 60\n", "timeout_s = 1\n")));
    house.restart().await;
    let run = house.ingest(section("slow", "news")).await;
    let error = said(&run, &site.url("/news/")).unwrap();
    assert!(error.contains("within 1 s"), "{error}");
    assert!(house.text("feeds/slow/news.atom").await == feed, "its feed changed");
    stalls.store(false, Ordering::Release);
    *stories.lock().unwrap() += 1;
    house.set_file("slow.toml", Some(&patient));
    house.restart().await;
    house.ingest(section("slow", "news")).await;
    assert_eq!(house.items("feeds/slow/news").await.len(), 2);
}

#[actix_web::test]
async fn a_portal_that_fails_for_hours_is_asked_ever_more_seldom_and_read_at_once_when_it_is_well() {
    let (site, is_ill, stories) = portal();
    let mut house = House::new().await;
    let file = site.file("ill", &["errors"]).replace("0 0 0 1 1 *", "0 */10 * * * *");
    house.set_file("ill.toml", Some(&file));
    house.restart().await;
    house.ingest(section("ill", "errors")).await;
    let feed = house.text("feeds/ill/errors.atom").await;
    is_ill.store(true, Ordering::Release);
    site.asked();
    let begin = house.clock.now();
    let mut tries = 0;
    while house.clock.now() - begin < chrono::TimeDelta::hours(24) {
        house.ingest(section("ill", "errors")).await;
        assert!(house.text("feeds/ill/errors.atom").await == feed);
        let queue = &house.running().service.queue;
        let now = house.clock.now();
        let dues = harbinger::scheduler::schedule(&queue.catalogue().portals, queue.store(), now).await.unwrap();
        let next = dues.iter().find(|due| due.section.id == "errors").unwrap().next.unwrap();
        house.clock.move_to(next);
        tries += 1;
    }
    assert!((4..=12).contains(&tries), "{tries} tries in a day");
    is_ill.store(false, Ordering::Release);
    *stories.lock().unwrap() += 1;
    house.ingest(section("ill", "errors")).await;
    assert_eq!(house.items("feeds/ill/errors").await.len(), 2);
}

#[actix_web::test]
async fn a_page_that_lies_about_its_charset_or_its_type_is_read_right_or_not_at_all() {
    let site = Site::answering(|asked| match site::number(&asked.path) {
        Some(1) => {
            let text = site::story(1).replace("<meta charset=\"utf-8\">", "");
            answer("200 OK", "Content-Type: text/html; charset=utf-8\r\n", &encoding_rs::GBK.encode(&text).0)
        }
        Some(2) => answer("200 OK", "Content-Type: application/pdf\r\n", site::story(2).as_bytes()),
        Some(3) => answer("200 OK", "Content-Type: text/html; charset=no-such\r\n", site::story(3).as_bytes()),
        _ => html(&site::list("news", 1..4)),
    });
    let mut house = House::new().await;
    house.set_file("liar.toml", Some(&site.file("liar", &["news"])));
    house.restart().await;
    let run = house.ingest(section("liar", "news")).await;
    assert_eq!((run.report.new, run.report.failed), (2, 1), "{:?}", run.report);
    let mut titles: Vec<String> =
        house.items("feeds/liar/news").await.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect();
    titles.sort();
    assert_eq!(titles, [site::title(1), site::title(3)]);
}

/// Shows the same certificate to everybody. The key is another one's: nobody gets as far as to ask for it.
#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

/// A port whose TLS nobody vouches for.
fn self_signed() -> u16 {
    let random = aws_lc_rs::rand::SystemRandom::new();
    let algorithm = &aws_lc_rs::signature::ECDSA_P256_SHA256_ASN1_SIGNING;
    let key = aws_lc_rs::signature::EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.as_ref().to_vec()));
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let key = provider.key_provider.load_private_key(key).unwrap();
    let certificate = CertificateDer::from(include_bytes!("self-signed.der").to_vec());
    let shown = Shown(Arc::new(CertifiedKey::new(vec![certificate], key)));
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(provider)).with_safe_default_protocol_versions();
    let config = Arc::new(config.unwrap().with_no_client_auth().with_cert_resolver(Arc::new(shown)));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut tls) = (stream.unwrap(), rustls::ServerConnection::new(Arc::clone(&config)).unwrap());
            while tls.is_handshaking() && tls.complete_io(&mut stream).is_ok() {}
        }
    });
    port
}

#[actix_web::test]
async fn a_certificate_that_nobody_vouches_for_is_named_and_nothing_is_read() {
    let port = self_signed();
    let site = site::growing(&Arc::new(Mutex::new(2)));
    let mut house = House::new().await;
    let well = site.file("tls", &["news"]);
    house.set_file("tls.toml", Some(&well));
    house.restart().await;
    house.ingest(section("tls", "news")).await;
    let feed = house.items("feeds/tls/news").await;
    assert_eq!(feed.len(), 2);
    let ill = well.replace(&site.url("/news/"), &format!("https://127.0.0.1:{port}/news/"));
    house.set_file("tls.toml", Some(&ill));
    house.restart().await;
    let run = house.ingest(section("tls", "news")).await;
    let error = said(&run, &format!("https://127.0.0.1:{port}/news/")).unwrap();
    assert!(error.contains("certificate"), "{error}");
    assert_eq!(house.items("feeds/tls/news").await, feed);
}
