//! The whole work on a page: decode, parse, extract, guard, clean. No bytes may make it panic, and what comes out is
//! safe and well-formed.

#![no_main]

use std::sync::LazyLock;

use harbinger::ingest::{decode, page};
use harbinger::model::html::SafeHtml;
use harbinger::model::portal::Portal;
use libfuzzer_sys::fuzz_target;
use url::Url;

static URL: LazyLock<Url> =
    LazyLock::new(|| "https://news.example/ljxw/content/2026-01/09/content_1.html".parse().expect("an address"));
static PORTAL: LazyLock<Portal> = LazyLock::new(|| {
    let mut portal = Portal::unknown(URL.clone()).expect("the defaults are in order");
    portal.language = "zh-Hans".to_owned();
    portal
});

fuzz_target!(|bytes: &[u8]| {
    let page = decode::bytes(URL.clone(), None, bytes.to_vec());
    if let Ok(reading) = page::read(&page, &PORTAL) {
        let html = reading.article.html.as_str();
        assert_eq!(SafeHtml::sanitise(html, &URL).as_str(), html, "cleaned twice is not cleaned once");
    }
});
