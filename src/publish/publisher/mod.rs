//! Keeps the shelf in step with the store: a feed is rendered when it changed, never because someone asked,
//! but for the first reader after a start, who may come before the shelf is full.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::memory;
use crate::model::addresses::Addresses;
use crate::model::audience::Audiences;
use crate::model::feed::{Feed, FeedKey, Format};
use crate::model::part::Part;
use crate::publish::at_work::AtWork;
use crate::publish::delta::{self, Deltas};
use crate::publish::document::Document;
use crate::publish::encoding::Encoder;
use crate::publish::front::{self, Front};
use crate::publish::renderer::Renderer;
use crate::publish::select::{self, FeedIds};
use crate::publish::shelf::Shelf;
use crate::publish::{self, PublishError};
use crate::store::feeds::FeedState;
use crate::store::parts::StoredFeed;
use crate::store::{Store, StoreError};

mod elsewhere;
mod parts;

/// Entries of a feed unless a reader asks for another number.
pub const ENTRIES: usize = 50;
/// The pause before a refresh that failed is tried again.
const RETRY_PAUSE: Duration = Duration::from_secs(10);

/// What the documents that belong to no feed depend on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Shown {
    /// When the list of feeds last changed.
    listed: Option<DateTime<Utc>>,
    /// When any feed last changed.
    changed: Option<DateTime<Utc>>,
    /// When each portal was last read without a failure.
    read: HashMap<String, DateTime<Utc>>,
}

/// The shelf and what fills it.
pub struct Publisher {
    audiences: Arc<Audiences>,
    store: Store,
    base_url: Url,
    /// The address of the hub that feeds name.
    hub: String,
    shelf: Shelf,
    /// Which version of each feed lies on the shelf.
    versions: Mutex<HashMap<FeedKey, DateTime<Utc>>>,
    deltas: Deltas,
    encoder: Arc<Encoder>,
    /// What the front page on the shelf was made of.
    shown: Mutex<Shown>,
    /// Held while a feed is rendered, so that nothing is rendered twice.
    rendering: tokio::sync::Mutex<()>,
    renderer: Renderer,
    wanted: Notify,
    at_work: Arc<AtWork>,
}

impl Publisher {
    /// A publisher with an empty shelf; `hub` is the hub that feeds name, if it is not ours. Fails if its thread cannot
    /// be started.
    pub fn new(
        audiences: Arc<Audiences>,
        store: Store,
        base_url: Url,
        hub: Option<&Url>,
    ) -> std::io::Result<Publisher> {
        let hub = hub.map_or_else(|| address(&base_url, front::HUB_PATH), Url::to_string);
        Ok(Publisher {
            audiences,
            store,
            base_url,
            hub,
            shelf: Shelf::new(),
            versions: Mutex::default(),
            deltas: Deltas::default(),
            encoder: Arc::default(),
            shown: Mutex::default(),
            rendering: tokio::sync::Mutex::default(),
            renderer: Renderer::start()?,
            wanted: Notify::new(),
            at_work: Arc::default(),
        })
    }

    /// Tells the store which feeds there are, and moves those on whose settings changed.
    pub async fn register(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let catalogue = |key: &FeedKey| self.audiences.readers_of(key);
        let hash = |key: &FeedKey| select::settings_hash(catalogue(key), &self.base_url, &self.hub, key);
        let feeds = self.audiences.whole().feeds().into_iter().map(|key| (key.to_string(), hash(&key)));
        let list = (front::NAME.to_owned(), front::settings_hash(self.audiences.public(), &self.base_url));
        self.store.register(feeds.chain([list]).collect(), now).await
    }

