//! What a clock can show.

use chrono::{DateTime, Utc};

/// A clock that shows an earlier time was never set: this version was not written then.
pub const CLOCK_MIN: DateTime<Utc> =
    DateTime::from_timestamp(1_767_225_600, 0).expect("the first second of 2026 is a time");
