//! robots.txt: read once per site and day, obeyed as RFC 9309 says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use robotxt::{AccessResult, BYTE_LIMIT};
use url::Url;

use crate::ingest::fetch::exchange::{self, Answer, Ask, Overflow};
use crate::ingest::fetch::{FetchError, Parts, Purpose, REDIRECTS_MAX};
use crate::model::portal::FetchRules;

/// The name robots.txt files know us by.
const TOKEN: &str = "harbinger";

/// How long a robots.txt counts (RFC 9309 §2.4).
const AGE_MAX: TimeDelta = TimeDelta::hours(24);

/// How long an unreachable robots.txt counts; a short trouble must not cost a day.
const FAILURE_AGE_MAX: TimeDelta = TimeDelta::minutes(10);

/// The bytes read; RFC 9309 demands 500 KiB, and one byte more shows that a line was cut.
const BYTES_MAX: usize = BYTE_LIMIT + 1;

/// Sites remembered at once; past it the stale ones are forgotten, then all.
const SITES_MAX: usize = 1024;

/// What is known of all sites.
#[derive(Debug, Default)]
pub(super) struct Robots {
    sites: Mutex<HashMap<String, Site>>,
}

/// Held while it is fetched, so that pages asked for at once wait for one robots.txt.
type Site = Arc<tokio::sync::Mutex<Option<Known>>>;

#[derive(Debug)]
struct Known {
    access: Access,
    read: DateTime<Utc>,
}

#[derive(Debug)]
enum Access {
    Rules(robotxt::Robots),
    Unreachable(String),
}

impl Known {
    fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        let age_max = match self.access {
            Access::Rules(_) => AGE_MAX,
            Access::Unreachable(_) => FAILURE_AGE_MAX,
        };
        let age = now - self.read;
        TimeDelta::zero() <= age && age < age_max
    }
}

/// Whether the site lets us fetch `url`; if so, the pause it asks for between requests.
pub(super) async fn allow(
    parts: &Parts,
    url: &Url,
    rules: &FetchRules,
    now: DateTime<Utc>,
) -> Result<Option<Duration>, FetchError> {
    let site = parts.robots.site(url, rules, now);
    let mut known = site.lock().await;
    let fresh = known.take().filter(|known| known.is_fresh(now));
    let fresh = match fresh {
        Some(fresh) => fresh,
        None => Known { access: read(parts, url, rules, now).await?, read: now },
    };
    let answer = match &fresh.access {
        Access::Rules(robots) if robots.is_url_allowed(url) => Ok(robots.crawl_delay()),
        Access::Rules(_) => Err(FetchError::Robots { url: url.clone() }),
        Access::Unreachable(cause) => Err(FetchError::RobotsUnreachable { url: url.clone(), cause: cause.clone() }),
    };
    *known = Some(fresh);
    answer
}

impl Robots {
    fn site(&self, url: &Url, rules: &FetchRules, now: DateTime<Utc>) -> Site {
        // A guarded portal and an open one may see different files under one name.
        let guard = if rules.allow_private_addresses { "open" } else { "guarded" };
        let key = format!("{guard} {}", url.origin().ascii_serialization());
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        if sites.len() >= SITES_MAX && !sites.contains_key(&key) {
            sites.retain(|_, site| {
                site.try_lock().is_ok_and(|known| known.as_ref().is_some_and(|known| known.is_fresh(now)))
            });
            if sites.len() >= SITES_MAX {
                sites.clear();
            }
        }
        Arc::clone(sites.entry(key).or_default())
    }
}

/// Fetches and reads the robots.txt of a site. A private address is the page's error, not the site's rule.
async fn read(parts: &Parts, url: &Url, rules: &FetchRules, now: DateTime<Utc>) -> Result<Access, FetchError> {
    let parsed = |access| Ok(Access::Rules(robotxt::Robots::from_access(access, TOKEN)));
    match body(parts, url, rules, now).await {
        Ok(text) => parsed(AccessResult::Successful(&text)),
        Err(FetchError::TooManyRedirects { .. }) => parsed(AccessResult::TooManyRedirects),
        Err(
            FetchError::Missing { .. }
            | FetchError::Gone { .. }
            | FetchError::Busy { status: 429, .. }
            | FetchError::Status { status: 200..=299 | 400..=499, .. },
        ) => parsed(AccessResult::Unavailable),
        Err(FetchError::PrivateAddress { .. }) => Err(FetchError::PrivateAddress { url: url.clone() }),
        Err(error @ FetchError::Setup(_)) => Err(error),
        Err(error) => Ok(Access::Unreachable(error.to_string())),
    }
}

async fn body(parts: &Parts, url: &Url, rules: &FetchRules, now: DateTime<Utc>) -> Result<Vec<u8>, FetchError> {
    let first = robotxt::robots_url(url).map_err(|_| FetchError::NotHttp { url: url.clone() })?;
    let mut next = first.clone();
    for _ in 0..=REDIRECTS_MAX {
        let ask = Ask {
            url: &exchange::sendable(next, rules)?,
            rules,
            validators: None,
            purpose: Purpose::Feed,
            crawl_delay: None,
            bytes_max: BYTES_MAX,
            overflow: Overflow::Cut,
        };
        match exchange::get(parts, &ask, now).await? {
            Answer::Redirect { to, .. } => next = to,
            Answer::Body { body, .. } => return Ok(body),
            Answer::NotModified => return Err(FetchError::Status { url: first, status: 304 }),
        }
    }
    Err(FetchError::TooManyRedirects { url: first })
}
