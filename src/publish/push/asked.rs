//! What is posted to the hub (§5.1), read and taken in or refused with a reason.

use chrono::{DateTime, Utc};
use url::{Url, form_urlencoded};

use crate::model::push::{self, Intent, Request, Requested, Topic};
use crate::outside::{self, Refusal};
use crate::publish::push::{Push, Rules};
use crate::store::StoreError;

/// The longest callback, in bytes; browsers and servers agree on about that.
const CALLBACK_BYTES_MAX: usize = 2_048;
/// §5.1: a secret is less than 200 bytes.
const SECRET_BYTES_MAX: usize = 199;
/// Leases in seconds: the least, what is given if nothing is asked, and the most. A minute, ten days, thirty days.
const LEASE_S: (u32, u32, u32) = (60, 10 * 86_400, 30 * 86_400);

/// Why the hub does not take what was posted.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// A parameter is missing or wrong.
    #[error("{0}")]
    Wrong(String),
    /// There is no subscription to end.
    #[error("there is no subscription of this callback to this topic")]
    Unknown,
    /// The feeds name another hub.
    #[error("this hub takes no subscriptions; the feeds name {0}: subscribe there")]
    Elsewhere(Url),
    /// The callback's host has enough.
    #[error("the callback's host has as many subscriptions here as a host may have")]
    HostFull,
    /// The hub has enough.
    #[error("this hub has as many subscriptions as it can take")]
    Full,
    /// Too much waits for its confirmation.
    #[error("too many requests wait for the confirmation of their callbacks; try again later")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Push {
    /// Takes in a form that was posted; its callback is then asked. What we do not know in it changes nothing.
    pub async fn take(&self, form: &[u8], now: DateTime<Utc>) -> Result<(), Refused> {
        let request = read(form, &self.topics, &self.rules)?;
        if let (_, Some(key)) = push::split(&request.topic.url)
            && request.intent != Intent::Unsubscribe
        {
            // As if there were no such topic, for whose key does not open it there is none.
            self.keyring.check(key, &request.topic.feed, now).await.map_err(|_| no_topic())?;
        }
        match self.store.request_subscription(request, self.rules.limits, now).await? {
            Requested::Taken => {}
            Requested::Unknown => return Err(Refused::Unknown),
            Requested::HostFull => return Err(Refused::HostFull),
            Requested::Full => return Err(Refused::Full),
            Requested::Busy => return Err(Refused::Busy),
        }
        self.wanted.notify_one();
        Ok(())
    }
}

/// Reads a form: what is asked for a topic of these, under these rules.
pub fn read(form: &[u8], topics: &[Topic], rules: &Rules) -> Result<Request, Refused> {
    let value = |name: &str| {
        let found = form_urlencoded::parse(form).find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
    };
    let required = |name: &str, example: &str| {
        value(name).ok_or_else(|| Refused::Wrong(format!("{name} is missing; expected {example}")))
    };
    let mode = required("hub.mode", "subscribe or unsubscribe")?;
    let topic = required("hub.topic", "the self address of a feed")?;
    let callback = callback(&required("hub.callback", "an http or https address")?, rules.allow_private_callbacks);
    let intent = match mode.as_str() {
        "subscribe" => {
            Intent::Subscribe { secret: secret(value("hub.secret"))?, lease_s: lease(value("hub.lease_seconds"))? }
        }
        "unsubscribe" => Intent::Unsubscribe,
        _ => return Err(Refused::Wrong("hub.mode must be subscribe or unsubscribe".to_owned())),
    };
    let callback = callback.map_err(Refused::Wrong)?;
    let (bare, key) = push::split(&topic);
    let is_it = |known: &&Topic| known.url == bare && known.is_private == key.is_some();
    let known = topics.iter().find(is_it).cloned().ok_or_else(no_topic)?;
    let known = Topic { url: topic, ..known };
    match &rules.hub {
        Some(hub) if intent != Intent::Unsubscribe => Err(Refused::Elsewhere(hub.clone())),
        _ => Ok(Request { topic: known, callback, intent }),
    }
}

fn no_topic() -> Refused {
    let example = "the address in the feed's rel=\"self\" link, as it stands there";
    Refused::Wrong(format!("hub.topic is no feed of this hub; expected {example}"))
}

fn callback(text: &str, is_open: bool) -> Result<Url, String> {
    let wrong = |reason: &str| format!("hub.callback {reason}; expected an http or https address");
    if text.len() > CALLBACK_BYTES_MAX {
        return Err(wrong(&format!("is longer than {CALLBACK_BYTES_MAX} bytes")));
    }
    let url = Url::parse(text).map_err(|_| wrong("cannot be read"))?;
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(wrong("has a user or a fragment"));
    }
    match outside::check(&url, is_open) {
        Ok(()) => Ok(url),
        Err(Refusal::NotHttp) => Err(wrong("is of another kind")),
        Err(Refusal::Private) => Err("hub.callback is on a private address; expected one on the internet".to_owned()),
    }
}

fn secret(secret: Option<String>) -> Result<Option<String>, Refused> {
    match secret {
        Some(secret) if secret.len() > SECRET_BYTES_MAX => {
            Err(Refused::Wrong(format!("hub.secret is too long; expected {SECRET_BYTES_MAX} bytes at most")))
        }
        secret => Ok(secret),
    }
}

/// The lease that is given for the one that is asked.
fn lease(seconds: Option<String>) -> Result<u32, Refused> {
    let (least, usual, most) = LEASE_S;
    let Some(seconds) = seconds else { return Ok(usual) };
    if seconds.is_empty() || !seconds.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refused::Wrong("hub.lease_seconds must be a whole number".to_owned()));
    }
    // What is too large for a number is larger than the most.
    Ok(seconds.parse().unwrap_or(most).clamp(least, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_kept_within_a_minute_and_thirty_days() {
        let check = |asked: Option<&str>, expected: u32| {
            assert_eq!(lease(asked.map(str::to_owned)).unwrap(), expected, "{asked:?}");
        };
        check(None, 864_000);
        check(Some("1"), 60);
        check(Some("3600"), 3_600);
        check(Some("99999999999999999999"), 2_592_000);
        assert!(lease(Some("-5".to_owned())).is_err() && lease(Some("soon".to_owned())).is_err());
    }

    #[test]
    fn a_callback_is_an_address_on_the_internet() {
        for good in ["http://a.example/cb?x=1", "https://a.example:8443/", "http://8.8.8.8/"] {
            assert_eq!(callback(good, false).unwrap().as_str(), good);
        }
        let long = format!("http://a.example/{}", "x".repeat(CALLBACK_BYTES_MAX));
        for bad in ["", "/cb", "ftp://a.example/", "http://u:p@a.example/", "http://a.example/#x", "http:///", &long] {
            assert!(callback(bad, true).is_err(), "{bad}");
        }
        for private in
            ["http://127.0.0.1/", "http://2130706433/", "http://[::1]/", "http://0x7f.1/", "http://10.0.0.1/"]
        {
            assert!(callback(private, false).unwrap_err().contains("private"), "{private}");
            assert!(callback(private, true).is_ok(), "{private}");
        }
    }
}
