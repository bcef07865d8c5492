//! Reads a cron line and writes it for the `cron` crate.

use std::collections::BTreeSet;
use std::iter;

/// A line longer than this is not a cron line: every value of every field spelled out fits in half of it.
const LINE_BYTES_MAX: usize = 1024;

/// One schedule, or two that differ in their days if either's days are meant.
pub fn read(line: &str) -> Result<Vec<cron::Schedule>, String> {
    if line.len() > LINE_BYTES_MAX {
        return Err(format!("longer than {LINE_BYTES_MAX} bytes; expected a cron line such as \"*/10 * * * *\""));
    }
    let written: Vec<&str> = expand(line.trim())?.split_whitespace().collect();
    let fields: Vec<&str> = match written.len() {
        5 => iter::once("0").chain(written).chain(["*"]).collect(),
        6 => written.into_iter().chain(["*"]).collect(),
        7 => written,
        count => {
            return Err(format!(
                "{count} fields; expected five (minute hour day month weekday), six (second first) or seven \
                 (year last), such as \"*/10 * * * *\""
            ));
        }
    };
    let read = FIELDS.iter().zip(&fields).map(|(field, text)| field.read(text)).collect::<Result<_, _>>()?;
    alternatives(&fields, read)
}

/// Writes a shorthand out in full.
fn expand(line: &str) -> Result<&str, String> {
    Ok(match line {
        "@hourly" => "0 * * * *",
        "@daily" | "@midnight" => "0 0 * * *",
        "@weekly" => "0 0 * * 0",
        "@monthly" => "0 0 1 * *",
        "@yearly" | "@annually" => "0 0 1 1 *",
        _ if line.starts_with('@') => {
            return Err(format!(
                "\"{line}\" is not a shorthand; expected @hourly, @daily, @weekly, @monthly or @yearly"
            ));
        }
        _ => line,
    })
}

/// One field of a cron line and its values.
struct Field {
    name: &'static str,
    low: u32,
    high: u32,
    /// Names of the values, from `low` on.
    names: &'static [&'static str],
}

const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const FIELDS: [Field; 7] = [
    Field { name: "second", low: 0, high: 59, names: &[] },
    Field { name: "minute", low: 0, high: 59, names: &[] },
    Field { name: "hour", low: 0, high: 23, names: &[] },
    Field { name: "day", low: 1, high: 31, names: &[] },
    Field { name: "month", low: 1, high: 12, names: MONTHS },
    Field { name: "weekday", low: 0, high: 6, names: WEEKDAYS },
    Field { name: "year", low: 1970, high: 2100, names: &[] },
];
const DAY: usize = 3;
const WEEKDAY: usize = 5;

impl Field {
    /// The field as the `cron` crate wants it: `*`, or each value by its number, weekdays from 1 for Sunday.
    fn read(&self, text: &str) -> Result<String, String> {
        if text == "*" || self.is_open(text) {
            return Ok("*".to_owned());
        }
        let mut values = BTreeSet::new();
        for part in text.split(',') {
            let (range, step) = match part.split_once('/') {
                Some((range, step)) => (range, Some(self.number(step, part)?)),
                None => (part, None),
            };
            let (start, end) = self.range(range, step.is_some(), part)?;
            if step == Some(0) {
                return Err(self.error(part));
            }
            values.extend((start..=end).step_by(step.unwrap_or(1) as usize));
        }
        let is_weekday = self.names == WEEKDAYS;
        let values: BTreeSet<u32> = values.into_iter().map(|v| if is_weekday { v % 7 + 1 } else { v }).collect();
        Ok(values.iter().map(u32::to_string).collect::<Vec<_>>().join(","))
    }

    /// The first and last value; the last of a weekday range may lie in the week after.
    fn range(&self, range: &str, has_step: bool, part: &str) -> Result<(u32, u32), String> {
        if range == "*" || self.is_open(range) {
            return Ok((self.low, self.high));
        }
        let Some((start, end)) = range.split_once('-') else {
            let value = self.value(range, part)?;
            return Ok((value, if has_step { self.high.max(value) } else { value }));
        };
        let (start, end) = (self.value(start, part)?, self.value(end, part)?);
        match (start <= end, self.names == WEEKDAYS) {
            (true, _) => Ok((start, end)),
            (false, true) => Ok((start, end + 7)),
            (false, false) => Err(format!(
                "{} \"{part}\" runs backwards; expected {start}-{},{}-{end}",
                self.name, self.high, self.low
            )),
        }
    }

    fn value(&self, text: &str, part: &str) -> Result<u32, String> {
        if let Some(index) = self.names.iter().position(|name| text.eq_ignore_ascii_case(name)) {
            return Ok(self.low + index as u32);
        }
        // Crontab knows Sunday as 0 and as 7.
        let high = if self.names == WEEKDAYS { 7 } else { self.high };
        self.number(text, part).ok().filter(|value| (self.low..=high).contains(value)).ok_or_else(|| self.error(part))
    }

