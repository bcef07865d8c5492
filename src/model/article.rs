//! An article on its way: clean, identified, stored.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use crate::model::event::Decision;
use crate::model::explanation::Explanation;
use crate::model::html::SafeHtml;
use crate::model::signs::Signs;

/// An article as one page gave it, safe to show anywhere.
/// Only `ingest::clean` makes one, because only it can make the [`SafeHtml`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CleanArticle {
    /// The headline: plain text, one line.
    pub title: String,
    /// The line below the headline.
    pub subtitle: Option<String>,
    /// One or two sentences, plain text, one line, ending where a sentence ends.
    pub summary: Option<String>,
    /// The body.
    pub html: SafeHtml,
    /// The body as plain text, a paragraph a line.
    pub text: String,
    /// Who wrote it, one name each.
    pub authors: Vec<String>,
    /// Who took the pictures.
    pub photographers: Vec<String>,
    /// The editor in charge (责任编辑).
    pub editor: Option<String>,
    /// Where the portal took it from (来源).
    pub source: Option<String>,
    /// The column named in the breadcrumb.
    pub section_label: Option<String>,
    /// Keywords the page gives.
    pub keywords: Vec<String>,
    /// BCP 47 tag.
    pub language: String,
    /// When it was published, if the page or its address says so.
    pub published: Option<DateTime<Utc>>,
    /// When the page says it was changed.
    pub updated: Option<DateTime<Utc>>,
    /// The pictures of the body, in its order.
    pub images: Vec<Image>,
    /// Whether the page is a machine's conversion of another one: it never takes the original's place.
    pub is_machine_copy: bool,
    /// What the page calls its own address (`rel=canonical`, `og:url`).
    #[serde(skip)]
    pub canonical_url: Option<Url>,
}

/// A picture of an article.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Image {
    /// Absolute http(s) address.
    pub url: String,
    /// The caption, plain text.
    pub caption: Option<String>,
}

/// A clean article with all that tells whether we have it already.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Candidate {
    /// The portal it was found on.
    pub portal: String,
    /// Its address, after redirects and the page's own word on it.
    #[serde(with = "address")]
    pub url: Url,
    /// The key of that address; see `text::address`.
    pub url_key: String,
    /// Whether the page's own word (`rel=canonical`, `og:url`) led to that address, and not the link or a redirect.
    #[serde(default)]
    pub is_canonical: bool,
    /// Hash of the folded text; `None` where the text is too short to tell stories apart.
    pub text_hash: Option<[u8; 32]>,
    /// Fingerprint of the folded text, as `text::fingerprint` writes it; `None` where the text is too short.
    pub fingerprint: Option<Vec<u8>>,
    /// Hash of what a reader would notice: title, text, authors, pictures.
    pub revision_hash: [u8; 32],
    /// What each event's rules say of it.
    pub decisions: Vec<Decision>,
    /// What tells strangers' work from the portal's own.
    pub signs: Signs,
    /// How it was read; one that waited in the quarantine since before this was kept has none.
    #[serde(default)]
    pub explanation: Explanation,
    /// The article itself.
    pub article: CleanArticle,
}

/// A stored article.
#[derive(Debug, Clone)]
pub struct Article {
    /// Minted once, never computed again; `urn:uuid:` and this is its guid in every feed.
    pub id: Uuid,
    /// Its number in the order of arrival, by which addresses name it (`?before=`).
    pub number: i64,
    /// The portal it belongs to.
    pub portal: String,
    /// The sections it stands in, each written `portal/section`.
    pub sections: Vec<String>,
    /// Its address.
    pub url: String,
    /// The given date, or else when we first saw it. Never changes.
    pub published: DateTime<Utc>,
    /// When title, text or authors last changed; at least `published`.
    pub updated: DateTime<Utc>,
    /// When we first saw it.
    pub first_seen: DateTime<Utc>,
    /// The headline.
    pub title: String,
    /// The line below the headline.
    pub subtitle: Option<String>,
    /// A short summary, plain text.
    pub summary: Option<String>,
    /// The body.
    pub html: SafeHtml,
    /// Whether it is so old that its body is not published any more, as its portal's retention says.
    pub is_aged: bool,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Who took the pictures.
    pub photographers: Vec<String>,
    /// The editor in charge.
    pub editor: Option<String>,
    /// Where the portal took it from.
    pub source: Option<String>,
    /// Keywords.
    pub keywords: Vec<String>,
    /// BCP 47 tag.
    pub language: String,
    /// The pictures of the body.
    pub images: Vec<Image>,
}

impl Article {
    /// The id in every feed: `urn:uuid:…` (RFC 9562).
    pub fn guid(&self) -> String {
        format!("urn:uuid:{}", self.id)
    }
}

/// An address as JSON text, for candidates that wait in the quarantine.
mod address {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};
    use url::Url;

    pub fn serialize<S: Serializer>(url: &Url, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(url.as_str())
    }

    pub fn deserialize<'a, D: Deserializer<'a>>(deserializer: D) -> Result<Url, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
