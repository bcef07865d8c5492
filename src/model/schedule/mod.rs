//! A cron line and when it next comes due.
//!
//! The `cron` crate does the calendar. Here its dialect is hidden: it wants seconds, counts weekdays from 1,
//! and is wrong around clock changes, so lines are translated on the way in and it only ever sees a fixed offset.

mod line;
mod pause;

use chrono::{DateTime, Duration, FixedOffset, Offset, SubsecRound, TimeZone, Utc};
use chrono_tz::Tz;

/// More clock changes than any zone has until 2100, where the `cron` crate's calendar ends.
const CLOCK_CHANGES_MAX: usize = 512;

/// Clock changes are looked for in steps of this many hours; none undoes itself sooner.
const CHANGE_STEP_HOURS: i64 = 6;

/// A parsed cron line.
#[derive(Debug, Clone)]
pub struct Schedule {
    line: String,
    /// One, or two if the line names days of the month and weekdays: then it is due on either, as in crontab(5).
    /// They differ in their days only.
    alternatives: Vec<cron::Schedule>,
    interval: Duration,
}

impl Schedule {
    /// Reads a cron line: five fields as in crontab(5), or six or seven with seconds first and the year last;
    /// or one of `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.
    /// The error says what was expected, in one line.
    pub fn parse(line: &str) -> Result<Schedule, String> {
        let alternatives = line::read(line)?;
        let interval = pause::shortest(&alternatives)
            .ok_or("it never comes due; expected days that exist, from 2024 to 2100".to_owned())?;
        Ok(Schedule { line: line.to_owned(), alternatives, interval })
    }

    /// The line as the operator wrote it.
    pub fn as_str(&self) -> &str {
        &self.line
    }

    /// The first time strictly after `now`, right across clock changes; `None` if there is none.
    /// A time the clocks leap over is left out; one they pass twice is due twice.
    pub fn next_after(&self, now: DateTime<Utc>, timezone: Tz) -> Option<DateTime<Utc>> {
        let mut from = now.trunc_subsecs(0);
        let mut offset = offset_at(timezone, from);
        for _ in 0..CLOCK_CHANGES_MAX {
            let next = self.next_at_offset(from, offset)?;
            let Some(change) = first_change(timezone, offset, from, next) else { return Some(next) };
            // Nothing is due before the change; what is due at its very second counts, hence the second before.
            from = change - Duration::seconds(1);
            offset = offset_at(timezone, change);
        }
        None
    }

    /// The shortest pause between two runs by the clock on the wall, measured over a year from a fixed day so that
    /// it never depends on when it is asked; a year for what comes due only once.
    pub fn interval(&self) -> Duration {
        self.interval
    }

    fn next_at_offset(&self, from: DateTime<Utc>, offset: FixedOffset) -> Option<DateTime<Utc>> {
        let from = from.with_timezone(&offset);
        self.alternatives.iter().filter_map(|days| days.after(&from).next()).min().map(|next| next.to_utc())
    }
}

fn offset_at(timezone: Tz, time: DateTime<Utc>) -> FixedOffset {
    timezone.offset_from_utc_datetime(&time.naive_utc()).fix()
}

