//! The whole article of a page: where it is split over several, the others are fetched too, as politely as any page.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use url::Url;

use crate::background::Workers;
use crate::events::rules::Rules;
use crate::ingest::Ingest;
use crate::ingest::extract::parts::{self, PARTS_MAX};
use crate::ingest::fetch::{FetchError, Fetched, Purpose, RawPage, Request};
use crate::ingest::guard::lexicon::Lexicon;
use crate::ingest::learned;
use crate::ingest::lessons::Lessons;
use crate::ingest::page::{self, Context, Extracted, Reading};
use crate::ingest::spans;
use crate::model::article::Candidate;
use crate::model::catalogue::Catalogue;
use crate::model::portal::Portal;
use crate::text::address;

/// An article with all its pages, or with those that could be read.
pub(super) struct Whole {
    /// The article.
    pub(super) candidate: Candidate,
    /// The addresses of pages that could not be read, and why.
    pub(super) missing: Vec<Missing>,
    /// Whether the page that was asked for continues another.
    pub(super) is_later: bool,
    /// Whether it stands on more than one page.
    pub(super) is_split: bool,
}

impl Whole {
    fn on_one_page(candidate: Candidate, is_later: bool) -> Whole {
        Whole { candidate, missing: Vec::new(), is_later, is_split: false }
    }
}

/// A page of an article that could not be read.
pub(super) struct Missing {
    /// Its address.
    pub(super) url: Url,
    /// Why.
    pub(super) error: String,
    /// Whether it may answer another time.
    pub(super) is_passing: bool,
}

/// Why a page gave no article.
pub(super) enum Nothing {
    /// There is none on it.
    NoArticle(String),
    /// The first page of its article did not answer.
    FirstMissing(FetchError),
}

/// What the work on a page needs, off the async threads.
#[derive(Clone)]
pub(super) struct Work {
    catalogue: Arc<Catalogue>,
    events: Arc<[Rules]>,
    lexicon: Arc<Lexicon>,
    workers: Arc<Workers>,
    lessons: Arc<Lessons>,
    portal: String,
    asked: Url,
    published: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
}

impl Work {
    /// What the work on the page at `asked` needs; `published` is the date of its article, if we know it.
    pub(super) fn on(
        ingest: &Ingest,
        portal: &Portal,
        asked: &Url,
        published: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        lessons: &Arc<Lessons>,
    ) -> Work {
        let (catalogue, events, lexicon) = (ingest.catalogue.clone(), ingest.events.clone(), ingest.lexicon.clone());
        let (workers, lessons) = (ingest.workers.clone(), Arc::clone(lessons));
        let (portal, asked) = (portal.id.clone(), asked.clone());
        Work { catalogue, events, lexicon, workers, lessons, portal, asked, published, now }
    }

    /// Does work where a panic costs a page and not the run.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Context) -> Result<T, String> + Send + 'static,
    ) -> Result<T, String> {
        let it = self.clone();
        let span = tracing::Span::current();
        let work = move || {
            let _span = span.enter();
            let _parse = spans::parse().entered();
            let portal = it.catalogue.portal(&it.portal).ok_or("its portal is not configured")?;
            let Work { ref asked, ref events, ref lexicon, published, now, .. } = it;
            work(&Context { portal, asked, events, lexicon, published, now })
        };
        let done = self.workers.run(work).await;
        done.unwrap_or_else(|_| Err("the page's markup could not be worked through".into()))
    }
}

/// What one page turned out to be.
enum Step {
    /// All there is.
    Whole(Box<Candidate>),
    /// The first of several, and those its pager names.
    First(Box<Extracted>, Vec<(usize, Url)>),
    /// One that continues the page at this address.
    Later(Url),
}

/// Reads the article a page belongs to.
pub(super) async fn article(ingest: &Ingest, portal: &Portal, raw: RawPage, mut work: Work) -> Result<Whole, Nothing> {
    let raw = match step(&work, raw, true).await.map_err(Nothing::NoArticle)? {
        Step::Later(first) => {
            let request = Request { url: &first, rules: &portal.fetch, validators: None, purpose: Purpose::Page };
            let fetched = spans::fetch_page(&ingest.fetcher, request, work.now).await.map_err(Nothing::FirstMissing)?;
            let Fetched::Page(raw) = fetched else { return Err(Nothing::NoArticle(format!("{first} is as it was"))) };
            work.asked = first;
            raw
        }
        Step::Whole(candidate) => return Ok(Whole::on_one_page(*candidate, false)),
        Step::First(extracted, later) => return joined(ingest, portal, *extracted, later, &work, false).await,
    };
    // A page that leads back is not followed twice.
    match step(&work, raw, false).await.map_err(Nothing::NoArticle)? {
        Step::First(extracted, later) => joined(ingest, portal, *extracted, later, &work, true).await,
        Step::Whole(candidate) => Ok(Whole::on_one_page(*candidate, true)),
        Step::Later(url) => Err(Nothing::NoArticle(format!("continues {url}"))),
    }
}

