//! What a single value must be. Each function says what it expected.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use chrono::NaiveDate;
use dom_query::Matcher;
use regex::Regex;
use toml::de::DeValue;
use url::Url;

use crate::config::document::{found, quoted};
use crate::config::nearest::nearest;
use crate::model::schedule::Schedule;
use crate::model::timezone::Timezone;

/// The longest id, in bytes: it becomes a file name and a part of addresses.
const ID_BYTES_MAX: usize = 64;

/// A text that passes `check`.
pub fn text<T>(check: impl Fn(&str) -> Result<T, String>) -> impl Fn(&DeValue) -> Result<T, String> {
    move |value| match value {
        DeValue::String(text) => check(text),
        other => Err(format!("{}; expected text in quotes", found(other))),
    }
}

/// A whole number.
pub fn whole(range: RangeInclusive<u32>) -> impl Fn(&DeValue) -> Result<u32, String> {
    move |value| {
        let expected = format!("expected a whole number from {} to {}", range.start(), range.end());
        let DeValue::Integer(number) = value else { return Err(format!("{}; {expected}", found(value))) };
        let parsed = u32::from_str_radix(number.as_str(), number.radix());
        parsed.ok().filter(|number| range.contains(number)).ok_or(format!("{}; {expected}", number.as_str()))
    }
}

/// A number with a fraction, in thousandths.
pub fn thousandths(range: RangeInclusive<u32>) -> impl Fn(&DeValue) -> Result<i64, String> {
    move |value| {
        let as_written = |milli: &u32| f64::from(*milli) / 1000.0;
        let expected = format!("expected a number from {} to {}", as_written(range.start()), as_written(range.end()));
        let number: Option<f64> = match value {
            DeValue::Float(number) => number.as_str().parse().ok(),
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
            other => return Err(format!("{}; {expected}", found(other))),
        };
        let milli = number.map(|number| (number * 1000.0).round());
        let limits = f64::from(*range.start())..=f64::from(*range.end());
        milli
            .filter(|milli| limits.contains(milli))
            .map(|milli| milli as i64)
            .ok_or(format!("out of range; {expected}"))
    }
}

/// `true` or `false`.
pub fn truth(value: &DeValue) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| format!("{}; expected true or false, without quotes", found(value)))
}

/// A day: a TOML date, or text like one.
pub fn day(value: &DeValue) -> Result<NaiveDate, String> {
    let written = match value {
        DeValue::Datetime(date) => date.to_string(),
        DeValue::String(text) => text.to_string(),
        other => return Err(format!("{}; expected a day such as 2026-01-06", found(other))),
    };
    written.parse().map_err(|_| format!("{} is not a day; expected one such as 2026-01-06", quoted(&written)))
}

/// One of a few words.
pub fn word<T: Copy>(words: &[(&str, T)]) -> impl Fn(&DeValue) -> Result<T, String> {
    text(move |text| {
        let known: Vec<String> = words.iter().map(|(word, _)| quoted(word)).collect();
        let wanted = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        wanted.ok_or_else(|| format!("{} is not known; expected {}", quoted(text), known.join(" or ")))
    })
}

/// A name for people: one line, not empty.
pub fn title(text: &str) -> Result<String, String> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err("empty; expected some words".to_owned());
    }
    if trimmed.contains(char::is_control) {
        return Err("more than one line, or a control character; expected one line of text".to_owned());
    }
    Ok(trimmed.to_owned())
}

/// Part of feed addresses.
pub fn id(text: &str) -> Result<String, String> {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if text.is_empty() || text.len() > ID_BYTES_MAX || !text.bytes().all(is_allowed) {
        return Err(format!("{} is not an id; expected 1 to {ID_BYTES_MAX} of a-z, 0-9 and -", quoted(text)));
    }
    Ok(text.to_owned())
}

/// An absolute http or https address.
pub fn url(text: &str) -> Result<Url, String> {
    let is_absolute = text.starts_with("http://") || text.starts_with("https://");
    let url = Url::parse(text).ok().filter(|url| is_absolute && url.has_host());
    url.ok_or_else(|| {
        format!(
            "{} is not an address; expected one with http:// or https://, such as \"https://www.example.com/\"",
            quoted(text)
        )
    })
}

/// The name of a host, as it stands in addresses.
pub fn host(text: &str) -> Result<String, String> {
    let address = Url::parse(&format!("http://{text}/")).ok();
    let is_bare = |url: &Url| url.path() == "/" && url.port().is_none() && url.username().is_empty();
    let host = address.filter(|url| is_bare(url) && url.query().or(url.fragment()).is_none());
    let host = host.as_ref().and_then(Url::host_str).filter(|_| !text.contains(['/', '@', ':', ' ']));
    host.map(str::to_owned)
        .ok_or_else(|| format!("{} is not a host; expected one such as \"news.example.com\"", quoted(text)))
}

/// A language tag of the right shape (RFC 5646 section 2.1).
pub fn language(text: &str) -> Result<String, String> {
    static SHAPE: LazyLock<Regex> = LazyLock::new(|| {
        let shape = r"(?ix)^ [a-z]{2,3} (-[a-z]{3}){0,3} (-[a-z]{4})? (-([a-z]{2}|[0-9]{3}))?
            (-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))* (-[0-9a-wyz](-[a-z0-9]{2,8})+)* (-x(-[a-z0-9]{1,8})+)? $";
        Regex::new(shape).expect("the pattern is constant")
    });
    if SHAPE.is_match(text) {
        return Ok(text.to_owned());
    }
    let expected = match text.to_ascii_lowercase().replace('_', "-").as_str() {
        "zh-cn" | "zh-sg" | "zh-hans" | "cn" | "chinese" => "\"zh-Hans\"".to_owned(),
        "zh-tw" | "zh-hk" | "zh-mo" | "zh-hant" => "\"zh-Hant\"".to_owned(),
        dashed if SHAPE.is_match(dashed) => quoted(&text.replace('_', "-")),
        _ => "a BCP 47 tag such as \"zh-Hans\", \"en\" or \"pt-BR\"".to_owned(),
    };
    Err(format!("{} is not a language tag; expected {expected}", quoted(text)))
}

/// A name of the IANA time zone database.
pub fn timezone(text: &str) -> Result<Timezone, String> {
    text.parse().map_err(|_| {
        let names: Vec<String> = Timezone::names().collect();
        let near = nearest(text, names.iter().map(String::as_str)).unwrap_or("Asia/Shanghai");
        format!("{} is not a time zone; expected an IANA name such as \"{near}\"", quoted(text))
    })
}

/// A cron line.
pub fn schedule(text: &str) -> Result<Schedule, String> {
    Schedule::parse(text)
}

/// A CSS selector.
pub fn selector(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("empty selector; expected a CSS selector such as \".list a\"".to_owned());
    }
    match Matcher::new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err(format!("{} cannot be read; expected a CSS selector such as \".list a\"", quoted(text))),
    }
}

/// A regular expression.
pub fn pattern(text: &str) -> Result<Regex, String> {
    if text.is_empty() {
        return Err(r"empty; expected a regular expression such as '/content_\d+\.html$'".to_owned());
    }
    Regex::new(text).map_err(|error| {
        let error = error.to_string();
        let reason = error.lines().last().unwrap_or_default().trim_start_matches("error: ");
        format!(r"{reason}; expected a regular expression such as '/content_\d+\.html$'")
    })
}
