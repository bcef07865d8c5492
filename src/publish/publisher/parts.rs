//! What is made because someone asks for it: parts of feeds and boxes of another size, kept until anything changes.

use std::sync::Arc;

use crate::model::feed::{Feed, FeedKey, Format};
use crate::model::part::Part;
use crate::publish::document::Document;
use crate::publish::pages::look::Look;
use crate::publish::publisher::{ENTRIES, Publisher, blocking};
use crate::publish::{self, PublishError, embed};
use crate::text::search::Query;

impl Publisher {
    /// The document of a part of a feed; documents that belong to no feed have no parts and are as they are.
    ///
    /// A language the reader chose makes a document of its own, and of pages alone.
    pub async fn part(&self, path: &str, part: Part, look: Look) -> Result<Option<Arc<Document>>, PublishError> {
        // Asked for words, the front page is the page of all portals together.
        let is_asked = path == "/" && part.q.is_some();
        let place = self.at(path).or_else(|| is_asked.then_some((FeedKey::All, Format::Html)));
        let Some((key, format)) = place else { return self.document(&look.key(path)).await };
        let look = if format == Format::Html { look } else { Look::default() };
        let is_whole = part.is_default() && !look.is_chosen;
        if is_whole && part.key.is_none() {
            return self.document(&look.key(path)).await;
        }
        let variant = look.key(&format!("{path}{}", part.query()));
        let make = async {
            // First, so that nobody is told he holds a version newer than what he gets.
            let whole = if is_whole { self.document(&look.key(path)).await? } else { None };
            let mut feed = self.feed(&key, part).await?;
            feed.is_alias = path == "/feed.xml";
            let document = blocking(move || publish::document(&feed, format, look)).await?;
            Ok(match whole {
                Some(whole) => document.with_key_of(&whole),
                None => document,
            })
        };
        self.variant(&variant, make).await
    }

    /// The headline box at a path; `None` if there is no such feed.
    pub async fn embed(&self, path: &str, asked: embed::Asked) -> Result<Option<Arc<Document>>, PublishError> {
        let Some(key) = self.boxed(path) else { return Ok(None) };
        if asked == embed::Asked::default() {
            return self.document(path).await;
        }
        let make = async {
            let feed = self.feed(&key, Part::newest(asked.limit)).await?;
            blocking(move || publish::headline_box(&feed, asked)).await
        };
        self.variant(&format!("{path}?{asked:?}"), make).await
    }

    /// A document made on demand and kept until anything changes; `None` if there is no such feed.
    pub async fn variant(
        &self,
        key: &str,
        make: impl Future<Output = Result<Document, PublishError>>,
    ) -> Result<Option<Arc<Document>>, PublishError> {
        match self.shelf.variant(key, make).await {
            Ok(document) => Ok(Some(document)),
            Err(error) if matches!(*error, PublishError::Absent) => Ok(None),
            Err(error) => Err(PublishError::Shared(error)),
        }
    }

    /// A part of a feed, as it is stored now.
    pub(in crate::publish) async fn feed(&self, key: &FeedKey, part: Part) -> Result<Feed, PublishError> {
        let ids = self.ids().await?;
        let stored = match part.q.as_deref().map(Query::parse) {
            Some(Ok(Some(query))) => self.store.search(key.clone(), query, part.clone(), ENTRIES).await?,
            _ => self.store.feed(key.clone(), part.clone(), ENTRIES).await?,
        };
        let stored = stored.ok_or(PublishError::Absent)?;
        self.select(&ids, key, stored, part).await?.ok_or(PublishError::Absent)
    }

    /// Whose headline box stands at a path.
    pub(super) fn boxed(&self, path: &str) -> Option<FeedKey> {
        self.audiences.public().feeds().into_iter().find(|key| embed::path(key).is_some_and(|place| place == path))
    }
}
