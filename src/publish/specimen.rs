//! A feed with everything in it that a document can say: what the program makes of it tells whether it still writes
//! documents as the program before did.

use std::sync::LazyLock;

use chrono::DateTime;
use url::Url;
use uuid::Uuid;

use crate::model::addresses::Addresses;
use crate::model::article::Image;
use crate::model::feed::{Category, Entry, Feed, FeedKey, Origin, Tombstone};
use crate::model::html::SafeHtml;
use crate::model::part::{Neighbours, Part};
use crate::publish::{atom, json, rss};

/// Hash of the documents of the specimen.
pub fn hash() -> [u8; 32] {
    static HASH: LazyLock<[u8; 32]> = LazyLock::new(|| {
        let feed = specimen();
        let mut hasher = blake3::Hasher::new();
        hasher.update(&rss::render(&feed)).update(&atom::render(&feed));
        // What cannot be written as JSON is published nowhere.
        hasher.update(json::render(&feed).unwrap_or_default().as_bytes());
        *hasher.finalize().as_bytes()
    });
    *HASH
}

fn specimen() -> Feed {
    let text = |text: &str| text.to_owned();
    let day = DateTime::UNIX_EPOCH;
    let part = Part { page: Some(2), version: Some(1), ..Part::default() };
    let full = Entry {
        id: Uuid::from_u128(1),
        portal: text("beihu"),
        url: text("https://news.example/1.html?a=1&b=2"),
        title: text("Ice & “snow” <1>"),
        summary: Some(text("A & B, AT&T <2>")),
        html: Some(SafeHtml::from_store(text("<p>]]> &amp; “ice”<br/></p>"))),
        authors: vec![text("Lin & Zhou")],
        photographers: vec![text("Wu")],
        source: Some(text("Evening Post")),
        categories: vec![Category { term: text("city"), label: text("City") }],
        language: text("ru"),
        images: vec![Image { url: text("https://news.example/1.jpg?a=1&b=2"), caption: Some(text("Ice & snow")) }],
        published: day.fixed_offset(),
        updated: day.fixed_offset(),
        rights: Some(text("© Beihu")),
        origin: Some(Origin { id: Uuid::from_u128(3), title: text("City"), url: text("https://feeds.example/c.atom") }),
    };
    let headline = Entry {
        id: Uuid::from_u128(2),
        summary: None,
        html: None,
        authors: Vec::new(),
        source: None,
        origin: None,
        ..full.clone()
    };
    Feed {
        key: FeedKey::Portal(text("beihu")),
        id: Uuid::from_u128(4),
        title: text("Beihu & City"),
        description: text("All of <it>"),
        language: text("en"),
        rights: Some(text("© Post")),
        base_url: Url::parse("https://feeds.example/").expect("a constant address"),
        neighbours: Neighbours {
            next: Some(part.clone()),
            previous: Some(part.unversioned()),
            last: Some(part.clone()),
            prev_archive: Some(part.clone()),
            next_archive: Some(part.unversioned()),
            is_archive: true,
            version: part.version,
        },
        part,
        addresses: Addresses::Queries,
        is_alias: false,
        is_private: false,
        max_age_s: 300,
        ttl_minutes: 10,
        hub: Some(text("https://feeds.example/hub")),
        changed: day,
        entries: vec![full, headline],
        tombstones: vec![Tombstone { id: Uuid::from_u128(5), when: day }],
        event: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::feed::Format;
    use crate::publish::verify;

    #[test]
    fn all_that_can_stand_in_a_document_stands_in_the_specimen() {
        let feed = specimen();
        let json = json::render(&feed).unwrap();
        for (format, bytes) in
            [(Format::Rss, rss::render(&feed)), (Format::Atom, atom::render(&feed)), (Format::Json, json.into_bytes())]
        {
            verify::document(format, &bytes, 2).unwrap();
            let text = String::from_utf8(bytes).unwrap();
            let expected: &[&str] = match format {
                Format::Rss => &["fh:archive", "rel=\"hub\"", "dc:creator", "dc:language", "media:credit", "<source"],
                Format::Atom => &["fh:archive", "at:deleted-entry", "xml:lang=\"ru\"", "media:credit", "<source>"],
                _ => &["next_url", "hubs", "content_html", "photographers", "\"feed\""],
            };
            expected.iter().for_each(|part| assert!(text.contains(part), "{part} is not in {text}"));
        }
    }
}
