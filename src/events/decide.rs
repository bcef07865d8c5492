//! The decision on one article, with its reasons.

use chrono::{Datelike, NaiveDate};

use crate::events::edition;
use crate::events::hits::{Hit, Hits, Part};
use crate::events::rules::{Against, Rules, Signal};
use crate::events::subject::Subject;
use crate::model::event::{Decision, ExclusionPlace};
use crate::model::weighing::{Weighing, Weight};

/// Folded characters from which on a text is long enough to mention an event in passing, at its end.
const TEXT_CHARS: usize = 300;

/// Folded characters from which on a text is long: one third of it says what it is about.
const LONG_TEXT_CHARS: usize = 800;

/// Letters for a character in scripts that write a word with more of them.
const LETTERS_A_CHAR: f64 = 2.5;

/// What a name mentioned in passing keeps of its weight: one half.
const PASSING_DIVISOR: i64 = 2;

/// Terms named in one reason; the others are an ellipsis.
const TERMS_SHOWN_MAX: usize = 3;

/// Applies an event's rules to an article.
///
/// The score is the weight of the strongest name and of all evidence, less the exclusions; the article is in if it
/// reaches the threshold. Outside the days of coverage, with an exclusion that has no weight, or with the name always
/// attached to another edition's city, it is out whatever its score. Without the host place nothing counts.
/// There are no reasons where nothing speaks for the event, and outside its days, where nothing is looked for.
pub fn decide(rules: &Rules, subject: &Subject) -> Decision {
    let event = rules.event.clone();
    if !(rules.opens..=rules.closes).contains(&day(rules, subject)) {
        return Decision { event, score_milli: 0, is_included: false, reasons: Vec::new() };
    }
    let weighing = weigh(rules, subject);
    let is_included = weighing.is_included();
    let (score_milli, reasons) = match weighing.obstacles.into_iter().next() {
        Some(obstacle) => (0, if weighing.has_evidence { vec![obstacle] } else { Vec::new() }),
        None => (weighing.score_milli, weighing.weights.iter().map(Weight::to_string).collect()),
    };
    Decision { event, score_milli, is_included, reasons }
}

/// All that an event's rules see in an article, also where one thing alone decides.
pub fn weigh(rules: &Rules, subject: &Subject) -> Weighing {
    let day = day(rules, subject);
    let mut weighing = Weighing {
        event: rules.event.clone(),
        published: day,
        opens: rules.opens,
        closes: rules.closes,
        threshold_milli: rules.threshold_milli,
        score_milli: 0,
        has_evidence: false,
        weights: Vec::new(),
        obstacles: Vec::new(),
    };
    if !(rules.opens..=rules.closes).contains(&day) {
        weighing.obstacles.push(format!("published {day}, outside {} … {}", rules.opens, rules.closes));
    }
    let hits = Hits::find(rules, subject);
    let names: Vec<&Signal> = rules.names.iter().filter(|name| is_met(name, &hits)).collect();
    let evidence: Vec<&Signal> = rules.evidence.iter().filter(|evidence| is_met(evidence, &hits)).collect();
    if names.is_empty() && evidence.is_empty() {
        weighing.obstacles.push("neither a name of the event nor other evidence".to_owned());
        return weighing;
    }
    weighing.has_evidence = true;
    let places = edition::own_places(rules, &hits);
    if places.is_empty() && !rules.places.is_empty() {
        let seen = matched(rules, &hits, &names, &evidence);
        weighing.obstacles.push(format!("{seen}, but {}", absent(rules, &hits)));
    }
    let spoken = spoken(&hits, &names);
    exclude(rules, &hits, &spoken, &mut weighing);
    if let Some((exclusion, city)) = edition::other(rules, &hits, &spoken, &places) {
        against(&mut weighing, exclusion, format!("{}: “{city}” beside the name", exclusion.label));
    }
    if let Some(name) = names.iter().max_by_key(|name| (name.weight_milli, first_hit(name, &hits).0)) {
        let (_, hit) = first_hit(name, &hits);
        count_name(rules, subject, name.weight_milli, hit, &spoken, &mut weighing);
    }
    for evidence in evidence {
        weighing.add(evidence.weight_milli, describe(rules, &hits, evidence));
    }
    weighing
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

fn exclude(rules: &Rules, hits: &Hits, spoken: &[&Hit], weighing: &mut Weighing) {
    let is_headline = spoken.iter().any(|name| name.part == Part::Title);
    for exclusion in &rules.exclusions {
        let Some(hit) = excluding(exclusion, hits) else { continue };
        // A headline that names the event is about the event, whatever else it is about.
        if is_headline && exclusion.place == ExclusionPlace::Title && exclusion.weight_milli.is_some() {
            continue;
        }
        let spelling = &rules.spellings[hit.spelling].written;
        against(weighing, exclusion, format!("{}: “{spelling}” {}", exclusion.label, standing(hit)));
    }
}

fn against(weighing: &mut Weighing, exclusion: &Against, what: String) {
    match exclusion.weight_milli {
        None => weighing.obstacles.push(what),
        Some(weight_milli) => weighing.add(weight_milli.saturating_abs().saturating_neg(), what),
    }
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

fn count_name(
    rules: &Rules,
    subject: &Subject,
    weight_milli: i64,
    hit: &Hit,
    spoken: &[&Hit],
    weighing: &mut Weighing,
) {
    let spelling = &rules.spellings[hit.spelling];
    let written = &spelling.written;
    let is_late = hit.part == Part::Text && is_late(subject, hit, spelling.is_dense);
    if spoken.len() == 1 && is_late {
        let reason = format!("name “{written}” once, late in the text: a passing mention");
        weighing.add(weight_milli / PASSING_DIVISOR, reason);
    } else {
        weighing.add(weight_milli, format!("name “{written}” {}", standing(hit)));
    }
}

/// Whether a text has said what it is about before a place in it: a long one in its first third, a shorter one in its
/// first two thirds.
fn is_late(subject: &Subject, hit: &Hit, is_dense: bool) -> bool {
    let text = &subject.text.text;
    let (letters, before) = (text.chars().count(), text.get(..hit.start).map_or(0, |before| before.chars().count()));
    let chars = if is_dense { letters as f64 } else { letters as f64 / LETTERS_A_CHAR };
    let thirds = if chars > LONG_TEXT_CHARS as f64 { 1 } else { 2 };
    chars > TEXT_CHARS as f64 && before > letters * thirds / 3
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
