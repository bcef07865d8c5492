//! A look at one page: what it answers decides what is stored of it and when it is looked at again.

use chrono::{DateTime, Utc};

use crate::ingest::fetch::{self, Fetched, Purpose, RawPage, Request};
use crate::ingest::page::{self, Context};
use crate::ingest::tasks::Task;
use crate::ingest::{Ingest, Options, revisit, verdict};
use crate::model::article::Candidate;
use crate::model::history::History;
use crate::model::portal::{Portal, Section};
use crate::store::StoreError;
use crate::store::batch::{Outcome, PageResult};

/// Fetches a page and, unless it is as it was, reads it.
pub(super) async fn page<'a>(
    ingest: &Ingest,
    portal: &Portal,
    task: Task<'a>,
    history: &History,
    options: Options,
    now: DateTime<Utc>,
) -> (PageResult, (&'a Section, usize)) {
    let known = task.known.as_ref();
    let validators = known.filter(|_| !options.is_forced).map(|known| &known.validators);
    let request = Request { url: &task.url, rules: &portal.fetch, validators, purpose: Purpose::Page };
    let failures = known.map_or(0, |known| known.failures);
    let has_article = known.is_some_and(|known| known.has_article);
    let published = known.and_then(|known| known.published);
    // A page that is held back is looked at again as a story of that age is: it may be mended.
    let again = || match known.and_then(|known| known.held) {
        Some(held) => revisit::article(held, now),
        None if has_article => revisit::article(published.unwrap_or(now), now),
        None => None,
    };
    let mut moved = None;
    let (outcome, due) = match fetch::page(&ingest.fetcher, request, now).await {
        Ok(Fetched::NotModified { moved: to }) => {
            moved = to;
            (Outcome::Unchanged { validators: None }, again())
        }
        Ok(Fetched::Page(raw)) if !options.is_forced && known.is_some_and(|it| it.body_hash == Some(raw.body_hash)) => {
            moved = raw.moved;
            (Outcome::Unchanged { validators: Some(raw.validators) }, again())
        }
        Ok(Fetched::Page(raw)) => {
            moved.clone_from(&raw.moved);
            read(ingest, portal, &task, raw, history, now).await
        }
        Err(error) if error.is_gone() => (Outcome::Gone { error: error.to_string() }, revisit::gone(failures, now)),
        Err(error) => {
            let due = revisit::failed(failures, has_article, now);
            (Outcome::Failed { error: error.to_string() }, due.max(error.retry_at(now)))
        }
    };
    // A page that moved for good is asked at its new address from now on (RFC 9110 §15.4.2).
    let url = moved.unwrap_or(task.url).into();
    (PageResult { key: task.key, url, sections: task.sections, due, outcome }, task.listed_by)
}

async fn read(
    ingest: &Ingest,
    portal: &Portal,
    task: &Task<'_>,
    raw: RawPage,
    history: &History,
    now: DateTime<Utc>,
) -> (Outcome, Option<DateTime<Utc>>) {
    let (validators, body_hash) = (raw.validators.clone(), raw.body_hash);
    let published = task.known.as_ref().and_then(|known| known.published);
    let work = {
        let (id, asked) = (portal.id.clone(), task.url.clone());
        let (catalogue, events) = (ingest.catalogue.clone(), ingest.events.clone());
        move || {
            let portal = catalogue.portal(&id).ok_or("its portal is not configured")?;
            page::candidate(raw, &Context { portal, asked: &asked, events: &events, published, now })
        }
    };
    let candidate = tokio::task::spawn_blocking(work).await;
    let failures = task.known.as_ref().map_or(0, |known| known.failures);
    let candidate = match candidate.unwrap_or_else(|_| Err("the page's markup could not be worked through".into())) {
        Ok(candidate) => Box::new(candidate),
        Err(error) => {
            return (Outcome::NoArticle { error, validators, body_hash }, revisit::no_article(failures, now));
        }
    };
    match why_held(ingest, portal, task, history, &candidate).await {
        Ok(None) => {
            let due = revisit::article(published.or(candidate.article.published).unwrap_or(now), now);
            (Outcome::Article { candidate, validators, body_hash }, due)
        }
        Ok(Some(reason)) => {
            let held = task.known.as_ref().and_then(|known| known.held);
            let due = revisit::article(held.unwrap_or(now), now);
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
