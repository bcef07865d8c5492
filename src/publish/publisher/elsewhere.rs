//! Where else a feed stands: in another format, in the window of a browser, in what came after a version of it, under
//! another id, or no more.

use std::sync::Arc;

use crate::model::feed::{FeedKey, Format};
use crate::model::part::Part;
use crate::publish::answers::Answers;
use crate::publish::document::{Document, Version};
use crate::publish::encoding::{Coding, Encoded};
use crate::publish::pages::look::Look;
use crate::publish::publisher::{Publisher, address, blocking};
use crate::publish::{self, PublishError, browser};
use crate::store::StoreError;

impl Publisher {
    /// A document in the first of these codings that is ready; better ones are made behind the answer.
    pub fn encoded<'a>(&self, document: &'a Arc<Document>, codings: impl Iterator<Item = Coding>) -> Encoded<'a> {
        self.encoder.encoded(&self.renderer, document, codings)
    }

    /// How often a document was encoded behind answers.
    pub fn encodings(&self) -> u64 {
        self.encoder.made()
    }

    /// What was answered of late to addresses that lie not on the shelf.
    pub fn answers(&self) -> &Answers {
        &self.shelf.answers
    }

    /// Where another format of the feed stands whose page stands at a path.
    pub fn beside(&self, path: &str, format: Format) -> Option<String> {
        let (key, found) = self.at(path).or_else(|| (path == "/").then_some((FeedKey::All, Format::Html)))?;
        (found == Format::Html).then(|| key.format_path(format))
    }

    /// The document of a part of a feed as a browser shows it: with a stylesheet, where it is XML.
    pub async fn shown(&self, path: &str, part: Part, look: Look) -> Result<Option<Arc<Document>>, PublishError> {
        if !self.at(path).is_some_and(|(_, format)| format.is_xml()) {
            return self.part(path, part, look).await;
        }
        let key = format!("{path}{}#browser", part.query());
        let make = async {
            let document = self.part(path, part, look).await?.ok_or(PublishError::Absent)?;
            Ok(browser::styled(&document, &self.base_url))
        };
        self.variant(&key, make).await
    }

    /// What came after the newest of these versions of the feed at a path, asked for with this key in the address; `None`
    /// if none of them is remembered, or if the feed has not changed since.
    pub async fn since(
        &self,
        path: &str,
        partner_key: Option<String>,
        versions: &[Version],
    ) -> Result<Option<Arc<Document>>, PublishError> {
        let Some((key, format)) = self.at(path) else { return Ok(None) };
        let Some(held) = self.deltas.held(&key, versions) else { return Ok(None) };
        let part = Part { key: partner_key, ..Part::default() };
        let variant = format!("{path}{}#after {held}", part.query());
        let make = async {
            // First, so that nobody is told he holds a version newer than what he gets.
            let whole = self.document(path).await?.ok_or(PublishError::Absent)?;
            let mut feed = self.feed(&key, part).await?;
            feed.is_alias = path == "/feed.xml";
            let feed = self.deltas.after(held, feed).ok_or(PublishError::Absent)?;
            let document = blocking(move || publish::document(&feed, format, Look::default())).await?;
            Ok(document.leading_to(&whole))
        };
        self.variant(&variant, make).await
    }

    /// Where the feed that stood at a path stands since it was renamed; `None` if it was not.
    pub fn renamed(&self, path: &str) -> Option<String> {
        let (name, suffix) = name_at(path)?;
        let key = self.audiences.whole().renamed(name).filter(|key| key.to_string() != name)?;
        Some(address(&self.base_url, &format!("{}{suffix}", key.path())))
    }

    /// Whether a feed stood at a path that is published no more.
    pub async fn is_retired(&self, path: &str) -> Result<bool, StoreError> {
        let Some((name, _)) = name_at(path) else { return Ok(false) };
        let is_published = self.audiences.whole().feeds().iter().any(|key| key.to_string() == name);
        Ok(!is_published && self.store.feed_states().await?.iter().any(|(known, _)| known == name))
    }
}

/// The name of a feed at a path as the store keeps it, and the ending of its format.
fn name_at(path: &str) -> Option<(&str, &str)> {
    let suffix = [".rss", ".atom", ".json"].into_iter().find(|suffix| path.ends_with(suffix)).unwrap_or_default();
    let bare = path.strip_suffix(suffix)?;
    let name =
        bare.strip_prefix("/feeds/").or_else(|| bare.strip_prefix('/').filter(|it| it.starts_with("events/")))?;
    Some((name, suffix))
}
