//! Which failures are worth another try, and how long to wait before it.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::ingest::fetch::FetchError;

/// Tries for one address in all; more belong to the next run.
const TRIES_MAX: u32 = 3;

/// The longest `Retry-After` waited for within a run; the caller is told of longer ones.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(30);

/// How long to wait before the next try; `None` when `error` is final or `tries` have been enough.
///
/// `first` is the pause before the first retry, the second is four times as long; both vary by a quarter
/// with the address, so that pages that failed together do not come back together.
pub(super) fn pause(error: &FetchError, tries: u32, first: Duration) -> Option<Duration> {
    if tries >= TRIES_MAX {
        return None;
    }
    let (url, asked) = match error {
        FetchError::Busy { url, retry_after, .. } => (url, retry_after.unwrap_or_default()),
        FetchError::Status { url, status: 500 | 502 | 504 } | FetchError::Network { url, .. } => (url, Duration::ZERO),
        // A server that lets us wait is not asked three times.
        FetchError::Timeout { url, .. } if tries == 1 => (url, Duration::ZERO),
        _ => return None,
    };
    if asked > RETRY_AFTER_MAX {
        return None;
    }
    let quarter = f64::from(blake3::hash(url.as_str().as_bytes()).as_bytes()[0]) / 510.0;
    let backoff = first.mul_f64((0.75 + quarter) * 4f64.powi(tries.saturating_sub(1).try_into().unwrap_or(0)));
    Some(backoff.max(asked))
}

/// Reads `Retry-After`: seconds or an HTTP date (RFC 9110 §10.2.3); a date in the past is no wait.
pub(super) fn retry_after(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    // The weekday is left out, for chrono refuses a wrong one.
    let date = value.split_once(',').map_or(value, |(_, date)| date).trim();
    let date = DateTime::parse_from_rfc2822(date).ok()?;
    Some((date.to_utc() - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    fn url() -> Url {
        Url::parse("http://a.example/1.html").unwrap()
    }

    fn busy(retry_after_s: Option<u64>) -> FetchError {
        FetchError::Busy { url: url(), status: 503, retry_after: retry_after_s.map(Duration::from_secs) }
    }

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let check = |value: &str, expected_s: Option<u64>| {
            let now = "2026-01-06T09:00:00Z".parse().unwrap();
            assert_eq!(retry_after(value, now), expected_s.map(Duration::from_secs), "{value}");
        };
        check("0", Some(0));
        check(" 120 ", Some(120));
        check("Tue, 06 Jan 2026 09:00:10 GMT", Some(10));
        check("Sun, 06 Jan 2026 09:00:10 GMT", Some(10));
        check("Tue, 06 Jan 2026 08:00:00 GMT", Some(0));
        check("soon", None);
        check("-1", None);
        check("99999999999999999999999", None);
    }

    #[test]
    fn pauses_grow_and_end() {
        let first = Duration::from_millis(400);
        let check = |error: &FetchError, tries: u32, expected_ms: Option<(u64, u64)>| {
            let pause = pause(error, tries, first);
            assert_eq!(pause.is_some(), expected_ms.is_some(), "{error} {tries}");
            if let (Some(pause), Some((low, high))) = (pause, expected_ms) {
                assert!((low..=high).contains(&(pause.as_millis() as u64)), "{pause:?}");
            }
        };
        let network = FetchError::Network { url: url(), cause: String::new() };
        check(&network, 1, Some((300, 500)));
        check(&network, 2, Some((1200, 2000)));
        check(&network, 3, None);
        check(&busy(None), 1, Some((300, 500)));
        check(&busy(Some(20)), 1, Some((20_000, 20_000)));
        check(&busy(Some(31)), 1, None);
        check(&FetchError::Status { url: url(), status: 502 }, 1, Some((300, 500)));
        check(&FetchError::Status { url: url(), status: 403 }, 1, None);
        check(&FetchError::Gone { url: url() }, 1, None);
        let timeout = FetchError::Timeout { url: url(), timeout: first };
        check(&timeout, 1, Some((300, 500)));
        check(&timeout, 2, None);
    }
}
