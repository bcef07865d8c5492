//! What a run does, as spans for who follows it; where nobody does, none is made.
//!
//! A run has its sections; a section has its sources and pages; a page is fetched and parsed. What is stored belongs to
//! the run, for a batch holds pages of several sections.

use chrono::{DateTime, Utc};
use tracing::field::Empty;
use tracing::{Instrument, Span, trace_span};
use url::Url;

use crate::ingest::Part;
use crate::ingest::fetch::{self, FetchError, Fetched, Fetcher, Request};
use crate::ingest::listed::Listed;
use crate::model::portal::{Section, Source};
use crate::store::batch::{Outcome, PageResult, SourceOutcome};

/// The sections a run works in, for as long as it does.
pub(super) struct Sections(Vec<(String, Span)>);

impl Sections {
    /// Those of a run's part.
    pub(super) fn of(part: &Part) -> Sections {
        let portal = part.portal.id.as_str();
        let span = |section: &Section| trace_span!("section", portal, section = section.id.as_str());
        Sections(part.sections.iter().map(|section| (section.id.clone(), span(section))).collect())
    }

    /// A source that is read.
    pub(super) fn source(&self, section: &Section, source: &Source) -> Span {
        let url = source.url().as_str();
        trace_span!(parent: self.parent(section), "source", url, outcome = Empty, links = Empty, otel.status_description = Empty)
    }

    /// A page that is looked at.
    pub(super) fn page(&self, section: &Section, url: &Url) -> Span {
        let url = url.as_str();
        trace_span!(parent: self.parent(section), "page", url, outcome = Empty, otel.status_description = Empty)
    }

    fn parent(&self, section: &Section) -> Option<tracing::Id> {
        self.0.iter().find(|(id, _)| *id == section.id).and_then(|(_, span)| span.id())
    }
}

/// Fetches a page: robots.txt, the host's turn, redirects and retries are in it.
pub(super) async fn fetch_page(
    fetcher: &Fetcher,
    request: Request<'_>,
    now: DateTime<Utc>,
) -> Result<Fetched, FetchError> {
    let url = request.url.as_str();
    let span = trace_span!("fetch", url, status = Empty, bytes = Empty, otel.status_description = Empty);
    let fetched = fetch::page(fetcher, request, now).instrument(span.clone()).await;
    match &fetched {
        Ok(Fetched::NotModified { .. }) => drop(span.record("status", 304)),
        Ok(Fetched::Page(page)) => drop(span.record("status", page.status).record("bytes", page.body.len())),
        Err(error) => failed(&span, &error.to_string()),
    }
    fetched
}

/// The work of a page on the processor.
pub(super) fn parse() -> Span {
    trace_span!("parse")
}

/// A transaction that stores pages.
pub(super) fn store(portal: &str, pages: usize) -> Span {
    trace_span!("store", portal, pages)
}

/// Notes what came of a source.
pub(super) fn source_read(span: &Span, listed: &Listed) {
    span.record("links", listed.links.len());
    match &listed.outcome {
        SourceOutcome::Read { .. } => drop(span.record("outcome", "read")),
        SourceOutcome::Unchanged => drop(span.record("outcome", "unchanged")),
        SourceOutcome::Failed { error, .. } => {
            span.record("outcome", "failed");
            failed(span, error);
        }
    }
}

/// Notes what came of a page.
pub(super) fn page_read(span: &Span, page: &PageResult) {
    let (outcome, error) = match &page.outcome {
        Outcome::Article { .. } => ("article", None),
        Outcome::Held { .. } => ("held", None),
        Outcome::Unchanged { .. } => ("unchanged", None),
        Outcome::Linked => ("linked", None),
        Outcome::NoArticle { error, .. } => ("no_article", Some(error)),
        Outcome::Failed { error } => ("failed", Some(error)),
        Outcome::Gone { .. } => ("gone", None),
    };
    span.record("outcome", outcome);
    if let Some(error) = error {
        failed(span, error);
    }
}

fn failed(span: &Span, error: &str) {
    span.record("otel.status_description", error);
}
