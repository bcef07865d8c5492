//! When a section comes due: its cron line, made up once after downtime, spread a little so that portals do
//! not start together, and ever more seldom while its sources fail.

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::portal::{Portal, Section};
use crate::store::sources::SourceState;

/// The longest pause between tries of a failing section: it is never given up.
const BACK_OFF_MAX: TimeDelta = TimeDelta::hours(6);
/// The most a start is shifted.
const JITTER_MAX: TimeDelta = TimeDelta::seconds(60);
/// The most a start is shifted, as a part of the pause between two runs.
const JITTER_SHARE: i32 = 10;

/// How the last runs of a section went, over all its sources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// When the longest neglected source was last tried; `None` if one never was.
    pub attempted: Option<DateTime<Utc>>,
    /// When every source last answered.
    pub succeeded: Option<DateTime<Utc>>,
    /// Since when a source does not answer.
    pub failing_since: Option<DateTime<Utc>>,
    /// How often in a row the worst source failed.
    pub failures: u32,
    /// A source asked us to stay away until then.
    pub not_before: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub error: Option<String>,
}

/// A section's past, from what is known of its sources.
pub fn past(section: &Section, states: &[SourceState]) -> Past {
    let mut past: Option<Past> = None;
    for source in &section.sources {
        let is_it = |state: &&SourceState| state.section == section.id && state.url == source.url().as_str();
        let Some(state) = states.iter().find(is_it) else { return Past::default() };
        let known = &state.known;
        let Some(past) = &mut past else {
            past = Some(Past {
                attempted: known.attempted,
                succeeded: known.succeeded,
                failing_since: known.failing_since,
                failures: known.failures,
                not_before: known.not_before,
                error: known.error.clone(),
            });
            continue;
        };
        past.attempted = past.attempted.min(known.attempted);
        past.succeeded = past.succeeded.min(known.succeeded);
        past.failing_since = past.failing_since.or(known.failing_since);
        past.failures = past.failures.max(known.failures);
        past.not_before = past.not_before.max(known.not_before);
        past.error = past.error.take().or(known.error.clone());
    }
    past.unwrap_or_default()
}

/// The next run of a section. A time in the past means that it is due now: downtime is made up by one run.
pub fn next(portal: &Portal, section: &Section, past: &Past, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let schedule = portal.schedule_of(section);
    // A clock that went back must not silence a section until it has caught up.
    let Some(attempted) = past.attempted.filter(|attempted| *attempted <= now) else { return Some(now) };
    let planned = schedule.next_after(attempted, portal.timezone)?;
    let backed_off = match past.failures {
        0 | 1 => planned,
        failures => attempted + (schedule.interval() * (1 << (failures - 1).min(10))).min(BACK_OFF_MAX),
    };
    let next = planned.max(backed_off).max(past.not_before.unwrap_or(planned));
    Some(next + jitter(portal, section))
}

/// The same shift at every run, so that the pauses stay even.
fn jitter(portal: &Portal, section: &Section) -> TimeDelta {
    let most = (portal.schedule_of(section).interval() / JITTER_SHARE).min(JITTER_MAX);
    let hash = blake3::hash(format!("{}/{}", portal.id, section.id).as_bytes());
    let share = i64::from(hash.as_bytes()[0]);
    most * i32::try_from(share).unwrap_or_default() / 256
}
