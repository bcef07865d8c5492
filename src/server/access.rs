//! What private feeds ask of those who read them: a partner's key, in the address (`?key=`), as a bearer token
//! (RFC 6750), or as the password of HTTP Basic (RFC 7617), for many readers know nothing else.
//!
//! Who has no valid key is answered 401 at every address below a private portal or event, also where nothing is; who has
//! one for other feeds, 403. Public feeds never come here.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use url::form_urlencoded;

use crate::keys::{Refused, signed};
use crate::model::feed::FeedKey;
use crate::model::part::KEY;
use crate::server::State;
use crate::server::error::ApiError;

/// A longer header holds no key of ours; it is not even decoded.
const HEADER_BYTES_MAX: usize = 2 * signed::CHARS_MAX;
/// How an answer of the API may be kept by the one who asked.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("private, max-age=60");

/// A key as it was sent.
struct Sent {
    text: String,
    is_in_address: bool,
}

/// Lets in who may read the feed of this name as the API writes it; anybody, if it is public or there is no such feed.
/// Returns the key if it came in the address.
pub(super) async fn enter(
    request: &HttpRequest,
    state: &State,
    name: Option<&str>,
) -> Result<Option<String>, ApiError> {
    let audiences = state.publisher.audiences();
    let Some((name, lock)) = name.and_then(|name| Some((name, audiences.lock_named(name)?))) else { return Ok(None) };
    // Under a former id, or where nothing is, counts what the key is good for now.
    let feed = audiences.whole().renamed(name).map_or_else(|| lock.to_string(), |feed| feed.to_string());
    let sent = sent(request).ok_or(ApiError::KeyNeeded)?;
    let now = state.queue.clock().now();
    let id = state.keyring.check(&sent.text, &feed, now).await?;
    state.keyring.count(&id, now);
    Ok(Some(sent.text).filter(|_| sent.is_in_address))
}

/// The same of a path of a feed or its page.
pub(super) async fn enter_path(request: &HttpRequest, state: &State) -> Result<Option<String>, ApiError> {
    let path = request.path();
    if state.publisher.audiences().lock_at(path).is_none() {
        return Ok(None);
    }
    let name = path.strip_prefix("/feeds/").unwrap_or_else(|| path.trim_start_matches('/'));
    enter(request, state, name.split('.').next()).await
}

/// Whether the request carries a key that opens one of these feeds, for what belongs to no single feed; nobody who has
/// none is told that there is anything.
pub(super) async fn opens_any(request: &HttpRequest, state: &State, feeds: &[FeedKey]) -> Result<bool, ApiError> {
    let Some(sent) = sent(request) else { return Ok(false) };
    let now = state.queue.clock().now();
    for feed in feeds {
        match state.keyring.check(&sent.text, &feed.to_string(), now).await {
            Ok(id) => {
                state.keyring.count(&id, now);
                return Ok(true);
            }
            Err(Refused::Unavailable) => return Err(Refused::Unavailable.into()),
            Err(Refused::Invalid | Refused::Elsewhere) => {}
        }
    }
    Ok(false)
}

/// Makes an answer one for its reader alone: no cache that others use keeps it, no search engine lists it, and no page
/// it leads to learns the address it was read at.
pub(super) fn close(headers: &mut HeaderMap) {
    let is_open = |value: &HeaderValue| value.to_str().is_ok_and(|value| value.starts_with("public"));
    if headers.get(header::CACHE_CONTROL).is_none_or(is_open) {
        headers.insert(header::CACHE_CONTROL, CACHE_CONTROL);
    }
    headers.append(header::VARY, HeaderValue::from_static("Authorization"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    headers.insert(header::CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
}

/// An address as logs may keep it: without the key.
pub(super) fn without_key(address: &str) -> String {
    let Some((path, query)) = address.split_once('?') else { return address.to_owned() };
    let is_key = |pair: &&str| {
        let (name, _) = pair.split_once('=').unwrap_or((pair, ""));
        form_urlencoded::parse(name.as_bytes()).next().is_some_and(|(name, _)| name == KEY)
    };
    let kept: Vec<&str> = query.split('&').filter(|pair| !is_key(pair)).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

/// The key a request carries. What else stands in `Authorization` may be for a proxy before us.
fn sent(request: &HttpRequest) -> Option<Sent> {
    let field = request.headers().get(header::AUTHORIZATION).and_then(|field| field.to_str().ok());
    if let Some(text) = field.and_then(authorized) {
        return Some(Sent { text, is_in_address: false });
    }
    let (_, text) = form_urlencoded::parse(request.query_string().as_bytes()).find(|(name, _)| name == KEY)?;
    Some(Sent { text: text.into_owned(), is_in_address: true })
}

fn authorized(field: &str) -> Option<String> {
    let (scheme, credentials) = field.split_once(' ').filter(|_| field.len() <= HEADER_BYTES_MAX)?;
    let credentials = credentials.trim();
    let is_ours = |text: &&str| text.starts_with(signed::PREFIX);
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(credentials).filter(is_ours).map(str::to_owned);
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = BASE64_STANDARD_NO_PAD.decode(credentials.trim_end_matches('=')).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (user, password) = decoded.split_once(':')?;
    // Some readers ask for a user alone.
    [password, user].into_iter().find(is_ours).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_wherever_readers_can_put_it() {
        let check = |field: &str, expected: Option<&str>| {
            assert_eq!(authorized(field).as_deref(), expected, "{field}");
        };
        check("Bearer hbk_AAAA", Some("hbk_AAAA"));
        check("bearer  hbk_AAAA ", Some("hbk_AAAA"));
        check("Basic cGFydG5lcjpoYmtfQUFBQQ==", Some("hbk_AAAA"));
        check("Basic aGJrX0FBQUE6", Some("hbk_AAAA"));
        check("Basic cGFydG5lcjpzZWNyZXQ=", None);
        check("Bearer another", None);
        check("Basic ????", None);
        check("Digest hbk_AAAA", None);
        check("hbk_AAAA", None);
        check(&format!("Bearer hbk_{}", "A".repeat(HEADER_BYTES_MAX)), None);
    }

    #[test]
    fn no_log_keeps_a_key() {
        let check = |address: &str, expected: &str| assert_eq!(without_key(address), expected, "{address}");
        check("/a", "/a");
        check("/a?b=1", "/a?b=1");
        check("/a?key=hbk_AAAA", "/a");
        check("/a?b=1&key=hbk_AAAA&c", "/a?b=1&c");
        check("/a?%6bey=hbk_AAAA&monkey=1", "/a?monkey=1");
    }
}
