//! The door the clock opens: orders a run of each section when it is due.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::portal::{Portal, Section};
use crate::model::run::{Scope, Trigger};
use crate::scheduler::due::Past;
use crate::scheduler::queue::Queue;
use crate::store::{Store, StoreError};

pub mod due;
pub mod indexing;
pub mod keys;
pub mod news;
pub mod pushing;
pub mod queue;
pub mod resting;
pub mod retention;

/// The longest sleep: a clock that was set, or a machine that slept, is noticed within this.
const SLEEP_MAX: TimeDelta = TimeDelta::seconds(30);
/// The pause after the store failed.
const RETRY_PAUSE: Duration = Duration::from_secs(5);

/// A section and when it comes due.
#[derive(Debug)]
pub struct Due<'a> {
    /// The portal.
    pub portal: &'a Portal,
    /// The section.
    pub section: &'a Section,
    /// How its last runs went.
    pub past: Past,
    /// The next run; `None` if its cron line has no next time.
    pub next: Option<DateTime<Utc>>,
}

/// Orders what is due, until the queue is stopped.
pub async fn run(queue: Arc<Queue>) {
    while !queue.stop().is_cancelled() {
        let pause = match order_due(&queue).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!(%error, "cannot read the schedule's state; trying again");
                RETRY_PAUSE
            }
        };
        tokio::select! {
            () = queue.stop().cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Orders a run of every section that is due, and returns how long nothing more will be.
async fn order_due(queue: &Arc<Queue>) -> Result<Duration, StoreError> {
    let now = queue.clock().now();
    let mut pause = SLEEP_MAX;
    let catalogue = queue.catalogue();
    for due in schedule(&catalogue.portals, queue.store(), now).await? {
        match due.next {
            Some(next) if next <= now => {
                let scope = Scope {
                    portal: Some(due.portal.id.clone()),
                    section: Some(due.section.id.clone()),
                    ..Scope::default()
                };
                queue.order(Trigger::Schedule, scope, Default::default()).await?;
            }
            Some(next) => pause = pause.min(next - now),
            None => {}
        }
    }
    Ok(pause.to_std().unwrap_or_default().max(Duration::from_millis(100)))
}

/// Every section with its past and its next run.
pub async fn schedule<'a>(
    portals: &'a [Portal],
    store: &Store,
    now: DateTime<Utc>,
) -> Result<Vec<Due<'a>>, StoreError> {
    let mut schedule = Vec::new();
    for portal in portals {
        let states = store.sources(portal.id.clone()).await?;
        for section in &portal.sections {
            let past = due::past(section, &states);
            let next = due::next(portal, section, &past, now);
            schedule.push(Due { portal, section, past, next });
        }
    }
    Ok(schedule)
}
