//! What lists a section's links: feeds, sitemaps and list pages. No bytes may make their readers panic, and every link
//! is an http or https address.

#![no_main]

use std::sync::LazyLock;

use harbinger::ingest::decode;
use harbinger::ingest::fetch::RawPage;
use harbinger::ingest::sources::{self, Sitemap};
use harbinger::model::page::Validators;
use harbinger::model::timezone::Timezone;
use libfuzzer_sys::fuzz_target;
use url::Url;

static URL: LazyLock<Url> = LazyLock::new(|| "https://news.example/ljxw/".parse().expect("an address"));

fuzz_target!(|bytes: &[u8]| {
    let page = decode::bytes(URL.clone(), None, bytes.to_vec());
    let mut links = sources::feed(&page, "Asia/Shanghai".parse().unwrap()).unwrap_or_default();
    links.extend(sources::listing(&page, None, None).map(|listing| listing.links).unwrap_or_default());
    if let Ok(Sitemap::Urls(pages)) = sources::sitemap(raw(bytes), "Asia/Shanghai".parse().unwrap()) {
        links.extend(pages);
    }
    for link in links {
        assert!(matches!(link.url.scheme(), "http" | "https"), "{}", link.url);
    }
});

fn raw(bytes: &[u8]) -> RawPage {
    RawPage {
        url: URL.clone(),
        moved: None,
        status: 200,
        content_type: None,
        validators: Validators::default(),
        body: bytes.to_vec(),
        body_hash: [0; 32],
    }
}
