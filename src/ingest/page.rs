//! The work on one page, from bytes to a candidate: pure and bound to the processor.

use chrono::{DateTime, Utc};
use url::Url;

use crate::events::rules::Rules;
use crate::ingest::decode::Page;
use crate::ingest::extract::{ExtractedArticle, Reader, parts};
use crate::ingest::fetch::RawPage;
use crate::ingest::guard::lexicon::Lexicon;
use crate::ingest::identify::Found;
use crate::ingest::removed::Removed;
use crate::ingest::{clean, decode, extract, identify, origins, signs};
use crate::model::article::{Candidate, CleanArticle};
use crate::model::explanation::{Explanation, Finding};
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
    /// The words of spam.
    pub lexicon: &'a Lexicon,
    /// The date it stands under, if we know the article already.
    pub published: Option<DateTime<Utc>>,
    /// The time of the run.
    pub now: DateTime<Utc>,
}

/// What was read of a page, with all an editor may ask about it.
pub struct Reading {
    /// The article.
    pub article: CleanArticle,
    /// Where each field came from, by its name in the API.
    pub origins: Vec<(&'static str, String)>,
    /// What is not published, and why.
    pub removed: Vec<Removed>,
    /// What an editor should know.
    pub warnings: Vec<String>,
    /// What tells strangers' work from the portal's own, and how damaged the page is.
    pub signs: Signs,
    /// Where the container stands of the learned template that read it; `None` for the general way.
    pub template: Option<String>,
    /// The first page of its article, if this one continues it.
    pub first_page: Option<Url>,
    /// The further pages of its article, each with its number.
    pub later_pages: Vec<(usize, Url)>,
}

/// A page of an article, before it was cleaned.
pub struct Extracted {
    /// Its address after redirects.
    pub url: Url,
    /// What it says.
    pub article: ExtractedArticle,
}

/// Decodes a page, if it still is the one that was asked for.
pub fn decoded(raw: RawPage, context: &Context) -> Result<Page, String> {
    check_address(context, &raw.url)?;
    Ok(decode::text(raw))
}

/// Reads a later page of the article with this title.
pub fn part(raw: RawPage, context: &Context, title: &str) -> Result<Extracted, String> {
    let page = decode::text(raw);
    let article = extract::part(&page.text, &page.url, reader(context.portal, context.lexicon), title)
        .map_err(|error| error.to_string())?;
    Ok(Extracted { url: page.url, article })
}

/// Cleans an article of several pages and gives it its keys.
pub fn finish(extracted: Extracted, context: &Context) -> Candidate {
    let Extracted { url, article } = extracted;
    candidate(reading(article, &url, context.portal, context.lexicon), &url, context)
}

/// Gives what was read of a page its keys; `url` is its address after redirects.
pub fn candidate(reading: Reading, url: &Url, context: &Context) -> Candidate {
    let Reading { article, origins, removed, warnings, signs, .. } = reading;
    let published = context.published.or(article.published).unwrap_or(context.now);
    let found = Found { portal: context.portal, url, published };
    let explanation = explanation(origins, &removed, &warnings);
    identify::candidate(article, signs, explanation, &found, context.events)
}

/// Reads the article of a page the general way; the error says why there is none on it.
pub fn read(page: &Page, portal: &Portal) -> Result<Reading, String> {
    guarded(page, portal, Lexicon::shipped())
}

/// The same, with an operator's words of spam.
pub fn guarded(page: &Page, portal: &Portal, lexicon: &Lexicon) -> Result<Reading, String> {
    Ok(reading(extracted(page, portal, lexicon)?, &page.url, portal, lexicon))
}

/// What a page says, found the general way.
pub(super) fn extracted(page: &Page, portal: &Portal, lexicon: &Lexicon) -> Result<ExtractedArticle, String> {
    extract::article(&page.text, &page.url, reader(portal, lexicon)).map_err(|error| error.to_string())
}

/// How the pages of a portal are read.
pub(super) fn reader<'a>(portal: &'a Portal, lexicon: &'a Lexicon) -> Reader<'a> {
    Reader { rules: &portal.rules, timezone: portal.timezone, lexicon }
}

/// Cleans what a page says.
pub(super) fn reading(mut extracted: ExtractedArticle, url: &Url, portal: &Portal, lexicon: &Lexicon) -> Reading {
    let first_page = parts::first(url, extracted.canonical_url.as_ref(), &extracted.pager);
    let later_pages = parts::later(url, &extracted.pager);
    let found = std::mem::take(&mut extracted.origins);
    let raw = signs::raw(&mut extracted, lexicon);
    let (article, removed, warnings) = clean::article(extracted, url, &portal.language, lexicon);
    let signs = signs::of(&raw, &article, &removed, portal, url, lexicon);
    let origins = origins::of(found, &article, &portal.language);
    Reading { article, origins, removed, warnings, signs, template: None, first_page, later_pages }
}

/// What is kept of how a page was read.
fn explanation(origins: Vec<(&'static str, String)>, removed: &[Removed], warnings: &[String]) -> Explanation {
    let origins = origins.into_iter().map(|(field, origin)| (field.to_owned(), origin));
    let findings =
        removed.iter().map(|removed| Finding::new(removed.why.kind(), &removed.what, &removed.why.to_string()));
    Explanation::new(origins, findings.collect(), warnings)
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
