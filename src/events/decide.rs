//! The decision on one article, with its reasons.

use chrono::{Datelike, NaiveDate};

use crate::events::edition;
use crate::events::hits::{Hit, Hits, Part};
use crate::events::rules::{Against, Rules, Signal};
use crate::events::subject::Subject;
use crate::model::event::{Decision, ExclusionPlace};

/// Folded characters from which on a text is long enough to mention an event in passing.
const LONG_TEXT_CHARS: usize = 800;

/// The same in letters, of which a word has more.
const LONG_TEXT_LETTERS: usize = 2000;

/// The part of a long text in which a story says what it is about: one third.
const LEAD_DIVISOR: usize = 3;

/// What a name mentioned in passing keeps of its weight: one half.
const PASSING_DIVISOR: i64 = 2;

/// Terms named in one reason; the others are an ellipsis.
const TERMS_SHOWN_MAX: usize = 3;

/// Applies an event's rules to an article.
///
/// The score is the weight of the strongest name and of all evidence, less the exclusions; the article is in if it
/// reaches the threshold. Outside the days of coverage, with an exclusion that has no weight, or with the name always
/// attached to another edition's city, it is out whatever its score. Without the host place nothing counts.
pub fn decide(rules: &Rules, subject: &Subject) -> Decision {
    let mut verdict = Verdict { score_milli: 0, reasons: Vec::new() };
    let is_included = weigh(rules, subject, &mut verdict).is_ok() && verdict.score_milli >= rules.threshold_milli;
    Decision { event: rules.event.clone(), score_milli: verdict.score_milli, is_included, reasons: verdict.reasons }
}

struct Verdict {
    score_milli: i64,
    reasons: Vec<String>,
}

/// The article is out, whatever its score.
struct Out;

impl Verdict {
    fn add(&mut self, weight_milli: i64, reason: String) {
        self.score_milli = self.score_milli.saturating_add(weight_milli);
        self.reasons.push(format!("{reason} ({})", points(weight_milli)));
    }

    fn out(&mut self, reason: String) -> Result<(), Out> {
        self.score_milli = 0;
        self.reasons.push(reason);
        Err(Out)
    }
}

fn weigh(rules: &Rules, subject: &Subject, verdict: &mut Verdict) -> Result<(), Out> {
    let day = day(rules, subject);
    if !(rules.opens..=rules.closes).contains(&day) {
        return verdict.out(format!("published {day}, outside {} … {}", rules.opens, rules.closes));
    }
    let hits = Hits::find(rules, subject);
    let names: Vec<&Signal> = rules.names.iter().filter(|name| is_met(name, &hits)).collect();
    let evidence: Vec<&Signal> = rules.evidence.iter().filter(|evidence| is_met(evidence, &hits)).collect();
    if names.is_empty() && evidence.is_empty() {
        return verdict.out("neither a name of the event nor other evidence".to_owned());
    }
    let places = edition::own_places(rules, &hits);
    if places.is_empty() && !rules.places.is_empty() {
        return verdict.out(format!("{}, but {}", matched(rules, &hits, &names, &evidence), absent(rules, &hits)));
    }
    exclude(rules, &hits, verdict)?;
    let spoken = spoken(&hits, &names);
    if let Some((exclusion, city)) = edition::other(rules, &hits, &spoken, &places) {
        let reason = format!("{}: “{city}” beside the name", exclusion.label);
        match exclusion.weight_milli {
            None => return verdict.out(reason),
            Some(weight_milli) => verdict.add(weight_milli.saturating_abs().saturating_neg(), reason),
        }
    }
    if let Some(name) = names.iter().max_by_key(|name| (name.weight_milli, first_hit(name, &hits).0)) {
        let (_, hit) = first_hit(name, &hits);
        count_name(rules, subject, name.weight_milli, hit, &spoken, verdict);
    }
    for evidence in evidence {
        verdict.add(evidence.weight_milli, describe(rules, &hits, evidence));
    }
    Ok(())
}

/// The day of publication where the event takes place.
fn day(rules: &Rules, subject: &Subject) -> NaiveDate {
    match subject.published.year() {
        // At the ends of the calendar there is no local time; such a day is outside all the same.
        1..=9999 => subject.published.with_timezone(&rules.timezone).date_naive(),
        _ => subject.published.naive_utc().date(),
    }
}

fn is_met(signal: &Signal, hits: &Hits) -> bool {
    let stands = |term: &usize| !hits.of(*term).is_empty();
    signal.terms.clone().filter(stands).count() >= signal.at_least
        && (signal.with.is_empty() || signal.with.clone().any(|term| stands(&term)))
}

