//! Dates as pages write them, in the languages of the portals.
//! Give these functions short windows of text or single values, not whole pages.

mod clock;
mod month;

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use regex::{Captures, Regex};
use url::Url;

use crate::model::timezone::Timezone;

/// Years a news article may carry; anything else is a number, not a date.
const YEARS: Range<i32> = 1990..2100;

/// A date in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The moment; local midnight where no time of day was given.
    pub at: DateTime<Utc>,
    /// Whether a time of day was given.
    pub has_time: bool,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
}

/// What the words before a date say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// The article appeared then.
    Published,
    /// The article was changed then.
    Updated,
    /// Nothing.
    Bare,
}

impl Label {
    fn before(text: &str) -> Label {
        static WORDS: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(concat!(
                r"(?i)(?:(更新(?:时间|時間|日期|于|於)?|修改(?:时间|時間|于)?|最終更新|last (?:updated?|modified|changed)(?: on)?|updated?(?: on| at)?|modified|geändert|aktualisiert(?: am)?|zuletzt aktualisiert|stand|mis à jour(?: le)?|actualizado(?: el)?|atualizado(?: em)?|aggiornato(?: il)?|обновлено|изменено|최종수정|수정)",
                r"|(发布(?:时间|日期|于)?|發[布佈](?:時間|日期|於)?|发表(?:时间|日期|于)?|發表(?:時間|於)?|(?:first )?(?:published|posted)(?: on| at)?|veröffentlicht(?: am)?|publié(?: le)?|publicado(?: el| em)?|pubblicato(?: il)?|опубликовано|公開|掲載|配信|입력|기사입력|등록|승인))",
                r"[\s:：|]*(?:[A-Za-zÀ-ӿ]{3,9},?\s)?$"
            ))
            .expect("a constant expression")
        });
        /// How far before a date its label begins, in characters.
        const LABEL_CHARS_MAX: usize = 32;
        let line = text.rsplit('\n').next().unwrap_or(text);
        let start = line.char_indices().rev().nth(LABEL_CHARS_MAX - 1).map_or(0, |(at, _)| at);
        match WORDS.captures(&line[start..]) {
            Some(found) if found.get(1).is_some() => Label::Updated,
            Some(_) => Label::Published,
            None => Label::Bare,
        }
    }
}

/// Whether a text has a word that can make a date [`Label::Updated`]: a look that is cheaper than [`labelled`].
pub fn may_be_updated(text: &str) -> bool {
    // Capitals that are not ASCII are left out of the words.
    static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let words = [
            "更新",
            "修改",
            "updat",
            "modified",
            "changed",
            "ndert",
            "aktualisiert",
            "stand",
            " jour",
            "actualizado",
            "atualizado",
            "aggiornato",
            "бновлено",
            "БНОВЛЕНО",
            "зменено",
            "ЗМЕНЕНО",
            "수정",
        ];
        AhoCorasick::builder().ascii_case_insensitive(true).build(words).expect("constant words")
    });
    WORDS.is_match(text)
}

/// The first date in a short text; times without an offset are in `timezone`.
pub fn first(text: &str, timezone: Timezone) -> Option<Found> {
    all(text, timezone).into_iter().min_by_key(|found| (found.range.start, usize::MAX - found.range.end))
}

/// The last date in a short text; times without an offset are in `timezone`.
pub fn last(text: &str, timezone: Timezone) -> Option<Found> {
    all(text, timezone).into_iter().max_by_key(|found| (found.range.end, usize::MAX - found.range.start))
}

/// The dates of a short text in their order, each with what the words before it say; times without an offset are in
/// `timezone`.
pub fn labelled(text: &str, timezone: Timezone) -> Vec<(Found, Label)> {
    let mut dates = all(text, timezone);
    dates.sort_by_key(|found| (found.range.start, usize::MAX - found.range.end));
    let mut end = 0;
    // A shorter reading inside a longer one is the same date again.
    dates.retain(|found| {
        found.range.start >= end && {
            end = found.range.end;
            true
        }
    });
    let label = |found: &Found| Label::before(&text[..found.range.start]);
    dates
        .into_iter()
        .map(|found| {
            let label = label(&found);
            (found, label)
        })
        .collect()
}

/// The day in an address: `/2026-01/09/`, `/20260109/`, `/n1/2026/0109/`, `t20260109_`, `/2026/01/09/`.
pub fn in_address(url: &Url, timezone: Timezone) -> Option<DateTime<Utc>> {
    static DAY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[/_\-tT])((?:19|20)[0-9]{2})[-_/]?(0[1-9]|1[0-2])[-_/]?(0[1-9]|[12][0-9]|3[01])(?:[/_.\-]|$)")
            .expect("a constant expression")
    });
    static LOOSE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"/((?:19|20)[0-9]{2})[-_/]([0-9]{1,2})[-_/]([0-9]{1,2})(?:[/_.\-]|$)")
            .expect("a constant expression")
    });
    let found = DAY.captures(url.path()).or_else(|| LOOSE.captures(url.path()))?;
    let day = day(number(&found, 1)?, number(&found, 2)?, number(&found, 3)?)?;
    local(day.and_hms_opt(0, 0, 0)?, timezone)
}

