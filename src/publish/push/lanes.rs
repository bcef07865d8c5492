//! Two lanes for deliveries: one for callbacks that answer at once, one for those that do not.

use std::time::Duration;

use tokio::sync::Semaphore;

/// Deliveries at once, of callbacks that answer at once.
const QUICK: usize = 256;
/// Callbacks waited for beside them.
const SLOW: usize = 256;
/// Who has not answered by then has to leave the first lane, so that others need not wait for it.
const QUICK_TIMEOUT: Duration = Duration::from_secs(1);
/// Who has not answered by then has failed.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The lanes.
pub(super) struct Lanes {
    quick: Semaphore,
    slow: Semaphore,
    quick_timeout: Duration,
    timeout: Duration,
}

impl Default for Lanes {
    fn default() -> Lanes {
        Lanes {
            quick: Semaphore::new(QUICK),
            slow: Semaphore::new(SLOW),
            quick_timeout: QUICK_TIMEOUT,
            timeout: TIMEOUT,
        }
    }
}

impl Lanes {
    /// Does work in its turn; `None` if it was too slow.
    pub(super) async fn in_turn<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let turn = self.quick.acquire().await.ok()?;
        let mut work = std::pin::pin!(work);
        if let Ok(done) = tokio::time::timeout(self.quick_timeout, &mut work).await {
            return Some(done);
        }
        // A full lane is no reason to hold up the other: the callback is tried again later.
        let _slow_turn = self.slow.try_acquire().ok()?;
        drop(turn);
        tokio::time::timeout(self.timeout - self.quick_timeout, work).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn callbacks_that_never_answer_hold_up_the_others_for_a_moment_only() {
        let lanes = Arc::new(Lanes {
            quick: Semaphore::new(2),
            slow: Semaphore::new(3),
            quick_timeout: Duration::from_millis(1),
            // If anybody waited for the slow lane, the test would not end in time.
            timeout: Duration::from_secs(1_000_000),
        });
        let mut stuck = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let lanes = Arc::clone(&lanes);
            stuck.spawn(async move { lanes.in_turn(std::future::pending::<()>()).await });
        }
        tokio::task::yield_now().await;
        assert_eq!(lanes.in_turn(async { 7 }).await, Some(7));
        for _ in 0..17 {
            let failed = stuck.join_next().await.unwrap().unwrap();
            assert_eq!(failed, None, "there was no room to wait for it");
        }
        assert!(stuck.try_join_next().is_none(), "three are waited for");
    }
}
