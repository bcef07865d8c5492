//! The allow-list alone: whatever the markup, what comes out stays as it is when it is cleaned again, holds nothing
//! that runs, and is well-formed.

#![no_main]

use std::sync::LazyLock;

use harbinger::model::html::SafeHtml;
use libfuzzer_sys::fuzz_target;
use url::Url;

static URL: LazyLock<Url> = LazyLock::new(|| "https://news.example/a/1.html".parse().expect("an address"));

fuzz_target!(|html: &str| {
    let safe = SafeHtml::sanitise(html, &URL);
    let lower = safe.as_str().to_ascii_lowercase();
    for tag in ["<script", "<style", "<iframe", "<object", "<embed", "<form", "<svg", "<math", "<template", "<base"] {
        assert!(!lower.contains(tag), "{tag} in {lower}");
    }
    let again = SafeHtml::sanitise(safe.as_str(), &URL);
    assert_eq!(again.as_str(), safe.as_str(), "cleaned twice is not cleaned once");
});
