//! How times and numbers are written on the dashboard.

use chrono::{DateTime, TimeDelta, Utc};

/// A time for people: to the minute, in UTC.
pub(super) fn time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// How long from one time to another, in the largest unit that fits: `3 h ago`, `in 5 min`.
pub(super) fn distance(when: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let (length, is_ahead) = if when > now { (when - now, true) } else { (now - when, false) };
    let length = match length {
        length if length < TimeDelta::seconds(90) => format!("{} s", length.num_seconds()),
        length if length < TimeDelta::minutes(90) => format!("{} min", length.num_minutes()),
        length if length < TimeDelta::hours(48) => format!("{} h", length.num_hours()),
        length => format!("{} days", length.num_days()),
    };
    if is_ahead { format!("in {length}") } else { format!("{length} ago") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_told_in_the_unit_people_use() {
        let now: DateTime<Utc> = "2026-01-08T12:00:00Z".parse().unwrap();
        let check = |seconds: i64, expected: &str| {
            assert_eq!(distance(now + TimeDelta::seconds(seconds), now), expected);
        };
        check(0, "0 s ago");
        check(-75, "75 s ago");
        check(300, "in 5 min");
        check(-3 * 3600, "3 h ago");
        check(-3 * 86_400, "3 days ago");
    }
}