    /// Refreshes at once, then whenever it is asked to, until `stop` is cancelled.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        self.refresh().await;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.wanted.notified() => {}
            }
            if !self.refresh().await && stop.run_until_cancelled(tokio::time::sleep(RETRY_PAUSE)).await.is_some() {
                self.wanted.notify_one();
            }
        }
    }

    /// Asks [`Publisher::run`] to refresh.
    pub fn refresh_soon(&self) {
        self.wanted.notify_one();
    }

    /// Renders every feed that changed. A feed that cannot be rendered keeps its last good copy; `false` means
    /// that there was one.
    pub async fn refresh(&self) -> bool {
        let states = match self.store.feed_states().await {
            Ok(states) => states,
            Err(error) => {
                tracing::error!(%error, "cannot tell which feeds changed; their last good copies stay");
                return false;
            }
        };
        let (mut is_complete, mut has_rendered) = (true, false);
        for key in self.audiences.whole().feeds() {
            let changed = state(&states, &key.to_string()).map(|state| state.changed);
            if changed.is_none_or(|changed| self.is_on_shelf(&key, changed)) {
                continue;
            }
            has_rendered = true;
            if let Err(error) = self.refresh_feed(&key).await {
                tracing::error!(feed = %key, %error, "a feed could not be rendered; its last good copy stays");
                is_complete = false;
            }
        }
        if let Err(error) = self.refresh_front().await {
            tracing::error!(%error, "the front page could not be rendered; its last good copy stays");
            is_complete = false;
        }
        // A run renders its feeds again and again, and gives back once at its end.
        if has_rendered && self.at_work.is_idle() {
            self.rest().await;
        }
        is_complete
    }

    /// Gives back the memory that much work took, behind what waits to be stored and rendered.
    pub async fn rest(&self) {
        if let Err(error) = self.store.rest().await {
            tracing::error!(%error, "the memory that the database works with could not be given back");
        }
        self.renderer.order(memory::give_back);
    }

    /// Indexes some of the words of what is stored; `false` if there is nothing to index.
    pub async fn index_some(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let has_indexed = self.store.index_some(now).await?;
        if has_indexed {
            self.shelf.forget_variants();
        }
        Ok(has_indexed)
    }

    /// Returns after something was stored.
    pub async fn written(&self) {
        self.store.written().await;
    }

    /// The document at a path, if it lies on the shelf.
    pub fn ready(&self, path: &str) -> Option<Arc<Document>> {
        self.shelf.get(path)
    }

    /// The document at a path, or under a key of the shelf; `None` if there is none.
    pub async fn document(&self, path: &str) -> Result<Option<Arc<Document>>, PublishError> {
        if let Some(document) = self.shelf.get(path) {
            return Ok(Some(document));
        }
        let bare = path.split('#').next().unwrap_or_default();
        let key = self.at(bare).map(|(key, _)| key).or_else(|| self.boxed(bare));
        if let Some(key) = key {
            self.refresh_feed(&key).await?;
        } else if front::is_here(path) {
            self.refresh_front().await?;
        }
        Ok(self.shelf.get(path))
    }

    /// Who may know of what.
    pub fn audiences(&self) -> &Audiences {
        &self.audiences
    }

    /// The public address of the service, with its final slash.
    pub fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// Which version of a feed lies on the shelf.
    pub fn version(&self, key: &FeedKey) -> Option<DateTime<Utc>> {
        self.versions.lock().unwrap_or_else(PoisonError::into_inner).get(key).copied()
    }

    /// Puts a document there that changes by other rules than the feeds.
    pub fn put(&self, path: &str, document: Document) {
        self.shelf.put(vec![(path.to_owned(), document)]);
    }

    /// Which runs are at work, and word of new versions.
    pub fn at_work(&self) -> &Arc<AtWork> {
        &self.at_work
    }

    /// Whether feeds can be answered: every feed lies on the shelf, or the store can be read.
    pub async fn check(&self) -> Result<(), StoreError> {
        let is_full = {
            let versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
            self.audiences.whole().feeds().iter().all(|key| versions.contains_key(key))
        };
        if is_full {
            return Ok(());
        }
        self.store.feed_states().await.map(|_| ())
    }

    /// Which feed and format stand at a path.
    fn at(&self, path: &str) -> Option<(FeedKey, Format)> {
        if path == "/feed.xml" {
            return Some((FeedKey::All, Format::Rss));
        }
        let formats = [Format::Rss, Format::Atom, Format::Json, Format::Html];
        let is_it = |key: &FeedKey, format: Format| {
            key.format_path(format) == path && (*key != FeedKey::All || format != Format::Html)
        };
        let places = |key: FeedKey| {
            let format = formats.into_iter().find(|format| is_it(&key, *format))?;
            Some((key, format))
        };
        self.audiences.whole().feeds().into_iter().find_map(places)
    }

    async fn ids(&self) -> Result<FeedIds, StoreError> {
        Ok(self.store.feed_states().await?.into_iter().map(|(name, state)| (name, state.id)).collect())
    }

    async fn select(
        &self,
        ids: &FeedIds,
        key: &FeedKey,
        stored: StoredFeed,
        part: Part,
    ) -> Result<Option<Feed>, StoreError> {
        let catalogue = self.audiences.readers_of(key);
        let hub = self.hub_of(&part, catalogue.is_private(key));
        let mut feed = select::feed(catalogue, &self.base_url, ids, key, stored, part);
        if let Some(feed) = &mut feed {
            feed.hub = hub;
        }
        if let (Some(feed), FeedKey::Event(_)) = (&mut feed, key) {
            feed.event = select::presented(catalogue, key, self.store.coverage(key.clone()).await?);
        }
        Ok(feed)
    }

    /// The hub a part of a feed names. Further parts are no topics; of a private feed only an address with a key is one,
    /// and no hub but ours is told of it.
    fn hub_of(&self, part: &Part, is_private: bool) -> Option<String> {
        let is_topic = !is_private || part.key.is_some() && self.hub == address(&self.base_url, front::HUB_PATH);
        (part.is_default() && is_topic).then(|| self.hub.clone())
    }

    async fn refresh_feed(&self, key: &FeedKey) -> Result<(), PublishError> {
        let _rendering = self.rendering.lock().await;
        let states = self.store.feed_states().await?;
        let Some(changed) = state(&states, &key.to_string()).map(|state| state.changed) else { return Ok(()) };
        if self.is_on_shelf(key, changed) {
            return Ok(());
        }
        let ids = states.into_iter().map(|(name, state)| (name, state.id)).collect();
        let Some(stored) = self.store.feed(key.clone(), Part::default(), ENTRIES).await? else { return Ok(()) };
        let changed = stored.state.changed;
        let Some(feed) = self.select(&ids, key, stored, Part::default()).await? else { return Ok(()) };
        let contents = delta::Contents::of(&feed);
        let documents = self.renderer.run(move || publish::documents(&feed)).await?;
        let versions = delta::versions(documents.iter().map(|(_, document)| document));
        self.shelf.put(documents);
        self.deltas.remember(key, changed, contents, versions);
        self.versions.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), changed);
        self.at_work.announce();
        Ok(())
    }

    /// Where what it publishes is stored.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// When the list of feeds last changed; `None` if it was never registered.
    pub(super) async fn listed(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(state(&self.store.feed_states().await?, front::NAME).map(|state| state.changed))
    }

    /// When each public portal was last read without a failure.
    pub(super) async fn read(&self) -> Result<HashMap<String, DateTime<Utc>>, StoreError> {
        let mut read = HashMap::new();
        for portal in &self.audiences.public().portals {
            let sources = self.store.sources(portal.id.clone()).await?;
            if let Some(last) = sources.into_iter().filter_map(|source| source.known.succeeded).max() {
                read.insert(portal.id.clone(), last);
            }
        }
        Ok(read)
    }

    /// Whether the version of a feed that changed last at `changed` lies on the shelf.
    fn is_on_shelf(&self, key: &FeedKey, changed: DateTime<Utc>) -> bool {
        self.versions.lock().unwrap_or_else(PoisonError::into_inner).get(key) == Some(&changed)
    }

    /// The documents that belong to no feed.
    async fn refresh_front(&self) -> Result<(), PublishError> {
        let _rendering = self.rendering.lock().await;
        let states = self.store.feed_states().await?;
        let Some(listed) = state(&states, front::NAME).map(|state| state.changed) else { return Ok(()) };
        // What happens to private feeds must not show, not even as a time.
        let public = states.iter().filter(|(name, _)| self.audiences.lock_named(name).is_none());
        let changed = public.map(|(_, state)| state.changed).max();
        let catalogue = self.audiences.public();
        let read = self.read().await?;
        let wanted = Shown { listed: Some(listed), changed, read };
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if wanted == shown {
            return Ok(());
        }
        let mut documents = Vec::new();
        if wanted.listed != shown.listed {
            documents.extend(front::lasting(catalogue, &self.base_url, Addresses::Queries, listed)?);
        }
        let ids = states.into_iter().map(|(name, state)| (name, state.id)).collect();
        let (key, headlines) = front::LATEST;
        let stored = self.store.feed(key.clone(), Part::default(), headlines).await?;
        let latest = match stored {
            Some(stored) => self.select(&ids, &key, stored, Part::default()).await?,
            None => None,
        };
        let changed = wanted.read.values().copied().fold(changed.unwrap_or(listed), DateTime::max);
        let front = Front { changed, latest, read: &wanted.read };
        documents.extend(front::pages(catalogue, &self.base_url, front)?);
        self.shelf.put(documents);
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = wanted;
        Ok(())
    }
}

/// The whole address of a path of ours.
fn address(base_url: &Url, path: &str) -> String {
    format!("{}{path}", base_url.as_str().trim_end_matches('/'))
}

fn state<'a>(states: &'a [(String, FeedState)], name: &str) -> Option<&'a FeedState> {
    states.iter().find(|(found, _)| found == name).map(|(_, state)| state)
}

/// Rendering takes milliseconds: it must not hold up those who wait for an answer.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PublishError> + Send + 'static,
) -> Result<T, PublishError> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(PublishError::Interrupted))
}
