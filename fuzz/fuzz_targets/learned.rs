//! A page from which a template is learned, a null, and a page that is read by it: no markup may make it panic, and
//! what comes out is safe. Without the null a page is read by its own template.

#![no_main]

use std::sync::LazyLock;

use harbinger::ingest::decode;
use harbinger::ingest::extract::template::lesson::{Lesson, Sight};
use harbinger::ingest::extract::{self, Reader, template};
use harbinger::ingest::guard::lexicon::Lexicon;
use harbinger::ingest::learned;
use harbinger::model::html::SafeHtml;
use harbinger::model::portal::{ArticleRules, Portal};
use harbinger::model::template::{Stage, Template};
use harbinger::model::timezone::Timezone;
use libfuzzer_sys::fuzz_target;
use url::Url;

static URL: LazyLock<Url> =
    LazyLock::new(|| "https://news.example/ljxw/content/2026-01/09/content_1.html".parse().expect("an address"));
static PORTAL: LazyLock<Portal> = LazyLock::new(|| Portal::unknown(URL.clone()).expect("the defaults are in order"));
static RULES: LazyLock<ArticleRules> = LazyLock::new(ArticleRules::default);

fuzz_target!(|html: &str| {
    let (teacher, read) = html.split_once('\0').unwrap_or((html, html));
    let Some(templates) = templates(teacher) else { return };
    let page = decode::bytes(URL.clone(), Some("text/html; charset=utf-8"), read.as_bytes().to_vec());
    let (reading, _) = learned::read(&page, &PORTAL, Lexicon::shipped(), &templates, &|| true);
    if let Ok(reading) = reading {
        let html = reading.article.html.as_str();
        assert_eq!(SafeHtml::sanitise(html, &URL).as_str(), html, "cleaned twice is not cleaned once");
    }
});

/// What is learned of a page that looked so again and again.
fn templates(html: &str) -> Option<Vec<Template>> {
    let reader = Reader { rules: &RULES, timezone: Timezone::UTC, lexicon: Lexicon::shipped() };
    let observation = template::observe(html, &extract::article(html, &URL, reader).ok()?)?;
    let mut templates = Vec::new();
    for number in 0..8 {
        let mut observation = observation.clone();
        // Other stories than this one.
        observation.blocks.iter_mut().for_each(|(hash, _)| *hash ^= number + 1);
        let sight = Sight::Seen { observation: Box::new(observation), language: "zh".to_owned() };
        let lesson = Lesson { host: URL.host_str()?.to_owned(), url: URL.to_string(), sight };
        template::take(&mut templates, vec![lesson], chrono::DateTime::UNIX_EPOCH);
    }
    templates.iter_mut().for_each(|template| template.stage = Stage::Used);
    Some(templates)
}
