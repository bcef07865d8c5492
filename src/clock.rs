//! The only place that asks what time it is.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

/// Tells the time to the two doors, `scheduler` and `server`; tests hand them one that stands still.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    stopped: Option<Arc<Mutex<DateTime<Utc>>>>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Clock {
        Clock::default()
    }

    /// A clock that stands at `now` until it is moved.
    pub fn stopped_at(now: DateTime<Utc>) -> Clock {
        Clock { stopped: Some(Arc::new(Mutex::new(now))) }
    }

    /// Moves a stopped clock; the machine's clock does not move.
    pub fn move_to(&self, now: DateTime<Utc>) {
        if let Some(stopped) = &self.stopped {
            *stopped.lock().unwrap_or_else(PoisonError::into_inner) = now;
        }
    }

    /// What time it is.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks")]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.stopped {
            Some(stopped) => *stopped.lock().unwrap_or_else(PoisonError::into_inner),
            None => Utc::now(),
        }
    }
}
