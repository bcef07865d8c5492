//! An event's rules applied to an article: a score, a decision, and the reasons for it.
//!
//! `rules::Rules::compile` is done once an event, `subject::Subject::new` once an article,
//! `decide::decide` once for each pair. Nothing here reads a file or the clock.

pub mod decide;
pub mod explain;
pub mod fingerprint;
pub mod rules;
pub mod subject;

mod edition;
mod hits;
mod spelling;

#[cfg(test)]
mod coverage_tests;
