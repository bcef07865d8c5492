//! A run in one portal: all sources are read, then each page that is new or due is fetched once,
//! whichever sections link it, and stored in batches.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use crate::ingest::lessons::Lessons;
use crate::ingest::listed::{self, Listed};
use crate::ingest::look::{self, Look};
use crate::ingest::spans::{self, Sections};
use crate::ingest::tasks::{self, Task};
use crate::ingest::whole::Missing;
use crate::ingest::{Ingest, Listener, Options, Part, Progress, RunError};
use crate::model::drift::{Alarm, Tally};
use crate::model::page::KnownSource;
use crate::model::portal::{Section, Source};
use crate::model::run::Report;
use crate::store::StoreError;
use crate::store::batch::{Batch, Outcome, PageResult, SourceOutcome, SourceResult, SourceTally};
use crate::store::outset::Outset;
use crate::store::sources::SourceState;

/// Sources read at once; their hosts' own limits hold besides.
const SOURCES_AT_ONCE: usize = 4;
/// Pages in work at once in one portal; the hosts' own limits hold besides.
const PAGES_AT_ONCE: usize = 16;
/// Pages stored in one transaction: large enough that a commit costs nothing beside them, small enough that
/// their texts stay within some tens of megabytes and a crash loses little.
const BATCH_PAGES_MAX: usize = 100;

/// Runs one portal's part and returns what it did.
pub(super) async fn run(
    ingest: &Ingest,
    part: &Part<'_>,
    run: i64,
    options: Options,
    now: DateTime<Utc>,
    stop: &CancellationToken,
    listener: &Listener<'_>,
) -> Result<Report, RunError> {
    let mut report = Report::default();
    let mut batch = Batch { portal: part.portal.id.clone(), run: Some(run), ..Batch::default() };
    let ids = part.sections.iter().map(|section| section.id.clone()).collect();
    let outset = ingest.store.outset(part.portal.id.clone(), ids, tasks::SECOND_LOOKS_MAX, now).await?;
    let Outset { history, templates, sources: known, due } = outset;
    let (lessons, sections) = (Arc::new(Lessons::new(templates)), Sections::of(part));
    let mut sources = Vec::new();
    let found = match &part.url {
        Some(url) => tasks::single(ingest, part, url).await?,
        None => {
            let listed = read_sources(ingest, part, (known, &sections), options, now, listener).await;
            let found = tasks::all(ingest, part, &listed, due).await?;
            sources = count_sources(part, listed, &mut report);
            found
        }
    };
    let is_single = part.url.is_some();
    let (looks, links): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|task| is_single || options.is_forced || task.is_due(now));
    batch.pages.extend(links.into_iter().filter_map(Task::linked));
    announce(part, &looks, &sources, listener);
    let look = |task| look::page(ingest, part.portal, task, (&history, &lessons, &sections), options, now);
    let mut open = looks.len();
    let looks: Vec<_> = looks.into_iter().map(look).collect();
    let mut tallies: HashMap<(&str, usize), Tally> = HashMap::new();
    let looks = stream::iter(looks).take_until(stop.cancelled()).buffer_unordered(PAGES_AT_ONCE);
    let mut results = std::pin::pin!(looks);
    while let Some(Look { result, listed_by, missing }) = results.next().await {
        count(&result, &mut report);
        for Missing { url, error, .. } in missing {
            report.failed += 1;
            report.error(url.as_str(), error);
        }
        tallies.entry((&listed_by.0.id, listed_by.1)).or_default().add(tally(&result));
        batch.pages.push(result);
        listener(Progress::Page { portal: part.portal, section: listed_by.0, source: listed_by.1 });
        open -= 1;
        // The last pages are stored with their sources.
        if batch.pages.len() >= BATCH_PAGES_MAX && open > 0 {
            batch.templates = lessons.changed(now);
            save(ingest, part, &mut batch, options, now, &mut report, listener).await?;
        }
    }
    // A source whose pages are not all stored must be read again in full.
    if !stop.is_cancelled() {
        batch.sources = sources;
    }
    batch.templates = lessons.changed(now);
    // A page ordered by its address was listed by no source.
    if !is_single {
        batch.tallies = source_tallies(part, tallies);
    }
    save(ingest, part, &mut batch, options, now, &mut report, listener).await?;
    Ok(report)
}

async fn read_sources<'a>(
    ingest: &Ingest,
    part: &Part<'a>,
    (known, sections): (Vec<SourceState>, &Sections),
    options: Options,
    now: DateTime<Utc>,
    listener: &Listener<'_>,
) -> Vec<(&'a Section, usize, Listed)> {
    let known: HashMap<_, _> = known.into_iter().map(|source| ((source.section, source.url), source.known)).collect();
    let mut reads = Vec::new();
    for section in &part.sections {
        for (index, source) in section.sources.iter().enumerate() {
            let known = known.get(&(section.id.clone(), source.url().to_string())).cloned().unwrap_or_default();
            let read = read_source(ingest, part, (section, index, source), known, options, now);
            reads.push(read.instrument(sections.source(section, source)));
        }
    }
    let listed: Vec<_> = stream::iter(reads).buffered(SOURCES_AT_ONCE).collect().await;
    for (section, source, listed) in &listed {
        if let SourceOutcome::Failed { error, .. } = &listed.outcome {
            listener(Progress::Source { portal: part.portal, section, source: *source, pages: Err(error) });
        }
    }
    listed
}

