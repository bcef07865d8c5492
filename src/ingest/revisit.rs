//! When a page is looked at again: soon while a story is fresh or was just edited, seldom when it is old.

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::page::Validators;

/// The first second look: editors mend most mistakes within minutes.
const SOONEST: TimeDelta = TimeDelta::minutes(10);
/// The pause between looks grows with the story's age, up to this.
const SELDOMEST: TimeDelta = TimeDelta::days(3);
/// Stories that have not changed for so long rest.
const REST_AFTER: TimeDelta = TimeDelta::days(14);
/// So do stories older than this, whatever their portal says: some write all their pages anew every night.
const REST_ALWAYS_AFTER: TimeDelta = TimeDelta::days(90);
/// The pause is never shorter than this part of a story's age.
const AGE_PART: i32 = 20;
/// A page that says it was changed less than this before it answered was made for the answer, which tells nothing.
const MADE_FOR_ANSWER: TimeDelta = TimeDelta::seconds(60);
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

/// The next look at an article published at `published`, on a page changed at `changed` as far as its portal says so;
/// `None` once it rests.
pub fn article(published: DateTime<Utc>, changed: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let age = (now - published).max(TimeDelta::zero());
    let still = (now - changed.unwrap_or(published).max(published)).max(TimeDelta::zero());
    let pause = (still / 2).max(age / AGE_PART).clamp(SOONEST, SELDOMEST);
    (still < REST_AFTER && age < REST_ALWAYS_AFTER).then(|| now + pause)
}

/// When a page was changed last, by its `Last-Modified` (RFC 9110 §8.8.2); `None` where that says nothing.
pub fn changed(validators: &Validators, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let changed = DateTime::parse_from_rfc2822(validators.last_modified.as_deref()?).ok()?.to_utc();
    (changed <= now - MADE_FOR_ANSWER).then_some(changed)
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
            assert_eq!(article(now - age, None, now), expected.map(|pause| now + pause), "{age}");
        };
        check(TimeDelta::zero(), Some(TimeDelta::minutes(10)));
        check(TimeDelta::hours(-1), Some(TimeDelta::minutes(10)));
        check(TimeDelta::hours(8), Some(TimeDelta::hours(4)));
        check(TimeDelta::days(13), Some(TimeDelta::days(3)));
        check(TimeDelta::days(15), None);
    }

    #[test]
    fn a_story_that_its_portal_edits_late_is_followed_and_a_portal_that_touches_all_pages_is_not() {
        let now: DateTime<Utc> = "2026-01-09T12:00:00Z".parse().unwrap();
        let check = |age: TimeDelta, still: TimeDelta, expected: Option<TimeDelta>| {
            let next = article(now - age, Some(now - still), now);
            assert_eq!(next, expected.map(|pause| now + pause), "{age}, changed {still} ago");
        };
        check(TimeDelta::days(2), TimeDelta::minutes(30), Some(TimeDelta::minutes(144)));
        check(TimeDelta::days(20), TimeDelta::days(1), Some(TimeDelta::days(1)));
        check(TimeDelta::days(20), TimeDelta::days(13), Some(TimeDelta::days(3)));
        check(TimeDelta::days(20), TimeDelta::days(15), None);
        check(TimeDelta::days(91), TimeDelta::minutes(5), None);
        // A date before the story's own says nothing, and one ahead of the clock is not believed.
        check(TimeDelta::hours(8), TimeDelta::days(30), Some(TimeDelta::hours(4)));
    }

    #[test]
    fn a_page_made_for_the_answer_does_not_say_when_it_changed() {
        let now: DateTime<Utc> = "2026-01-09T12:00:00Z".parse().unwrap();
        let check = |last_modified: Option<&str>, expected: Option<&str>| {
            let validators = Validators { etag: None, last_modified: last_modified.map(str::to_owned) };
            assert_eq!(changed(&validators, now), expected.map(|time| time.parse().unwrap()), "{last_modified:?}");
        };
        check(Some("Fri, 09 Jan 2026 11:30:00 GMT"), Some("2026-01-09T11:30:00Z"));
        check(Some("Fri, 09 Jan 2026 11:59:30 GMT"), None);
        check(Some("Fri, 09 Jan 2026 18:00:00 GMT"), None);
        check(Some("yesterday"), None);
        check(None, None);
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
