//! Brings the archive in line with the operator's files: articles of portals that left leave the feeds, and an event
//! whose file is new or changed decides again.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::background::Workers;
use crate::events::decide;
use crate::events::fingerprint;
use crate::events::rules::Rules;
use crate::events::subject::Subject;
use crate::ingest::Ingest;
use crate::model::event::{Decision, Event};
use crate::model::portal::Portal;
use crate::model::weighing::Movement;
use crate::store::decisions::DecidedArticle;
use crate::store::redecisions::Redecision;
use crate::store::{Store, StoreError};

/// Articles read and decided at once; their texts are in memory meanwhile.
const ARTICLES_AT_ONCE: usize = 40;
/// Zones are at most this far from UTC; the rules themselves look at the day in the event's zone.
const ZONE_MARGIN: TimeDelta = TimeDelta::hours(26);

/// Decides every event whose rules are not those its decisions were made under; the others cost one comparison.
/// Returns what that moved, for each event decided again. Before that, articles of portals that left the configuration
/// or became private leave the feeds of others, and come back with their portal.
pub async fn decide(ingest: &Ingest, now: DateTime<Utc>) -> Result<Vec<(String, Movement)>, StoreError> {
    let (private, public): (Vec<_>, Vec<_>) = ingest.catalogue.portals.iter().partition(|portal| portal.is_private);
    let ids = |portals: Vec<&Portal>| portals.into_iter().map(|portal| portal.id.clone()).collect();
    let moved = ingest.store.configure_portals(ids(public), ids(private), now).await?;
    if moved > 0 {
        tracing::info!(moved, "other portals are configured than before: {moved} articles moved");
    }
    let known = ingest.store.decided_events().await?;
    let mut decided = Vec::new();
    for (place, event) in ingest.catalogue.events.iter().enumerate() {
        if known.iter().any(|known| known.event == event.id && known.rules == fingerprint::of(event)) {
            continue;
        }
        let redecision = redecision(&ingest.store, &ingest.workers, event, &ingest.events, place).await?;
        let movement = ingest.store.replace_decisions(redecision, now).await?;
        let Movement { entered, left, .. } = movement;
        tracing::info!(
            event = %event.id,
            entered,
            left,
            "the rules of event {} are new: {entered} articles entered its feed, {left} left it",
            event.id
        );
        decided.push((event.id.clone(), movement));
    }
    Ok(decided)
}

/// What an event's rules say of all that is stored; they are at this place of all events' rules.
pub async fn redecision(
    store: &Store,
    workers: &Workers,
    event: &Event,
    events: &Arc<[Rules]>,
    place: usize,
) -> Result<Redecision, StoreError> {
    let rules = &events[place];
    let since = store.last_change().await?;
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let from = midnight(rules.opens) - ZONE_MARGIN;
    let to = midnight(rules.closes) + TimeDelta::days(1) + ZONE_MARGIN;
    let mut decisions = Vec::new();
    let mut after = None;
    loop {
        let articles = store.published_between(from, to, after, ARTICLES_AT_ONCE).await?;
        let Some(last) = articles.last() else { break };
        after = Some((last.published, last.row));
        let events = Arc::clone(events);
        let work = move || decided(&events[place], &articles);
        decisions.extend(workers.run(work).await.map_err(|_| StoreError::Stopped)?);
    }
    Ok(Redecision {
        event: event.id.clone(),
        rules: fingerprint::of(event),
        timezone: event.timezone.name().to_owned(),
        section_cap: event.rules.section_cap,
        since,
        decisions,
    })
}

/// The decisions that say anything.
fn decided(rules: &Rules, articles: &[DecidedArticle]) -> Vec<(i64, Decision)> {
    let decide = |article: &DecidedArticle| {
        let subject = Subject::new(&article.title, &article.html.text(), article.published);
        (article.row, decide::decide(rules, &subject))
    };
    articles.iter().map(decide).filter(|(_, decision)| !decision.reasons.is_empty()).collect()
}
