//! An event's rules, compiled: one automaton finds every spelling in one pass over an article.

use std::collections::HashMap;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use chrono::{Days, NaiveDate};

use crate::events::spelling::Spelling;
use crate::model::event::{Event, Evidence, ExclusionPlace, Term};
use crate::model::timezone::Timezone;

/// The compiled rules of one event.
#[derive(Debug)]
pub struct Rules {
    /// The event's id.
    pub event: String,
    /// The first day on which coverage may be published.
    pub opens: NaiveDate,
    /// The last day.
    pub closes: NaiveDate,
    /// The zone of those days.
    pub timezone: Timezone,
    /// The score, in thousandths, at which an article is in.
    pub threshold_milli: i64,
    /// The host place's terms.
    pub(super) places: Range<usize>,
    /// What the event is called.
    pub(super) names: Vec<Signal>,
    /// What else speaks for it.
    pub(super) evidence: Vec<Signal>,
    /// What speaks against it.
    pub(super) exclusions: Vec<Against>,
    /// All spellings, in the order of the automaton's patterns.
    pub(super) spellings: Vec<Spelling>,
    /// The number of terms; places, names, evidence and exclusions hold ranges of them.
    pub(super) terms: usize,
    pub(super) automaton: AhoCorasick,
}

/// Evidence whose terms are numbers.
#[derive(Debug)]
pub(super) struct Signal {
    pub label: String,
    pub weight_milli: i64,
    pub at_least: usize,
    pub terms: Range<usize>,
    pub with: Range<usize>,
}

/// An exclusion whose terms are numbers.
#[derive(Debug)]
pub(super) struct Against {
    pub label: String,
    pub weight_milli: Option<i64>,
    pub place: ExclusionPlace,
    pub terms: Range<usize>,
}

impl Rules {
    /// Compiles the rules of an event; spellings of which folding leaves nothing never match.
    pub fn compile(event: &Event) -> Rules {
        let rules = &event.rules;
        let mut spellings = Spellings::default();
        let places = spellings.add(&rules.places);
        let names = rules.names.iter().map(|name| spellings.signal(name)).collect();
        let evidence = rules.evidence.iter().map(|evidence| spellings.signal(evidence)).collect();
        let exclusions = rules
            .exclusions
            .iter()
            .map(|exclusion| Against {
                label: exclusion.label.clone(),
                weight_milli: exclusion.weight_milli,
                place: exclusion.place,
                terms: spellings.add(&exclusion.terms),
            })
            .collect();
        let automaton = AhoCorasick::new(&spellings.folded)
            .expect("the spellings of one file are far from the automaton's two billion states");
        Rules {
            event: event.id.clone(),
            opens: event.starts.checked_sub_days(Days::new(rules.days_before.into())).unwrap_or(NaiveDate::MIN),
            closes: event.ends.checked_add_days(Days::new(rules.days_after.into())).unwrap_or(NaiveDate::MAX),
            timezone: event.timezone,
            threshold_milli: rules.threshold_milli,
            places,
            names,
            evidence,
            exclusions,
            terms: spellings.terms,
            spellings: spellings.list,
            automaton,
        }
    }
}

#[derive(Default)]
struct Spellings {
    terms: usize,
    list: Vec<Spelling>,
    folded: Vec<String>,
    /// The spelling for a folded form and the way it was written, since that says where it may end.
    known: HashMap<String, usize>,
}

impl Spellings {
    fn signal(&mut self, evidence: &Evidence) -> Signal {
        Signal {
            label: evidence.label.clone(),
            weight_milli: evidence.weight_milli,
            at_least: evidence.at_least.max(1),
            terms: self.add(&evidence.terms),
            with: self.add(&evidence.with),
        }
    }

    fn add(&mut self, terms: &[Term]) -> Range<usize> {
        let first = self.terms;
        for term in terms {
            for written in &term.spellings {
                self.add_spelling(written, self.terms);
            }
            self.terms += 1;
        }
        first..self.terms
    }

    fn add_spelling(&mut self, written: &str, term: usize) {
        if let Some(&known) = self.known.get(written) {
            self.list[known].terms.push(term);
        } else if let Some((mut spelling, folded)) = Spelling::new(written) {
            spelling.terms.push(term);
            self.known.insert(written.to_owned(), self.list.len());
            self.list.push(spelling);
            self.folded.push(folded);
        }
    }
}
