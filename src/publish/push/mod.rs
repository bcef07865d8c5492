//! The WebSub hub (W3C Recommendation of 23 January 2018): takes subscriptions and tells each subscriber of every new
//! version of its topic. Who is owed what stands in the store; here is only what is in hand.
//!
//! Nothing of a round is waited for by the next one: a callback that is slow delays nobody but itself.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, Semaphore};
use tokio_util::task::TaskTracker;
use url::Url;

use crate::keys::{Keyring, Refused};
use crate::model::part::Part;
use crate::model::push::{self as topic, Delivery, Limits, Pending, Topic};
use crate::outside::Clients;
use crate::publish::document::Document;
use crate::publish::pages::look::Look;
use crate::publish::publisher::Publisher;
use crate::publish::push::lanes::Lanes;
use crate::publish::topics;
use crate::store::{Store, StoreError};

pub mod asked;

mod callback;
mod deliver;
mod lanes;
mod verify;

/// Callbacks asked at once whether they mean what was asked for them; more wait their turn.
const VERIFICATIONS_AT_ONCE: usize = 32;
/// What is in hand may take that long once the program is told to stop; the rest is delivered after the next start.
const FINISH_TIMEOUT: Duration = Duration::from_secs(3);

/// How this installation pushes.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The outside hub that the feeds name instead of ours.
    pub hub: Option<Url>,
    /// Whether callbacks may be on this machine or its network.
    pub allow_private_callbacks: bool,
    /// How much the hub takes on.
    pub limits: Limits,
}

impl Default for Rules {
    fn default() -> Rules {
        let limits = Limits {
            // The secrets, addresses and states of that many take some 10 MB.
            subscriptions: 20_000,
            // A hosted reader has one host for all of its users, and one subscription for each feed they read.
            subscriptions_per_host: 2_000,
            pending: 2_000,
            pending_per_host: 200,
        };
        Rules { hub: None, allow_private_callbacks: false, limits }
    }
}

/// The hub.
pub struct Push {
    store: Store,
    publisher: Arc<Publisher>,
    keyring: Arc<Keyring>,
    topics: Vec<Topic>,
    clients: Clients,
    rules: Rules,
    lanes: Lanes,
    verifications: Semaphore,
    /// Held while a round looks for what is due.
    round: tokio::sync::Mutex<()>,
    in_hand: Mutex<HashSet<Task>>,
    tasks: TaskTracker,
    wanted: Notify,
    /// How many runs had ended at the last round.
    ended: AtomicU64,
}

/// What is in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Task {
    /// By its request's number.
    Verification(i64),
    /// By its subscription's number.
    Delivery(i64),
}

impl Push {
    /// A hub for all topics of what a publisher publishes, private ones to those who hold a key of the ring.
    pub fn new(store: Store, publisher: Arc<Publisher>, keyring: Arc<Keyring>, clients: Clients, rules: Rules) -> Push {
        let topics = topics::all(publisher.audiences().whole(), publisher.base_url());
        Push {
            store,
            publisher,
            keyring,
            topics,
            clients,
            rules,
            lanes: Lanes::default(),
            verifications: Semaphore::new(VERIFICATIONS_AT_ONCE),
            round: tokio::sync::Mutex::default(),
            in_hand: Mutex::default(),
            tasks: TaskTracker::new(),
            wanted: Notify::new(),
            ended: AtomicU64::new(0),
        }
    }

    /// Brings the subscriptions in line with what is published under the present settings.
    pub async fn register(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let hub = self.rules.hub.as_ref().map(Url::to_string);
        self.store.settle_topics(self.topics.clone(), hub, now).await
    }

    /// What it publishes for.
    pub fn publisher(&self) -> &Arc<Publisher> {
        &self.publisher
    }

    /// Wants a round before its time.
    pub fn round_soon(&self) {
        self.wanted.notify_one();
    }

    /// Waits until a round is wanted before its time.
    pub async fn wanted(&self) {
        self.wanted.notified().await;
    }

    /// Begins with all that is due and returns when more will be; `None` if nothing is known to come.
    pub async fn round(self: &Arc<Self>, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let _round = self.round.lock().await;
        self.store.end_leases(now).await?;
        // What ends between this and the questions below must not begin again with the answers.
        let in_hand = self.in_hand().clone();
        for request in self.store.pending_requests().await? {
            let task = Task::Verification(request.id);
            if !in_hand.contains(&task) {
                self.begin(task, Arc::clone(self).verify(request, now));
            }
        }
        let ended = self.publisher.at_work().ended();
        let ended_before = self.ended.swap(ended, Ordering::AcqRel);
        for delivery in self.store.due_deliveries(now).await? {
            let task = Task::Delivery(delivery.id);
            if in_hand.contains(&task) || self.publisher.at_work().holds(&delivery.feed, ended_before) {
                continue;
            }
            // Without a newer copy than the subscriber has, the new version is still being rendered.
            let Some(document) = self.document(&delivery, now).await? else { continue };
            if delivery.delivered.is_none_or(|delivered| delivered < document.last_modified) {
                self.begin(task, Arc::clone(self).deliver(delivery, document, now));
            }
        }
        self.store.next_delivery(now).await
    }