/// The date of a machine-made value: an attribute, a meta tag, JSON-LD.
/// Also reads `20260109` and `20260109102030`; a bare number of seconds is not a date.
pub fn iso(text: &str, timezone: Timezone) -> Option<Found> {
    static COMPACT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})(?:T?([0-9]{2}):?([0-9]{2}):?([0-9]{2})?)?(?:Z|$)")
            .expect("a constant expression")
    });
    let text = text.trim();
    let Some(found) = COMPACT.captures(text) else { return first(text, timezone) };
    let day = day(number(&found, 1)?, number(&found, 2)?, number(&found, 3)?)?;
    let time = (number(&found, 4).unwrap_or(0), number(&found, 5).unwrap_or(0), number(&found, 6).unwrap_or(0));
    let naive = day.and_hms_opt(time.0, time.1, time.2)?;
    let at = if text.ends_with('Z') { naive.and_utc() } else { local(naive, timezone)? };
    Some(Found { at, has_time: found.get(4).is_some(), range: 0..text.len() })
}

/// The dates of a text, in no order.
fn all(text: &str, timezone: Timezone) -> Vec<Found> {
    let span = around_years(text);
    let mut dates = in_span(&text[span.clone()], timezone);
    dates.iter_mut().for_each(|found| found.range = found.range.start + span.start..found.range.end + span.start);
    dates
}

/// What stands around the numbers that may be years: no date is without one, and most of a header is.
fn around_years(text: &str) -> Range<usize> {
    /// Day, month and time of day beside a year, in bytes.
    const BESIDE_BYTES: usize = 160;
    let bytes = text.as_bytes();
    let is_year =
        |four: &[u8]| matches!(four, [b'1', b'9', ..] | [b'2', b'0', ..]) && four[2..].iter().all(u8::is_ascii_digit);
    let Some(first) = bytes.windows(4).position(is_year) else { return 0..0 };
    let last = bytes.windows(4).rposition(is_year).unwrap_or(first);
    let boundary = |at: usize, step: isize| {
        let mut at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at = at.saturating_add_signed(step);
        }
        at
    };
    boundary(first.saturating_sub(BESIDE_BYTES), -1)..boundary(last + 4 + BESIDE_BYTES, 1)
}

fn in_span(text: &str, timezone: Timezone) -> Vec<Found> {
    static YEAR_FIRST: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"((?:19|20)[0-9]{2})\s?[-/.－／．年년]\s?([0-9]{1,2})\s?[-/.－／．月월]\s?([0-9]{1,2})(?:\s?[日号號일])?",
        )
        .expect("a constant expression")
    });
    // A year in large type, day and time beside it: 2026 01/09 10:20.
    static YEAR_APART: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"((?:19|20)[0-9]{2})\s{1,3}([0-9]{2})\s?[-/月]\s?([0-9]{2})").expect("a constant expression")
    });
    static DAY_FIRST: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"([0-9]{1,2})([-./])([0-9]{1,2})[-./]((?:19|20)[0-9]{2})").expect("a constant expression")
    });
    static DAY_NAMED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"([0-9]{1,2})(?:st|nd|rd|th|er|º|-го)?\.?[\s\-]+(?:de\s+|of\s+)?([A-Za-zÀ-ӿ]{3,10})\.?,?[\s\-]+(?:del?\s+)?((?:19|20)[0-9]{2})")
            .expect("a constant expression")
    });
    static MONTH_NAMED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"([A-Za-zÀ-ӿ]{3,10})\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)[0-9]{2})")
            .expect("a constant expression")
    });
    // What Java prints: Fri Jan 09 10:20:30 CST 2026.
    static JAVA: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"([A-Za-zÀ-ӿ]{3,9}) +([0-9]{1,2}) +([0-9]{1,2}:[0-9]{2}:[0-9]{2} +[A-Z]{2,4}) +((?:19|20)[0-9]{2})")
            .expect("a constant expression")
    });

    let mut dates = Vec::new();
    for found in YEAR_FIRST.captures_iter(text) {
        let read = || day(number(&found, 1)?, number(&found, 2)?, number(&found, 3)?);
        dates.extend(read().and_then(|day| complete(text, &found, day, timezone)));
    }
    for found in YEAR_APART.captures_iter(text) {
        let read = || day(number(&found, 1)?, number(&found, 2)?, number(&found, 3)?);
        dates.extend(read().and_then(|day| complete(text, &found, day, timezone)).filter(|found| found.has_time));
    }
    for found in DAY_FIRST.captures_iter(text) {
        let read = || {
            let (mut first, mut second) = (number(&found, 1)?, number(&found, 3)?);
            let is_american = timezone.name().starts_with("America/") || second > 12;
            if found.get(2)?.as_str() == "/" && is_american && first <= 12 {
                (first, second) = (second, first);
            }
            day(number(&found, 4)?, second, first)
        };
        dates.extend(read().and_then(|day| complete(text, &found, day, timezone)));
    }
    // No month has a name in Han characters alone.
    let is_letter = |c: char| c.is_alphabetic() && !matches!(c, '\u{2e80}'..='\u{d7ff}');
    if !text.contains(is_letter) {
        return dates;
    }
    for (expression, at_day, at_month) in [(&DAY_NAMED, 1, 2), (&MONTH_NAMED, 2, 1)] {
        for found in expression.captures_iter(text) {
            let read =
                || day(number(&found, 3)?, month::number(found.get(at_month)?.as_str())?, number(&found, at_day)?);
            dates.extend(read().and_then(|day| complete(text, &found, day, timezone)));
        }
    }
    for found in JAVA.captures_iter(text) {
        let read = || {
            let day = day(number(&found, 4)?, month::number(found.get(1)?.as_str())?, number(&found, 2)?)?;
            let (time, _) = clock::after(found.get(3)?.as_str())?;
            Some(Found { at: time.on(day, timezone)?, has_time: true, range: found.get(0)?.range() })
        };
        dates.extend(read());
    }
    dates
}

