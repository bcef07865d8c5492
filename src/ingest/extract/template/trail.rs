//! The elements of an outline that ways lead to.

use crate::ingest::extract::template::attributes::attributes;
use crate::ingest::extract::template::kinds::{BODY, HTML, TABLE};
use crate::ingest::extract::template::outline::Outline;
use crate::ingest::extract::template::place;
use crate::model::html::nesting;
use crate::model::template::{Place, Step};

/// Elements looked at for one place on a page that may be hostile.
const LOOKS_MAX: usize = 4_000;

/// Finds one place after the other. Most begin alike, so it knows where it has been.
pub struct Trail<'a> {
    outline: &'a Outline<'a>,
    /// The steps taken last, each with the elements it led to; `None` is the page itself.
    steps: Vec<(&'a Step, Vec<Option<usize>>)>,
}

impl<'a> Trail<'a> {
    /// Begins at the page itself.
    pub fn new(outline: &'a Outline<'a>) -> Trail<'a> {
        Trail { outline, steps: Vec::new() }
    }

    /// The number of the one element a way leads to; `None` if there is none, or no telling which.
    pub fn find(&mut self, place: &'a Place) -> Option<usize> {
        let is_taken = |(taken, step): &(&(&Step, Vec<Option<usize>>), &Step)| taken.0 == *step;
        let common = self.steps.iter().zip(&place.0).take_while(is_taken).count();
        self.steps.truncate(common);
        let mut looks = LOOKS_MAX;
        for step in &place.0[common..] {
            let next = self.next(step, &mut looks)?;
            self.steps.push((step, next));
        }
        match self.steps.last()?.1[..] {
            [found] => found,
            _ => None,
        }
    }

    /// Where one more step leads.
    fn next(&self, step: &Step, looks: &mut usize) -> Option<Vec<Option<usize>>> {
        let elements = &self.outline.elements;
        let name = nesting::hash(step.name.as_bytes());
        let mut next = Vec::new();
        let is_implied = |parent: Option<usize>| match name {
            HTML => parent.is_none(),
            BODY => parent.is_none_or(|at| elements[at].name == HTML),
            _ => false,
        };
        let parents = self.steps.last().map_or(&[None][..], |(_, parents)| parents);
        for parent in parents.iter().copied() {
            let (mut child, end) = match parent {
                Some(parent) => (parent + 1, elements[parent].next),
                None => (0, elements.len()),
            };
            let mut number = 0u16;
            while child < end {
                *looks = looks.checked_sub(1)?;
                let element = &elements[child];
                if element.name == name && place::is_like(&step.name, attributes(self.outline.tag(element)), step) {
                    if step.number.is_none_or(|expected| expected == number) {
                        next.push(Some(child));
                    }
                    number = number.saturating_add(1);
                }
                child = element.next.max(child + 1);
            }
            // Parsers put what the page leaves out around its elements, also a body around the rows of a table.
            let is_table = || parent.is_some_and(|at| elements[at].name == TABLE);
            if number == 0 && (is_implied(parent) || step.name == "tbody" && is_table()) {
                next.push(parent);
            }
        }
        Some(next)
    }
}