/// The first second after `from`, up to and with `until`, at which the zone's offset is not `offset`.
fn first_change(timezone: Tz, offset: FixedOffset, from: DateTime<Utc>, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut before = from;
    let mut after = loop {
        if before >= until {
            return None;
        }
        let step = (before + Duration::hours(CHANGE_STEP_HOURS)).min(until);
        if offset_at(timezone, step) != offset {
            break step;
        }
        before = step;
    };
    while after - before > Duration::seconds(1) {
        let middle = before + Duration::seconds((after - before).num_seconds() / 2);
        match offset_at(timezone, middle) == offset {
            true => before = middle,
            false => after = middle,
        }
    }
    Some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, timezone: Tz, now: &str, expected: &[&str]) {
        let schedule = Schedule::parse(line).unwrap();
        let mut now: DateTime<Utc> = now.parse().unwrap();
        let mut runs = Vec::new();
        for _ in expected {
            let next = schedule.next_after(now, timezone).unwrap();
            assert!(next > now, "{line}: {next} is not after {now}");
            runs.push(next.with_timezone(&timezone).to_rfc3339());
            now = next;
        }
        assert_eq!(runs, expected, "{line}");
    }

    #[test]
    fn a_time_the_clocks_leap_over_is_left_out() {
        let expected = ["2026-03-07T02:30:00-05:00", "2026-03-09T02:30:00-04:00"];
        check("30 2 * * *", Tz::America__New_York, "2026-03-07T00:00:00Z", &expected);
        let expected = ["2026-03-08T01:40:00-05:00", "2026-03-08T03:00:00-04:00", "2026-03-08T03:20:00-04:00"];
        check("*/20 * * * *", Tz::America__New_York, "2026-03-08T06:20:00Z", &expected);
    }

    #[test]
    fn a_time_the_clocks_pass_twice_is_due_twice() {
        let expected = ["2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00", "2026-11-02T01:30:00-05:00"];
        check("30 1 * * *", Tz::America__New_York, "2026-11-01T04:00:00Z", &expected);
        // Asked half a year before, in the other offset, it is still the first of the two.
        check("30 1 1 11 *", Tz::America__New_York, "2026-01-01T00:00:00Z", &expected[..2]);
    }

    #[test]
    fn half_an_hour_of_summer_time_is_heeded() {
        let expected = ["2026-04-05T01:45:00+11:00", "2026-04-05T01:45:00+10:30", "2026-04-05T02:45:00+10:30"];
        check("45 * * * *", Tz::Australia__Lord_Howe, "2026-04-04T14:00:00Z", &expected);
        let expected = ["2026-10-04T01:45:00+10:30", "2026-10-04T02:45:00+11:00"];
        check("45 1,2 * * *", Tz::Australia__Lord_Howe, "2026-10-03T12:00:00Z", &expected);
    }

    #[test]
    fn the_next_run_is_strictly_later_even_by_a_fraction_of_a_second() {
        let expected = ["2026-01-06T16:10:00+08:00", "2026-01-06T16:20:00+08:00"];
        check("0 */10 * * * *", Tz::Asia__Shanghai, "2026-01-06T08:00:00Z", &expected);
        check("0 */10 * * * *", Tz::Asia__Shanghai, "2026-01-06T08:00:00.5Z", &expected);
        check("0 */10 * * * *", Tz::Asia__Shanghai, "2026-01-06T08:09:59.999Z", &expected);
    }

    #[test]
    fn days_of_the_month_and_weekdays_are_alternatives_as_in_crontab() {
        let expected = ["2026-02-13T00:00:00+00:00", "2026-02-16T00:00:00+00:00", "2026-02-23T00:00:00+00:00"];
        check("0 0 13 * MON", Tz::UTC, "2026-02-10T00:00:00Z", &expected);
        // A field that begins with a star leaves both to hold.
        let expected = ["2026-02-09T00:00:00+00:00", "2026-02-23T00:00:00+00:00"];
        check("0 0 */2 * 1", Tz::UTC, "2026-02-08T00:00:00Z", &expected);
    }

    #[test]
    fn a_rare_day_is_found_years_ahead() {
        check("0 0 29 2 *", Tz::America__New_York, "2028-03-01T00:00:00Z", &["2032-02-29T00:00:00-05:00"]);
        let last = Schedule::parse("0 0 0 1 1 * 2030").unwrap();
        assert_eq!(last.next_after("2031-01-01T00:00:00Z".parse().unwrap(), Tz::UTC), None);
        let leap_day = Schedule::parse("0 0 29 2 *").unwrap();
        assert_eq!(leap_day.next_after("2096-03-01T00:00:00Z".parse().unwrap(), Tz::America__New_York), None);
    }

    #[test]
    fn every_run_of_a_year_agrees_with_a_search_minute_by_minute() {
        use chrono::Timelike;
        for timezone in [Tz::America__New_York, Tz::Australia__Lord_Howe, Tz::Africa__Casablanca] {
            let schedule = Schedule::parse("15,45 0-3 * * *").unwrap();
            let mut minute: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
            let mut next = schedule.next_after(minute, timezone).unwrap();
            for _ in 0..366 * 24 * 60 {
                minute += Duration::minutes(1);
                let wall = minute.with_timezone(&timezone);
                let is_due = wall.hour() <= 3 && [15, 45].contains(&wall.minute());
                assert_eq!(is_due, next == minute, "{wall}");
                if is_due {
                    next = schedule.next_after(minute, timezone).unwrap();
                }
            }
        }
    }
}
