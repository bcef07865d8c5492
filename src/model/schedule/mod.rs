//! A cron line and when it next comes due.
//!
//! The `cron` crate does the calendar. Here its dialect is hidden: it wants seconds, counts weekdays from 1,
//! and is wrong around clock changes, so lines are translated on the way in and it only ever sees a fixed offset.

mod line;
mod pause;

use chrono::{DateTime, Duration, FixedOffset, Offset, SubsecRound, TimeZone, Utc};

use crate::model::timezone::Timezone;

/// More clock changes than any zone has until 2100, where the `cron` crate's calendar ends.
const CLOCK_CHANGES_MAX: usize = 512;

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
    /// What the clocks leap over is due as they do, unless it is due anyway before as much time has passed as they
    /// leapt over; what they pass twice is due twice.
    pub fn next_after(&self, now: DateTime<Utc>, timezone: Timezone) -> Option<DateTime<Utc>> {
        let mut from = now.trunc_subsecs(0);
        let mut last_change = from;
        let mut offset = offset_at(timezone, from);
        for _ in 0..CLOCK_CHANGES_MAX {
            let next = self.next_at_offset(from, offset)?;
            let Some(change) = timezone.change_after(last_change).filter(|change| *change <= next) else {
                return Some(next);
            };
            // Nothing is due before the change; what is due at its very second counts, hence the second before.
            (from, last_change) = (change - Duration::seconds(1), change);
            let before = std::mem::replace(&mut offset, offset_at(timezone, change));
            let leap_end = change + Duration::seconds(i64::from(offset.local_minus_utc() - before.local_minus_utc()));
            let is_leapt_over = next < leap_end;
            if is_leapt_over && self.next_at_offset(from, offset).is_none_or(|next| next >= leap_end) {
                return Some(change);
            }
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

fn offset_at(timezone: Timezone, time: DateTime<Utc>) -> FixedOffset {
    timezone.offset_from_utc_datetime(&time.naive_utc()).fix()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, timezone: Timezone, now: &str, expected: &[&str]) {
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
    fn a_time_the_clocks_leap_over_is_due_as_they_do() {
        let expected = ["2026-03-07T02:30:00-05:00", "2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"];
        check("30 2 * * *", "America/New_York".parse().unwrap(), "2026-03-07T00:00:00Z", &expected);
        let expected = ["2026-03-08T01:40:00-05:00", "2026-03-08T03:00:00-04:00", "2026-03-08T03:20:00-04:00"];
        check("*/20 * * * *", "America/New_York".parse().unwrap(), "2026-03-08T06:20:00Z", &expected);
        // An hourly run is not made up for: the next one is as near.
        let expected = ["2026-03-08T01:45:00-05:00", "2026-03-08T03:45:00-04:00"];
        check("45 * * * *", "America/New_York".parse().unwrap(), "2026-03-08T06:20:00Z", &expected);
        let expected = ["2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00"];
        check("15 2 * * *", "Australia/Lord_Howe".parse().unwrap(), "2026-10-03T12:00:00Z", &expected);
    }

    #[test]
    fn a_time_the_clocks_pass_twice_is_due_twice() {
        let expected = ["2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00", "2026-11-02T01:30:00-05:00"];
        check("30 1 * * *", "America/New_York".parse().unwrap(), "2026-11-01T04:00:00Z", &expected);
        // Asked half a year before, in the other offset, it is still the first of the two.
        check("30 1 1 11 *", "America/New_York".parse().unwrap(), "2026-01-01T00:00:00Z", &expected[..2]);
    }

    #[test]
    fn half_an_hour_of_summer_time_is_heeded() {
        let expected = ["2026-04-05T01:45:00+11:00", "2026-04-05T01:45:00+10:30", "2026-04-05T02:45:00+10:30"];
        check("45 * * * *", "Australia/Lord_Howe".parse().unwrap(), "2026-04-04T14:00:00Z", &expected);
        let expected = ["2026-10-04T01:45:00+10:30", "2026-10-04T02:45:00+11:00"];
        check("45 1,2 * * *", "Australia/Lord_Howe".parse().unwrap(), "2026-10-03T12:00:00Z", &expected);
    }

    #[test]
    fn the_next_run_is_strictly_later_even_by_a_fraction_of_a_second() {
        let expected = ["2026-01-06T16:10:00+08:00", "2026-01-06T16:20:00+08:00"];
        check("0 */10 * * * *", "Asia/Shanghai".parse().unwrap(), "2026-01-06T08:00:00Z", &expected);
        check("0 */10 * * * *", "Asia/Shanghai".parse().unwrap(), "2026-01-06T08:00:00.5Z", &expected);
        check("0 */10 * * * *", "Asia/Shanghai".parse().unwrap(), "2026-01-06T08:09:59.999Z", &expected);
    }

    #[test]
    fn days_of_the_month_and_weekdays_are_alternatives_as_in_crontab() {
        let expected = ["2026-02-13T00:00:00+00:00", "2026-02-16T00:00:00+00:00", "2026-02-23T00:00:00+00:00"];
        check("0 0 13 * MON", Timezone::UTC, "2026-02-10T00:00:00Z", &expected);
        // A field that begins with a star leaves both to hold.
        let expected = ["2026-02-09T00:00:00+00:00", "2026-02-23T00:00:00+00:00"];
        check("0 0 */2 * 1", Timezone::UTC, "2026-02-08T00:00:00Z", &expected);
    }

    #[test]
    fn a_rare_day_is_found_years_ahead() {
        check(
            "0 0 29 2 *",
            "America/New_York".parse().unwrap(),
            "2028-03-01T00:00:00Z",
            &["2032-02-29T00:00:00-05:00"],
        );
        let last = Schedule::parse("0 0 0 1 1 * 2030").unwrap();
        assert_eq!(last.next_after("2031-01-01T00:00:00Z".parse().unwrap(), Timezone::UTC), None);
        let leap_day = Schedule::parse("0 0 29 2 *").unwrap();
        assert_eq!(
            leap_day.next_after("2096-03-01T00:00:00Z".parse().unwrap(), "America/New_York".parse().unwrap()),
            None
        );
    }

    #[test]
    fn every_run_of_a_year_agrees_with_a_search_minute_by_minute() {
        use chrono::Timelike;
        for timezone in [
            "America/New_York".parse().unwrap(),
            "Australia/Lord_Howe".parse().unwrap(),
            "Africa/Casablanca".parse().unwrap(),
        ] {
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
