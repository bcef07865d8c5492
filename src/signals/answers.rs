//! Answers to readers by feed and status, and how many subscribers readers say they fetch for.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// The longest name of a reader, in bytes; longer ones are cut.
const READER_BYTES_MAX: usize = 40;
/// Pairs of feed and reader that are remembered; further ones are not counted.
const READERS_MAX: usize = 2_000;
/// The most subscribers we believe a reader has.
const SUBSCRIBERS_MAX: u64 = 100_000_000;
/// A reader that has not asked for so long has no subscribers any more.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::days(2);

/// What was answered.
#[derive(Default)]
pub struct Answers {
    answers: Family<AnswerLabels, Counter>,
    subscribers: Family<SubscriberLabels, Gauge>,
    seen: Mutex<HashMap<SubscriberLabels, DateTime<Utc>>>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct AnswerLabels {
    feed: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct SubscriberLabels {
    feed: String,
    reader: String,
}

impl Answers {
    pub(super) fn registered(registry: &mut Registry) -> Answers {
        let answers = Answers::default();
        registry.register(
            "answers",
            "Answers by feed and status; feed is “other” for the rest",
            answers.answers.clone(),
        );
        let help = "Subscribers by feed, as the reader’s user agent tells";
        registry.register("subscribers", help, answers.subscribers.clone());
        answers
    }

    /// Counts an answer. `feed` must be one that is published, or “other”: names that strangers make up would
    /// fill the memory.
    pub fn count(&self, feed: &str, status: u16) {
        self.answers.get_or_create(&AnswerLabels { feed: feed.to_owned(), status }).inc();
    }

    /// Notes how many subscribers a reader says it has, as in `Feedfetcher/1.0 (…; 12 subscribers)`.
    pub fn subscribers(&self, feed: &str, user_agent: &str, now: DateTime<Utc>) {
        let Some((reader, subscribers)) = told(user_agent) else { return };
        let labels = SubscriberLabels { feed: feed.to_owned(), reader };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= READERS_MAX && !seen.contains_key(&labels) {
            return;
        }
        let subscribers = i64::try_from(subscribers.min(SUBSCRIBERS_MAX)).unwrap_or_default();
        self.subscribers.get_or_create(&labels).set(subscribers);
        seen.insert(labels, now);
    }

    /// How many subscribers the readers tell of each feed, added up.
    pub fn subscribers_by_feed(&self) -> BTreeMap<String, i64> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut feeds = BTreeMap::new();
        for labels in seen.keys() {
            *feeds.entry(labels.feed.clone()).or_default() += self.subscribers.get_or_create(labels).get();
        }
        feeds
    }

    /// Forgets readers that have not asked for long.
    pub fn forget(&self, now: DateTime<Utc>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|labels, last| {
            let is_here = now - *last < FORGOTTEN_AFTER;
            if !is_here {
                self.subscribers.remove(labels);
            }
            is_here
        });
    }
}

/// The reader's name, which is what stands before the first `/`, and the number before the word.
fn told(user_agent: &str) -> Option<(String, u64)> {
    let before = user_agent.find(" subscriber").map(|at| &user_agent[..at])?;
    let digits = before.rsplit(|c: char| !c.is_ascii_digit()).next()?;
    let subscribers = digits.parse().ok()?;
    let name = user_agent.split(['/', ' ', '(']).next().unwrap_or_default();
    let name: String = name.chars().filter(char::is_ascii_graphic).collect();
    Some((name[..name.len().min(READER_BYTES_MAX)].to_owned(), subscribers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_tell_their_subscribers_in_several_ways() {
        let check = |user_agent: &str, expected: Option<(&str, u64)>| {
            let expected = expected.map(|(name, subscribers)| (name.to_owned(), subscribers));
            assert_eq!(told(user_agent), expected, "{user_agent}");
        };
        check("Feedly/1.0 (+https://reader.example/fetcher; 12 subscribers; like FeedFetcher)", Some(("Feedly", 12)));
        check("Bot/2 (1 subscriber)", Some(("Bot", 1)));
        check("Newsreader Fetcher - 350 subscribers (https://reader.example)", Some(("Newsreader", 350)));
        check("Mozilla/5.0", None);
        check("x/1 (many subscribers)", None);
        check("x/1 (99999999999999999999999999 subscribers)", None);
        check("名/1 (3 subscribers)", Some(("", 3)));
    }

    #[test]
    fn what_strangers_tell_takes_no_more_than_its_room() {
        let answers = Answers::default();
        let now = "2026-01-08T00:00:00Z".parse().unwrap();
        for number in 0..READERS_MAX * 2 {
            answers.subscribers("*", &format!("reader{number}/1 (3 subscribers)"), now);
        }
        assert_eq!(answers.seen.lock().unwrap().len(), READERS_MAX);
        answers.forget(now + FORGOTTEN_AFTER);
        assert!(answers.seen.lock().unwrap().is_empty());
    }
}
