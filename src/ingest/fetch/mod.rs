//! Fetches pages politely: robots.txt, a pause per host, conditional requests, limits on everything, and no
//! private addresses. The only place of `ingest` that touches the network.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::ingest::fetch::exchange::{Answer, Ask, Overflow};
use crate::ingest::fetch::hosts::Hosts;
use crate::ingest::fetch::robots::Robots;
use crate::model::page::Validators;
use crate::model::portal::FetchRules;
use crate::outside::{Clients, SetupError};

mod exchange;
pub mod inflate;
mod retry;

mod hosts;
mod robots;

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod polite_tests;
#[cfg(test)]
mod wire;

/// The most redirects followed for one page, as browsers and RFC 9309 (for robots.txt) do at least.
pub const REDIRECTS_MAX: usize = 5;

/// The longest validator kept, in bytes; real ones have 20 to 60. Longer ones are dropped, for a cut one is wrong.
pub const VALIDATOR_BYTES_MAX: usize = 1024;

/// The longest Content-Type kept, in bytes; the charset stands within the first 100.
pub const CONTENT_TYPE_BYTES_MAX: usize = 256;

/// The longest a server can keep us away with one `Retry-After`.
const STAY_AWAY_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// The pause before the first retry; the second waits four times as long.
const RETRY_PAUSE: Duration = Duration::from_millis(500);

/// The clients, the hosts' turns and their robots.txt: shared by all runs, cheap to clone.
#[derive(Debug, Clone)]
pub struct Fetcher {
    parts: Arc<Parts>,
}

#[derive(Debug)]
struct Parts {
    clients: Clients,
    hosts: Hosts,
    robots: Robots,
    retry_pause: Duration,
}

impl Fetcher {
    /// A fetcher that calls itself `user_agent`: `Harbinger/VERSION (+CONTACT)`.
    /// An error if that cannot stand in a header.
    pub fn new(user_agent: String) -> Result<Fetcher, FetchError> {
        Fetcher::with_retry_pause(user_agent, RETRY_PAUSE)
    }

    /// The same with another pause before the first retry, for tests that must not wait.
    pub fn with_retry_pause(user_agent: String, retry_pause: Duration) -> Result<Fetcher, FetchError> {
        let clients = Clients::new(user_agent)?;
        let parts = Parts { clients, hosts: Hosts::default(), robots: Robots::default(), retry_pause };
        Ok(Fetcher { parts: Arc::new(parts) })
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The address; its fragment and credentials are never sent.
    pub url: &'a Url,
    /// How the portal's hosts are treated.
    pub rules: &'a FetchRules,
    /// What the last answer was marked with, for a conditional request.
    pub validators: Option<&'a Validators>,
    /// What the answer should be.
    pub purpose: Purpose,
}

/// What the answer should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An article or a list page: media and documents are refused before their body is read.
    Page,
    /// A feed or a sitemap, whatever type it is sent as.
    Feed,
}

/// What came back.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "made once a page and taken apart at once; a box would only cost")]
pub enum Fetched {
    /// A page in full.
    Page(RawPage),
    /// 304: it is as it was when the validators were stored.
    NotModified {
        /// Where only permanent redirects (301, 308) led.
        moved: Option<Url>,
    },
}

/// A page as the server sent it, inflated.
#[derive(Debug, Clone)]
pub struct RawPage {
    /// Its address after all redirects.
    pub url: Url,
    /// Where only permanent redirects (301, 308) led: the address to ask next time.
    pub moved: Option<Url>,
    /// The HTTP status: 200 or 203.
    pub status: u16,
    /// Content-Type, at most [`CONTENT_TYPE_BYTES_MAX`].
    pub content_type: Option<String>,
    /// What to send next time.
    pub validators: Validators,
    /// The bytes after inflating, at most `page_bytes_max`.
    pub body: Vec<u8>,
    /// BLAKE3 of `body`.
    pub body_hash: [u8; 32],
}

