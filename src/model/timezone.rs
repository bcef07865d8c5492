//! Time zones by their names in the IANA database, which is part of the program: it needs no files of the system.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{LazyLock, Mutex, PoisonError};

use chrono::{DateTime, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};
use jiff::Timestamp;
use jiff::civil::{self, Date, Time};
use jiff::tz::{self, AmbiguousOffset, TimeZoneDatabase};

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);
static UNIVERSAL: tz::TimeZone = tz::TimeZone::UTC;

/// A time zone. Each is read once and kept as long as the program runs; there are some six hundred.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Timezone(&'static tz::TimeZone);

/// There is no time zone of this name.
#[derive(Debug, thiserror::Error)]
#[error("no time zone of the IANA database has this name")]
pub struct Unknown;

impl Timezone {
    /// Coordinated universal time.
    pub const UTC: Timezone = Timezone(&UNIVERSAL);

    /// Its name in the database, such as `Asia/Shanghai`.
    pub fn name(self) -> &'static str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The next time after this one at which its clocks are put forward or back, or their offset gets another name.
    pub fn change_after(self, time: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let change = self.0.following(timestamp(time.timestamp())).next()?;
        DateTime::from_timestamp(change.timestamp().as_second(), 0)
    }

    /// The names of all time zones.
    pub fn names() -> impl Iterator<Item = String> {
        DATABASE.available().map(|name| name.as_str().to_owned())
    }
}

impl FromStr for Timezone {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Timezone, Unknown> {
        static KNOWN: Mutex<BTreeMap<String, Timezone>> = Mutex::new(BTreeMap::new());
        let zone = DATABASE.get(name).map_err(|_| Unknown)?;
        let known = zone.iana_name().filter(|known| *known == name).ok_or(Unknown)?.to_owned();
        let mut all = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(*all.entry(known).or_insert_with(|| Timezone(Box::leak(Box::new(zone)))))
    }
}

impl fmt::Debug for Timezone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TimeZone for Timezone {
    type Offset = ZoneOffset;

    fn from_offset(offset: &ZoneOffset) -> Timezone {
        offset.timezone
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> MappedLocalTime<ZoneOffset> {
        self.offset_from_local_datetime(&local.and_time(NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> MappedLocalTime<ZoneOffset> {
        let offset = |offset| ZoneOffset { timezone: *self, offset: fixed(offset) };
        match self.0.to_ambiguous_timestamp(civil(local)).offset() {
            AmbiguousOffset::Unambiguous { offset: only } => MappedLocalTime::Single(offset(only)),
            AmbiguousOffset::Gap { .. } => MappedLocalTime::None,
            AmbiguousOffset::Fold { before, after } => MappedLocalTime::Ambiguous(offset(before), offset(after)),
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> ZoneOffset {
        self.offset_from_utc_datetime(&utc.and_time(NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> ZoneOffset {
        ZoneOffset { timezone: *self, offset: fixed(self.0.to_offset(timestamp(utc.and_utc().timestamp()))) }
    }
}

/// The offset from UTC in a time zone at some time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ZoneOffset {
    timezone: Timezone,
    offset: FixedOffset,
}

impl Offset for ZoneOffset {
    fn fix(&self) -> FixedOffset {
        self.offset
    }
}

impl fmt::Debug for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.offset, f)
    }
}

impl fmt::Display for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.offset, f)
    }
}

/// The same time in the library's words; years that it does not know become the nearest that it does.
fn timestamp(seconds: i64) -> Timestamp {
    let seconds = seconds.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// No offset of the database comes near a day.
fn fixed(offset: tz::Offset) -> FixedOffset {
    FixedOffset::east_opt(offset.seconds()).unwrap_or_else(|| Utc.fix())
}

/// The same for a time on the wall.
fn civil(local: &NaiveDateTime) -> civil::DateTime {
    use chrono::{Datelike, Timelike};
    let small = |part: u32| i8::try_from(part).unwrap_or(0);
    let time = Time::new(small(local.hour()), small(local.minute()), small(local.second()), 0).unwrap_or(Time::MIN);
    let nearest = if local.year() > 0 { Date::MAX } else { Date::MIN };
    let year = i16::try_from(local.year()).ok();
    let date = year.and_then(|year| Date::new(year, small(local.month()), small(local.day())).ok());
    date.unwrap_or(nearest).to_datetime(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Timezone {
        name.parse().unwrap()
    }

    #[test]
    fn a_time_zone_is_known_by_the_name_the_database_gives_it() {
        assert_eq!(zone("Asia/Shanghai").name(), "Asia/Shanghai");
        assert_eq!(zone("Asia/Harbin").name(), "Asia/Harbin");
        assert_eq!(zone("UTC").name(), "UTC");
        assert_eq!(zone("Europe/Berlin"), zone("Europe/Berlin"));
        for wrong in ["", "Asia/Shangai", "asia/shanghai", "Harbin", "+08:00", "../Asia/Shanghai"] {
            assert!(wrong.parse::<Timezone>().is_err(), "{wrong}");
        }
        assert!(Timezone::names().count() > 400);
        assert!(Timezone::names().all(|name| name.parse::<Timezone>().is_ok()));
    }

    #[test]
    fn clocks_that_are_put_forward_skip_an_hour_and_put_back_have_one_twice() {
        let local = |time: &str| -> NaiveDateTime { time.parse().unwrap() };
        let (new_york, shanghai) = (zone("America/New_York"), zone("Asia/Shanghai"));
        let times = |zone: Timezone, time: &str| {
            let found = zone.from_local_datetime(&local(time));
            [found.earliest(), found.latest()].map(|time| time.map(|time| time.to_rfc3339()))
        };
        let same = |time: &str| [Some(time.to_owned()), Some(time.to_owned())];
        assert_eq!(times(new_york, "2026-03-08T02:30:00"), [None, None]);
        assert_eq!(
            times(new_york, "2026-11-01T01:30:00"),
            [Some("2026-11-01T01:30:00-04:00".to_owned()), Some("2026-11-01T01:30:00-05:00".to_owned())]
        );
        assert_eq!(times(shanghai, "2026-01-06T09:00:00"), same("2026-01-06T09:00:00+08:00"));
        // China had summer time until 1991.
        assert_eq!(times(shanghai, "1990-07-01T09:00:00"), same("1990-07-01T09:00:00+09:00"));
        let utc: DateTime<Utc> = "2026-07-01T00:00:00Z".parse().unwrap();
        assert_eq!(utc.with_timezone(&new_york).to_rfc3339(), "2026-06-30T20:00:00-04:00");
    }

    #[test]
    fn no_time_is_too_far_away() {
        for time in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
            let near = |offset: FixedOffset| offset.local_minus_utc().abs() < 24 * 3600;
            assert!(near(zone("Europe/Berlin").offset_from_utc_datetime(&time).fix()));
            let local = zone("Europe/Berlin").offset_from_local_datetime(&time);
            assert!(local.earliest().is_none_or(|offset| near(offset.fix())));
        }
    }
}
