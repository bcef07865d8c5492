//! A fingerprint of an event's rules, so that a change of its file can be noticed.

use std::fmt::Write;

use crate::model::event::{Event, Evidence, ExclusionPlace, Term};

/// Raised when the same rules decide differently, so that stored decisions are made again.
const DECISIONS_VERSION: u32 = 2;

/// BLAKE3 of all that a decision depends on: id, days, zone and rules, but not title, description or home.
/// The same on every machine and in every release with the same rules.
pub fn of(event: &Event) -> [u8; 32] {
    blake3::hash(canonical(event).as_bytes()).into()
}

/// One fact a line; quoted, so that no text of the file can pass for another line.
fn canonical(event: &Event) -> String {
    let rules = &event.rules;
    let mut lines = format!(
        "{DECISIONS_VERSION}\n{:?}\n{} {} {}\n{} {} {}\n",
        event.id,
        event.starts,
        event.ends,
        event.timezone.name(),
        rules.days_before,
        rules.days_after,
        rules.threshold_milli
    );
    line(&mut lines, format_args!("section_cap {:?}", rules.section_cap));
    terms(&mut lines, "places", &rules.places);
    evidence(&mut lines, "name", &rules.names);
    evidence(&mut lines, "evidence", &rules.evidence);
    for exclusion in &rules.exclusions {
        let place = match exclusion.place {
            ExclusionPlace::Title => "title",
            ExclusionPlace::Text => "text",
            ExclusionPlace::Name => "name",
        };
        let weight = exclusion.weight_milli.map_or("out".to_owned(), |weight_milli| weight_milli.to_string());
        line(&mut lines, format_args!("exclusion {place} {weight} {:?}", exclusion.label));
        terms(&mut lines, "terms", &exclusion.terms);
    }
    lines
}

fn evidence(lines: &mut String, what: &str, evidence: &[Evidence]) {
    for evidence in evidence {
        line(lines, format_args!("{what} {} {} {:?}", evidence.weight_milli, evidence.at_least, evidence.label));
        terms(lines, "terms", &evidence.terms);
        terms(lines, "with", &evidence.with);
    }
}

fn terms(lines: &mut String, what: &str, terms: &[Term]) {
    for term in terms {
        line(lines, format_args!("{what} {:?}", term.spellings));
    }
}

fn line(lines: &mut String, line: std::fmt::Arguments) {
    writeln!(lines, "{line}").expect("writing to a string never fails");
}
