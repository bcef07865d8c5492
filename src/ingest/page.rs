//! The work on one page, from bytes to a candidate: pure and bound to the processor.

use chrono::{DateTime, Utc};
use url::Url;

use crate::events::rules::Rules;
use crate::ingest::decode::Page;
use crate::ingest::extract::Removed;
use crate::ingest::fetch::RawPage;
use crate::ingest::identify::Found;
use crate::ingest::{clean, decode, extract, identify, signs};
use crate::model::article::{Candidate, CleanArticle};
use crate::model::portal::Portal;
use crate::model::signs::Signs;

/// What is known before a page is read.
pub struct Context<'a> {
    /// The portal it belongs to.
    pub portal: &'a Portal,
    /// The address that was linked, before redirects.
    pub asked: &'a Url,
    /// The events whose rules are asked.
    pub events: &'a [Rules],
    /// The date it stands under, if we know the article already.
    pub published: Option<DateTime<Utc>>,
    /// The time of the run.
    pub now: DateTime<Utc>,
}

/// What was read of a page, with all an editor may ask about it.
pub struct Reading {
    /// The article.
    pub article: CleanArticle,
    /// Which rule found each field.
    pub origins: Vec<(&'static str, String)>,
    /// What is not published, and why.
    pub removed: Vec<Removed>,
    /// What an editor should know.
    pub warnings: Vec<String>,
    /// What tells strangers' work from the portal's own, and how damaged the page is.
    pub signs: Signs,
}

/// Reads a page and gives the article its keys; the error says why there is none on it.
pub fn candidate(raw: RawPage, context: &Context) -> Result<Candidate, String> {
    check_address(context, &raw.url)?;
    let page = decode::text(raw);
    let Reading { article, signs, .. } = read(&page, context.portal)?;
    let published = context.published.or(article.published).unwrap_or(context.now);
    let found = Found { portal: &context.portal.id, url: &page.url, published };
    Ok(identify::candidate(article, signs, &found, context.events))
}

/// Reads the article of a page; the error says why there is none on it.
pub fn read(page: &Page, portal: &Portal) -> Result<Reading, String> {
    let mut extracted =
        extract::article(&page.text, &page.url, &portal.rules, portal.timezone).map_err(|error| error.to_string())?;
    let origins = std::mem::take(&mut extracted.origins);
    let raw = signs::raw(&extracted);
    let (article, removed, warnings) = clean::article(extracted, &page.url, &portal.language);
    let signs = signs::of(&raw, &article, &removed, portal, &page.url);
    Ok(Reading { article, origins, removed, warnings, signs })
}

/// A deleted story often leads to the front page with status 200: that is not an article.
fn check_address(context: &Context, url: &Url) -> Result<(), String> {
    match &context.portal.article_url {
        Some(rule) if url != context.asked && !rule.is_match(url.as_str()) => {
            Err(format!("leads to {url}, which is not the address of an article (article_url)"))
        }
        _ => Ok(()),
    }
}
