//! Where else a feed stands: in another format, under another id, or no more.

use std::sync::Arc;

use crate::model::feed::{FeedKey, Format};
use crate::publish::document::Document;
use crate::publish::publisher::{Publisher, address};
use crate::store::StoreError;

impl Publisher {
    /// Another format of the feed whose page stands at a path, and where it stands itself, if it lies on the shelf.
    pub fn beside(&self, path: &str, format: Format) -> Option<(String, Arc<Document>)> {
        let (key, _) = self.at(path).or_else(|| (path == "/").then_some((FeedKey::All, Format::Html)))?;
        let path = key.format_path(format);
        let document = self.shelf.get(&path)?;
        Some((path, document))
    }

    /// Where the feed that stood at a path stands since it was renamed; `None` if it was not.
    pub fn renamed(&self, path: &str) -> Option<String> {
        let (name, suffix) = name_at(path)?;
        let key = self.catalogue.renamed(name).filter(|key| key.to_string() != name)?;
        Some(address(&self.base_url, &format!("{}{suffix}", key.path())))
    }

    /// Whether a feed stood at a path that is published no more.
    pub async fn is_retired(&self, path: &str) -> Result<bool, StoreError> {
        let Some((name, _)) = name_at(path) else { return Ok(false) };
        let is_published = self.catalogue.feeds().iter().any(|key| key.to_string() == name);
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
