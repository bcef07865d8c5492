//! Reads one source and returns the article links it lists.

use chrono::{DateTime, Utc};
use url::Url;

use crate::ingest::Ingest;
use crate::ingest::decode;
use crate::ingest::fetch::{FetchError, Fetched, Purpose, RawPage, Request};
use crate::ingest::sources::{self, Link, Listing, SITEMAPS_MAX, Sitemap};
use crate::ingest::spans;
use crate::model::page::{KnownSource, Validators};
use crate::model::portal::{Portal, Source};
use crate::store::batch::SourceOutcome;

/// What came of reading a source.
pub(super) struct Listed {
    /// The links, in the order of the source.
    pub(super) links: Vec<Link>,
    /// For the store.
    pub(super) outcome: SourceOutcome,
}

/// Reads a source; when it answers 304 or the bytes it had, nothing is parsed and there are no links.
pub(super) async fn links(
    ingest: &Ingest,
    portal: &Portal,
    source: &Source,
    known: &KnownSource,
    is_forced: bool,
    now: DateTime<Utc>,
) -> Listed {
    let validators = (!is_forced).then_some(&known.validators);
    let purpose = match source {
        Source::Listing { .. } => Purpose::Page,
        Source::Feed { .. } | Source::Sitemap { .. } => Purpose::Feed,
    };
    let raw = match get(ingest, portal, source.url(), validators, purpose, now).await {
        Ok(Fetched::Page(raw)) => raw,
        Ok(Fetched::NotModified { .. }) => return Listed { links: Vec::new(), outcome: SourceOutcome::Unchanged },
        Err(error) => return failed(error.to_string(), error.retry_at(now)),
    };
    if !is_forced && known.body_hash == Some(raw.body_hash) {
        return Listed { links: Vec::new(), outcome: SourceOutcome::Unchanged };
    }
    let (validators, body_hash) = (raw.validators.clone(), raw.body_hash);
    match read(ingest, portal, source, raw, now).await {
        Ok(links) => {
            let outcome = SourceOutcome::Read { validators, body_hash: Some(body_hash) };
            Listed { links, outcome }
        }
        Err(error) => failed(error, None),
    }
}

fn failed(error: String, not_before: Option<DateTime<Utc>>) -> Listed {
    Listed { links: Vec::new(), outcome: SourceOutcome::Failed { error, not_before } }
}

async fn get(
    ingest: &Ingest,
    portal: &Portal,
    url: &Url,
    validators: Option<&Validators>,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Fetched, FetchError> {
    spans::fetch_page(&ingest.fetcher, Request { url, rules: &portal.fetch, validators, purpose }, now).await
}

async fn read(
    ingest: &Ingest,
    portal: &Portal,
    source: &Source,
    raw: RawPage,
    now: DateTime<Utc>,
) -> Result<Vec<Link>, String> {
    let links = match source {
        Source::Listing { links, pages, .. } => list_pages(ingest, portal, links.as_deref(), *pages, raw, now).await?,
        Source::Feed { .. } => sources::feed(&decode::text(raw), portal.timezone).map_err(|error| error.to_string())?,
        Source::Sitemap { .. } => sitemaps(ingest, portal, raw, now).await?,
    };
    let is_article = |link: &Link| portal.article_url.as_ref().is_none_or(|rule| rule.is_match(link.url.as_str()));
    let found = links.len();
    let links: Vec<Link> = links.into_iter().filter(is_article).collect();
    if links.is_empty() {
        return Err(match found {
            0 => "no article links found: the page's layout or address may have changed".to_owned(),
            _ => format!("none of its {found} links matches article_url"),
        });
    }
    Ok(links)
}

/// A list and the pages that follow it. A later page that fails costs only its own links.
async fn list_pages(
    ingest: &Ingest,
    portal: &Portal,
    selector: Option<&str>,
    pages: usize,
    first: RawPage,
    now: DateTime<Utc>,
) -> Result<Vec<Link>, String> {
    let read = |raw| {
        let listing = sources::listing(&decode::text(raw), selector, portal.article_url.as_ref());
        listing.map_err(|error| error.to_string())
    };
    let mut seen = vec![first.url.clone()];
    let mut listing = read(first)?;
    let mut links = std::mem::take(&mut listing.links);
    while seen.len() < pages
        && let Some(next) = listing.next.take().filter(|next| !seen.contains(next))
    {
        let further = match get(ingest, portal, &next, None, Purpose::Page, now).await {
            Ok(Fetched::Page(raw)) => read(raw),
            Ok(Fetched::NotModified { .. }) => Ok(Listing::default()),
            Err(error) => Err(error.to_string()),
        };
        match further {
            Ok(further) => listing = further,
            Err(error) => tracing::warn!(portal = %portal.id, url = %next, %error, "a further page of a list failed"),
        }
        links.append(&mut listing.links);
        seen.push(next);
    }
    Ok(links)
}

/// A sitemap, or the sitemaps of an index.
async fn sitemaps(ingest: &Ingest, portal: &Portal, raw: RawPage, now: DateTime<Utc>) -> Result<Vec<Link>, String> {
    let index = match sources::sitemap(raw, portal.timezone).map_err(|error| error.to_string())? {
        Sitemap::Urls(links) => return Ok(links),
        Sitemap::Index(index) => index,
    };
    let mut links = Vec::new();
    let mut errors = Vec::new();
    for url in index.iter().take(SITEMAPS_MAX) {
        match get(ingest, portal, url, None, Purpose::Feed, now).await {
            Ok(Fetched::Page(raw)) => match sources::sitemap(raw, portal.timezone) {
                Ok(Sitemap::Urls(mut more)) => links.append(&mut more),
                Ok(Sitemap::Index(_)) => errors.push(format!("{url}: an index inside an index is not followed")),
                Err(error) => errors.push(format!("{url}: {error}")),
            },
            Ok(Fetched::NotModified { .. }) => {}
            Err(error) => errors.push(format!("{url}: {error}")),
        }
    }
    if links.is_empty() && !errors.is_empty() {
        return Err(errors.join("; "));
    }
    for error in errors {
        tracing::warn!(portal = %portal.id, %error, "a sitemap of an index failed");
    }
    Ok(links)
}
