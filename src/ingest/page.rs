//! The work on one page, from bytes to a candidate: pure and bound to the processor.

use chrono::{DateTime, Utc};
use url::Url;

use crate::events::rules::Rules;
use crate::ingest::decode::Page;
use crate::ingest::extract::{ExtractedArticle, Reader, Removed, parts};
use crate::ingest::fetch::RawPage;
use crate::ingest::guard::lexicon::Lexicon;
use crate::ingest::identify::Found;
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
}

/// A page of an article, before it was cleaned.
pub struct Extracted {
    /// Its address after redirects.
    pub url: Url,
    /// What it says.
    pub article: ExtractedArticle,
}

/// Reads a page, and gives the article its keys if that is all of it; the error says why there is none on it.
pub fn candidate(raw: RawPage, context: &Context) -> Result<Candidate, String> {
    Ok(finish(extracted(raw, context)?, context))
}

/// Reads a page that may be one of several of its article; the error says why there is no article on it.
pub fn extracted(raw: RawPage, context: &Context) -> Result<Extracted, String> {
    check_address(context, &raw.url)?;
    let page = decode::text(raw);
    let article = extract::article(&page.text, &page.url, reader(context.portal, context.lexicon))
        .map_err(|error| error.to_string())?;
    Ok(Extracted { url: page.url, article })
}

/// Reads a later page of the article with this title.
pub fn part(raw: RawPage, context: &Context, title: &str) -> Result<Extracted, String> {
    let page = decode::text(raw);
    let article = extract::part(&page.text, &page.url, reader(context.portal, context.lexicon), title)
        .map_err(|error| error.to_string())?;
    Ok(Extracted { url: page.url, article })
}

/// Cleans an article and gives it its keys.
pub fn finish(extracted: Extracted, context: &Context) -> Candidate {
    let Extracted { url, article } = extracted;
    let Reading { article, origins, removed, warnings, signs } =
        cleaned(article, &url, context.portal, context.lexicon);
    let published = context.published.or(article.published).unwrap_or(context.now);
    let found = Found { portal: &context.portal.id, url: &url, published };
    let explanation = explanation(origins, &removed, &warnings);
    identify::candidate(article, signs, explanation, &found, context.events)
}

/// Reads the article of a page; the error says why there is none on it.
pub fn read(page: &Page, portal: &Portal) -> Result<Reading, String> {
    guarded(page, portal, Lexicon::shipped())
}

/// The same, with an operator's words of spam.
pub fn guarded(page: &Page, portal: &Portal, lexicon: &Lexicon) -> Result<Reading, String> {
    let mut article =
        extract::article(&page.text, &page.url, reader(portal, lexicon)).map_err(|error| error.to_string())?;
    if let Some(first) = parts::first(&page.url, article.canonical_url.as_ref(), &article.pager) {
        article.warnings.push(format!("continues the article at {first}"));
    } else if let later @ [(_, next), ..] = &*parts::later(&page.url, &article.pager) {
        article.warnings.push(format!("only the first page of the article: {} more, from {next}", later.len()));
    }
    Ok(cleaned(article, &page.url, portal, lexicon))
}

fn reader<'a>(portal: &'a Portal, lexicon: &'a Lexicon) -> Reader<'a> {
    Reader { rules: &portal.rules, timezone: portal.timezone, lexicon }
}

fn cleaned(mut extracted: ExtractedArticle, url: &Url, portal: &Portal, lexicon: &Lexicon) -> Reading {
    let found = std::mem::take(&mut extracted.origins);
    let raw = signs::raw(&extracted, lexicon);
    let (article, removed, warnings) = clean::article(extracted, url, &portal.language, lexicon);
    let signs = signs::of(&raw, &article, &removed, portal, url, lexicon);
    let origins = origins::of(found, &article, &portal.language);
    Reading { article, origins, removed, warnings, signs }
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
