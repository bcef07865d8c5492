//! When subscribers are told: once a feed has a new version and no run is about to change it again, and when a delivery
//! that failed is due again.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::publish::push::Push;

/// The longest sleep: leases end and clocks are set while nothing else happens.
const SLEEP_MAX: Duration = Duration::from_secs(60);
/// The pause after the store failed.
const RETRY_PAUSE: Duration = Duration::from_secs(5);

/// Tells subscribers of changes until `stop` is cancelled.
pub async fn run(push: Arc<Push>, clock: Clock, stop: CancellationToken) {
    let mut changes = push.publisher().at_work().changes();
    // What changed while the program was away is owed as well, and taken from the shelf.
    push.publisher().refresh().await;
    while !stop.is_cancelled() {
        let now = clock.now();
        let pause = match push.round(now).await {
            Ok(next) => next.and_then(|next| (next - now).to_std().ok()).unwrap_or(SLEEP_MAX).min(SLEEP_MAX),
            Err(error) => {
                tracing::error!(%error, "cannot tell who is to be told of changes; trying again");
                RETRY_PAUSE
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            _ = changes.changed() => {}
            () = push.wanted() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}
