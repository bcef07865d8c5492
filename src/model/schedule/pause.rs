//! The shortest pause between two runs.

use chrono::{Datelike, Duration, NaiveDate, NaiveTime};
use cron::TimeUnitSpec;

/// Pauses are measured over this many days, so that each weekday and the shortest month are among them.
const PAUSE_DAYS: i64 = 366;

/// How far ahead a second run is looked for: 29 February may be eight years away.
const PAUSE_DAYS_MAX: usize = 366 * 9;

/// Pauses are measured from the first run on or after this day.
const PAUSES_FROM: NaiveDate = NaiveDate::from_ymd_opt(2024, 1, 1).expect("this day exists");

/// The shortest pause between two runs; `None` if there is never a run.
pub fn shortest(alternatives: &[cron::Schedule]) -> Option<Duration> {
    let (first, last, within_day) = times_of_day(alternatives.first()?)?;
    let start = PAUSES_FROM.and_time(NaiveTime::MIN).and_utc() - Duration::seconds(1);
    let first_day = alternatives.iter().filter_map(|days| days.after(&start).next()).min()?.date_naive();
    let mut shortest = within_day;
    let mut last_day = first_day;
    for day in first_day.iter_days().take(PAUSE_DAYS_MAX).skip(1) {
        let is_measured = (day - first_day).num_days() > PAUSE_DAYS && shortest.is_some();
        let is_daily = (last_day - first_day).num_days() == 1;
        if is_measured || is_daily || shortest == Some(1) {
            break;
        }
        if alternatives.iter().any(|days| is_due_on(days, day)) {
            let pause = (day - last_day).num_seconds() - last + first;
            shortest = Some(shortest.map_or(pause, |shortest| shortest.min(pause)));
            last_day = day;
        }
    }
    Some(shortest.map_or(Duration::days(365), Duration::seconds))
}

/// The first and last run of a day and the shortest pause between two of its runs, in seconds since midnight.
fn times_of_day(schedule: &cron::Schedule) -> Option<(i64, i64, Option<i64>)> {
    let mut found: Option<(i64, i64, Option<i64>)> = None;
    for hour in schedule.hours().iter() {
        for minute in schedule.minutes().iter() {
            for second in schedule.seconds().iter() {
                let time = i64::from((hour * 60 + minute) * 60 + second);
                found = Some(match found {
                    None => (time, time, None),
                    Some((first, last, pause)) => (first, time, Some(pause.unwrap_or(i64::MAX).min(time - last))),
                });
            }
        }
    }
    found
}

fn is_due_on(schedule: &cron::Schedule, day: NaiveDate) -> bool {
    schedule.months().includes(day.month())
        && schedule.days_of_month().includes(day.day())
        && schedule.days_of_week().includes(day.weekday().number_from_sunday())
        && u32::try_from(day.year()).is_ok_and(|year| schedule.years().includes(year))
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::model::schedule::Schedule;

    fn check(line: &str, expected: Duration) {
        assert_eq!(Schedule::parse(line).unwrap().interval(), expected, "{line}");
    }

    #[test]
    fn the_interval_is_the_shortest_pause() {
        check("* * * * * *", Duration::seconds(1));
        check("0 */10 * * * *", Duration::minutes(10));
        check("*/7 * * * *", Duration::minutes(4));
        check("0 6,18,20 * * *", Duration::hours(2));
        check("0 0,23 * * *", Duration::hours(1));
        check("0 9 * * MON-FRI", Duration::days(1));
        check("0 9 * * 1", Duration::days(7));
        check("0 0 13 * 5", Duration::days(1));
        check("0 0 1 * *", Duration::days(29));
        check("0 0 1 7 *", Duration::days(365));
        check("0 0 29 2 *", Duration::days(4 * 365 + 1));
        check("0 0 0 1 1 * 2030", Duration::days(365));
        check("0 */5 8 1 1 * 2030", Duration::minutes(5));
    }

    #[test]
    fn a_day_that_never_comes_is_an_error() {
        for line in ["0 0 30 2 *", "0 0 31 4,6 *", "0 0 0 1 1 * 2020", "0 0 0 29 2 * 2027"] {
            let error = Schedule::parse(line).expect_err(line);
            assert_eq!(error, "it never comes due; expected days that exist, from 2024 to 2100");
        }
    }
}
