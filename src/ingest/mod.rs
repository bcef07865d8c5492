//! From a source to stored articles: fetch, decode, extract, guard, clean, identify, save.
//! `run` is one pass over a scope.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::future;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::background::Workers;
use crate::events::rules::Rules;
use crate::ingest::fetch::Fetcher;
use crate::ingest::guard::lexicon::Lexicon;
use crate::model::catalogue::Catalogue;
use crate::model::portal::{Portal, Section};
use crate::model::run::{Report, Run, Scope};
use crate::signals::Signals;
use crate::store::{Store, StoreError};
use crate::text::address;

pub mod archive;
pub mod clean;
pub mod decode;
pub mod extract;
pub mod fetch;
pub mod guard;
pub mod learned;
pub mod page;
pub mod sources;

mod identify;
mod lessons;
mod listed;
mod look;
mod origins;
mod portal;
pub mod removed;
mod revisit;
mod signs;
mod spans;
mod tasks;
mod verdict;
mod whole;

/// What every run needs; made once.
pub struct Ingest {
    /// The portals and events.
    pub catalogue: Arc<Catalogue>,
    /// The events' rules, compiled.
    pub events: Arc<[Rules]>,
    /// The words of spam, compiled.
    pub lexicon: Arc<Lexicon>,
    /// The guarded client.
    pub fetcher: Fetcher,
    /// Where articles are kept.
    pub store: Store,
    /// Counts what is done.
    pub signals: Arc<Signals>,
    /// Where pages are worked on.
    pub workers: Arc<Workers>,
}

impl Ingest {
    /// Compiles the events' rules and the words of spam.
    pub fn new(catalogue: Arc<Catalogue>, fetcher: Fetcher, store: Store) -> Ingest {
        let events = catalogue.events.iter().map(Rules::compile).collect();
        let lexicon = Arc::new(Lexicon::with(&catalogue.spam_words));
        Ingest { catalogue, events, lexicon, fetcher, store, signals: Arc::default(), workers: Arc::default() }
    }
}

/// How a run is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Options {
    /// Reads every linked page in full, whatever we know of it.
    pub is_forced: bool,
    /// Stores nothing.
    pub is_dry: bool,
}

/// What a run tells while it works.
#[derive(Debug)]
pub enum Progress<'a> {
    /// A source was read; so many pages are to be fetched for it.
    Source {
        /// The portal.
        portal: &'a Portal,
        /// The section.
        section: &'a Section,
        /// Which of the section's sources, from 0.
        source: usize,
        /// Pages to fetch, or why it could not be read.
        pages: Result<usize, &'a str>,
    },
    /// A page of a source is done.
    Page {
        /// The portal.
        portal: &'a Portal,
        /// The section.
        section: &'a Section,
        /// Which of the section's sources, from 0.
        source: usize,
    },
    /// A batch was stored: what the run did so far in one portal.
    Saved {
        /// The portal.
        portal: &'a Portal,
        /// The counters.
        report: &'a Report,
    },
}

/// Who listens to a run.
pub type Listener<'a> = dyn Fn(Progress) + Send + Sync + 'a;

/// Why a run could not start, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no such portal.
    #[error("there is no portal “{0}”; known are: {1}")]
    UnknownPortal(String, String),
    /// The portal has no such section.
    #[error("portal “{0}” has no section “{1}”; known are: {2}")]
    UnknownSection(String, String, String),
    /// The scope makes no sense.
    #[error("{0}")]
    Scope(String),
    /// The store failed; what it had taken before is kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One pass: reads the sources of a run's scope, fetches what is new or due, stores what it finds.
/// Portals are read side by side, each at its own pace. When `stop` is cancelled, no further page is fetched
/// and what was fetched is stored.
pub async fn run(
    ingest: &Ingest,
    run: &Run,
    options: Options,
    now: DateTime<Utc>,
    stop: &CancellationToken,
    listener: &Listener<'_>,
) -> Result<Report, RunError> {
    let plan = plan(&ingest.catalogue, &run.scope)?;
    let runs = plan.iter().map(|part| portal::run(ingest, part, run.id, options, now, stop, listener));
    let mut report = Report::default();
    for part in future::join_all(runs).await {
        report.add(part?);
    }
    Ok(report)
}