    fn number(&self, text: &str, part: &str) -> Result<u32, String> {
        let digits = text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits).ok_or_else(|| self.error(part))
    }

    /// Whether this is the `?` by which other crons leave a day open.
    fn is_open(&self, text: &str) -> bool {
        text == "?" && matches!(self.name, "day" | "weekday")
    }

    fn error(&self, part: &str) -> String {
        let Field { name, low, high, names } = self;
        let values = match (*name, names.first().zip(names.last())) {
            ("weekday", _) => "0-7 (0 and 7 are Sunday) or sun-sat".to_owned(),
            (_, Some((first, last))) => format!("{low}-{high} or {first}-{last}"),
            (_, None) => format!("{low}-{high}"),
        };
        format!(
            "{name} \"{part}\" is not understood; expected {values}, alone, as a range a-b, with a step a-b/n or */n, \
             or as a list a,b"
        )
    }
}

/// The line for the `cron` crate, twice if the days of the month and the weekdays are alternatives.
fn alternatives(fields: &[&str], read: Vec<String>) -> Result<Vec<cron::Schedule>, String> {
    let is_either = [DAY, WEEKDAY].iter().all(|&field| !fields[field].starts_with(['*', '?']));
    let lines = match is_either {
        true => [WEEKDAY, DAY]
            .map(|open| {
                let mut line = read.clone();
                line[open] = "*".to_owned();
                line
            })
            .to_vec(),
        false => vec![read],
    };
    let parsed = lines.iter().map(|line| line.join(" ").parse());
    parsed
        .collect::<Result<_, cron::error::Error>>()
        .map_err(|_| "not understood; expected a cron line such as \"*/10 * * * *\"".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &[&str]) {
        let read = read(line).map(|alternatives| alternatives.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(read.unwrap(), expected, "{line}");
    }

    fn check_error(line: &str, expected: &str) {
        let error = read(line).expect_err(line);
        assert!(error.contains(expected), "{line}: {error}");
        assert!(error.contains("expected"), "{line}: {error}");
        assert!(!error.contains('\n'), "{line}: {error}");
    }

    #[test]
    fn five_six_and_seven_fields_are_understood() {
        check("5 4 * * *", &["0 5 4 * * * *"]);
        check(" 0 0,30 8-10 ? * *", &["0 0,30 8,9,10 * * * *"]);
        check("0 0 12 1 jan ? 2027-2028", &["0 0 12 1 1 * 2027,2028"]);
        check("*/20 * 20/2 * * *", &["0,20,40 * 20,22 * * * *"]);
        check("@daily", &["0 0 0 * * * *"]);
    }

    #[test]
    fn weekdays_are_read_as_in_crontab() {
        check("0 0 * * 0", &["0 0 0 * * 1 *"]);
        check("0 0 * * 7", &["0 0 0 * * 1 *"]);
        check("0 0 0 * * 1", &["0 0 0 * * 2 *"]);
        check("0 0 * * 1-5", &["0 0 0 * * 2,3,4,5,6 *"]);
        check("0 0 * * 5-7", &["0 0 0 * * 1,6,7 *"]);
        check("0 0 * * 6-1", &["0 0 0 * * 1,2,7 *"]);
        check("0 0 * * FRI-Mon", &["0 0 0 * * 1,2,6,7 *"]);
        check("0 0 * * */3", &["0 0 0 * * 1,4,7 *"]);
        check("0 0 * * 1-5/2,sun", &["0 0 0 * * 1,2,4,6 *"]);
        check("@weekly", &["0 0 0 * * 1 *"]);
    }

    #[test]
    fn days_of_the_month_and_weekdays_become_alternatives() {
        check("0 0 13 * 5", &["0 0 0 13 * * *", "0 0 0 * * 6 *"]);
        check("0 0 */2 * 5", &["0 0 0 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31 * 6 *"]);
    }

    #[test]
    fn a_line_that_is_none_says_what_was_expected() {
        check_error("", "0 fields; expected five");
        check_error("* * * *", "4 fields");
        check_error("61 * * * *", "minute \"61\" is not understood; expected 0-59");
        check_error("* * * * 8", "weekday \"8\" is not understood; expected 0-7 (0 and 7 are Sunday) or sun-sat");
        check_error("* * L * *", "day \"L\"");
        check_error("* * 15W * *", "day \"15W\"");
        check_error("* * * * 1#2", "weekday \"1#2\"");
        check_error("*/0 * * * *", "minute \"*/0\"");
        check_error("* 22-3 * * *", "hour \"22-3\" runs backwards; expected 22-23,0-3");
        check_error("? * * * *", "minute \"?\"");
        check_error("1,,2 * * * *", "minute \"\"");
        check_error("@often", "\"@often\" is not a shorthand");
        check_error("@every 5m", "is not a shorthand");
        check_error(&"1,".repeat(600), "longer than 1024 bytes");
    }

    proptest::proptest! {
        #[test]
        fn no_line_makes_it_panic(line in "[-*/?,@#LW0-9a-z \\n]{0,40}|(([*0-9?LW]|JAN|[0-9]{1,2})[-/,]?[0-9]{0,5} ){5,7}") {
            let _ = crate::model::schedule::Schedule::parse(&line);
        }
    }
}
