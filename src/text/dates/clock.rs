//! The time of day that follows a date.

use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset, NaiveDate, TimeZone, Utc};
use regex::Regex;

use crate::model::timezone::Timezone;

/// A time of day, perhaps with its offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    hour: u32,
    minute: u32,
    second: u32,
    zone: Zone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zone {
    Local,
    Seconds(i32),
    /// Central time in America, but China's time on Chinese pages.
    Cst,
}

impl Time {
    /// The moment this time was on a day.
    pub fn on(self, day: NaiveDate, timezone: Timezone) -> Option<DateTime<Utc>> {
        let naive = day.and_hms_opt(self.hour, self.minute, self.second)?;
        let seconds = match self.zone {
            Zone::Local => return super::local(naive, timezone),
            Zone::Seconds(seconds) => seconds,
            Zone::Cst if is_chinese(timezone) => 8 * 3600,
            Zone::Cst => -6 * 3600,
        };
        FixedOffset::east_opt(seconds)?.from_local_datetime(&naive).earliest().map(|at| at.to_utc())
    }
}

/// The time of day at the beginning of a text, and how many bytes it takes.
pub fn after(text: &str) -> Option<(Time, usize)> {
    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"^(?:T|[\s,，|/·-]|г\.|года|at |в |um |[（(]?(?:星期|周|週)?[一二三四五六日天月火水木金土월화수목금토일][）)曜]|&nbsp;){0,6}",
            r"(上午|下午|晚上|凌晨|早上|中午|午前|午後|오전|오후|[AaPp][Mm])?\s?",
            r"([0-9]{1,2})(?:\s?[:：时時시點点]\s?([0-9]{2})?)(?:\s?[:：分분]\s?(?:([0-9]{2})(?:\.[0-9]{1,9})?\s?[秒초]?)?)?",
            r"(?:\s?([AaPp])\.?[Mm]\.?)?",
            r"(?:\s?(?:(Z|UTC|GMT)?([+-][0-9]{2}):?([0-9]{2})|(Z|UTC|GMT|CST|EST|EDT|PST|PDT|MSK|CET|CEST|JST|KST)(?-u:\b)))?"
        ))
        .expect("a constant expression")
    });
    let found = TIME.captures(text)?;
    let part = |group: usize| found.get(group).map(|part| part.as_str());
    let mut hour: u32 = part(2)?.parse().ok()?;
    let minute = part(3).map_or(Some(0), |part| part.parse().ok())?;
    let second = part(4).map_or(Some(0), |part| part.parse().ok())?;
    let is_late = matches!(part(1), Some("下午" | "晚上" | "午後" | "오후" | "PM" | "pm" | "Pm"))
        || matches!(part(5), Some("p" | "P"))
        || part(1) == Some("中午") && hour < 3;
    let is_early =
        matches!(part(1), Some("上午" | "凌晨" | "午前" | "오전" | "AM" | "am")) || matches!(part(5), Some("a" | "A"));
    if is_late && hour < 12 {
        hour += 12;
    } else if is_early && hour == 12 {
        hour = 0;
    }
    let zone = match (part(7), part(8), part(9)) {
        (Some(hours), Some(minutes), _) => {
            let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
            let sign = if part(7)?.starts_with('-') { -1 } else { 1 };
            Zone::Seconds(hours * 3600 + sign * minutes * 60)
        }
        (_, _, Some("CST")) => Zone::Cst,
        (_, _, Some(name)) => Zone::Seconds(offset_hours(name) * 3600),
        _ => Zone::Local,
    };
    (hour < 24 && minute < 60 && second < 60)
        .then(|| (Time { hour, minute, second, zone }, found.get(0).map_or(0, |all| all.end())))
}

/// The time of day that ends a text, and its length in bytes; none where it belongs to another date.
pub fn before(text: &str) -> Option<(Time, usize)> {
    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[^0-9:：日号號])([ 　]*)([0-9]{1,2})[:：]([0-9]{2})(?:[:：]([0-9]{2}))?[.,，]?[ 　]*$")
            .expect("a constant expression")
    });
    /// The longest such text, in characters.
    const CHARS_MAX: usize = 24;
    let start = text.char_indices().rev().nth(CHARS_MAX - 1).map_or(0, |(at, _)| at);
    let found = TIME.captures(&text[start..])?;
    let at = found.get(2)?.start();
    let is_taken =
        text[start..start + at].trim_end().ends_with(|c: char| c.is_ascii_digit() || matches!(c, '日' | '号'));
    let part = |group: usize| found.get(group).map_or(Some(0), |part| part.as_str().parse().ok());
    let (hour, minute, second) = (part(2)?, part(3)?, part(4)?);
    let is_time = !is_taken && hour < 24 && minute < 60 && second < 60;
    is_time.then(|| (Time { hour, minute, second, zone: Zone::Local }, text.len() - start - at))
}

fn offset_hours(name: &str) -> i32 {
    match name {
        "PST" => -8,
        "PDT" => -7,
        "EST" => -5,
        "EDT" => -4,
        "CET" => 1,
        "CEST" => 2,
        "MSK" => 3,
        "JST" | "KST" => 9,
        _ => 0,
    }
}

fn is_chinese(timezone: Timezone) -> bool {
    matches!(
        timezone.name(),
        "Asia/Shanghai"
            | "Asia/Chongqing"
            | "Asia/Chungking"
            | "Asia/Harbin"
            | "Asia/Urumqi"
            | "Asia/Kashgar"
            | "Asia/Taipei"
            | "Asia/Hong_Kong"
            | "Asia/Macau"
            | "PRC"
            | "ROC"
            | "Hongkong"
    )
}
