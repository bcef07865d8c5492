//! Why an article is in an event's feed or not: all that counts, the editor's word, and one sentence on what decides.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::events::decide;
use crate::events::rules::Rules;
use crate::events::subject::Subject;
use crate::model::weighing::{EditorWord, Standing, Weighing, points};

/// What is told of an article in an event; the same over HTTP and on the command line.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Explained {
    /// The event.
    pub event: String,
    /// `include`, `exclude` or, where no editor spoke, `auto`.
    pub decision: &'static str,
    /// Since when an editor's word stands.
    pub decided: Option<DateTime<Utc>>,
    /// Whether the article is in the event's feed.
    pub in_feed: bool,
    /// Why, in one sentence.
    pub why: String,
    /// The sum of the weights.
    pub score: f64,
    /// The score at which the rules include an article.
    pub threshold: f64,
    /// What counts for it and against it.
    pub reasons: Vec<Counted>,
    /// What keeps it out whatever its score.
    pub obstacles: Vec<String>,
    /// The days of coverage.
    pub window: Window,
}

/// One thing that counts.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Counted {
    /// What was seen.
    pub what: String,
    /// What it adds or, below zero, takes.
    pub weight: f64,
}

/// The days of coverage, in the event's zone.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Window {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The day of the article.
    pub published: NaiveDate,
}

/// Explains an article; `None` for one that is not stored, so that it stands nowhere.
pub fn explain(rules: &Rules, subject: &Subject, standing: Option<&Standing>) -> Explained {
    let weighing = decide::weigh(rules, subject);
    let word = standing.and_then(|standing| standing.word);
    Explained {
        why: why(&weighing, standing),
        decision: EditorWord::name(word),
        decided: word.map(|word| word.at),
        in_feed: standing.is_some_and(|standing| standing.is_in_feed),
        score: number(weighing.score_milli),
        threshold: number(weighing.threshold_milli),
        reasons: weighing
            .weights
            .into_iter()
            .map(|weight| Counted { what: weight.what, weight: number(weight.weight_milli) })
            .collect(),
        obstacles: weighing.obstacles,
        window: Window { from: weighing.opens, to: weighing.closes, published: weighing.published },
        event: weighing.event,
    }
}

fn why(weighing: &Weighing, standing: Option<&Standing>) -> String {
    let is_included = weighing.is_included();
    let said = match weighing.obstacles.first() {
        Some(obstacle) => format!("the rules leave it out: {obstacle}"),
        None => {
            let (score, threshold) = (points(weighing.score_milli), points(weighing.threshold_milli));
            let verdict = if is_included { "include it" } else { "leave it out" };
            format!("the rules {verdict}: {score} of {threshold}")
        }
    };
    let Some(standing) = standing else { return said };
    match standing.word {
        Some(EditorWord { is_included: true, .. }) => format!("an editor included it; {said}"),
        Some(EditorWord { is_included: false, .. }) => format!("an editor excluded it; {said}"),
        None if standing.is_in_feed == is_included => said,
        None if is_included && standing.is_crowded_out => {
            format!("{said}; its section has as many others of that day as section_cap allows, and they come first")
        }
        None => format!("{said}; the archive has not been decided under these rules yet"),
    }
}

/// Thousandths as a number.
fn number(milli: i64) -> f64 {
    milli as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(obstacles: &[&str], standing: Option<Standing>, expected: &str) {
        let day = NaiveDate::from_ymd_opt(2026, 1, 6).unwrap();
        let mut weighing = Weighing {
            event: "fair".to_owned(),
            published: day,
            opens: day,
            closes: day,
            threshold_milli: 1000,
            score_milli: 0,
            has_evidence: true,
            weights: Vec::new(),
            obstacles: obstacles.iter().map(|obstacle| (*obstacle).to_owned()).collect(),
        };
        weighing.add(1250, "name".to_owned());
        assert_eq!(why(&weighing, standing.as_ref()), expected);
    }

    #[test]
    fn one_sentence_says_what_decides() {
        let in_feed = Standing { is_in_feed: true, ..Standing::default() };
        let word = |is_included| Some(EditorWord { is_included, at: DateTime::UNIX_EPOCH });
        check(&[], None, "the rules include it: +1.25 of +1.0");
        check(&["too late"], Some(Standing::default()), "the rules leave it out: too late");
        check(&[], Some(in_feed.clone()), "the rules include it: +1.25 of +1.0");
        check(
            &["too late"],
            Some(in_feed),
            "the rules leave it out: too late; the archive has not been decided under these rules yet",
        );
        check(
            &[],
            Some(Standing { word: word(false), ..Standing::default() }),
            "an editor excluded it; the rules include it: +1.25 of +1.0",
        );
        check(
            &[],
            Some(Standing { is_crowded_out: true, ..Standing::default() }),
            "the rules include it: +1.25 of +1.0; its section has as many others of that day as section_cap allows, \
             and they come first",
        );
    }
}
