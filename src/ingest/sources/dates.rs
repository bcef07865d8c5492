//! Dates as feeds and sitemaps write them, slips included.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use regex::{Captures, Regex};

use crate::model::timezone::Timezone;

/// The longest text that may be a date, in bytes.
const DATE_BYTES_MAX: usize = 100;

/// Years that are dates; everything else is a mistake.
const YEARS: RangeInclusive<i32> = 1990..=2100;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The time a text means; without an offset it is in `timezone`, as is a day without a time (its first moment).
pub(super) fn instant(text: &str, timezone: Timezone) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if text.is_empty() || text.len() > DATE_BYTES_MAX {
        return None;
    }
    if let Ok(date) = DateTime::parse_from_rfc3339(text) {
        return YEARS.contains(&date.year()).then(|| date.to_utc());
    }
    if let Some(date) = unix(text) {
        return Some(date);
    }
    let date = day(text)?;
    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(上午|下午|晚上)?\s*(?:(?-u:\b)|[Tt])([0-9]{1,2})\s*[:：时時]\s*([0-9]{2})(?:\s*[:：分]\s*([0-9]{2})(?:[.,][0-9]+)?)?秒?\s*([AaPp]\.?[Mm]\b)?",
        )
    });
    let Some(found) = TIME.captures(text) else { return local(date.and_time(NaiveTime::MIN), timezone) };
    let date = date.and_time(time(&found)?);
    let rest = &text[found.get(0)?.end()..];
    match offset(rest, timezone) {
        Some(offset) => offset.from_local_datetime(&date).earliest().map(|date| date.to_utc()),
        None => local(date, timezone),
    }
}

/// The day an address names, such as `/2026/01/06/`, `/2026-01/06/`, `t20260106_1`; months alone are their first day.
pub(super) fn in_url(path: &str) -> Option<DateTime<Utc>> {
    static DAY: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?-u:\b|_|t)((?:19|20)[0-9][0-9])[-/_.]?(0[1-9]|1[0-2])(?:[-/_.]?([0-2][0-9]|3[01]))?")
    });
    let found = DAY.captures(path)?;
    let day = found.get(3).map_or(Some(1), |day| day.as_str().parse().ok())?;
    let date = NaiveDate::from_ymd_opt(found[1].parse().ok()?, found[2].parse().ok()?, day)?;
    Some(date.and_time(NaiveTime::MIN).and_utc())
}

/// A pattern in which `MONTH` is the English name of one, short or long.
fn pattern(pattern: &str) -> Regex {
    let month = format!("(?i:{})[a-z]*", MONTHS.join("|"));
    Regex::new(&pattern.replace("MONTH", &month)).expect("a constant pattern")
}

fn unix(text: &str) -> Option<DateTime<Utc>> {
    let number: i64 = text.parse().ok()?;
    match text.len() {
        10 => DateTime::from_timestamp(number, 0),
        13 => DateTime::from_timestamp_millis(number),
        _ => None,
    }
}

fn day(text: &str) -> Option<NaiveDate> {
    static NUMBERS: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?-u:\b)([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})"));
    static DAY_FIRST: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"\b([0-9]{1,2})[\s-]+(MONTH)[.,]?[\s-]+([0-9]{4}|[0-9]{2})\b"));
    static MONTH_FIRST: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"\b(MONTH)\.?\s+([0-9]{1,2})\b[^0-9].*?\b([0-9]{4})\b"));
    let (year, month, day) = if let Some(found) = NUMBERS.captures(text) {
        (found[1].parse().ok()?, found[2].parse().ok()?, found[3].parse().ok()?)
    } else if let Some(found) = DAY_FIRST.captures(text) {
        (year(&found[3])?, month(&found[2])?, found[1].parse().ok()?)
    } else {
        let found = MONTH_FIRST.captures(text)?;
        (year(&found[3])?, month(&found[1])?, found[2].parse().ok()?)
    };
    NaiveDate::from_ymd_opt(year, month, day).filter(|_| YEARS.contains(&year))
}

fn year(text: &str) -> Option<i32> {
    let year: i32 = text.parse().ok()?;
    // RFC 5322 §4.3.
    Some(match (text.len(), year) {
        (2, 0..=49) => year + 2000,
        (2, _) => year + 1900,
        _ => year,
    })
}

fn month(name: &str) -> Option<u32> {
    let name = name.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| name.starts_with(month))?;
    u32::try_from(at + 1).ok()
}

fn time(found: &Captures<'_>) -> Option<NaiveTime> {
    let hour: u32 = found[2].parse().ok()?;
    let minute = found[3].parse().ok()?;
    let second: u32 = found.get(4).map_or(Some(0), |second| second.as_str().parse().ok())?;
    let half = |at: usize| found.get(at).map(|half| half.as_str().to_lowercase()).unwrap_or_default();
    let is_afternoon = matches!(half(1).as_str(), "下午" | "晚上") || half(5).starts_with('p');
    let is_morning = half(1) == "上午" || half(5).starts_with('a');
    let hour = match hour {
        1..=11 if is_afternoon => hour + 12,
        12 if is_morning => 0,
        _ => hour,
    };
    NaiveTime::from_hms_opt(hour, minute, second.min(59))
}

