//! What subscribers ask of the hub and what they are owed (WebSub, W3C Recommendation of 23 January 2018).

use chrono::{DateTime, Utc};
use url::Url;

/// A document that can be subscribed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its public address, exactly as its self link says it.
    pub url: String,
    /// Where it lies on the shelf.
    pub path: String,
    /// The name of its feed.
    pub feed: String,
    /// Whether it is a topic only with a partner's key behind its address.
    pub is_private: bool,
}

/// What stands between the address of a private topic and the key.
const KEYED: &str = "?key=";

/// The bare address of a topic, and the key behind it.
pub fn split(topic: &str) -> (&str, Option<&str>) {
    topic.split_once(KEYED).map_or((topic, None), |(bare, key)| (bare, Some(key)))
}

/// What a subscriber wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// To be told of changes.
    Subscribe {
        /// Signs what is delivered.
        secret: Option<String>,
        /// How long, in seconds.
        lease_s: u32,
    },
    /// To be told no more.
    Unsubscribe,
    /// Nothing: it is we who say that the topic is not published any more.
    Denied,
}

impl Intent {
    /// The word of `hub.mode`.
    pub fn mode(&self) -> &'static str {
        match self {
            Intent::Subscribe { .. } => "subscribe",
            Intent::Unsubscribe => "unsubscribe",
            Intent::Denied => "denied",
        }
    }
}

/// What is asked of the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Of what.
    pub topic: Topic,
    /// For whom.
    pub callback: Url,
    /// What is wanted.
    pub intent: Intent,
}

/// A request whose callback has not confirmed it yet.
#[derive(Debug, Clone)]
pub struct Pending {
    /// Its number; a later request for the same topic and callback has another.
    pub id: i64,
    /// The topic's address.
    pub topic: String,
    /// Where to ask.
    pub callback: String,
    /// What is wanted.
    pub intent: Intent,
}

/// How much the hub takes on.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Subscriptions in all.
    pub subscriptions: i64,
    /// Subscriptions of one callback host.
    pub subscriptions_per_host: i64,
    /// Requests that wait for their confirmation.
    pub pending: i64,
    /// The same of one callback host.
    pub pending_per_host: i64,
}

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requested {
    /// Its callback will be asked.
    Taken,
    /// There is no subscription to end.
    Unknown,
    /// The callback's host has as many subscriptions as it may.
    HostFull,
    /// There are as many subscriptions as there may be.
    Full,
    /// Too many requests wait for their confirmation.
    Busy,
}

/// A version of a topic that a subscriber does not have yet.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The subscription.
    pub id: i64,
    /// Whether this is an outside hub, which is only told to fetch the topic.
    pub is_hub: bool,
    /// The topic's address.
    pub topic: String,
    /// Where the topic lies on the shelf.
    pub path: String,
    /// The name of its feed.
    pub feed: String,
    /// Where to send it.
    pub callback: String,
    /// Signs what is sent.
    pub secret: Option<String>,
    /// The feed's last change that the subscriber has; `None` if it has nothing yet.
    pub delivered: Option<DateTime<Utc>>,
    /// How often in a row it failed.
    pub failures: u32,
    /// Since when it fails.
    pub failing_since: Option<DateTime<Utc>>,
}
