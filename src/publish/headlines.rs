//! The headlines of a feed as JSON for partner sites. Each is written once for each version of its feed; an answer is
//! their text put together, and is kept until something changes.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, Utc};
use moka::future::Cache;
use serde::Serialize;

use crate::model::article::Article;
use crate::model::catalogue::Catalogue;
use crate::model::feed::{self, FeedKey, Format};
use crate::model::part::{LIMITS, Part};
use crate::publish::document::Document;
use crate::publish::publisher::Publisher;
use crate::publish::{PublishError, select};
use crate::store::Store;
use crate::store::parts::StoredFeed;
use crate::text::search::Query;

/// Headlines in an answer unless another number is asked for.
pub const HEADLINES: usize = 20;
/// How long an answer may be kept, in seconds.
const AGE_S: u32 = 60;
/// What the headlines of all feeds may take in memory, in bytes: 8 MiB. 200 of one feed take about 150 KB.
const LISTS_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Of which feed.
    pub feed: FeedKey,
    /// The most headlines, within [`LIMITS`].
    pub limit: usize,
    /// Only those published then or later.
    pub since: Option<DateTime<Utc>>,
    /// Only those that have these words.
    pub words: Option<Query>,
    /// Only those older than this article, which is named by its number in the order of arrival.
    pub before: Option<i64>,
}

impl Wanted {
    /// The same for two questions with the same answer.
    fn key(&self) -> String {
        let since = self.since.map(|since| (since.timestamp(), since.timestamp_subsec_nanos()));
        let words = self.words.as_ref().map(Query::as_str);
        format!("headlines {} {} {since:?} {words:?} {:?}", self.feed, self.limit, self.before)
    }
}

/// An article as partner sites show it; absent fields are null.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Headline<'a> {
    /// Its page.
    pub url: &'a str,
    /// Its headline.
    pub title: &'a str,
    /// Null where the portal lets us republish the headline alone.
    pub summary: Option<String>,
    /// In the portal's zone.
    pub published: DateTime<FixedOffset>,
    /// In the portal's zone.
    pub updated: DateTime<FixedOffset>,
    /// BCP 47 tag.
    pub language: &'a str,
    /// Who wrote it.
    pub author: Option<String>,
    /// Its first picture; null where the portal does not let us republish the body, which pictures belong to.
    pub image: Option<&'a str>,
    /// Where it stands: `portal/section`.
    pub sections: Vec<&'a str>,
    /// Its portal's id.
    pub portal: &'a str,
}

impl<'a> Headline<'a> {
    /// The headline of an article, as those may read it who know of a catalogue; `None` if its portal is not in it.
    pub fn of(catalogue: &Catalogue, article: &'a Article) -> Option<Headline<'a>> {
        let portal = catalogue.portal(&article.portal)?;
        let (summary, html) =
            feed::shown(portal.content.of(article.is_aged), article.summary.clone(), article.html.clone());
        Some(Headline {
            url: &article.url,
            title: &article.title,
            summary,
            published: select::in_zone(article.published, portal.timezone),
            updated: select::in_zone(article.updated, portal.timezone),
            language: &article.language,
            author: (!article.authors.is_empty()).then(|| article.authors.join(" ")),
            image: html.and_then(|_| article.images.first()).map(|image| image.url.as_str()),
            sections: catalogue.known_sections(&article.sections),
            portal: &article.portal,
        })
    }
}

/// An answer; only described: its items are put together as text.
#[derive(utoipa::ToSchema)]
#[schema(as = Headlines)]
#[expect(dead_code, reason = "it says what the text is like")]
pub struct Answer<'a> {
    /// The feed's name.
    feed: String,
    /// Newest first.
    items: Vec<Item<'a>>,
    /// Asked for with this as `before`, the answer goes on with the next older ones; null at the end.
    next: Option<i64>,
}

/// A headline in an answer.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = HeadlineItem)]
pub struct Item<'a> {
    /// The article's id.
    id: String,
    #[serde(flatten)]
    headline: Headline<'a>,
}

/// The newest headlines of a feed, each already written.
struct List {
    changed: DateTime<Utc>,
    items: Vec<Written>,
    /// Below which article there are older ones.
    next: Option<i64>,
}

struct Written {
    published: DateTime<Utc>,
    number: i64,
    text: Box<str>,
}

