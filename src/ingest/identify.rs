//! What tells whether we have a story already, and which events it belongs to.

use chrono::{DateTime, Utc};
use url::Url;

use crate::events::decide;
use crate::events::rules::Rules;
use crate::events::subject::Subject;
use crate::model::article::{Candidate, CleanArticle};
use crate::model::explanation::Explanation;
use crate::model::portal::Portal;
use crate::model::signs::Signs;
use crate::text::fingerprint::Fingerprint;
use crate::text::{address, fold};

/// Where an article was found, and when.
pub struct Found<'a> {
    /// The portal.
    pub portal: &'a Portal,
    /// Its address after redirects.
    pub url: &'a Url,
    /// The date it stands under in the feeds: the stored one if we know the article, else the page's, else now.
    pub published: DateTime<Utc>,
}

/// Gives a clean article its keys and asks each event's rules.
pub fn candidate(
    article: CleanArticle,
    signs: Signs,
    explanation: Explanation,
    found: &Found,
    events: &[Rules],
) -> Candidate {
    let portal = found.portal;
    let url = canonical(&article, found).unwrap_or(found.url).clone();
    let url_key = address::portal_key(portal, &url);
    let subject = Subject::new(&article.title, &article.text, found.published);
    let folded = &subject.text.text;
    Candidate {
        portal: portal.id.clone(),
        is_canonical: url_key != address::portal_key(portal, found.url),
        url_key,
        url,
        text_hash: fold::text_hash(folded),
        fingerprint: Fingerprint::of(&subject.text).map(|fingerprint| fingerprint.to_bytes()),
        revision_hash: revision_hash(&article, &subject.title.text, folded),
        decisions: events.iter().map(|rules| decide::decide(rules, &subject)).collect(),
        signs,
        explanation,
        article,
    }
}

/// The page's own word on its address, if it stays on its site: a mirror that names the original must not
/// take its place, and a page that names a stranger must not either. Some systems name the list on every page of it.
fn canonical<'a>(article: &'a CleanArticle, found: &Found) -> Option<&'a Url> {
    let Found { portal, url, .. } = *found;
    let canonical = article.canonical_url.as_ref()?;
    let is_ours =
        address::same_site(canonical, url) || address::is_of(portal, canonical) && address::is_of(portal, url);
    let key = address::portal_key(portal, canonical);
    let mut sources = portal.sections.iter().flat_map(|section| &section.sources);
    let is_list = canonical.path() == "/" || sources.any(|source| address::portal_key(portal, source.url()) == key);
    let is_story = portal.article_url.as_ref().is_none_or(|rule| rule.is_match(canonical.as_str()));
    (is_ours && is_story && !is_list).then_some(canonical)
}

/// Hash of what a reader would notice: typography, view counters and related links do not count.
fn revision_hash(article: &CleanArticle, title: &str, text: &str) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    let mut part = |part: &str| {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    };
    part(title);
    part(text);
    for author in &article.authors {
        part(author);
    }
    for image in &article.images {
        part(address::picture(&image.url));
    }
    *hasher.finalize().as_bytes()
}