/// The offset written after a time: a number, or a name that means one.
fn offset(rest: &str, timezone: Timezone) -> Option<FixedOffset> {
    static NUMBER: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^\s*\(?\s*(?:GMT|UTC|UT)?\s*([+\-−])([0-9]{1,2}):?([0-9]{2})?"));
    static NAME: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*\(?([A-Za-z]{1,5})\b"));
    if let Some(found) = NUMBER.captures(rest) {
        let hours: i32 = found[2].parse().ok()?;
        let minutes: i32 = found.get(3).map_or(Some(0), |minutes| minutes.as_str().parse().ok())?;
        let seconds = hours * 3600 + minutes * 60;
        return FixedOffset::east_opt(if &found[1] == "+" { seconds } else { -seconds });
    }
    let hours = match NAME.captures(rest)?[1].to_ascii_uppercase().as_str() {
        "GMT" | "UTC" | "UT" | "Z" => 0,
        "CST" if is_chinese(timezone) => 8,
        "CST" | "MDT" => -6,
        "EST" | "CDT" => -5,
        "EDT" => -4,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "BST" | "CET" => 1,
        "CEST" | "EET" => 2,
        "EEST" | "MSK" => 3,
        "HKT" | "SGT" => 8,
        "JST" | "KST" => 9,
        _ => return None,
    };
    FixedOffset::east_opt(hours * 3600)
}

/// Where CST means China Standard Time.
fn is_chinese(timezone: Timezone) -> bool {
    const CHINESE: [&str; 11] = [
        "Asia/Shanghai",
        "Asia/Chongqing",
        "Asia/Harbin",
        "Asia/Urumqi",
        "Asia/Taipei",
        "Asia/Hong_Kong",
        "Asia/Macau",
        "Asia/Macao",
        "PRC",
        "ROC",
        "Hongkong",
    ];
    CHINESE.contains(&timezone.name())
}

fn local(date: NaiveDateTime, timezone: Timezone) -> Option<DateTime<Utc>> {
    let at = |date: NaiveDateTime| timezone.from_local_datetime(&date).earliest();
    // A time that a clock change left out is read as if the clock had not changed yet.
    at(date).or_else(|| at(date + TimeDelta::hours(1))).map(|date| date.to_utc())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let expected = expected.map(|date| date.parse::<DateTime<Utc>>().unwrap());
        assert_eq!(instant(text, "Asia/Shanghai".parse().unwrap()), expected, "{text}");
    }

    #[test]
    fn dates_are_read_with_their_slips() {
        let nine_local = Some("2026-01-06T01:00:00Z");
        let nine_utc = Some("2026-01-06T09:00:00Z");
        check("Tue, 06 Jan 2026 09:00:00 +0800", nine_local);
        check("Fri, 06 Jan 2026 09:00:00 +0800", nine_local);
        check("06 Jan 2026 09:00 GMT", nine_utc);
        check("Tue, 6 January 26 09:00:00 UT", nine_utc);
        check("Tue Jan 06 09:00:00 CST 2026", nine_local);
        check("Tue, 06 Jan 2026 09:00:00 CST", nine_local);
        check("Tue, 06 Jan 2026 09:00:00 GMT+8", nine_local);
        check("Tue, 06 Jan 2026 09:00:00 GMT+0800", nine_local);
        check("Tue, 06 Jan 2026 09:00:00 EST", Some("2026-01-06T14:00:00Z"));
        check("06-Jan-2026 09:00:00", nine_local);
        check("Jan 6, 2026 9:00 AM", nine_local);
        check("Jan 6, 2026 9:00 pm", Some("2026-01-06T13:00:00Z"));
        check("2026-01-06T09:00:00Z", nine_utc);
        check("2026-01-06T09:00:00.250+08:00", Some("2026-01-06T01:00:00.250Z"));
        check("2026-01-06T09:00:00+0800", nine_local);
        check("2026-01-06T09:00+08:00", nine_local);
        check("2026-01-06T09:00:00", nine_local);
        check("2026-01-06 09:00", nine_local);
        check("2026/1/6 9:00:00", nine_local);
        check("2026年1月6日 09:00", nine_local);
        check("2026年1月6日 上午9时00分", nine_local);
        check("发布于2026年1月6日9:00", nine_local);
        check("2026-01-06", Some("2026-01-05T16:00:00Z"));
        check(" 1767690000 ", nine_utc);
        check("1767690000000", nine_utc);
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "yesterday", "2026-13-01", "2026-02-30 09:00", "0000-00-00 00:00:00", "12345", "9:00"] {
            check(text, None);
        }
        check(&"2026-01-06 ".repeat(20), None);
    }

    #[test]
    fn cst_is_american_elsewhere() {
        let date = instant("Tue, 06 Jan 2026 09:00:00 CST", "America/Chicago".parse().unwrap()).unwrap();
        assert_eq!(date.to_rfc3339(), "2026-01-06T15:00:00+00:00");
    }

    #[test]
    fn addresses_name_days() {
        let check = |path: &str, expected: Option<&str>| {
            let date = in_url(path).map(|date| date.date_naive().to_string());
            assert_eq!(date.as_deref(), expected, "{path}");
        };
        check("/content/2026-01/06/content_12.html", Some("2026-01-06"));
        check("/20260106/1.html", Some("2026-01-06"));
        check("/n1/2026/0106/c1-2.html", Some("2026-01-06"));
        check("/t20260106_1.html", Some("2026-01-06"));
        check("/sitemap-2026-01.xml", Some("2026-01-01"));
        check("/a/1234.html", None);
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "[0-9A-Za-z年月日:：+/,. -]{0,40}|.{0,40}") {
            instant(&text, "America/New_York".parse().unwrap());
            in_url(&text);
        }
    }
}
