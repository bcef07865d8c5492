//! Lets the texts of old articles go as each portal's retention says, in small batches behind everything else.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::scheduler::queue::Queue;
use crate::store::StoreError;

/// The pause between two looks: articles grow old by the day.
const PAUSE: Duration = Duration::from_secs(60 * 60);

/// Looks at all portals again and again, until the queue is stopped.
pub async fn run(queue: Arc<Queue>) {
    while !queue.stop().is_cancelled() {
        if let Err(error) = sweep(&queue, queue.clock().now()).await {
            tracing::error!(%error, "cannot let the texts of old articles go; trying again in an hour");
        }
        tokio::select! {
            () = queue.stop().cancelled() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Treats every article that is due, unless the queue is stopped.
pub async fn sweep(queue: &Queue, now: DateTime<Utc>) -> Result<(), StoreError> {
    for portal in &queue.catalogue().portals {
        let mut has_changed = false;
        while !queue.stop().is_cancelled() && queue.store().age_some(portal, now).await? {
            has_changed = true;
        }
        if has_changed {
            tracing::info!(portal = %portal.id, "old articles of {} were treated as its retention says", portal.id);
            queue.publisher().refresh_soon();
        }
    }
    Ok(())
}