/// Answers questions for headlines.
pub struct Headlines {
    store: Store,
    publisher: Arc<Publisher>,
    lists: Cache<(FeedKey, DateTime<Utc>), Arc<List>>,
}

impl Headlines {
    /// The headlines of what a publisher publishes.
    pub fn new(store: Store, publisher: Arc<Publisher>) -> Headlines {
        let weigh = |_: &(FeedKey, DateTime<Utc>), list: &Arc<List>| {
            let bytes: usize = list.items.iter().map(|item| item.text.len() + size_of::<Written>()).sum();
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let lists = Cache::builder().max_capacity(LISTS_BYTES_MAX).weigher(weigh).build();
        Headlines { store, publisher, lists }
    }

    /// The answer to a question; [`PublishError::Absent`] if nothing is older than the article it names.
    pub async fn document(&self, wanted: &Wanted) -> Result<Arc<Document>, PublishError> {
        let make = async {
            let list = match &wanted.words {
                Some(query) => self.found(wanted, query.clone()).await?,
                None if wanted.before.is_some() => self.read(wanted).await?,
                None => self.list(wanted).await?,
            };
            let is_private = self.publisher.audiences().lock(&wanted.feed).is_some();
            Ok(answer(wanted, &list).of_audience(is_private))
        };
        self.publisher.variant(&wanted.key(), make).await?.ok_or(PublishError::Absent)
    }

    async fn list(&self, wanted: &Wanted) -> Result<Arc<List>, PublishError> {
        let feed = &wanted.feed;
        let mut version = self.publisher.version(feed);
        if version.is_none() {
            // The first question after a start may come before the feed lies on the shelf.
            self.publisher.document(&feed.format_path(Format::Json)).await?;
            version = self.publisher.version(feed);
        }
        let Some(version) = version else { return Err(PublishError::Absent) };
        let key = (feed.clone(), version);
        self.lists.try_get_with(key, self.read(wanted)).await.map_err(PublishError::Shared)
    }

    async fn read(&self, wanted: &Wanted) -> Result<Arc<List>, PublishError> {
        let part = Part { before: wanted.before, ..Part::default() };
        let stored = self.store.feed(wanted.feed.clone(), part, *LIMITS.end()).await?;
        Ok(self.written(&wanted.feed, &stored.ok_or(PublishError::Absent)?))
    }

    /// What matches a query; kept with the answers alone.
    async fn found(&self, wanted: &Wanted, query: Query) -> Result<Arc<List>, PublishError> {
        let part = Part { before: wanted.before, ..Part::default() };
        let stored = self.store.search(wanted.feed.clone(), query, part, *LIMITS.end()).await?;
        Ok(self.written(&wanted.feed, &stored.ok_or(PublishError::Absent)?))
    }

    fn written(&self, feed: &FeedKey, stored: &StoredFeed) -> Arc<List> {
        let catalogue = self.publisher.audiences().readers_of(feed);
        let item = |article: &Article| {
            let headline = Headline::of(catalogue, article)?;
            let item = Item { id: article.id.to_string(), headline };
            let text = serde_json::to_string(&item).expect("texts, times and lists of them are JSON");
            Some(Written { published: article.published, number: article.number, text: text.into_boxed_str() })
        };
        Arc::new(List {
            changed: stored.state.changed,
            items: stored.articles.iter().filter_map(item).collect(),
            next: stored.neighbours.next.as_ref().and_then(|next| next.before),
        })
    }
}

fn answer(wanted: &Wanted, list: &List) -> Document {
    let feed = wanted.feed.to_string();
    let is_wanted = |item: &&Written| wanted.since.is_none_or(|since| item.published >= since);
    let all = list.items.iter().take_while(is_wanted).count();
    let shown = &list.items[..all.min(wanted.limit)];
    let next = match shown.last() {
        Some(last) if shown.len() < all => Some(last.number),
        // What is older than the first one that is too old is too old as well.
        _ if all < list.items.len() => None,
        _ => list.next,
    };
    let items: Vec<&str> = shown.iter().map(|item| &*item.text).collect();
    let next = next.map_or_else(|| "null".to_owned(), |next| next.to_string());
    // A feed's name has nothing in it that JSON would escape.
    let text = format!("{{\"feed\":\"{feed}\",\"items\":[{}],\"next\":{next}}}", items.join(","));
    Document::made_on_demand("application/json", text, list.changed, AGE_S)
}
