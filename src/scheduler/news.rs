//! When the news sitemap is another one: once an article has come, changed or gone, and when one is no news any more.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::publish::sitemap::Sitemap;

/// The longest sleep: a clock that was set is noticed within this.
const SLEEP_MAX: Duration = Duration::from_secs(60);
/// The least time between two sitemaps: search engines look every few minutes, and a run changes feeds often.
const PAUSE: Duration = Duration::from_secs(5);

/// Keeps the sitemap up to date until `stop` is cancelled.
pub async fn run(sitemap: Arc<Sitemap>, clock: Clock, stop: CancellationToken) {
    let mut changes = sitemap.publisher().at_work().changes();
    while !stop.is_cancelled() {
        let now = clock.now();
        let sleep = match sitemap.refresh(now).await {
            Ok(next) => next.and_then(|next| (next - now).to_std().ok()).unwrap_or(SLEEP_MAX).min(SLEEP_MAX),
            Err(error) => {
                tracing::error!(%error, "the news sitemap could not be rendered; its last good copy stays");
                SLEEP_MAX
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
        tokio::select! {
            () = stop.cancelled() => {}
            _ = changes.changed() => {}
            () = tokio::time::sleep(sleep.saturating_sub(PAUSE)) => {}
        }
    }
}
