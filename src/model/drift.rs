//! How the pages of a source are read, against its own past: what drops all at once is a change of its layout.

use serde::{Deserialize, Serialize};

/// Pages a source must have had before its newest can be held against them.
const EARLIER_PAGES_MIN: u32 = 20;
/// New pages that are held against them at once; fewer wait for the next.
const LATEST_PAGES_MIN: u32 = 5;
/// Counters are halved when they come to so many pages, so that they tell of the recent ones, and a change that lasts
/// becomes the rule.
const PAGES_MAX: u32 = 200;
/// Percent of the pages that must have had a field for its absence to matter.
const USUAL_PERCENT_MIN: u32 = 50;
/// Percent of its usual share, or length, below which a field has dropped.
const DROP_PERCENT: u64 = 50;

/// Pages of a source that were read, and what was found on them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Pages.
    pub pages: u32,
    /// Those with an article, and so with a title and a body.
    pub articles: u32,
    /// Those whose article has a date.
    pub dated: u32,
    /// Those whose article has an author.
    pub signed: u32,
    /// The characters of all bodies.
    pub chars: u64,
}

/// What dropped, or is not there at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Alarm {
    /// The portal.
    pub portal: String,
    /// The section.
    pub section: String,
    /// The source, by its address.
    pub source: String,
    /// What dropped.
    pub field: Field,
    /// What happened, for people.
    pub message: String,
}

/// What an alarm is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// No page gave an article.
    Articles,
    /// Pages without an article: no title, or no body.
    Title,
    /// Articles without a date.
    Date,
    /// Articles without an author.
    Author,
    /// Bodies that became short.
    Body,
}

impl Tally {
    /// Counts one page more.
    pub fn add(&mut self, other: Tally) {
        self.pages = self.pages.saturating_add(other.pages);
        self.articles = self.articles.saturating_add(other.articles);
        self.dated = self.dated.saturating_add(other.dated);
        self.signed = self.signed.saturating_add(other.signed);
        self.chars = self.chars.saturating_add(other.chars);
    }

    fn halve(&mut self) {
        self.pages /= 2;
        self.articles /= 2;
        self.dated /= 2;
        self.signed /= 2;
        self.chars /= 2;
    }

    fn usual_chars(&self) -> u64 {
        self.chars / u64::from(self.articles.max(1))
    }
}

/// Takes the pages of one run into a source's history; returns what dropped, each with a message. `latest` are pages
/// that were too few to be held against those `earlier`.
pub fn compare(earlier: &mut Tally, latest: &mut Tally, run: Tally) -> Vec<(Field, String)> {
    let mut dropped = Vec::new();
    latest.add(run);
    if run.pages > 0 && run.articles == 0 {
        let pages = run.pages;
        dropped.push((Field::Articles, format!("0 articles parsed: none of {pages} pages gave one")));
    }
    if latest.pages < LATEST_PAGES_MIN {
        return dropped;
    }
    if earlier.pages >= EARLIER_PAGES_MIN {
        let has_articles = latest.articles > 0;
        let shares = [
            (Field::Title, "an article", (earlier.articles, earlier.pages), (latest.articles, latest.pages)),
            (Field::Date, "a date", (earlier.dated, earlier.articles), (latest.dated, latest.articles)),
            (Field::Author, "an author", (earlier.signed, earlier.articles), (latest.signed, latest.articles)),
        ];
        for (field, what, usual, now) in shares.into_iter().filter(|_| has_articles) {
            if has_dropped(usual, now) {
                let (usual, now) = (percent(usual), percent(now));
                dropped
                    .push((field, format!("only {now} % of its newest pages have {what}, {usual} % had one before")));
            }
        }
        let (usual, now) = (earlier.usual_chars(), latest.usual_chars());
        if has_articles && now * 100 < usual * DROP_PERCENT {
            dropped.push((Field::Body, format!("bodies have {now} characters on average, {usual} before")));
        }
    }
    earlier.add(std::mem::take(latest));
    if earlier.pages >= PAGES_MAX {
        earlier.halve();
    }
    dropped
}

fn has_dropped(usual: (u32, u32), now: (u32, u32)) -> bool {
    percent(usual) >= USUAL_PERCENT_MIN && u64::from(percent(now)) * 100 < u64::from(percent(usual)) * DROP_PERCENT
}

fn percent((count, of): (u32, u32)) -> u32 {
    count.saturating_mul(100) / of.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(pages: u32, articles: u32, dated: u32, signed: u32, chars: u64) -> Tally {
        Tally { pages, articles, dated, signed, chars: chars * u64::from(articles) }
    }

    fn check(run: Tally, expected: &[Field]) {
        let (mut earlier, mut latest) = (pages(100, 98, 97, 60, 900), Tally::default());
        let fields: Vec<Field> = compare(&mut earlier, &mut latest, run).into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, expected, "{run:?}");
    }

    #[test]
    fn what_drops_against_a_sources_own_past_is_an_alarm() {
        check(pages(10, 10, 10, 6, 800), &[]);
        check(pages(10, 10, 1, 6, 800), &[Field::Date]);
        check(pages(10, 4, 4, 0, 300), &[Field::Title, Field::Author, Field::Body]);
        check(pages(10, 0, 0, 0, 0), &[Field::Articles]);
        check(pages(1, 0, 0, 0, 0), &[Field::Articles]);
        check(pages(4, 4, 0, 0, 10), &[]);
        check(Tally::default(), &[]);
    }

    #[test]
    fn few_pages_wait_until_they_can_be_compared() {
        let (mut earlier, mut latest) = (pages(100, 100, 100, 0, 900), Tally::default());
        for _ in 0..2 {
            assert!(compare(&mut earlier, &mut latest, pages(2, 2, 0, 0, 900)).is_empty());
        }
        assert_eq!(compare(&mut earlier, &mut latest, pages(2, 2, 0, 0, 900)).len(), 1);
        assert_eq!((latest, earlier.pages), (Tally::default(), 106));
    }

    #[test]
    fn a_change_that_lasts_becomes_the_rule() {
        let (mut earlier, mut latest) = (pages(100, 100, 100, 100, 900), Tally::default());
        let alarms = (0..40).filter(|_| !compare(&mut earlier, &mut latest, pages(10, 10, 10, 0, 900)).is_empty());
        assert!((5..30).contains(&alarms.count()), "{earlier:?}");
    }
}