/// What a run does in one portal.
pub(crate) struct Part<'a> {
    /// The portal.
    pub(crate) portal: &'a Portal,
    /// The sections whose sources are read; with `url`, the section it belongs to.
    pub(crate) sections: Vec<&'a Section>,
    /// The one page to read instead of the sources.
    pub(crate) url: Option<Url>,
}

/// Checks a scope and returns the portals it covers.
pub fn check(catalogue: &Catalogue, scope: &Scope) -> Result<Vec<String>, RunError> {
    Ok(plan(catalogue, scope)?.iter().map(|part| part.portal.id.clone()).collect())
}

fn plan<'a>(catalogue: &'a Catalogue, scope: &Scope) -> Result<Vec<Part<'a>>, RunError> {
    let portals: Vec<&Portal> = match &scope.portal {
        None => catalogue.portals.iter().collect(),
        Some(id) => vec![catalogue.portal(id).ok_or_else(|| {
            RunError::UnknownPortal(id.clone(), names(catalogue.portals.iter().map(|portal| &portal.id)))
        })?],
    };
    if let Some(url) = &scope.url {
        return Ok(vec![page_part(&portals, scope.section.as_deref(), url)?]);
    }
    let Some(id) = &scope.section else {
        let part = |portal: &'a Portal| Part { portal, sections: portal.sections.iter().collect(), url: None };
        return Ok(portals.into_iter().map(part).collect());
    };
    let [portal] = portals[..] else {
        return Err(RunError::Scope("a section needs its portal: name both".into()));
    };
    Ok(vec![Part { portal, sections: vec![section(portal, id)?], url: None }])
}

fn section<'a>(portal: &'a Portal, id: &str) -> Result<&'a Section, RunError> {
    portal.section(id).ok_or_else(|| {
        let known = names(portal.sections.iter().map(|section| &section.id));
        RunError::UnknownSection(portal.id.clone(), id.to_owned(), known)
    })
}

/// The portal and section of a single page: as ordered, or told by the address.
fn page_part<'a>(portals: &[&'a Portal], id: Option<&str>, url: &str) -> Result<Part<'a>, RunError> {
    let url: Url = url
        .parse()
        .ok()
        .filter(|url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| RunError::Scope(format!("“{url}” is not an absolute http or https address")))?;
    let portal = match portals {
        [portal] => portal,
        _ => portals.iter().find(|portal| address::is_of(portal, &url)).ok_or_else(|| {
            RunError::Scope(format!("no portal has the host of {url}: name the portal the page belongs to"))
        })?,
    };
    let section = match id {
        Some(id) => section(portal, id)?,
        None => nearest_section(portal, &url).ok_or_else(|| {
            RunError::Scope(format!("cannot tell which section of “{}” {url} belongs to: name the section", portal.id))
        })?,
    };
    Ok(Part { portal, sections: vec![section], url: Some(url) })
}

/// The section whose source shares the longest beginning of its path with the page.
fn nearest_section<'a>(portal: &'a Portal, url: &Url) -> Option<&'a Section> {
    let shared = |section: &Section| {
        let lengths = section.sources.iter().map(|source| {
            let folder = source.url().path().rsplit_once('/').map_or("", |(folder, _)| folder);
            if url.path().starts_with(&format!("{folder}/")) { folder.len() } else { 0 }
        });
        lengths.max().unwrap_or(0)
    };
    let best = portal.sections.iter().max_by_key(|section| shared(section))?;
    (shared(best) > 0 || portal.sections.len() == 1).then_some(best)
}

fn names<'a>(ids: impl Iterator<Item = &'a String>) -> String {
    ids.map(String::as_str).collect::<Vec<_>>().join(", ")
}
