//! The queue of runs: one record per scope while it waits or works, and one run at a time in a portal.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::clock::Clock;
use crate::events::rules::Rules;
use crate::ingest::{self, Ingest, Options, Progress, RunError};
use crate::model::catalogue::Catalogue;
use crate::model::run::{Report, Run, RunState, Scope, Trigger};
use crate::publish::publisher::Publisher;
use crate::signals::Signals;
use crate::store::{Store, StoreError};

/// Orders runs and sees them through.
pub struct Queue {
    ingest: Ingest,
    publisher: Arc<Publisher>,
    clock: Clock,
    stop: CancellationToken,
    tasks: TaskTracker,
    /// Held while a run works in a portal; taken in the order of the portals' ids.
    portals: BTreeMap<String, tokio::sync::Mutex<()>>,
    /// What each run at work did so far, by portal.
    live: Mutex<HashMap<i64, BTreeMap<String, Report>>>,
    /// Runs that ended while their record could not be kept; until it is, no other run of their scope can be ordered.
    unkept: Mutex<Vec<Run>>,
    /// Goes up whenever the record of a run changes, for those who watch one.
    changes: watch::Sender<u64>,
}

impl Queue {
    /// A queue that works until `stop` is cancelled.
    pub fn new(ingest: Ingest, publisher: Arc<Publisher>, clock: Clock, stop: CancellationToken) -> Queue {
        let portals = ingest.catalogue.portals.iter();
        let portals = portals.map(|portal| (portal.id.clone(), tokio::sync::Mutex::new(()))).collect();
        Queue {
            ingest,
            publisher,
            clock,
            stop,
            tasks: TaskTracker::new(),
            portals,
            live: Mutex::default(),
            unkept: Mutex::default(),
            changes: watch::Sender::default(),
        }
    }

    /// Says that the program is stopping.
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// The clock of the door.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The portals and events.
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.ingest.catalogue
    }

    /// What publishes the feeds.
    pub fn publisher(&self) -> &Publisher {
        &self.publisher
    }

    /// What is counted.
    pub fn signals(&self) -> &Signals {
        &self.ingest.signals
    }

    /// The events' rules, compiled.
    pub fn events(&self) -> &[Rules] {
        &self.ingest.events
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.ingest.store
    }

    /// Orders a run; one that waits or works for the same scope is returned instead of a second.
    pub async fn order(self: &Arc<Self>, trigger: Trigger, scope: Scope, options: Options) -> Result<Run, StoreError> {
        self.keep_ended().await?;
        let (run, is_new) = self.store().create_run(trigger, scope, self.clock.now()).await?;
        if is_new {
            let queue = Arc::clone(self);
            let waiting = run.clone();
            // Every line of a run has its number.
            let span = tracing::info_span!("run", run.id = run.id);
            self.tasks.spawn(async move { queue.work(waiting, options).await }.instrument(span));
        }
        Ok(run)
    }

    /// A run's record, with what it did so far if it is at work.
    pub async fn run(&self, id: i64) -> Result<Option<Run>, StoreError> {
        if let Some(ended) = self.unkept().iter().find(|run| run.id == id) {
            return Ok(Some(ended.clone()));
        }
        let Some(mut run) = self.store().run(id).await? else { return Ok(None) };
        if run.state == RunState::Running {
            run.report = self.live_report(id);
        }
        Ok(Some(run))
    }

    /// Tells whenever the record of any run changed.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Decides the archive again where an event's rules are new; then the feeds follow.
    pub fn decide_archive(self: &Arc<Self>) {
        let queue = Arc::clone(self);
        self.tasks.spawn(async move {
            match ingest::archive::decide(&queue.ingest, queue.clock.now()).await {
                Ok(_) => queue.publisher.refresh_soon(),
                Err(error) => tracing::error!(%error, "cannot decide the archive under an event's new rules"),
            }
            queue.publisher.rest().await;
        });
    }

    /// Waits until every run ordered so far is stored.
    pub async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
        self.tasks.reopen();
    }

    async fn work(self: Arc<Self>, mut run: Run, options: Options) {
        let portals = ingest::check(&self.ingest.catalogue, &run.scope).unwrap_or_default();
        let mut turns = Vec::new();
        for portal in self.portals.iter().filter(|(id, _)| portals.contains(id)) {
            turns.push(portal.1.lock().await);
        }
        let at_work = self.publisher.at_work().begin(portals);
        run.state = RunState::Running;
        self.keep(&run).await;
        let outcome = self.ingest_and_publish(&run, options).await;
        let portals = self.live.lock().unwrap_or_else(PoisonError::into_inner).remove(&run.id).unwrap_or_default();
        run.conclude(outcome.map_err(|error| error.to_string()), self.stop.is_cancelled(), self.clock.now());
        self.signals().run_ended(&run, &portals);
        self.keep(&run).await;
        self.publisher.refresh().await;
        drop(at_work);
        self.publisher.rest().await;
        let report = &run.report;
        tracing::info!(
            portal = run.scope.portal.as_deref(),
            section = run.scope.section.as_deref(),
            new = report.new,
            updated = report.updated,
            held_back = report.quarantined,
            failed = report.failed,
            sources_failed = report.sources_failed,
            "run {}: {} new, {} updated, {} unchanged, {} held back, {} failed",
            run.id,
            report.new,
            report.updated,
            report.unchanged + report.not_modified,
            report.quarantined,
            report.failed + report.sources_failed
        );
    }

    async fn ingest_and_publish(&self, run: &Run, options: Options) -> Result<Report, RunError> {
        let listener = |progress: Progress| {
            if let Progress::Saved { portal, report } = progress {
                let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
                live.entry(run.id).or_default().insert(portal.id.clone(), report.clone());
                drop(live);
                self.changes.send_modify(|changes| *changes += 1);
                self.publisher.refresh_soon();
            }
        };
        ingest::run(&self.ingest, run, options, self.clock.now(), &self.stop, &listener).await
    }

    fn live_report(&self, id: i64) -> Report {
        let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        let mut report = Report::default();
        for part in live.get(&id).into_iter().flat_map(BTreeMap::values) {
            report.add(part.clone());
        }
        report
    }

    async fn keep(&self, run: &Run) {
        if let Err(error) = self.store().update_run(run).await {
            tracing::error!(%error, "cannot keep the record of a run");
            if run.finished.is_some() {
                self.unkept().push(run.clone());
            }
        }
        self.changes.send_modify(|changes| *changes += 1);
    }

    /// Keeps what could not be kept before; while that fails, nothing new can be kept either.
    async fn keep_ended(&self) -> Result<(), StoreError> {
        loop {
            let Some(run) = self.unkept().first().cloned() else { return Ok(()) };
            self.store().update_run(&run).await?;
            self.unkept().retain(|ended| ended.id != run.id);
        }
    }

    fn unkept(&self) -> MutexGuard<'_, Vec<Run>> {
        self.unkept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
