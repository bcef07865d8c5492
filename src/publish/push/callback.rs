//! What asking and telling a callback have in common: which addresses may be one, and how it can fail.

use reqwest::{Client, Response};
use url::Url;

use crate::outside::{self, Refusal};

/// The most read of an answer whose text nobody needs, so that the connection can be used again.
const ANSWER_BYTES_MAX: usize = 4 * 1024;

/// Why a callback was not reached, or what it said instead of yes.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// It is on a private address.
    #[error("it is on a private address; set allow_private_callbacks = true if it is on your own network")]
    Private,
    /// It is no address to ask.
    #[error("it is no http or https address")]
    NotHttp,
    /// 410: it wants no more.
    #[error("it is gone (410)")]
    Gone,
    /// Any other status than 2xx; redirects are not followed.
    #[error("it answered {0}")]
    Status(u16),
    /// The answer is not the challenge.
    #[error("it answered something else than the challenge")]
    NotTheChallenge,
    /// No connection, no answer, or not in time.
    #[error("{0}")]
    Network(String),
}

impl Failure {
    /// It took too long.
    pub(super) fn slow() -> Failure {
        Failure::Network("it did not answer in time".to_owned())
    }

    pub(super) fn of(error: &reqwest::Error) -> Failure {
        if outside::is_only_private(error) {
            return Failure::Private;
        }
        Failure::Network(outside::causes(error))
    }
}

/// The address of a stored callback, as far as it may be asked under the present settings.
pub(super) fn address(callback: &str, is_open: bool) -> Result<Url, Failure> {
    let url = Url::parse(callback).map_err(|_| Failure::NotHttp)?;
    match outside::check(&url, is_open) {
        Ok(()) => Ok(url),
        Err(Refusal::NotHttp) => Err(Failure::NotHttp),
        Err(Refusal::Private) => Err(Failure::Private),
    }
}

/// Whether an answer says yes.
pub(super) fn success(response: &Response) -> Result<(), Failure> {
    match response.status().as_u16() {
        200..=299 => Ok(()),
        410 => Err(Failure::Gone),
        status => Err(Failure::Status(status)),
    }
}

/// The text of an answer, read only so far that it can be told whether it is longer than `bytes_max`.
pub(super) async fn text(mut response: Response, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Failure::of(&error))? {
        text.extend_from_slice(&chunk[..chunk.len().min(bytes_max + 1 - text.len())]);
        if text.len() > bytes_max {
            break;
        }
    }
    Ok(text)
}

/// Reads an answer to its end, if that is not far.
pub(super) async fn drain(response: Response) {
    // Whatever it says, or whether it breaks off, what was sent has arrived.
    let _ = text(response, ANSWER_BYTES_MAX).await;
}

/// The client, if there is one, and the address, if it may be asked.
pub(super) fn reach<'a>(
    client: Result<&'a Client, Failure>,
    callback: &str,
    is_open: bool,
) -> Result<(&'a Client, Url), Failure> {
    Ok((client?, address(callback, is_open)?))
}
