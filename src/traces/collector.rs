//! The way to the collector: our own client, on the threads that have its connections.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use reqwest::Client;
use tokio::runtime::Handle;

use crate::outside;

/// The longest a collector may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The most read of its answer, in bytes; it says how many spans it did not take.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Sends what the exporter wants to be sent, and says in the log when that begins to fail and when it works again.
#[derive(Debug)]
pub(super) struct Collector {
    client: Client,
    runtime: Handle,
    has_failed: AtomicBool,
}

impl Collector {
    /// A way through this client, whose connections live on this runtime; the exporter has a thread without one.
    pub(super) fn new(client: Client, runtime: Handle) -> Collector {
        Collector { client, runtime, has_failed: AtomicBool::new(false) }
    }

    fn tell(&self, failure: Option<&str>) {
        match (failure, self.has_failed.swap(failure.is_some(), Ordering::AcqRel)) {
            (Some(cause), false) => {
                tracing::warn!("traces do not reach the collector, and those that wait too long are lost: {cause}");
            }
            (None, true) => tracing::info!("traces reach the collector again"),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.runtime.spawn(send(self.client.clone(), request)).await;
        let answer = sent.unwrap_or_else(|_| Err("the program is stopping".to_owned()));
        let failure = match &answer {
            Ok(answer) if !answer.status().is_success() => Some(format!("it answered {}", answer.status().as_u16())),
            Ok(_) => None,
            Err(cause) => Some(cause.clone()),
        };
        self.tell(failure.as_deref());
        Ok(answer?)
    }
}

async fn send(client: Client, request: Request<Bytes>) -> Result<Response<Bytes>, String> {
    let words = |error: reqwest::Error| outside::causes(&error);
    let mut request = reqwest::Request::try_from(request).map_err(words)?;
    *request.timeout_mut() = Some(TIMEOUT);
    let mut answer = client.execute(request).await.map_err(words)?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(words)? {
        let room = ANSWER_BYTES_MAX - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            break;
        }
    }
    let mut whole = Response::new(Bytes::from(body));
    (*whole.status_mut(), *whole.headers_mut()) = (answer.status(), std::mem::take(answer.headers_mut()));
    Ok(whole)
}