fn exclude(rules: &Rules, hits: &Hits, verdict: &mut Verdict) -> Result<(), Out> {
    for exclusion in &rules.exclusions {
        let Some(hit) = excluding(exclusion, hits) else { continue };
        let spelling = &rules.spellings[hit.spelling].written;
        let reason = format!("{}: “{spelling}” {}", exclusion.label, standing(hit));
        match exclusion.weight_milli {
            None => return verdict.out(reason),
            Some(weight_milli) => verdict.add(weight_milli.saturating_abs().saturating_neg(), reason),
        }
    }
    Ok(())
}

fn excluding<'a>(exclusion: &Against, hits: &'a Hits) -> Option<&'a Hit> {
    let mut found = hits.of_all(exclusion.terms.clone());
    match exclusion.place {
        ExclusionPlace::Title => found.find(|hit| hit.part == Part::Title),
        ExclusionPlace::Text => found.next(),
        ExclusionPlace::Name => None,
    }
}

/// Every place where the event's name stands; a longer name swallows those within it.
fn spoken<'a>(hits: &'a Hits, names: &[&Signal]) -> Vec<&'a Hit> {
    let mut spoken: Vec<&Hit> = names.iter().flat_map(|name| hits.of_all(name.terms.clone())).collect();
    spoken.sort_by_key(|hit| (hit.part, hit.start, std::cmp::Reverse(hit.end)));
    spoken.dedup_by(|hit, longer| hit.part == longer.part && hit.start < longer.end);
    spoken
}

fn count_name(rules: &Rules, subject: &Subject, weight_milli: i64, hit: &Hit, spoken: &[&Hit], verdict: &mut Verdict) {
    let spelling = &rules.spellings[hit.spelling];
    let written = &spelling.written;
    let long = if spelling.is_dense { LONG_TEXT_CHARS } else { LONG_TEXT_LETTERS };
    let chars = subject.text.text.chars().count();
    let before = subject.text.text.get(..hit.start).map_or(0, |before| before.chars().count());
    let is_late = hit.part == Part::Text && chars > long && before > chars / LEAD_DIVISOR;
    if spoken.len() == 1 && is_late {
        let reason = format!("name “{written}” once, late in a long text: a passing mention");
        verdict.add(weight_milli / PASSING_DIVISOR, reason);
    } else {
        verdict.add(weight_milli, format!("name “{written}” {}", standing(hit)));
    }
}

/// The first place of a signal, and whether it is in the headline.
fn first_hit<'a>(signal: &Signal, hits: &'a Hits) -> (bool, &'a Hit) {
    let hit = hits
        .of_all(signal.terms.clone())
        .min_by_key(|hit| (hit.part, hit.start))
        .expect("a signal is met only where one of its terms stands");
    (hit.part == Part::Title, hit)
}

fn describe(rules: &Rules, hits: &Hits, evidence: &Signal) -> String {
    let found: Vec<&str> = evidence
        .terms
        .clone()
        .filter_map(|term| hits.of(term).first())
        .map(|hit| rules.spellings[hit.spelling].written.as_str())
        .collect();
    let shown = found[..found.len().min(TERMS_SHOWN_MAX)].join(", ");
    let more = if found.len() > TERMS_SHOWN_MAX { ", …" } else { "" };
    match evidence.terms.len() {
        1 => format!("{}: {shown}", evidence.label),
        terms => format!("{} of {terms} {}: {shown}{more}", found.len(), evidence.label),
    }
}

fn matched(rules: &Rules, hits: &Hits, names: &[&Signal], evidence: &[&Signal]) -> String {
    match names.first() {
        Some(name) => format!("name “{}”", rules.spellings[first_hit(name, hits).1.spelling].written),
        None => evidence.iter().map(|evidence| describe(rules, hits, evidence)).collect::<Vec<_>>().join("; "),
    }
}

fn absent(rules: &Rules, hits: &Hits) -> String {
    match hits.of_all(rules.places.clone()).next() {
        Some(hit) => format!("“{}” only in a list of hosts", rules.spellings[hit.spelling].written),
        None => match rules.spellings.iter().find(|spelling| spelling.terms.contains(&rules.places.start)) {
            Some(place) => format!("the place “{}” is not named", place.written),
            None => "the place is not named".to_owned(),
        },
    }
}

fn standing(hit: &Hit) -> &'static str {
    match hit.part {
        Part::Title => "in the title",
        Part::Text => "in the text",
    }
}

/// Thousandths as a signed number: `+1.0`, `−0.25`.
fn points(milli: i64) -> String {
    let sign = if milli < 0 { '−' } else { '+' };
    let (whole, thousandths) = (milli.unsigned_abs() / 1000, milli.unsigned_abs() % 1000);
    let digits = format!("{thousandths:03}");
    let digits = digits.trim_end_matches('0');
    format!("{sign}{whole}.{}", if digits.is_empty() { "0" } else { digits })
}
