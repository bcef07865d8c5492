//! One request and its answer, with retries: no redirects followed, no robots.txt asked.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response};
use url::Url;

use crate::ingest::fetch::inflate::{self, InflateError};
use crate::ingest::fetch::{CONTENT_TYPE_BYTES_MAX, FetchError, Parts, Purpose, VALIDATOR_BYTES_MAX, retry};
use crate::model::page::Validators;
use crate::model::portal::FetchRules;
use crate::outside::{self, Refusal};

/// What is set aside for a body before its first byte; a server may lie about its length.
const BODY_BYTES_AT_FIRST: usize = 256 * 1024;

/// One request.
#[derive(Debug)]
pub(super) struct Ask<'a> {
    /// From [`sendable`].
    pub url: &'a Url,
    pub rules: &'a FetchRules,
    pub validators: Option<&'a Validators>,
    pub purpose: Purpose,
    pub crawl_delay: Option<Duration>,
    pub bytes_max: usize,
    pub overflow: Overflow,
}

/// What happens to a body larger than `bytes_max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overflow {
    Fail,
    /// The rest is ignored.
    Cut,
}

/// One answer.
#[derive(Debug)]
pub(super) enum Answer {
    Body { status: u16, content_type: Option<String>, validators: Validators, body: Vec<u8> },
    Redirect { to: Url, is_permanent: bool },
    NotModified,
}

/// An address as it may be sent: http or https, not a private one unless allowed, without credentials and fragment.
pub(super) fn sendable(url: Url, rules: &FetchRules) -> Result<Url, FetchError> {
    let mut url = url;
    match outside::check(&url, rules.allow_private_addresses) {
        Ok(()) => {}
        Err(Refusal::NotHttp) => return Err(FetchError::NotHttp { url }),
        Err(Refusal::Private) => return Err(FetchError::PrivateAddress { url }),
    }
    url.set_fragment(None);
    // These only fail on addresses without a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Ok(url)
}

