//! Brings the archive in line with the operator's files: articles of portals that left leave the feeds, and an event
//! whose file is new or changed decides again.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::events::decide;
use crate::events::fingerprint;
use crate::events::subject::Subject;
use crate::ingest::Ingest;
use crate::model::event::Event;
use crate::store::StoreError;
use crate::store::decisions::DecidedArticle;

/// Articles read and decided at once; their texts are in memory meanwhile.
const ARTICLES_AT_ONCE: usize = 40;
/// Zones are at most this far from UTC; the rules themselves look at the day in the event's zone.
const ZONE_MARGIN: TimeDelta = TimeDelta::hours(26);

/// Decides every event whose rules are not those its decisions were made under; the others cost one comparison.
/// Returns for each event decided again how many articles entered or left its feed. Before that, articles of portals
/// that left the configuration leave the feeds of others, and come back with their portal.
pub async fn decide(ingest: &Ingest, now: DateTime<Utc>) -> Result<Vec<(String, usize)>, StoreError> {
    let portals = ingest.catalogue.portals.iter().map(|portal| portal.id.clone()).collect();
    let moved = ingest.store.configure_portals(portals, now).await?;
    if moved > 0 {
        tracing::info!(moved, "other portals are configured than before: {moved} articles moved");
    }
    let known = ingest.store.event_rules().await?;
    let mut decided = Vec::new();
    for (place, event) in ingest.catalogue.events.iter().enumerate() {
        let rules = fingerprint::of(event);
        if known.get(&event.id) != Some(&rules) {
            let moved = decide_event(ingest, place, event, rules, now).await?;
            tracing::info!(event = %event.id, moved, "the rules of event {} are new: {moved} articles moved", event.id);
            decided.push((event.id.clone(), moved));
        }
    }
    Ok(decided)
}

async fn decide_event(
    ingest: &Ingest,
    place: usize,
    event: &Event,
    rules: [u8; 32],
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let days = |days: u32| TimeDelta::days(i64::from(days));
    let from = midnight(event.starts) - days(event.rules.days_before) - ZONE_MARGIN;
    let to = midnight(event.ends) + days(event.rules.days_after + 1) + ZONE_MARGIN;
    let mut decisions = Vec::new();
    let mut after = None;
    loop {
        let articles = ingest.store.published_between(from, to, after, ARTICLES_AT_ONCE).await?;
        let Some(last) = articles.last() else { break };
        after = Some((last.published, last.row));
        let events = ingest.events.clone();
        let work = move || {
            let decide = |article: &DecidedArticle| {
                let subject = Subject::new(&article.title, &article.html.text(), article.published);
                (article.row, decide::decide(&events[place], &subject))
            };
            articles.iter().map(decide).collect::<Vec<_>>()
        };
        decisions.extend(tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Stopped)?);
    }
    ingest.store.replace_decisions(event.id.clone(), rules, decisions, now).await
}
