//! A look at one page: what it answers decides what is stored of it and when it is looked at again.

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use tracing::Instrument;

use crate::ingest::fetch::{Fetched, Purpose, RawPage, Request};
use crate::ingest::lessons::Lessons;
use crate::ingest::spans::Sections;
use crate::ingest::tasks::Task;
use crate::ingest::whole::{self, Missing, Nothing, Work};
use crate::ingest::{Ingest, Options, revisit, spans, verdict};
use crate::model::article::Candidate;
use crate::model::history::History;
use crate::model::page::Validators;
use crate::model::portal::{Portal, Section};
use crate::store::StoreError;
use crate::store::batch::{Outcome, PageResult};

/// What no body hashes to, as far as anybody can find out: a page stored with it is read again at the next look, with
/// all the pages that continue it.
const UNFINISHED: [u8; 32] = [0; 32];

/// What came of a look at a page.
pub(super) struct Look<'a> {
    /// What is stored of it.
    pub(super) result: PageResult,
    /// The source that listed it.
    pub(super) listed_by: (&'a Section, usize),
    /// Further pages of its article that could not be read.
    pub(super) missing: Vec<Missing>,
}

/// Fetches a page and, unless it is as it was, reads it.
pub(super) async fn page<'a>(
    ingest: &Ingest,
    portal: &Portal,
    task: Task<'a>,
    (history, lessons, sections): (&History, &Arc<Lessons>, &Sections),
    options: Options,
    now: DateTime<Utc>,
) -> Look<'a> {
    let span = sections.page(task.listed_by.0, &task.url);
    let look = look(ingest, portal, task, (history, lessons), options, now).instrument(span.clone()).await;
    spans::page_read(&span, &look.result);
    look
}

async fn look<'a>(
    ingest: &Ingest,
    portal: &Portal,
    task: Task<'a>,
    (history, lessons): (&History, &Arc<Lessons>),
    options: Options,
    now: DateTime<Utc>,
) -> Look<'a> {
    let known = task.known.as_ref();
    let validators = known.filter(|_| !options.is_forced).map(|known| &known.validators);
    let request = Request { url: &task.url, rules: &portal.fetch, validators, purpose: Purpose::Page };
    let failures = known.map_or(0, |known| known.failures);
    let has_article = known.is_some_and(|known| known.has_article);
    let published = known.and_then(|known| known.published);
    // A page that is held back is looked at again as a story of that age is: it may be mended.
    let again = |validators: Option<&Validators>| match known.and_then(|known| known.held) {
        Some(held) => revisit::article(held, None, now),
        None if has_article => {
            let validators = validators.or(known.map(|known| &known.validators));
            let changed = validators.and_then(|validators| revisit::changed(validators, now));
            revisit::article(published.unwrap_or(now), changed, now)
        }
        None => None,
    };
    let mut moved = None;
    let mut missing = Vec::new();
    let asked = Instant::now();
    let fetched = spans::fetch_page(&ingest.fetcher, request, now).await;
    ingest.signals.fetched(&portal.id, asked.elapsed().as_secs_f64());
    let (outcome, due) = match fetched {
        Ok(Fetched::NotModified { moved: to }) => {
            moved = to;
            (Outcome::Unchanged { validators: None }, again(None))
        }
        Ok(Fetched::Page(raw)) if !options.is_forced && known.is_some_and(|it| it.body_hash == Some(raw.body_hash)) => {
            moved = raw.moved;
            let due = again(Some(&raw.validators));
            (Outcome::Unchanged { validators: Some(raw.validators) }, due)
        }
        Ok(Fetched::Page(raw)) => {
            moved.clone_from(&raw.moved);
            read(ingest, portal, &task, raw, (history, lessons), now, &mut missing).await
        }
        Err(error) if error.is_gone() => (Outcome::Gone { error: error.to_string() }, revisit::gone(failures, now)),
        Err(error) => {
            let due = revisit::failed(failures, has_article, now);
            (Outcome::Failed { error: error.to_string() }, due.max(error.retry_at(now)))
        }
    };
    // A page that moved for good is asked at its new address from now on (RFC 9110 §15.4.2).
    let url = moved.unwrap_or(task.url).into();
    let result = PageResult { key: task.key, url, sections: task.sections, due, outcome };
    Look { result, listed_by: task.listed_by, missing }
}

async fn read(
    ingest: &Ingest,
    portal: &Portal,
    task: &Task<'_>,
    raw: RawPage,
    (history, lessons): (&History, &Arc<Lessons>),
    now: DateTime<Utc>,
    missing: &mut Vec<Missing>,
) -> (Outcome, Option<DateTime<Utc>>) {
    let (mut validators, mut body_hash) = (raw.validators.clone(), raw.body_hash);
    let known = task.known.as_ref();
    let published = known.and_then(|known| known.published);
    let failures = known.map_or(0, |known| known.failures);
    let work = Work::on(ingest, portal, &task.url, published, now, lessons);
    let mut whole = match whole::article(ingest, portal, raw, work).await {
        Ok(whole) => whole,
        Err(Nothing::NoArticle(error)) => {
            return (Outcome::NoArticle { error, validators, body_hash }, revisit::no_article(failures, now));
        }
        Err(Nothing::FirstMissing(error)) => {
            let due = revisit::failed(failures, published.is_some(), now);
            return (Outcome::Failed { error: error.to_string() }, due.max(error.retry_at(now)));
        }
    };
    if known.is_some_and(|known| known.has_article)
        && let Some(passing) = whole.missing.iter().position(|missing| missing.is_passing)
    {
        // Better the article as it was than one that has lost a page.
        let error = whole.missing.swap_remove(passing).error;
        return (Outcome::Failed { error }, revisit::failed(failures, true, now));
    }
    let changed = revisit::changed(&validators, now);
    if whole.is_split {
        // What is stored tells of the first page alone, and a later one can change without it, or be missing so far.
        (validators, body_hash) = (Validators::default(), UNFINISHED);
    }
    missing.extend(whole.missing);
    let candidate = Box::new(whole.candidate);
    // The first page is looked at again, under its own address; this one only leads to it.
    let rests = |due| if whole.is_later { None } else { due };
    match why_held(ingest, portal, task, history, &candidate).await {
        Ok(None) => {
            let published = published.or(candidate.article.published).unwrap_or(now);
            let due = revisit::article(published, changed, now);
            (Outcome::Article { candidate, validators, body_hash }, rests(due))
        }
        Ok(Some(reason)) => {
            let held = task.known.as_ref().and_then(|known| known.held);
            let due = revisit::article(held.unwrap_or(now), None, now);
            (Outcome::Held { candidate, reason, validators, body_hash }, due)
        }
        Err(error) => {
            (Outcome::Failed { error: error.to_string() }, revisit::failed(failures, published.is_some(), now))
        }
    }
}

async fn why_held(
    ingest: &Ingest,
    portal: &Portal,
    task: &Task<'_>,
    history: &History,
    candidate: &Candidate,
) -> Result<Option<String>, StoreError> {
    let signs = &candidate.signs;
    let unseen = if verdict::asks_for_sites(signs) {
        ingest.store.unseen_sites(portal.id.clone(), signs.foreign_links.keys().cloned().collect()).await?
    } else {
        Vec::new()
    };
    let known_title = task.known.as_ref().and_then(|known| known.title.as_deref());
    let page = verdict::Page { title: &candidate.article.title, known_title, sections: &task.sections, signs };
    Ok(verdict::why(&page, history, &unseen))
}