fn announce(part: &Part, looks: &[Task], sources: &[SourceResult], listener: &Listener<'_>) {
    for section in &part.sections {
        for (index, source) in section.sources.iter().enumerate() {
            let is_read = sources.iter().any(|result| {
                result.section == section.id
                    && result.url == source.url().as_str()
                    && !matches!(result.outcome, SourceOutcome::Failed { .. })
            });
            if is_read || part.url.is_some() {
                let is_its = |task: &&Task| task.listed_by.0.id == section.id && task.listed_by.1 == index;
                let pages = Ok(looks.iter().filter(is_its).count());
                listener(Progress::Source { portal: part.portal, section, source: index, pages });
            }
        }
    }
}

fn count_sources(part: &Part, listed: Vec<(&Section, usize, Listed)>, report: &mut Report) -> Vec<SourceResult> {
    let mut sources = Vec::new();
    for (section, index, Listed { links, outcome }) in listed {
        let url = section.sources[index].url().to_string();
        report.discovered += links.len() as u64;
        match &outcome {
            SourceOutcome::Read { .. } => report.sources_ok += 1,
            SourceOutcome::Unchanged => {
                report.sources_ok += 1;
                report.not_modified += 1;
            }
            SourceOutcome::Failed { error, .. } => {
                report.sources_failed += 1;
                report.error(&url, format!("{}/{}: {error}", part.portal.id, section.id));
            }
        }
        sources.push(SourceResult { section: section.id.clone(), url, outcome });
    }
    sources
}

fn count(result: &PageResult, report: &mut Report) {
    match &result.outcome {
        Outcome::Article { .. } | Outcome::Held { .. } => report.fetched += 1,
        Outcome::Unchanged { validators: None } => report.not_modified += 1,
        Outcome::Unchanged { validators: Some(_) } => report.fetched += 1,
        Outcome::Linked => {}
        Outcome::NoArticle { error, .. } => {
            report.fetched += 1;
            report.failed += 1;
            report.error(&result.url, error);
        }
        Outcome::Failed { error } => {
            report.failed += 1;
            report.error(&result.url, error);
        }
        Outcome::Gone { error } => {
            report.gone += 1;
            report.error(&result.url, error);
        }
    }
}

/// What was found on a page; nothing where it was not read.
fn tally(result: &PageResult) -> Tally {
    match &result.outcome {
        Outcome::Article { candidate, .. } | Outcome::Held { candidate, .. } => Tally {
            pages: 1,
            articles: 1,
            dated: u32::from(candidate.article.published.is_some()),
            signed: u32::from(!candidate.article.authors.is_empty()),
            chars: candidate.article.text.chars().count() as u64,
        },
        Outcome::NoArticle { .. } => Tally { pages: 1, ..Tally::default() },
        _ => Tally::default(),
    }
}

fn source_tallies(part: &Part, tallies: HashMap<(&str, usize), Tally>) -> Vec<SourceTally> {
    let mut read = Vec::new();
    for section in &part.sections {
        for (index, source) in section.sources.iter().enumerate() {
            let tally = tallies.get(&(section.id.as_str(), index)).copied().unwrap_or_default();
            if tally.pages > 0 {
                read.push(SourceTally { section: section.id.clone(), url: source.url().to_string(), tally });
            }
        }
    }
    read
}

async fn read_source<'a>(
    ingest: &Ingest,
    part: &Part<'a>,
    (section, index, source): (&'a Section, usize, &'a Source),
    known: KnownSource,
    options: Options,
    now: DateTime<Utc>,
) -> (&'a Section, usize, Listed) {
    let listed = listed::links(ingest, part.portal, source, &known, options.is_forced, now).await;
    spans::source_read(&Span::current(), &listed);
    (section, index, listed)
}

async fn save(
    ingest: &Ingest,
    part: &Part<'_>,
    batch: &mut Batch,
    options: Options,
    now: DateTime<Utc>,
    report: &mut Report,
    listener: &Listener<'_>,
) -> Result<(), StoreError> {
    let empty = Batch { portal: part.portal.id.clone(), run: batch.run, ..Batch::default() };
    let mut batch = std::mem::replace(batch, empty);
    // Pages come in any order; of two with the same story, the original published first is its home.
    batch.pages.sort_by_key(|page| match &page.outcome {
        Outcome::Article { candidate, .. } => (candidate.article.is_machine_copy, candidate.article.published),
        _ => (false, None),
    });
    let run = batch.run;
    let span = spans::store(&part.portal.id, batch.pages.len());
    let saved = match options.is_dry {
        false => ingest.store.save(batch, now).instrument(span).await?,
        true => ingest.store.rehearse(batch, now).instrument(span).await?,
    };
    if options.is_dry {
        ingest.store.keep_items(run, saved.items).await?;
    } else {
        saved.new_ages_s.iter().for_each(|age_s| ingest.signals.stored(&part.portal.id, *age_s as f64));
    }
    report.new += saved.new;
    report.updated += saved.updated;
    report.unchanged += saved.unchanged;
    report.copies += saved.copies;
    report.quarantined += saved.quarantined;
    if saved.quarantined > 0 {
        let (portal, pages) = (part.portal.id.as_str(), saved.quarantined);
        tracing::warn!(portal, pages, "{pages} pages of {portal} are held back until an editor looks at them");
    }
    for alarm in saved.alarms {
        let Alarm { portal, section, source, message, .. } = &alarm;
        tracing::warn!(portal, section, source, "{portal}/{section}: {message} ({source})");
        report.alarms.push(alarm);
    }
    listener(Progress::Saved { portal: part.portal, report });
    Ok(())
}
