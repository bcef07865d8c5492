//! Markup to the parts of an article, the general way and as a later page: no markup may make it panic, and
//! no title is empty.

#![no_main]

use std::sync::LazyLock;

use harbinger::ingest::extract::{self, Reader};
use harbinger::ingest::guard::lexicon::Lexicon;
use harbinger::model::portal::ArticleRules;
use harbinger::model::timezone::Timezone;
use libfuzzer_sys::fuzz_target;
use url::Url;

static URL: LazyLock<Url> =
    LazyLock::new(|| "https://news.example/ljxw/content/2026-01/09/content_1.html".parse().expect("an address"));
static RULES: LazyLock<ArticleRules> = LazyLock::new(ArticleRules::default);

fuzz_target!(|html: &str| {
    let reader = Reader { rules: &RULES, timezone: "Asia/Shanghai".parse().unwrap(), lexicon: Lexicon::shipped() };
    if let Ok(article) = extract::article(html, &URL, reader) {
        assert!(!article.title.trim().is_empty());
    }
    let _ = extract::part(html, &URL, reader, "a headline");
});
