//! JSON Feed 1.1.
//!
//! | our word | JSON Feed |
//! |---|---|
//! | feed: title, page, own address, description, language | `title`, `home_page_url`, `feed_url`, `description`, `language` |
//! | feed: title again | `authors`, which holds for every item without any |
//! | feed: hub | `hubs` |
//! | feed: the next older entries | `next_url` |
//! | entry: id, url, title, summary | `id`, `url`, `title`, `summary` |
//! | entry: published, updated | `date_published`, `date_modified` |
//! | entry: authors, category labels | `authors`, `tags` |
//! | entry: body | `content_html` |
//! | entry: summary, or else the title, where there is no body | `content_text` |
//! | entry: first picture | `image` |
//! | entry: a language that differs from the feed's | `language` |
//! | feed: rights | `_harbinger.rights` |
//! | entry: source, rights, photographers, origin | `_harbinger.source`, `.rights`, `.photographers`, `.feed` |
//!
//! What is absent is absent: there are no nulls.

use std::borrow::Cow;

use chrono::{DateTime, FixedOffset, SecondsFormat};
use serde::Serialize;

use crate::model::feed::{Entry, Feed, Format, Origin};
use crate::publish::{GENERATOR, assets, legal};

/// The feed as JSON Feed 1.1.
pub fn render(feed: &Feed) -> Result<String, serde_json::Error> {
    serde_json::to_string(&document(feed))
}

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    title: Cow<'a, str>,
    home_page_url: String,
    feed_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_url: Option<String>,
    description: Cow<'a, str>,
    icon: String,
    favicon: String,
    authors: Vec<Author<'a>>,
    language: Cow<'a, str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hubs: Vec<Hub<'a>>,
    _harbinger: FeedExtension<'a>,
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct FeedExtension<'a> {
    generator: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<Cow<'a, str>>,
}

#[derive(Serialize)]
struct Hub<'a> {
    r#type: &'static str,
    url: &'a str,
}

#[derive(Serialize)]
struct Author<'a> {
    name: Cow<'a, str>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: String,
    url: Cow<'a, str>,
    title: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_html: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_text: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Cow<'a, str>>,
    date_published: String,
    date_modified: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "EntryExtension::is_empty")]
    _harbinger: EntryExtension<'a>,
}

#[derive(Serialize)]
struct EntryExtension<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    photographers: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed: Option<OriginFeed<'a>>,
}

impl EntryExtension<'_> {
    fn is_empty(&self) -> bool {
        self.source.is_none() && self.rights.is_none() && self.photographers.is_empty() && self.feed.is_none()
    }
}

#[derive(Serialize)]
struct OriginFeed<'a> {
    id: String,
    title: Cow<'a, str>,
    url: Cow<'a, str>,
}

fn document(feed: &Feed) -> Document<'_> {
    Document {
        version: "https://jsonfeed.org/version/1.1",
        title: legal::text(&feed.title),
        home_page_url: feed.page_url(),
        feed_url: feed.format_url(Format::Json),
        next_url: feed.neighbours.next.as_ref().map(|next| feed.part_url(Format::Json, next)),
        description: legal::text(&feed.description),
        icon: feed.absolute(assets::LOGO_PATH),
        favicon: feed.absolute(assets::FAVICON_PATH),
        authors: vec![Author { name: legal::text(&feed.title) }],
        language: legal::text(&feed.language),
        hubs: feed.hub.iter().map(|url| Hub { r#type: "WebSub", url }).collect(),
        _harbinger: FeedExtension { generator: GENERATOR, rights: option(&feed.rights) },
        items: feed.entries.iter().map(|entry| item(feed, entry)).collect(),
    }
}

fn item<'a>(feed: &Feed, entry: &'a Entry) -> Item<'a> {
    let content_html = entry.body().map(legal::text);
    let content_text = match content_html {
        Some(_) => None,
        None => Some(legal::text(entry.summary.as_ref().unwrap_or(&entry.title))),
    };
    Item {
        id: entry.guid(),
        url: legal::text(&entry.url),
        title: legal::text(&entry.title),
        content_html,
        content_text,
        summary: option(&entry.summary),
        image: entry.pictures().first().map(|image| legal::text(&image.url)),
        date_published: date(&entry.published),
        date_modified: date(&entry.updated),
        authors: entry.authors.iter().map(|name| Author { name: legal::text(name) }).collect(),
        tags: entry.tags().map(|tag| legal::text(&tag.label)).collect(),
        language: Some(legal::text(&entry.language)).filter(|_| entry.language != feed.language),
        _harbinger: EntryExtension {
            source: option(&entry.source),
            rights: option(&entry.rights).filter(|_| entry.rights != feed.rights),
            photographers: entry.photographers.iter().map(|name| legal::text(name)).collect(),
            feed: entry.origin.as_ref().map(origin_feed),
        },
    }
}

fn origin_feed(origin: &Origin) -> OriginFeed<'_> {
    OriginFeed {
        id: format!("urn:uuid:{}", origin.id),
        title: legal::text(&origin.title),
        url: legal::text(&origin.url),
    }
}

fn option(text: &Option<String>) -> Option<Cow<'_, str>> {
    text.as_deref().map(legal::text)
}

fn date(date: &DateTime<FixedOffset>) -> String {
    date.to_rfc3339_opts(SecondsFormat::Secs, false)
}