/// Why a page could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// 404: it may come back.
    #[error("{url} was not found (404)")]
    Missing {
        /// The address that answered.
        url: Url,
    },
    /// 410: it is gone for good.
    #[error("{url} is gone for good (410)")]
    Gone {
        /// The address that answered.
        url: Url,
    },
    /// robots.txt does not allow it.
    #[error(
        "robots.txt of the site does not allow {url}: ask the portal, or set obey_robots = false under [portal.fetch] if it agreed"
    )]
    Robots {
        /// The address that was not fetched.
        url: Url,
    },
    /// robots.txt could not be read, which forbids everything (RFC 9309 §2.3.1.4).
    #[error("{url} was not fetched, for the site's robots.txt could not be read: {cause}")]
    RobotsUnreachable {
        /// The address that was not fetched.
        url: Url,
        /// Why not.
        cause: String,
    },
    /// The host is on a loopback, private, link-local or reserved address.
    #[error(
        "{url} is on a private address: set allow_private_addresses = true under [portal.fetch] if this portal is on your own network"
    )]
    PrivateAddress {
        /// The address that was not fetched.
        url: Url,
    },
    /// Neither `http` nor `https`, or without a host.
    #[error("{url} is not an http or https address")]
    NotHttp {
        /// The address that was not fetched.
        url: Url,
    },
    /// More bytes than allowed, compressed or inflated.
    #[error(
        "{url} is larger than {bytes_max} bytes: raise max_page_mb under [portal.fetch] if such pages are expected"
    )]
    TooLarge {
        /// The address.
        url: Url,
        /// The limit.
        bytes_max: usize,
    },
    /// More than [`REDIRECTS_MAX`] redirects.
    #[error("{url} redirects more than {REDIRECTS_MAX} times")]
    TooManyRedirects {
        /// The address that was asked for.
        url: Url,
    },
    /// 429 or 503, after all retries or with a long `Retry-After`.
    #[error("{url} asks to come back later ({status}){}", in_seconds(.retry_after))]
    Busy {
        /// The address.
        url: Url,
        /// 429: this client asks too much; 503: the server is down.
        status: u16,
        /// How long the server asked to wait.
        retry_after: Option<Duration>,
    },
    /// Any other status than 200, 203 and the redirects.
    #[error("{url} answered status {status}")]
    Status {
        /// The address.
        url: Url,
        /// The status.
        status: u16,
    },
    /// No complete answer in time.
    #[error("{url} did not answer in full within {} s: raise timeout_s under [portal.fetch] if the site is slow", .timeout.as_secs_f32())]
    Timeout {
        /// The address.
        url: Url,
        /// The limit.
        timeout: Duration,
    },
    /// Name resolution, connection, TLS or protocol failed.
    #[error("{url} could not be fetched: {cause}")]
    Network {
        /// The address.
        url: Url,
        /// The chain of causes.
        cause: String,
    },
    /// The body is in no content coding we asked for, or broken.
    #[error("{url} cannot be unpacked: {cause}")]
    Encoding {
        /// The address.
        url: Url,
        /// What was wrong.
        cause: String,
    },
    /// An image, a document or the like where a page was expected.
    #[error("{url} is not a page but {content_type}")]
    NotPage {
        /// The address.
        url: Url,
        /// What it says it is.
        content_type: String,
    },
    /// The client could not be set up.
    #[error(transparent)]
    Setup(#[from] SetupError),
}

impl FetchError {
    /// Whether the page is not there any more: 404 or 410.
    pub fn is_gone(&self) -> bool {
        matches!(self, FetchError::Missing { .. } | FetchError::Gone { .. })
    }

    /// When the server asked us to come back.
    pub fn retry_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let FetchError::Busy { retry_after: Some(wait), .. } = self else { return None };
        TimeDelta::from_std((*wait).min(STAY_AWAY_MAX)).ok().map(|wait| now + wait)
    }
}

fn in_seconds(retry_after: &Option<Duration>) -> String {
    retry_after.map(|wait| format!(", in {} s", wait.as_secs())).unwrap_or_default()
}

/// Fetches a page: redirects are followed by hand, each hop with its own robots.txt and address check.
///
/// A try lasts at most `rules.timeout`; lost connections and 429, 500, 502, 503, 504 are tried again twice.
/// Response headers have the limits of hyper: 100 fields, some 400 KB.
pub async fn page(fetcher: &Fetcher, request: Request<'_>, now: DateTime<Utc>) -> Result<Fetched, FetchError> {
    let parts = &*fetcher.parts;
    let mut url = request.url.clone();
    let mut moved = None;
    let mut only_permanent = true;
    for _ in 0..=REDIRECTS_MAX {
        let url_now = exchange::sendable(url, request.rules)?;
        let crawl_delay = match request.rules.obey_robots {
            true => robots::allow(parts, &url_now, request.rules, now).await?,
            false => None,
        };
        let ask = Ask {
            url: &url_now,
            rules: request.rules,
            validators: request.validators,
            purpose: request.purpose,
            crawl_delay,
            bytes_max: request.rules.page_bytes_max,
            overflow: Overflow::Fail,
        };
        match exchange::get(parts, &ask, now).await? {
            Answer::NotModified => return Ok(Fetched::NotModified { moved }),
            Answer::Redirect { to, is_permanent } => {
                only_permanent &= is_permanent;
                if only_permanent {
                    moved = Some(to.clone());
                }
                url = to;
            }
            Answer::Body { status, content_type, validators, body } => {
                let body_hash = *blake3::hash(&body).as_bytes();
                let page = RawPage { url: url_now, moved, status, content_type, validators, body, body_hash };
                return Ok(Fetched::Page(page));
            }
        }
    }
    Err(FetchError::TooManyRedirects { url: request.url.clone() })
}
