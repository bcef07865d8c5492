//! Where the terms of an event's rules stand in an article.

use crate::events::rules::Rules;
use crate::events::subject::Subject;
use crate::text::fold::{Folded, Gap};

/// Places kept for one term in one article; more say nothing new, and distances are measured between all of them.
const HITS_PER_TERM_MAX: usize = 200;

/// What a comma between two terms adds to their distance, in characters.
const COMMA_CHARS: usize = 4;

/// The two parts of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The headline.
    Title,
    /// The body.
    Text,
}

/// One place where a term stands, in byte offsets of the folded part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Which part.
    pub part: Part,
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Which of the rules' spellings it is.
    pub spelling: usize,
}

/// All places, by term.
#[derive(Debug)]
pub struct Hits<'a> {
    subject: &'a Subject,
    by_term: Vec<Vec<Hit>>,
}

impl<'a> Hits<'a> {
    /// Looks for every spelling of the rules in one pass.
    pub fn find(rules: &Rules, subject: &'a Subject) -> Hits<'a> {
        let mut by_term = vec![Vec::new(); rules.terms];
        for (part, folded) in [(Part::Title, &subject.title), (Part::Text, &subject.text)] {
            for found in rules.automaton.find_overlapping_iter(&folded.text) {
                let spelling = &rules.spellings[found.pattern()];
                if !spelling.is_word(folded, found.start(), found.end()) {
                    continue;
                }
                let hit = Hit { part, start: found.start(), end: found.end(), spelling: found.pattern().as_usize() };
                for term in &spelling.terms {
                    if by_term[*term].len() < HITS_PER_TERM_MAX {
                        by_term[*term].push(hit);
                    }
                }
            }
        }
        Hits { subject, by_term }
    }

    /// The places of one term: those in the headline first, then by their ends.
    pub fn of(&self, term: usize) -> &[Hit] {
        &self.by_term[term]
    }

    /// The places of several terms.
    pub fn of_all(&self, terms: impl Iterator<Item = usize>) -> impl Iterator<Item = &Hit> {
        terms.flat_map(|term| self.of(term))
    }

    /// The characters between two places of one part, commas counted as several; 0 where they overlap, `None` beyond
    /// `reach_chars` or across the end of a sentence.
    pub fn distance(&self, a: &Hit, b: &Hit, reach_chars: usize) -> Option<usize> {
        if a.part != b.part {
            return None;
        }
        let (first, second) = if a.start <= b.start { (a, b) } else { (b, a) };
        let Some(between) = self.part(a.part).text.get(first.end..second.start) else { return Some(0) };
        // A character has four bytes at most, which spares counting long stretches.
        if between.len() > reach_chars * 4 {
            return None;
        }
        let gaps = self.part(a.part).gaps_between(first.end, second.start);
        if gaps.iter().any(|gap| gap.1 == Gap::Sentence) {
            return None;
        }
        let commas = gaps.iter().filter(|gap| gap.1 == Gap::Comma).count();
        let distance = between.chars().count() + commas * COMMA_CHARS;
        (distance <= reach_chars).then_some(distance)
    }

    fn part(&self, part: Part) -> &Folded {
        match part {
            Part::Title => &self.subject.title,
            Part::Text => &self.subject.text,
        }
    }
}
