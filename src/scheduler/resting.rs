//! Gives back the memory that readers' requests took: nobody says when they were the last for a while.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::memory;
use crate::store::Store;

/// The pause between two times; each takes a millisecond.
const PAUSE: Duration = Duration::from_secs(3);

/// Gives back again and again until `stop` is cancelled.
pub async fn run(store: Store, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
        if let Err(error) = store.rest_readers() {
            tracing::warn!("the memory of idle connections to the database cannot be freed: {error}");
        }
        // It does not panic.
        let _ = tokio::task::spawn_blocking(memory::give_back).await;
    }
}
