//! Which portals runs work in. Their feeds change several times until a run has ended, and subscribers are told once:
//! so nobody is told of a portal's feeds while a run works in it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// The portals at work, and how many runs have ended.
#[derive(Debug, Default)]
pub struct AtWork {
    state: Mutex<State>,
    /// Told whenever a run ends or a feed has a new version.
    changes: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct State {
    portals: BTreeMap<String, usize>,
    ended: u64,
}

/// A run at work; it ends when this is dropped, however that comes.
#[derive(Debug)]
pub struct RunAtWork {
    at_work: Arc<AtWork>,
    portals: Vec<String>,
}

impl AtWork {
    /// A run begins in these portals.
    pub fn begin(self: &Arc<Self>, portals: Vec<String>) -> RunAtWork {
        let mut state = self.state();
        for portal in &portals {
            *state.portals.entry(portal.clone()).or_default() += 1;
        }
        drop(state);
        RunAtWork { at_work: Arc::clone(self), portals }
    }

    /// Whether no run is at work.
    pub fn is_idle(&self) -> bool {
        self.state().portals.is_empty()
    }

    /// How many runs have ended since the start.
    pub fn ended(&self) -> u64 {
        self.state().ended
    }

    /// Whether a feed may still change before a run ends. Feeds of several portals do not wait until no run is at
    /// work anywhere, which may never be: they wait until one has ended after the first `ended`.
    pub fn holds(&self, feed: &str, ended: u64) -> bool {
        let state = self.state();
        match feed.split('/').next() {
            Some("*" | "events") => !state.portals.is_empty() && state.ended == ended,
            portal => portal.is_some_and(|portal| state.portals.contains_key(portal)),
        }
    }

    /// Says that something changed that waited for it.
    pub fn announce(&self) {
        self.changes.send_replace(());
    }

    /// Follows [`AtWork::announce`].
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for RunAtWork {
    fn drop(&mut self) {
        let mut state = self.at_work.state();
        for portal in &self.portals {
            let runs = state.portals.get(portal).copied().unwrap_or_default();
            match runs {
                0 | 1 => state.portals.remove(portal),
                _ => state.portals.insert(portal.clone(), runs - 1),
            };
        }
        state.ended += 1;
        drop(state);
        self.at_work.announce();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_waits_for_the_run_in_its_portal_and_a_wide_one_for_the_end_of_any() {
        let at_work = Arc::new(AtWork::default());
        let held = |ended| ["a", "a/x", "b/x", "*", "events/e"].map(|feed| at_work.holds(feed, ended));
        assert_eq!(held(0), [false; 5]);
        let first = at_work.begin(vec!["a".to_owned()]);
        assert_eq!(held(0), [true, true, false, true, true]);
        let second = at_work.begin(vec!["a".to_owned(), "b".to_owned()]);
        drop(first);
        assert_eq!(held(0), [true, true, true, false, false]);
        assert_eq!(held(at_work.ended()), [true; 5]);
        drop(second);
        assert_eq!(held(at_work.ended()), [false; 5]);
    }
}
