//! The news sitemap: what all portals published in the last two days, as search engines read it
//! (sitemaps.org 0.9, Google News 0.9).
//!
//! It is the only document that the clock changes: an article leaves it when it is two days old. So it is rendered when
//! its articles change and when one leaves, and never because someone asks.

use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use crate::model::catalogue::Catalogue;
use crate::publish::document::Document;
use crate::publish::publisher::Publisher;
use crate::publish::{PublishError, legal, select};
use crate::store::recent::{Recent, RecentArticle};
use crate::store::{Store, StoreError};

/// Where it stands.
pub const PATH: &str = "/news-sitemap.xml";
/// How long an article is news to a search engine.
const WINDOW: TimeDelta = TimeDelta::days(2);
/// The most articles in one sitemap of news.
const ARTICLES_MAX: usize = 1_000;
/// How long it may be kept, in seconds.
const AGE_S: u32 = 300;
/// Its `Content-Type`.
const CONTENT_TYPE: &str = "application/xml; charset=utf-8";

/// Keeps the sitemap on the shelf.
pub struct Sitemap {
    catalogue: Arc<Catalogue>,
    store: Store,
    publisher: Arc<Publisher>,
    /// When what lies on the shelf last changed.
    shown: Mutex<Option<DateTime<Utc>>>,
}

impl Sitemap {
    /// The sitemap of what a publisher publishes.
    pub fn new(catalogue: Arc<Catalogue>, store: Store, publisher: Arc<Publisher>) -> Sitemap {
        Sitemap { catalogue, store, publisher, shown: Mutex::default() }
    }

    /// What it is a part of.
    pub fn publisher(&self) -> &Arc<Publisher> {
        &self.publisher
    }

    /// Renders it if it is another one at `now`, and returns when the next article leaves it.
    pub async fn refresh(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, PublishError> {
        let recent = recent(&self.store, now).await?;
        let next = recent.oldest.map(|oldest| oldest + WINDOW);
        let Some(changed) = recent.changed else { return Ok(next) };
        // What left it last changed it then, if nothing has since.
        let changed = recent.before.map_or(changed, |before| changed.max(before + WINDOW));
        let shown = || self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if *shown() != Some(changed) {
            self.publisher.put(PATH, document(&self.catalogue, &recent, changed)?);
            *shown() = Some(changed);
        }
        Ok(next)
    }
}

/// What is news at `now`.
pub(super) async fn recent(store: &Store, now: DateTime<Utc>) -> Result<Recent, StoreError> {
    store.recent(now - WINDOW, ARTICLES_MAX).await
}

/// The sitemap of what is news, and when it became that.
pub(super) fn document(
    catalogue: &Catalogue,
    recent: &Recent,
    changed: DateTime<Utc>,
) -> Result<Document, PublishError> {
    let broken = |error: askama::Error| PublishError::Broken { url: PATH.to_owned(), reason: error.to_string() };
    let text = render(catalogue, &recent.articles).map_err(broken)?;
    Ok(Document::new(CONTENT_TYPE, text, changed, AGE_S))
}

#[derive(Template)]
#[template(path = "news-sitemap.xml")]
struct Page<'a> {
    articles: Vec<News<'a>>,
}

/// An article as the sitemap names it.
struct News<'a> {
    url: &'a str,
    publication: &'a str,
    language: String,
    published: String,
    title: &'a str,
}

fn render<'a>(catalogue: &'a Catalogue, articles: &'a [RecentArticle]) -> Result<String, askama::Error> {
    let news = |article: &'a RecentArticle| {
        let RecentArticle { url, title, language, portal, published } = article;
        let portal = catalogue.portal(portal)?;
        let published = select::in_zone(*published, portal.timezone).to_rfc3339_opts(SecondsFormat::Secs, false);
        Some(News { url, publication: &portal.title, language: self::language(language), published, title })
    };
    Page { articles: articles.iter().filter_map(news).collect() }.render().map(legal::document)
}

/// The language as Google News writes it: two or three letters (ISO 639), but for Chinese, where the script counts.
fn language(tag: &str) -> String {
    let tag = tag.to_ascii_lowercase();
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    if primary != "zh" {
        return primary.to_owned();
    }
    let is_traditional = matches!(parts.next(), Some("hant" | "tw" | "hk" | "mo"));
    if is_traditional { "zh-tw" } else { "zh-cn" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_written_as_google_news_writes_them() {
        for (tag, expected) in [
            ("zh-Hans", "zh-cn"),
            ("zh", "zh-cn"),
            ("zh-Hant", "zh-tw"),
            ("zh-Hant-HK", "zh-tw"),
            ("zh-TW", "zh-tw"),
            ("zh-CN", "zh-cn"),
            ("ru", "ru"),
            ("en-GB", "en"),
            ("pt-BR", "pt"),
        ] {
            assert_eq!(language(tag), expected, "{tag}");
        }
    }
}