    /// What is to be sent, if it is ready: of a private topic only to a key that is still valid, and counted. A
    /// subscription whose key has ended is over, which its callback is told.
    async fn document(&self, delivery: &Delivery, now: DateTime<Utc>) -> Result<Option<Arc<Document>>, StoreError> {
        let Some(ready) = self.publisher.ready(&delivery.path) else { return Ok(None) };
        let (shown, Some(key)) = topic::split(&delivery.topic) else {
            return Ok(Some(ready).filter(|document| !document.is_private));
        };
        let id = match self.keyring.check(key, &delivery.feed, now).await {
            Ok(id) => id,
            Err(Refused::Unavailable) => return Ok(None),
            Err(Refused::Invalid | Refused::Elsewhere) => {
                tracing::info!(topic = shown, "a subscription ends with its key");
                self.store.deny_topic(delivery.topic.clone(), now).await?;
                self.wanted.notify_one();
                return Ok(None);
            }
        };
        if delivery.delivered.is_some_and(|delivered| delivered >= ready.last_modified) {
            return Ok(None);
        }
        let part = Part { key: Some(key.to_owned()), ..Part::default() };
        let document = self.publisher.part(&delivery.path, part, Look::default()).await.unwrap_or_else(|error| {
            tracing::error!(topic = shown, %error, "a private feed could not be rendered for its subscriber");
            None
        });
        if document.is_some() {
            self.keyring.count(&id, now);
        }
        Ok(document)
    }

    /// Waits until nothing is in hand.
    pub async fn idle(&self) {
        self.tasks.close();
        self.tasks.wait().await;
        self.tasks.reopen();
    }

    /// Waits a little for what is in hand, for the program is stopping.
    pub async fn finish(&self) {
        if tokio::time::timeout(FINISH_TIMEOUT, self.idle()).await.is_err() {
            tracing::info!("{} deliveries are made up after the next start", self.in_hand().len());
        }
    }

    fn in_hand(&self) -> MutexGuard<'_, HashSet<Task>> {
        self.in_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(self: &Arc<Self>, task: Task, work: impl Future<Output = Result<Next, StoreError>> + Send + 'static) {
        self.in_hand().insert(task);
        let hold = InHand { push: Arc::clone(self), task };
        self.tasks.spawn(async move {
            let next = work.await.unwrap_or_else(|error| {
                tracing::error!(%error, "cannot note what became of a delivery; it is made again");
                Next::Nothing
            });
            let push = Arc::clone(&hold.push);
            drop(hold);
            if let Next::Round = next {
                push.wanted.notify_one();
            }
        });
    }

    async fn verify(self: Arc<Self>, request: Pending, now: DateTime<Utc>) -> Result<Next, StoreError> {
        let _turn = self.verifications.acquire().await;
        let outcome = verify::ask(self.client(false), &request, self.rules.allow_private_callbacks).await;
        match outcome {
            Ok(()) => self.store.confirm_request(request.id, now).await?,
            Err(failure) => {
                tracing::info!(callback = %request.callback, topic = topic::split(&request.topic).0, "not confirmed: {failure}");
                self.store.drop_request(request.id).await?;
            }
        }
        Ok(Next::Round)
    }

    async fn deliver(
        self: Arc<Self>,
        delivery: Delivery,
        document: Arc<Document>,
        now: DateTime<Utc>,
    ) -> Result<Next, StoreError> {
        let is_open = delivery.is_hub || self.rules.allow_private_callbacks;
        let send = deliver::send(self.client(is_open), &delivery, &document, is_open);
        let outcome = self.lanes.in_turn(send).await.unwrap_or_else(|| Err(callback::Failure::slow()));
        match outcome {
            Ok(()) => {
                self.store.delivered(delivery.id, document.last_modified).await?;
                let newest = self.publisher.ready(&delivery.path);
                let has_newer = newest.is_some_and(|newest| newest.last_modified > document.last_modified);
                Ok(if has_newer { Next::Round } else { Next::Nothing })
            }
            Err(callback::Failure::Gone) if !delivery.is_hub => {
                tracing::info!(callback = %delivery.callback, topic = topic::split(&delivery.topic).0, "unsubscribed with 410");
                self.store.end_subscription(delivery.id).await?;
                Ok(Next::Nothing)
            }
            Err(failure) => self.retry(&delivery, &failure, now).await,
        }
    }

    /// Notes when to try again, or gives a subscriber up that has been dead for too long.
    async fn retry(
        &self,
        delivery: &Delivery,
        failure: &callback::Failure,
        now: DateTime<Utc>,
    ) -> Result<Next, StoreError> {
        let (callback, (topic, _)) = (&delivery.callback, topic::split(&delivery.topic));
        match deliver::next_try(delivery, now) {
            Some(due) => {
                tracing::info!(%callback, topic, %due, "not delivered: {failure}");
                self.store.delivery_failed(delivery.id, due, now).await?;
            }
            None => {
                tracing::warn!(%callback, topic, "given up after {} tries: {failure}", delivery.failures + 1);
                self.store.end_subscription(delivery.id).await?;
            }
        }
        Ok(Next::Round)
    }

    fn client(&self, is_open: bool) -> Result<&reqwest::Client, callback::Failure> {
        let client = self.clients.client(is_open || self.rules.allow_private_callbacks);
        client.map_err(|error| callback::Failure::Network(error.to_string()))
    }
}

/// What is to be done after a task.
enum Next {
    Nothing,
    /// There is more to do, or another time to wake.
    Round,
}

/// Takes a task out of what is in hand when it ends, also by a panic.
struct InHand {
    push: Arc<Push>,
    task: Task,
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.push.in_hand().remove(&self.task);
    }
}
