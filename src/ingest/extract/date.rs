//! When an article was published and changed, by the order of trust: configured, JSON-LD, meta tags, time
//! elements, the header, the address, the footer. Never a date out of the body.

use std::cell::LazyCell;

use chrono::{DateTime, Utc};
use url::Url;

use crate::ingest::extract::survey::{Survey, Windows};
use crate::model::timezone::Timezone;
use crate::text::dates::{self, Label};

const PUBLISHED: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish_date",
    "publish-date",
    "published_time",
    "publishtime",
    "publish_time",
    "og:release_date",
    "og:pubdate",
    "apub:time",
    "weibo:article:create_at",
    "bytedance:published_time",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "article.published",
    "article_date_original",
    "dc.date.issued",
    "dc.date",
    "dcterms.created",
    "dcterms.date",
    "firstpublishtime",
    "date",
];
const MODIFIED: &[&str] = &[
    "article:modified_time",
    "og:updated_time",
    "og:article:modified_time",
    "datemodified",
    "bytedance:updated_time",
    "lastmod",
    "dcterms.modified",
];

/// The two dates of an article.
pub struct Dates {
    /// When it was published.
    pub published: Option<DateTime<Utc>>,
    /// When it was changed, if later.
    pub updated: Option<DateTime<Utc>>,
}

/// Reads both dates.
pub fn read(
    survey: &Survey,
    configured: Option<&str>,
    windows: &Windows,
    url: &Url,
    timezone: Timezone,
    origins: &mut Vec<(&'static str, String)>,
) -> Dates {
    let claims = &survey.claims;
    // Most pages say when they appeared and were changed before the header has to be asked.
    let said = LazyCell::new(|| header(&windows.before, timezone));
    let header = || said.0.clone();
    let published = configured
        .and_then(|text| dates::first(text, timezone))
        .map(|found| (found, "the configured selector"))
        .or_else(|| Some((dates::iso(claims.published.as_deref()?, timezone)?, "JSON-LD")))
        .or_else(|| Some((meta(survey, PUBLISHED, timezone)?, "a meta tag")))
        .or_else(|| Some((time(survey, timezone)?, "a time element")))
        .or_else(|| Some((header()?, "the header")));
    let published = match published {
        Some((found, origin)) if !found.has_time => {
            // The header often adds the time of day to what the head of the page says.
            let is_same_day = |at: &DateTime<Utc>| {
                at.with_timezone(&timezone).date_naive() == found.at.with_timezone(&timezone).date_naive()
            };
            let timed = header().filter(|header| header.has_time && is_same_day(&header.at));
            Some(timed.map_or((found.at, origin), |header| (header.at, "the header")))
        }
        Some((found, origin)) => Some((found.at, origin)),
        None => None,
    };
    let published = published
        .or_else(|| Some((dates::in_address(url, timezone)?, "the address")))
        .or_else(|| Some((dates::first(&windows.after, timezone)?.at, "the footer")));
    let updated = claims
        .modified
        .as_deref()
        .and_then(|text| dates::iso(text, timezone))
        .or_else(|| meta(survey, MODIFIED, timezone))
        .or_else(|| dates::may_be_updated(&windows.before).then(|| said.1.clone()).flatten());
    let published_at = published.as_ref().map(|(at, _)| *at);
    if let Some((_, origin)) = published {
        origins.push(("published", origin.to_owned()));
    }
    Dates {
        published: published_at,
        updated: updated.map(|found| found.at).filter(|at| published_at.is_none_or(|published| *at > published)),
    }
}

/// When the header says the article appeared, and when it was changed. The last date counts, for the menu's stands
/// above; one of a change only where it is the only one.
fn header(text: &str, timezone: Timezone) -> (Option<dates::Found>, Option<dates::Found>) {
    let (updated, other): (Vec<_>, Vec<_>) =
        dates::labelled(text, timezone).into_iter().partition(|(_, label)| *label == Label::Updated);
    let last = |found: Vec<(dates::Found, Label)>| found.into_iter().next_back().map(|(found, _)| found);
    let (updated, other) = (last(updated), last(other));
    if other.is_some() { (other, updated) } else { (updated, None) }
}

fn meta(survey: &Survey, names: &[&str], timezone: Timezone) -> Option<dates::Found> {
    names.iter().find_map(|name| dates::iso(survey.meta(&[name])?, timezone))
}

/// The time element of the article, not of a list of others: the only one, or the first behind the headline.
/// (What microdata says of its time elements is among the meta tags.)
fn time(survey: &Survey, timezone: Timezone) -> Option<dates::Found> {
    let after = survey.headings.first().map_or(0, |spot| spot.range.start);
    let mut times = survey.times.iter().filter(|spot| survey.times.len() == 1 || spot.range.start >= after);
    times.find_map(|spot| dates::iso(&spot.value, timezone))
}