/// The date with the time of day that follows it, if it is not part of a longer number.
fn complete(text: &str, found: &Captures<'_>, day: NaiveDate, timezone: Timezone) -> Option<Found> {
    let range = found.get(0)?.range();
    let is_digit = |c: char| c.is_ascii_digit();
    let is_cut = text[range.clone()].ends_with(is_digit) && text[range.end..].starts_with(is_digit);
    if is_cut || text[..range.start].ends_with(is_digit) {
        return None;
    }
    if let Some((time, length)) = clock::after(&text[range.end..])
        && let Some(at) = time.on(day, timezone)
    {
        return Some(Found { at, has_time: true, range: range.start..range.end + length });
    }
    if let Some((time, length)) = clock::before(&text[..range.start])
        && let Some(at) = time.on(day, timezone)
    {
        return Some(Found { at, has_time: true, range: range.start - length..range.end });
    }
    Some(Found { at: local(day.and_hms_opt(0, 0, 0)?, timezone)?, has_time: false, range })
}

fn number<T: std::str::FromStr>(found: &Captures<'_>, group: usize) -> Option<T> {
    found.get(group)?.as_str().parse().ok()
}

fn day(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    YEARS.contains(&year).then(|| NaiveDate::from_ymd_opt(year, month, day)).flatten()
}

