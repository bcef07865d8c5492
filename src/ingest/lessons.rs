//! What a run learns of a portal's pages while it reads them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use crate::ingest::extract::template::{self, lesson::Lesson};
use crate::model::template::Template;

/// Pages whose lessons are taken at once, in the order of their addresses, whichever was fetched first.
const PAGES_AT_ONCE: usize = 10;
/// The first pages of a run that may be looked at a second time to learn from them.
const OBSERVED_FIRST: usize = 20;
/// After them, pages of those taken at once: where nothing can be learned, trying must not cost much.
const OBSERVED_MAX: usize = 5;

/// The templates of a portal, as they become known.
pub(super) struct Lessons {
    state: Mutex<State>,
}

struct State {
    templates: Arc<Vec<Template>>,
    waiting: Vec<Lesson>,
    /// Pages since lessons were taken last.
    pages: usize,
    /// Pages looked at a second time since then, and in this run.
    observed: usize,
    observed_in_all: usize,
    is_changed: bool,
}

impl Lessons {
    /// Goes on from what is stored.
    pub(super) fn new(templates: Vec<Template>) -> Lessons {
        let templates = Arc::new(templates);
        let (waiting, is_changed) = (Vec::new(), false);
        let state = State { templates, waiting, pages: 0, observed: 0, observed_in_all: 0, is_changed };
        Lessons { state: Mutex::new(state) }
    }

    /// The templates as they are now known.
    pub(super) fn templates(&self) -> Arc<Vec<Template>> {
        Arc::clone(&self.state().templates)
    }

    /// Whether one more page may be looked at a second time.
    pub(super) fn may_observe(&self) -> bool {
        let mut state = self.state();
        let may = state.observed_in_all < OBSERVED_FIRST || state.observed < OBSERVED_MAX;
        state.observed += usize::from(may);
        state.observed_in_all += usize::from(may);
        may
    }

    /// Hands in what a page taught.
    pub(super) fn hand_in(&self, lesson: Option<Lesson>, now: DateTime<Utc>) {
        let mut state = self.state();
        state.waiting.extend(lesson);
        state.pages += 1;
        if state.pages >= PAGES_AT_ONCE {
            self.take(&mut state, now);
        }
    }

    /// The templates, if they changed since they were asked for last.
    pub(super) fn changed(&self, now: DateTime<Utc>) -> Option<Vec<Template>> {
        let mut state = self.state();
        self.take(&mut state, now);
        std::mem::take(&mut state.is_changed).then(|| state.templates.to_vec())
    }

    fn take(&self, state: &mut State, now: DateTime<Utc>) {
        let lessons = std::mem::take(&mut state.waiting);
        (state.pages, state.observed) = (0, 0);
        if !lessons.is_empty() {
            let mut templates = state.templates.to_vec();
            template::take(&mut templates, lessons, now);
            state.is_changed |= templates != *state.templates;
            state.templates = Arc::new(templates);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_pages_of_a_run_may_all_be_looked_at_again_and_of_later_ones_half() {
        let lessons = Lessons::new(Vec::new());
        let looks = |pages: usize| {
            let look = || {
                let may = lessons.may_observe();
                lessons.hand_in(None, DateTime::UNIX_EPOCH);
                may
            };
            (0..pages).filter(|_| look()).count()
        };
        assert_eq!(looks(OBSERVED_FIRST), OBSERVED_FIRST);
        assert_eq!(looks(4 * PAGES_AT_ONCE), 4 * OBSERVED_MAX);
    }
}
