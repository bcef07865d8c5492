//! What tells whether we have a story already, and which events it belongs to.

use chrono::{DateTime, Utc};
use url::Url;

use crate::events::decide;
use crate::events::rules::Rules;
use crate::events::subject::Subject;
use crate::model::article::{Candidate, CleanArticle};
use crate::model::explanation::Explanation;
use crate::model::signs::Signs;
use crate::text::fingerprint::Fingerprint;
use crate::text::{address, fold};

/// Where an article was found, and when.
pub struct Found<'a> {
    /// The portal.
    pub portal: &'a str,
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
    let url = canonical(&article, found.url);
    let subject = Subject::new(&article.title, &article.text, found.published);
    let folded = &subject.text.text;
    Candidate {
        portal: found.portal.to_owned(),
        url_key: address::key(&url),
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
/// take its place, and a page that names a stranger must not either.
fn canonical(article: &CleanArticle, url: &Url) -> Url {
    match &article.canonical_url {
        Some(canonical) if address::same_site(canonical, url) && canonical.path() != "/" => canonical.clone(),
        _ => url.clone(),
    }
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
        part(&image.url);
    }
    *hasher.finalize().as_bytes()
}