/// A local time as a moment; one that a clock change skips counts as an hour later.
fn local(naive: NaiveDateTime, timezone: Timezone) -> Option<DateTime<Utc>> {
    let at = |naive: &NaiveDateTime| timezone.from_local_datetime(naive).earliest();
    at(&naive).or_else(|| at(&(naive + TimeDelta::hours(1)))).map(|at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zone(name: &str) -> Timezone {
        name.parse().unwrap()
    }

    fn shanghai() -> Timezone {
        zone("Asia/Shanghai")
    }

    fn check(text: &str, expected: &str) {
        let found = first(text, shanghai()).map(|found| found.at.to_rfc3339());
        assert_eq!(found.as_deref().unwrap_or("none"), expected, "{text}");
    }

    #[test]
    fn dates_are_read_as_pages_of_many_languages_write_them() {
        check("2026-01-06 09:00", "2026-01-06T01:00:00+00:00");
        check("发布时间：2026/01/06 09:00:30 来源", "2026-01-06T01:00:30+00:00");
        check("2026年1月6日 09:00", "2026-01-06T01:00:00+00:00");
        check("2026年01月06日09时05分", "2026-01-06T01:05:00+00:00");
        check("2026-01-06 下午 3:20", "2026-01-06T07:20:00+00:00");
        check("2026.01.06", "2026-01-05T16:00:00+00:00");
        check("06.01.2026, 18:30", "2026-01-06T10:30:00+00:00");
        check("January 6, 2026 at 9:05 PM", "2026-01-06T13:05:00+00:00");
        check("Tuesday, 6 Jan 2026", "2026-01-05T16:00:00+00:00");
        check("6 января 2026 г. в 12:00", "2026-01-06T04:00:00+00:00");
        check("2026년 1월 6일 오후 2:10", "2026-01-06T06:10:00+00:00");
        check("2026年1月6日（火）午前9時", "2026-01-06T01:00:00+00:00");
        check("6 Ocak 2026 10:00", "2026-01-06T02:00:00+00:00");
        check("Tue, 06 Jan 2026 09:00:00 +0300", "2026-01-06T06:00:00+00:00");
        check("2026-01-06T09:00:00.123Z", "2026-01-06T09:00:00+00:00");
        check("2026-01-06T09:00+02:00", "2026-01-06T07:00:00+00:00");
        check("Tue Jan 06 09:00:00 CST 2026", "2026-01-06T01:00:00+00:00");
        check("January 5, 2026 at 9:07 PM EST", "2026-01-06T02:07:00+00:00");
        check("2011/05/04　江城日報", "2011-05-03T16:00:00+00:00");
        check("N 14 от 3 апреля 2009 г.", "2009-04-02T16:00:00+00:00");
        check("16:20.09/01/2026", "2026-01-09T08:20:00+00:00");
        check("14:32, January 09, 2026", "2026-01-09T06:32:00+00:00");
        check("2026 01/09 10:20:30", "2026-01-09T02:20:30+00:00");
    }

    #[test]
    fn numbers_that_are_no_dates_are_left_alone() {
        for text in ["2026年新年伊始", "1月6日至8日", "12026-01-06", "2026-13-40", "1736125200", "010-2026-0106", ""]
        {
            check(text, "none");
        }
    }

    #[test]
    fn words_before_a_date_say_what_it_is() {
        let check = |text: &str, expected: &[Label]| {
            let labels: Vec<_> = labelled(text, shanghai()).into_iter().map(|(_, label)| label).collect();
            assert_eq!(labels, expected, "{text}");
        };
        check(
            "PUBLISHED: January 5, 2026 at 9:07 PM EST | UPDATED: January 6, 2026 at 7:30 AM EST",
            &[Label::Published, Label::Updated],
        );
        check("2026年01月06日 23:48 更新于：2026年01月07日 08:20", &[Label::Bare, Label::Updated]);
        check("发布时间：2026-01-06 09:00", &[Label::Published]);
        check("Last updated on Tuesday, 6 Jan 2026", &[Label::Updated]);
        check("2026-01-09 10:20, 2026-01-10", &[Label::Bare, Label::Bare]);
    }

    #[test]
    fn the_last_date_wins_when_asked_for() {
        let text = "2025-12-31 首页 2026-01-06 09:00";
        let found = last(text, shanghai()).map(|found| found.at.to_rfc3339());
        assert_eq!(found.as_deref(), Some("2026-01-06T01:00:00+00:00"));
    }

    #[test]
    fn addresses_carry_days() {
        let split = ["/a/2026-01/09/c_1.html", "/n1/2026/0109/c1.html", "/2026/01/09/x", "/2026/1/9/x"];
        for path in split.into_iter().chain(["/20260109/c.html", "/x/t20260109_8.htm"]) {
            let url = Url::parse("http://news.example").and_then(|base| base.join(path)).unwrap();
            assert_eq!(
                in_address(&url, shanghai()).map(|at| at.to_rfc3339()),
                Some("2026-01-08T16:00:00+00:00".to_owned()),
                "{path}"
            );
        }
        for path in ["/c/20261309.html", "/id/120260109/x", "/2026/x"] {
            let url = Url::parse("http://news.example").and_then(|base| base.join(path)).unwrap();
            assert_eq!(in_address(&url, shanghai()), None, "{path}");
        }
    }

    #[test]
    fn machine_values_may_be_compact_and_zones_differ() {
        let at = |text, zone| iso(text, zone).map(|found| found.at.to_rfc3339());
        assert_eq!(at("20260109", shanghai()).as_deref(), Some("2026-01-08T16:00:00+00:00"));
        assert_eq!(at("20260109102030", shanghai()).as_deref(), Some("2026-01-09T02:20:30+00:00"));
        assert_eq!(at("01/09/2026", zone("America/New_York")).as_deref(), Some("2026-01-09T05:00:00+00:00"));
        assert_eq!(at("2026-03-29 02:30", zone("Europe/Berlin")).as_deref(), Some("2026-03-29T01:30:00+00:00"));
        assert_eq!(at("1767927600", shanghai()), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,80}", digits in "[0-9年月日 :./TZ+-]{0,40}") {
            let (new_york, berlin) = (zone("America/New_York"), zone("Europe/Berlin"));
            let _ = (first(&text, shanghai()), last(&digits, new_york), iso(&digits, berlin));
        }
    }
}