async fn step(work: &Work, raw: RawPage, may_be_later: bool) -> Result<Step, String> {
    let lessons = Arc::clone(&work.lessons);
    let step = move |context: &Context| {
        let page = page::decoded(raw, context)?;
        let &Context { portal, lexicon, now, .. } = context;
        // What the pages before this one taught counts from here on, not from when this one was fetched.
        let templates = lessons.templates();
        let (reading, lesson) = learned::read(&page, portal, lexicon, &templates, &|| lessons.may_observe());
        lessons.hand_in(lesson, now);
        let step = |mut reading: Reading| {
            let (first, later) = (reading.first_page.take(), std::mem::take(&mut reading.later_pages));
            if may_be_later && let Some(first) = first {
                return Ok(Step::Later(first));
            }
            if later.is_empty() {
                return Ok(Step::Whole(Box::new(page::candidate(reading, &page.url, context))));
            }
            // Its pages are joined before they are cleaned.
            let article = page::extracted(&page, portal, lexicon)?;
            Ok(Step::First(Box::new(Extracted { url: page.url.clone(), article }), later))
        };
        reading.and_then(step)
    };
    work.run(step).await
}

/// Fetches the later pages of an article one after the other and puts it together.
async fn joined(
    ingest: &Ingest,
    portal: &Portal,
    first: Extracted,
    later: Vec<(usize, Url)>,
    work: &Work,
    is_later: bool,
) -> Result<Whole, Nothing> {
    let (first_url, title) = (first.url.clone(), first.article.title.clone());
    let mut open: BTreeMap<usize, Url> = later.into_iter().collect();
    let mut seen = vec![address::key(&first_url)];
    let (mut pages, mut missing) = (Vec::new(), Vec::new());
    while let Some((number, url)) = open.pop_first() {
        let key = address::key(&url);
        if seen.contains(&key) {
            continue;
        }
        if seen.len() > PARTS_MAX {
            let error = format!("{first_url} goes on for more than {PARTS_MAX} pages; the rest is left out");
            missing.push(Missing { url, error, is_passing: false });
            break;
        }
        seen.push(key);
        match part(ingest, portal, &url, &title, work).await {
            Ok(page) => {
                let known = |url: &Url| seen.contains(&address::key(url));
                open.extend(parts::later(&first_url, &page.article.pager).into_iter().filter(|(_, url)| !known(url)));
                pages.push((number, page));
            }
            Err(part_missing) => missing.push(part_missing),
        }
    }
    pages.sort_by_key(|(number, _)| *number);
    let finish = move |context: &Context| {
        let mut whole = first;
        pages.into_iter().for_each(|(_, page)| parts::join(&mut whole.article, page.article));
        Ok(page::finish(whole, context))
    };
    let candidate = work.run(finish).await.map_err(Nothing::NoArticle)?;
    Ok(Whole { candidate, missing, is_later, is_split: true })
}

async fn part(ingest: &Ingest, portal: &Portal, url: &Url, title: &str, work: &Work) -> Result<Extracted, Missing> {
    let missing = |error: String, is_passing| Missing { url: url.clone(), error, is_passing };
    let request = Request { url, rules: &portal.fetch, validators: None, purpose: Purpose::Page };
    let raw = match spans::fetch_page(&ingest.fetcher, request, work.now).await {
        Ok(Fetched::Page(raw)) => raw,
        Ok(Fetched::NotModified { .. }) => return Err(missing(format!("{url} answered 304 unasked"), true)),
        Err(error) => return Err(missing(error.to_string(), is_passing(&error))),
    };
    if !address::same_site(&raw.url, url) {
        return Err(missing(format!("{url} leads to {}, another site", raw.url), false));
    }
    let title = title.to_owned();
    work.run(move |context| page::part(raw, context, &title)).await.map_err(|error| missing(error, false))
}

/// Whether asking another time may help.
fn is_passing(error: &FetchError) -> bool {
    matches!(
        error,
        FetchError::Busy { .. }
            | FetchError::Status { status: 500.., .. }
            | FetchError::Timeout { .. }
            | FetchError::Network { .. }
            | FetchError::RobotsUnreachable { .. }
    )
}
