//! What was extracted to what may be stored: each piece of the input is a paragraph of a story. What comes out is safe,
//! cleaned already, and of one line where it is a line.

#![no_main]

use std::sync::LazyLock;

use harbinger::ingest::{decode, page};
use harbinger::model::html::SafeHtml;
use harbinger::model::portal::Portal;
use libfuzzer_sys::fuzz_target;
use url::Url;

/// Enough of a story that the rest is read as one.
const STORY: &str =
    "一夜大雪之后，清雪队凌晨出动，到早晨七点主要街道都已经通车，公交车按时发出了首班车，市民出行没有受到影响。";

static URL: LazyLock<Url> =
    LazyLock::new(|| "https://news.example/ljxw/content/2026-01/09/content_1.html".parse().expect("an address"));
static PORTAL: LazyLock<Portal> = LazyLock::new(|| Portal::unknown(URL.clone()).expect("the defaults are in order"));

fuzz_target!(|pieces: Vec<&str>| {
    let paragraphs: String = pieces.iter().map(|piece| format!("<p>{piece}</p><p>{STORY}</p>")).collect();
    let title = pieces.first().copied().unwrap_or_default();
    let html = format!("<title>{title}</title><h1>雪后的江城{title}</h1><article><p>{STORY}</p>{paragraphs}</article>");
    let page = decode::bytes(URL.clone(), None, html.into_bytes());
    let Ok(reading) = page::read(&page, &PORTAL) else { return };
    let article = reading.article;
    assert_eq!(SafeHtml::sanitise(article.html.as_str(), &URL).as_str(), article.html.as_str());
    for line in [Some(&article.title), article.subtitle.as_ref(), article.source.as_ref()].into_iter().flatten() {
        assert!(!line.contains(['\n', '\r', '\0']), "{line:?}");
    }
});
