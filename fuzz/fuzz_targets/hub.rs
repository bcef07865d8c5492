//! What is posted to the hub: no form makes it panic, and no callback that is taken is private or of another kind.

#![no_main]

use std::sync::LazyLock;

use harbinger::model::push::Topic;
use harbinger::outside;
use harbinger::publish::push::{Rules, asked};
use libfuzzer_sys::fuzz_target;

static TOPICS: LazyLock<Vec<Topic>> = LazyLock::new(|| {
    vec![Topic {
        url: "https://feeds.example/feeds/a.rss".to_owned(),
        path: "/feeds/a.rss".to_owned(),
        feed: "a".to_owned(),
    }]
});
static RULES: LazyLock<Rules> = LazyLock::new(Rules::default);

fuzz_target!(|input: (&[u8], &str)| {
    let (form, callback) = input;
    let _ = asked::read(form, &TOPICS, &RULES);
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    pairs
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.topic", &TOPICS[0].url)
        .append_pair("hub.callback", callback);
    if let Ok(request) = asked::read(pairs.finish().as_bytes(), &TOPICS, &RULES) {
        assert_eq!(outside::check(&request.callback, false), Ok(()));
        assert!(request.callback.username().is_empty() && request.callback.password().is_none());
    }
});
