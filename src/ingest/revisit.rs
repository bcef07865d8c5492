//! When a page is looked at again: soon while a story is fresh, seldom when it is old.

use chrono::{DateTime, TimeDelta, Utc};

/// The first second look: editors mend most mistakes within minutes.
const SOONEST: TimeDelta = TimeDelta::minutes(10);
/// The pause between looks grows with the story's age, up to this.
const SELDOMEST: TimeDelta = TimeDelta::days(3);
/// Stories older than this rest.
const REST_AFTER: TimeDelta = TimeDelta::days(14);
/// The first retry of a page that did not answer; each further one waits twice as long.
const RETRY_FIRST: TimeDelta = TimeDelta::minutes(10);
/// The longest pause between retries.
const RETRY_LAST: TimeDelta = TimeDelta::days(1);
/// After so many failures in a row a page without an article is left alone.
const FAILURES_MAX: u32 = 8;
/// A page that holds no article may be a story not yet finished: it is tried a few times, this far apart.
const NO_ARTICLE_RETRY: TimeDelta = TimeDelta::hours(6);
/// How often it is tried.
const NO_ARTICLE_MAX: u32 = 3;
/// A missing page is asked again after this; an article leaves the feeds only when it is missing twice.
const GONE_RETRY: TimeDelta = TimeDelta::hours(3);

/// The next look at an article published at `published`; `None` once it rests.
pub fn article(published: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let age = (now - published).max(TimeDelta::zero());
    (age < REST_AFTER).then(|| now + (age / 2).clamp(SOONEST, SELDOMEST))
}

/// The next try of a page that did not answer `failures` times in a row.
pub fn failed(failures: u32, has_article: bool, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let pause = (RETRY_FIRST * (1 << failures.min(10))).min(RETRY_LAST);
    (has_article || failures < FAILURES_MAX).then(|| now + pause)
}

/// The next try of a page that holds no article.
pub fn no_article(failures: u32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (failures < NO_ARTICLE_MAX).then(|| now + NO_ARTICLE_RETRY)
}

/// The next try of a page that is gone.
pub fn gone(failures: u32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (failures < NO_ARTICLE_MAX).then(|| now + GONE_RETRY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_story_is_looked_at_within_minutes_and_an_old_one_rests() {
        let now: DateTime<Utc> = "2026-01-09T12:00:00Z".parse().unwrap();
        let check = |age: TimeDelta, expected: Option<TimeDelta>| {
            assert_eq!(article(now - age, now), expected.map(|pause| now + pause), "{age}");
        };
        check(TimeDelta::zero(), Some(TimeDelta::minutes(10)));
        check(TimeDelta::hours(-1), Some(TimeDelta::minutes(10)));
        check(TimeDelta::hours(8), Some(TimeDelta::hours(4)));
        check(TimeDelta::days(13), Some(TimeDelta::days(3)));
        check(TimeDelta::days(15), None);
    }

    #[test]
    fn a_failing_page_is_tried_ever_more_seldom() {
        let now: DateTime<Utc> = "2026-01-09T12:00:00Z".parse().unwrap();
        assert_eq!(failed(0, false, now), Some(now + TimeDelta::minutes(10)));
        assert_eq!(failed(3, false, now), Some(now + TimeDelta::minutes(80)));
        assert_eq!(failed(8, false, now), None);
        assert_eq!(failed(1_000, true, now), Some(now + TimeDelta::days(1)));
    }
}
