//! Gives back the memory that readers' requests took: nobody says when they were the last for a while.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::memory;

/// The pause between two times; each takes a millisecond.
const PAUSE: Duration = Duration::from_secs(3);

/// Gives back again and again until `stop` is cancelled.
pub async fn run(stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
        // It does not panic.
        let _ = tokio::task::spawn_blocking(memory::give_back).await;
    }
}
