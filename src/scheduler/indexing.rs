//! Keeps the index of words in step with what is stored, behind everything else.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::publish::publisher::Publisher;

/// The pause after the store failed.
const RETRY_PAUSE: Duration = Duration::from_secs(10);

/// Indexes whatever is stored, a batch at a time, until `stop` is cancelled.
pub async fn run(publisher: Arc<Publisher>, clock: Clock, stop: CancellationToken) {
    let mut has_indexed = false;
    while !stop.is_cancelled() {
        match publisher.index_some(clock.now()).await {
            Ok(true) => has_indexed = true,
            Ok(false) => {
                // A run gives back at its end what this took meanwhile.
                if std::mem::take(&mut has_indexed) && publisher.at_work().is_idle() {
                    publisher.rest().await;
                }
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = publisher.written() => {}
                }
            }
            Err(error) => {
                tracing::error!(%error, "cannot bring the index of words up to date; trying again");
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(RETRY_PAUSE) => {}
                }
            }
        }
    }
}
