//! Bytes to text: whatever they are and whatever is said of them, what comes out is counted right, and read again it
//! stays as it is.

#![no_main]

use std::sync::LazyLock;

use harbinger::ingest::decode;
use libfuzzer_sys::fuzz_target;
use url::Url;

static URL: LazyLock<Url> = LazyLock::new(|| "https://news.example/a/1.html".parse().expect("an address"));

fuzz_target!(|input: (Option<&str>, &[u8])| {
    let (content_type, bytes) = input;
    let page = decode::bytes(URL.clone(), content_type, bytes.to_vec());
    assert_eq!(page.replaced, page.text.matches('\u{FFFD}').count());
    let again = decode::bytes(URL.clone(), None, page.text.clone().into_bytes());
    assert_eq!(again.text, page.text.strip_prefix('\u{FEFF}').unwrap_or(&page.text));
});
