//! What came after a version of a feed, for readers who hold it and ask for no more (RFC 3229, `A-IM: feed`).
//!
//! Remembered is, from the start of the program on, the tags of the last versions of each feed, and of each entry of
//! the newest one since which version it is as it is. So a version costs a few numbers, and none is kept as a document.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::model::feed::{Feed, FeedKey};
use crate::publish::document::{Document, Version};

/// Versions of a feed that are remembered; who holds an older one gets the whole feed.
const VERSIONS_MAX: usize = 64;

/// What is remembered of all feeds.
#[derive(Default)]
pub struct Deltas {
    feeds: Mutex<HashMap<FeedKey, History>>,
}

/// What is remembered of a feed.
#[derive(Default)]
struct History {
    /// When the feed changed, and the documents it had then; oldest first.
    versions: VecDeque<(DateTime<Utc>, Vec<Version>)>,
    /// Since when each entry of the newest version is as it is.
    entries: Since,
    /// Since when the newest version says of each entry that it left.
    tombstones: Since,
}

/// Contents, as hashes, and since which version each is there.
type Since = HashMap<Uuid, (u64, DateTime<Utc>)>;

/// The contents of a feed, as hashes.
pub struct Contents {
    entries: Vec<(Uuid, u64)>,
    tombstones: Vec<(Uuid, u64)>,
}

impl Contents {
    /// Of this feed.
    pub fn of(feed: &Feed) -> Contents {
        Contents {
            entries: feed.entries.iter().map(|entry| (entry.id, hash(entry))).collect(),
            tombstones: feed.tombstones.iter().map(|tombstone| (tombstone.id, hash(&tombstone.when))).collect(),
        }
    }
}

impl Deltas {
    /// Remembers a version: when the feed changed, what is in it, its documents.
    pub fn remember(&self, key: &FeedKey, changed: DateTime<Utc>, contents: Contents, documents: Vec<Version>) {
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        let history = feeds.entry(key.clone()).or_default();
        history.entries = carried(&history.entries, contents.entries, changed);
        history.tombstones = carried(&history.tombstones, contents.tombstones, changed);
        history.versions.push_back((changed, documents));
        if history.versions.len() > VERSIONS_MAX {
            history.versions.pop_front();
        }
    }

    /// The newest of these versions of a feed, as the time it changed; `None` if none is remembered, or if the feed has
    /// not changed since.
    pub fn held(&self, key: &FeedKey, versions: &[Version]) -> Option<DateTime<Utc>> {
        let feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        let history = feeds.get(key)?;
        let is_held = |(_, documents): &&(DateTime<Utc>, Vec<Version>)| {
            documents.iter().any(|document| versions.contains(document))
        };
        let (held, _) = history.versions.iter().rev().find(is_held)?;
        history.versions.back().filter(|(newest, _)| newest != held).map(|_| *held)
    }

    /// The feed with only what came after a version; `None` if it is not of the newest version we know.
    pub fn after(&self, version: DateTime<Utc>, mut feed: Feed) -> Option<Feed> {
        let feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        let history = feeds.get(&feed.key)?;
        history.versions.back().filter(|(newest, _)| *newest == feed.changed)?;
        let is_later = |since: &Since, id: &Uuid| since.get(id).is_none_or(|(_, since)| *since > version);
        feed.entries.retain(|entry| is_later(&history.entries, &entry.id));
        feed.tombstones.retain(|tombstone| is_later(&history.tombstones, &tombstone.id));
        // What is older than these entries is no further part of the feed.
        feed.neighbours = Default::default();
        Some(feed)
    }
}

/// Since when each content is there, if before it was so.
fn carried(before: &Since, contents: Vec<(Uuid, u64)>, changed: DateTime<Utc>) -> Since {
    let since = |(id, hash): (Uuid, u64)| {
        let known = before.get(&id).filter(|(known, _)| *known == hash);
        (id, *known.unwrap_or(&(hash, changed)))
    };
    contents.into_iter().map(since).collect()
}

fn hash(content: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    hasher.finish()
}

/// The versions among documents that readers may name.
pub fn versions<'a>(documents: impl Iterator<Item = &'a Document>) -> Vec<Version> {
    documents.filter(|document| document.link.is_some()).filter_map(Document::version).collect()
}
