//! Content distribution (§7): the topic as it is now, signed if the subscriber wants that; and when to try again.

use aws_lc_rs::hmac;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{CONTENT_TYPE, LINK};
use reqwest::{Client, RequestBuilder};

use crate::model::push::Delivery;
use crate::publish::document::Document;
use crate::publish::push::callback::{self, Failure};

/// The pause after the first failure, in seconds; each later one is four times as long.
const PAUSE_S: i64 = 30;
/// The longest pause, in seconds.
const PAUSE_S_MAX: i64 = 4 * 60 * 60;
/// A subscriber that has failed for so long is dead.
const DEAD_AFTER: TimeDelta = TimeDelta::days(3);

/// Sends a new version; `Ok` if it was taken.
pub(super) async fn send(
    client: Result<&Client, Failure>,
    delivery: &Delivery,
    document: &Document,
    is_open: bool,
) -> Result<(), Failure> {
    let (client, url) = callback::reach(client, &delivery.callback, is_open)?;
    let request = client.post(url);
    let request = if delivery.is_hub { ping(request, &delivery.topic) } else { content(request, delivery, document) };
    let response = request.send().await.map_err(|error| Failure::of(&error))?;
    callback::success(&response)?;
    callback::drain(response).await;
    Ok(())
}

/// The whole feed, byte by byte as a reader gets it.
fn content(request: RequestBuilder, delivery: &Delivery, document: &Document) -> RequestBuilder {
    let mut request = request.header(CONTENT_TYPE, document.content_type).body(document.identity.clone());
    if let Some(link) = &document.link {
        request = request.header(LINK, link.as_bytes());
    }
    match &delivery.secret {
        Some(secret) => request.header("X-Hub-Signature", signature(secret, &document.identity)),
        None => request,
    }
}

/// What an outside hub is told; it fetches the topic itself.
fn ping(request: RequestBuilder, topic: &str) -> RequestBuilder {
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("hub.mode", "publish")
        .append_pair("hub.url", topic)
        .finish();
    request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form)
}

/// `X-Hub-Signature` (§7.1).
fn signature(secret: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, body);
    let digits: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={digits}")
}

/// When a delivery that failed is tried again; `None` if its subscriber is dead. An outside hub never is.
pub(super) fn next_try(delivery: &Delivery, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let is_dead = delivery.failing_since.is_some_and(|since| now - since >= DEAD_AFTER);
    if is_dead && !delivery.is_hub {
        return None;
    }
    let pause = PAUSE_S << (2 * delivery.failures.min(8));
    Some(now + TimeDelta::seconds(pause.min(PAUSE_S_MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_rfc_4231() {
        let expected = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signature("Jefe", b"what do ya want for nothing?"), expected);
    }

    #[test]
    fn pauses_grow_and_a_dead_subscriber_is_given_up() {
        let begin: DateTime<Utc> = "2026-01-06T00:00:00Z".parse().unwrap();
        let mut delivery = Delivery {
            id: 1,
            is_hub: false,
            topic: String::new(),
            path: String::new(),
            feed: String::new(),
            callback: String::new(),
            secret: None,
            delivered: None,
            failures: 0,
            failing_since: None,
        };
        let (mut now, mut pauses) = (begin, Vec::new());
        while let Some(next) = next_try(&delivery, now) {
            pauses.push((next - now).num_seconds());
            delivery.failures += 1;
            delivery.failing_since = Some(begin);
            now = next;
        }
        assert_eq!(pauses[..6], [30, 120, 480, 1920, 7680, 14400]);
        assert!(now - begin >= DEAD_AFTER && now - begin < DEAD_AFTER + TimeDelta::hours(4));
        delivery.is_hub = true;
        assert!(next_try(&delivery, now).is_some());
    }
}
