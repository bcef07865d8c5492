//! One request to a bucket: signed anew at each try, tried again while that may help, and told of in words that hold
//! neither a key nor a signed address.

use std::time::Duration;

use actix_web::web::Bytes;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_LENGTH, ETAG, HeaderMap};
use reqwest::{Client, Response, StatusCode};
use url::Url;

use crate::export::manifest;
use crate::outside;

/// How often a request is tried.
const TRIES_MAX: u32 = 4;
/// The pause before the second try; each further one is twice as long.
const RETRY_PAUSE: Duration = Duration::from_millis(250);
/// The longest a request may take; a file has some hundred kilobytes.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long a signature holds, in seconds; it is used at once, by clocks that may differ.
pub(super) const SIGNED_S: u64 = 300;
/// The longest answer that is read, in bytes: a manifest.
const ANSWER_BYTES_MAX: usize = manifest::BYTES_MAX as usize;
/// The longest message of a bucket that is passed on, in characters.
const MESSAGE_CHARS_MAX: usize = 200;

/// What a bucket said.
pub(super) struct Answer {
    /// The entity tag, without quotes.
    pub(super) etag: Option<String>,
    pub(super) body: Vec<u8>,
}

/// A try that failed.
struct Failure {
    what: String,
    may_pass: bool,
}

/// Asks, as often as it may help; `sign` makes the address. The error says what the bucket said.
pub(super) async fn ask(
    client: &Client,
    method: reqwest::Method,
    sign: impl Fn() -> Url,
    fields: &HeaderMap,
    body: Bytes,
) -> Result<Answer, String> {
    let mut pause = RETRY_PAUSE;
    for further in (0..TRIES_MAX).rev() {
        let request = client
            .request(method.clone(), sign())
            .headers(fields.clone())
            .header(ACCEPT_ENCODING, "identity")
            // Without a body there would be none, which a bucket wants all the same.
            .header(CONTENT_LENGTH, body.len())
            .timeout(TIMEOUT)
            .body(body.clone());
        let failure = match request.send().await {
            Ok(response) => match read(response).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            },
            Err(error) => Failure { what: outside::causes(&error), may_pass: true },
        };
        if further == 0 || !failure.may_pass {
            return Err(failure.what);
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    Err("it was never asked".to_owned())
}

async fn read(mut response: Response) -> Result<Answer, Failure> {
    let status = response.status();
    let etag = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok());
    let etag = etag.map(|tag| tag.trim_matches('"').to_owned());
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= ANSWER_BYTES_MAX => body.extend_from_slice(&chunk),
            Ok(Some(_)) => {
                let what = format!("the answer is longer than {ANSWER_BYTES_MAX} bytes");
                return Err(Failure { what, may_pass: false });
            }
            Ok(None) => break,
            Err(error) => return Err(Failure { what: outside::causes(&error), may_pass: true }),
        }
    }
    if status.is_success() {
        return Ok(Answer { etag, body });
    }
    Err(Failure { what: told(status, &body), may_pass: may_pass(status) })
}

fn may_pass(status: StatusCode) -> bool {
    status.is_server_error() || [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status)
}

/// Status, code and message of an error, and what to do.
fn told(status: StatusCode, body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let document = roxmltree::Document::parse(&text).ok();
    let said = |name: &str| {
        let node = document.as_ref()?.root_element().children().find(|node| node.tag_name().name() == name)?;
        let line = node.text()?.split(char::is_control).next()?.trim();
        Some(line.chars().take(MESSAGE_CHARS_MAX).collect::<String>())
    };
    let code = said("Code").unwrap_or_default();
    let advice = match (status.as_u16(), code.as_str()) {
        (_, "SignatureDoesNotMatch" | "InvalidAccessKeyId") => "; look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        (_, "ExpiredToken" | "InvalidToken") => "; look at AWS_SESSION_TOKEN",
        (_, "RequestTimeTooSkewed") => "; set the clock of this machine",
        (_, "NoSuchBucket") => "; make the bucket first",
        (300..=399, _) | (_, "AuthorizationHeaderMalformed" | "AuthorizationQueryParametersError") => {
            "; look at AWS_REGION and AWS_ENDPOINT_URL"
        }
        (403, _) => "; the key must be allowed to list the bucket, and to get, put and delete what is in it",
        _ => "",
    };
    let message = said("Message").map(|message| format!(": {message}")).unwrap_or_default();
    format!("{} {code}{message}{advice}", status.as_u16())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_bucket_refuses_is_told_with_its_code_and_what_to_do() {
        let check = |status: u16, body: &str, expected: &str| {
            assert_eq!(told(StatusCode::from_u16(status).unwrap(), body.as_bytes()), expected);
        };
        let error =
            |code: &str, message: &str| format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
        check(404, &error("NoSuchBucket", "not there\nSECRET"), "404 NoSuchBucket: not there; make the bucket first");
        let moved = "301 PermanentRedirect: elsewhere; look at AWS_REGION and AWS_ENDPOINT_URL";
        check(301, &error("PermanentRedirect", "elsewhere"), moved);
        check(503, "not XML", "503 ");
        assert!(may_pass(StatusCode::SERVICE_UNAVAILABLE) && may_pass(StatusCode::TOO_MANY_REQUESTS));
        assert!(!may_pass(StatusCode::FORBIDDEN) && !may_pass(StatusCode::NOT_FOUND));
    }
}
