//! Readers on the web that subscribe to a feed by a link. They can only read what the Internet can.

use url::{Host, Url, form_urlencoded};

/// Endings of names that mean nothing outside a house (RFC 2606, RFC 6761, RFC 6762, RFC 9476 and custom).
const PRIVATE_ENDINGS: [&str; 7] = ["localhost", "local", "internal", "lan", "home", "test", "invalid"];

/// Each reader's name, and the address before the feed's own.
const READERS: [(&str, &str); 4] = [
    ("Feedly", "https://feedly.com/i/subscription/feed%2F"),
    ("Inoreader", "https://www.inoreader.com/?add_feed="),
    ("NewsBlur", "https://www.newsblur.com/?url="),
    ("The Old Reader", "https://theoldreader.com/feeds/subscribe?url="),
];

/// The readers with the address that subscribes to a feed; none where they could not reach it.
pub fn links(base_url: &Url, feed_url: &str) -> Vec<(&'static str, String)> {
    if !is_public(base_url) {
        return Vec::new();
    }
    let feed: String = form_urlencoded::byte_serialize(feed_url.as_bytes()).collect();
    READERS.iter().map(|(name, start)| (*name, format!("{start}{feed}"))).collect()
}

fn is_public(base_url: &Url) -> bool {
    match base_url.host() {
        Some(Host::Domain(name)) => {
            name.trim_end_matches('.').rsplit_once('.').is_some_and(|(_, ending)| !PRIVATE_ENDINGS.contains(&ending))
        }
        Some(Host::Ipv4(ip)) => !(ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified()),
        Some(Host::Ipv6(ip)) => !(ip.is_loopback() || ip.is_unique_local() || ip.is_unspecified()),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_are_offered_what_they_can_reach() {
        let count = |base: &str| links(&base.parse().unwrap(), "https://feeds.example/a.rss").len();
        for base in ["https://feeds.example/", "http://203.0.113.9/", "http://[2001:db8::1]/"] {
            assert_eq!(count(base), READERS.len(), "{base}");
        }
        for base in
            ["http://127.0.0.1:8080/", "http://localhost/", "http://a.lan/", "http://10.0.0.1/", "http://[::1]/"]
        {
            assert_eq!(count(base), 0, "{base}");
        }
        let links = links(&"https://feeds.example/".parse().unwrap(), "https://feeds.example/a.rss?limit=5");
        assert_eq!(
            links[0].1,
            "https://feedly.com/i/subscription/feed%2Fhttps%3A%2F%2Ffeeds.example%2Fa.rss%3Flimit%3D5"
        );
    }
}
