//! The rules of an event's file: what speaks for an article and what against it.

use crate::config::document::{Table, quoted};
use crate::config::values::{text, thousandths, title, whole, word};
use crate::model::event::{EventRules, Evidence, Exclusion, ExclusionPlace, Term};

/// The keys of `[[name]]` and `[[evidence]]`.
pub const EVIDENCE_KEYS: &[&str] = &["label", "weight", "at_least", "terms", "with"];

/// The keys of `[[exclude]]`.
pub const EXCLUDE_KEYS: &[&str] = &["label", "weight", "where", "terms"];

const EXCLUSION_PLACES: &[(&str, ExclusionPlace)] =
    &[("title", ExclusionPlace::Title), ("text", ExclusionPlace::Text), ("name", ExclusionPlace::Name)];

/// The most days an event's coverage may lie before or after it: ten years.
const DAYS_MAX: u32 = 3650;

/// The largest weight and threshold, in thousandths.
const MILLI_MAX: u32 = 100_000;

/// The largest `section_cap`; more than a section prints in a day.
const SECTION_CAP_MAX: u32 = 1000;

/// Reads the rules; what is missing or wrong is noted and left empty. An event without `[[name]]` is called by its title.
pub fn read(root: &Table, event: &Table, title: &str) -> EventRules {
    let mut names: Vec<Evidence> = root.tables("name", "[[name]]").iter().map(name).collect();
    if !root.has("name") {
        names.push(Evidence {
            label: title.to_owned(),
            weight_milli: 1000,
            at_least: 1,
            terms: vec![Term { spellings: vec![title.to_owned()] }],
            with: Vec::new(),
        });
    }
    EventRules {
        days_before: event.optional("days_before", whole(0..=DAYS_MAX)).unwrap_or(14),
        days_after: event.optional("days_after", whole(0..=DAYS_MAX)).unwrap_or(30),
        threshold_milli: event.optional("threshold", thousandths(1..=MILLI_MAX)).unwrap_or(1000),
        section_cap: event.optional("section_cap", whole(1..=SECTION_CAP_MAX)),
        places: event.list("places", text(term)),
        names,
        evidence: root.tables("evidence", "[[evidence]]").iter().map(evidence).collect(),
        exclusions: root.tables("exclude", "[[exclude]]").iter().map(exclusion).collect(),
    }
}

fn name(table: &Table) -> Evidence {
    let label = table.optional("label", text(title));
    let weight_milli = table.optional("weight", thousandths(1..=MILLI_MAX)).unwrap_or(1000);
    let terms = terms(table);
    let first = || terms.first().and_then(|term| term.spellings.first()).cloned();
    let label = label.or_else(first).unwrap_or_default();
    evidence_of(table, label, weight_milli, terms)
}

fn evidence(table: &Table) -> Evidence {
    let label = table.required("label", "what it is called in a reason, such as \"partner cities\"", text(title));
    let weight = table.required("weight", "what it adds to the score, such as 0.5", thousandths(1..=MILLI_MAX));
    evidence_of(table, label.unwrap_or_default(), weight.unwrap_or_default(), terms(table))
}

fn evidence_of(table: &Table, label: String, weight_milli: i64, terms: Vec<Term>) -> Evidence {
    table.only(EVIDENCE_KEYS);
    let at_least = table.optional("at_least", whole(1..=1000)).unwrap_or(1) as usize;
    if at_least > terms.len() && !terms.is_empty() {
        let count = terms.len();
        table.problem("at_least", format!("{at_least} of {count} terms; expected {count} at most"));
    }
    Evidence { label, weight_milli, at_least, terms, with: table.list("with", text(term)) }
}

fn exclusion(table: &Table) -> Exclusion {
    table.only(EXCLUDE_KEYS);
    let label = table.required("label", "what it is called in a reason, such as \"other editions\"", text(title));
    let weight_milli = table.optional("weight", thousandths(1..=MILLI_MAX));
    let place = table.optional("where", word(EXCLUSION_PLACES)).unwrap_or(ExclusionPlace::Text);
    Exclusion { label: label.unwrap_or_default(), weight_milli, place, terms: terms(table) }
}

fn terms(table: &Table) -> Vec<Term> {
    table.some("terms", "\"Harbin|哈尔滨\"", text(term))
}

/// The spellings of one thing, written `a|b|c`.
fn term(text: &str) -> Result<Term, String> {
    let spellings: Vec<String> = text.split('|').map(|spelling| spelling.trim().to_owned()).collect();
    // Only letters and digits are compared, so a spelling without any would stand in every text.
    match spellings.iter().find(|spelling| !spelling.contains(char::is_alphanumeric)) {
        Some(spelling) => {
            Err(format!("{} has no letter; expected spellings such as \"Harbin|哈尔滨\"", quoted(spelling)))
        }
        None => Ok(Term { spellings }),
    }
}
