//! Verification of intent (§5.3): the callback must say with a challenge that it means what was asked for it.

use std::time::Duration;

use reqwest::Client;
use reqwest::header::{ACCEPT_ENCODING, HeaderValue};
use url::Url;

use crate::model::push::{Intent, Pending};
use crate::publish::push::callback::{self, Failure};

/// How long a callback may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Why a subscription ends that nobody ended.
const REASON: &str = "this topic is not published any more";

/// Asks a callback whether it means it; only the challenge with a 2xx is yes. A denial is told and needs no answer.
pub(super) async fn ask(client: Result<&Client, Failure>, request: &Pending, is_open: bool) -> Result<(), Failure> {
    let (client, address) = callback::reach(client, &request.callback, is_open)?;
    let challenge = challenge()?;
    let url = question(address, request, &challenge);
    let get = client.get(url).header(ACCEPT_ENCODING, HeaderValue::from_static("identity")).timeout(TIMEOUT);
    let response = get.send().await.map_err(|error| Failure::of(&error))?;
    if request.intent == Intent::Denied {
        return Ok(());
    }
    callback::success(&response)?;
    let answer = callback::text(response, challenge.len()).await?;
    if answer == challenge.as_bytes() { Ok(()) } else { Err(Failure::NotTheChallenge) }
}

/// The callback with its own query and ours behind it.
fn question(callback: Url, request: &Pending, challenge: &str) -> Url {
    let mut url = callback;
    let mut query = url.query_pairs_mut();
    query.append_pair("hub.mode", request.intent.mode()).append_pair("hub.topic", &request.topic);
    match request.intent {
        Intent::Subscribe { lease_s, .. } => {
            query.append_pair("hub.challenge", challenge).append_pair("hub.lease_seconds", &lease_s.to_string())
        }
        Intent::Unsubscribe => query.append_pair("hub.challenge", challenge),
        Intent::Denied => query.append_pair("hub.reason", REASON),
    };
    drop(query);
    url
}

/// 256 random bits, which nobody guesses.
fn challenge() -> Result<String, Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Failure::Network(format!("there is no randomness: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(callback: &str, intent: Intent, expected: &str) {
        let topic = "https://feeds.example/feeds/a.rss".to_owned();
        let request = Pending { id: 1, topic, callback: callback.to_owned(), intent };
        assert_eq!(question(callback.parse().unwrap(), &request, "c").as_str(), expected);
    }

    #[test]
    fn the_callback_keeps_its_own_query() {
        let topic = "hub.topic=https%3A%2F%2Ffeeds.example%2Ffeeds%2Fa.rss";
        let subscribe = || Intent::Subscribe { secret: None, lease_s: 60 };
        let asked = format!("hub.mode=subscribe&{topic}&hub.challenge=c&hub.lease_seconds=60");
        check("http://a.example/cb", subscribe(), &format!("http://a.example/cb?{asked}"));
        check("http://a.example/?x=1%2F&y", subscribe(), &format!("http://a.example/?x=1%2F&y&{asked}"));
        let ended = format!("http://a.example/?hub.mode=unsubscribe&{topic}&hub.challenge=c");
        check("http://a.example/", Intent::Unsubscribe, &ended);
        let denied = "hub.reason=this+topic+is+not+published+any+more";
        check("http://a.example/", Intent::Denied, &format!("http://a.example/?hub.mode=denied&{topic}&{denied}"));
    }

    #[test]
    fn no_two_challenges_are_alike() {
        assert_ne!(challenge().unwrap(), challenge().unwrap());
    }
}
