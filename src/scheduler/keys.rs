//! Keeps the partner keys of a running program in step with the store, in both directions.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::keys::Keyring;

/// How soon a key that another process revoked opens nothing any more, and how often uses are written down.
const PAUSE: Duration = Duration::from_secs(10);

/// Writes down how often keys were used and reads which there are, until `stop` is cancelled.
pub async fn run(keyring: Arc<Keyring>, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
        if let Err(error) = keyring.flush().await {
            tracing::error!(%error, "cannot note how often keys were used; trying again");
        }
        if let Err(error) = keyring.refresh().await {
            tracing::error!(%error, "cannot tell which keys were revoked; trying again");
        }
    }
}