/// Waits for the host's turn, sends the request, and tries again where that may help.
pub(super) async fn get(parts: &Parts, ask: &Ask<'_>, now: DateTime<Utc>) -> Result<Answer, FetchError> {
    let client = parts.clients.client(ask.rules.allow_private_addresses)?;
    let mut tries = 0;
    loop {
        let answer = {
            let _turn = parts.hosts.turn(ask.url, ask.rules, ask.crawl_delay).await;
            tokio::time::timeout(ask.rules.timeout, once(client, ask, now)).await
        };
        let timeout = |_| Err(FetchError::Timeout { url: ask.url.clone(), timeout: ask.rules.timeout });
        let error = match answer.unwrap_or_else(timeout) {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        tries += 1;
        let Some(pause) = retry::pause(&error, tries, parts.retry_pause) else { return Err(error) };
        if matches!(error, FetchError::Busy { status: 429, .. }) {
            // The other pages of this host are too many as well.
            parts.hosts.hold(ask.url, pause);
        }
        tokio::time::sleep(pause).await;
    }
}

async fn once(client: &Client, ask: &Ask<'_>, now: DateTime<Utc>) -> Result<Answer, FetchError> {
    let url = || ask.url.clone();
    let request = client.get(url()).headers(headers(ask));
    let response = request.send().await.map_err(|error| failed(ask.url, &error))?;
    match response.status().as_u16() {
        200 | 203 => read(response, ask).await,
        304 if ask.validators.is_some() => Ok(Answer::NotModified),
        status @ (301 | 302 | 303 | 307 | 308) => match target(ask.url, response.headers()) {
            Some(to) => Ok(Answer::Redirect { to, is_permanent: matches!(status, 301 | 308) }),
            None => Err(FetchError::Status { url: url(), status }),
        },
        404 => Err(FetchError::Missing { url: url() }),
        410 => Err(FetchError::Gone { url: url() }),
        status @ (429 | 503) => {
            let value = text(response.headers(), header::RETRY_AFTER);
            let retry_after = value.and_then(|value| retry::retry_after(&value, now));
            Err(FetchError::Busy { url: url(), status, retry_after })
        }
        status => Err(FetchError::Status { url: url(), status }),
    }
}

fn headers(ask: &Ask<'_>) -> HeaderMap {
    let accept = match ask.purpose {
        Purpose::Page => "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
        Purpose::Feed => {
            "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.5"
        }
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
    if let Some(validators) = ask.validators {
        let both = [(header::IF_NONE_MATCH, &validators.etag), (header::IF_MODIFIED_SINCE, &validators.last_modified)];
        for (name, value) in both {
            if let Some(Ok(value)) = value.as_deref().map(HeaderValue::from_str) {
                headers.insert(name, value);
            }
        }
    }
    headers
}

fn failed(url: &Url, error: &reqwest::Error) -> FetchError {
    if outside::is_only_private(error) {
        return FetchError::PrivateAddress { url: url.clone() };
    }
    FetchError::Network { url: url.clone(), cause: outside::causes(error) }
}

/// Where a redirect leads; bytes that are not ASCII are sent as they stand, in whatever encoding.
fn target(url: &Url, headers: &HeaderMap) -> Option<Url> {
    let location = headers.get(header::LOCATION)?.as_bytes();
    let location: String = match std::str::from_utf8(location) {
        Ok(location) => location.to_owned(),
        Err(_) => location
            .iter()
            .map(|&byte| if byte.is_ascii() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
            .collect(),
    };
    url.join(location.trim()).ok()
}

async fn read(response: Response, ask: &Ask<'_>) -> Result<Answer, FetchError> {
    let status = response.status().as_u16();
    let mut content_type = text(response.headers(), header::CONTENT_TYPE);
    if let Some(content_type) = &mut content_type {
        while content_type.len() > CONTENT_TYPE_BYTES_MAX {
            content_type.pop();
        }
        if ask.purpose == Purpose::Page && !may_be_page(content_type) {
            return Err(FetchError::NotPage { url: ask.url.clone(), content_type: content_type.clone() });
        }
    }
    let validator = |name| text(response.headers(), name).filter(|value| value.len() <= VALIDATOR_BYTES_MAX);
    let validators = Validators { etag: validator(header::ETAG), last_modified: validator(header::LAST_MODIFIED) };
    let codings: Vec<String> = (response.headers().get_all(header::CONTENT_ENCODING).iter())
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    let body = receive(response, ask).await?;
    let body = inflated(body, &codings.join(","), ask)?;
    Ok(Answer::Body { status, content_type, validators, body })
}

async fn receive(mut response: Response, ask: &Ask<'_>) -> Result<Vec<u8>, FetchError> {
    let too_large = || FetchError::TooLarge { url: ask.url.clone(), bytes_max: ask.bytes_max };
    let announced = usize::try_from(response.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
    if announced > ask.bytes_max && ask.overflow == Overflow::Fail {
        return Err(too_large());
    }
    let mut body = Vec::with_capacity(announced.min(BODY_BYTES_AT_FIRST));
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(ask.url, &error))? {
        let room = ask.bytes_max.saturating_sub(body.len());
        if chunk.len() <= room {
            body.extend_from_slice(&chunk);
        } else if ask.overflow == Overflow::Cut {
            body.extend_from_slice(&chunk[..room]);
            break;
        } else {
            return Err(too_large());
        }
    }
    Ok(body)
}

fn inflated(body: Vec<u8>, codings: &str, ask: &Ask<'_>) -> Result<Vec<u8>, FetchError> {
    match inflate::body(body, codings, ask.bytes_max) {
        (body, Ok(())) => Ok(body),
        (body, Err(_)) if ask.overflow == Overflow::Cut && !body.is_empty() => Ok(body),
        (_, Err(InflateError::TooLarge(bytes_max))) => Err(FetchError::TooLarge { url: ask.url.clone(), bytes_max }),
        (_, Err(error)) => Err(FetchError::Encoding { url: ask.url.clone(), cause: error.to_string() }),
    }
}

/// A header as text; `None` where it is absent or not UTF-8.
fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    std::str::from_utf8(value.as_bytes()).ok().map(|value| value.trim().to_owned())
}

/// Whether a media type may be a page; servers send pages under many wrong types, but not under these.
fn may_be_page(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (kind, subtype) = essence.split_once('/').unwrap_or_default();
    let is_document = subtype.starts_with("vnd.") && !subtype.ends_with("xml")
        || matches!(subtype, "pdf" | "zip" | "gzip" | "msword" | "x-rar-compressed" | "x-7z-compressed" | "wasm");
    let is_media = matches!(kind, "image" | "audio" | "video" | "font");
    !(is_media || kind == "application" && is_document)
}
