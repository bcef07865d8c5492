//! A document as it lies ready: its bytes in each coding, and every header field that goes with them.

use std::cell::RefCell;
use std::collections::HashMap;

use actix_web::http::header::HeaderValue;
use actix_web::web::Bytes;
use chrono::{DateTime, Utc};
use flate2::{Compress, Compression, FlushCompress, Status};

use crate::model::feed::{Feed, Format};
use crate::publish::assets;
use crate::publish::encoding::{Coding, Late};
use crate::publish::pages::language::Language;

/// How long a feed may be kept at least and at most, in seconds.
const FEED_AGE_S: std::ops::RangeInclusive<u32> = 60..=900;

/// How long an archive page may be kept that was not asked for by its version, in seconds: a day, for an article that is
/// withdrawn must leave it too.
pub const ARCHIVE_AGE_S: u32 = 86_400;

/// How an archive page may be kept at the address of its version, which another content never gets: a year, and without
/// asking again (RFC 8246).
const VERSION_CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// How long a page may be kept, in seconds.
pub const PAGE_AGE_S: u32 = 60;

/// How long the list of feeds may be kept, in seconds.
pub const OPML_AGE_S: u32 = 3600;

/// How long an answer may be shown though we are down, in seconds: a day.
const STALE_S: u32 = 86_400;

/// `Vary` of most documents.
const CODING: &str = "Accept-Encoding";
/// Of feeds that a browser gets with a stylesheet.
const CODING_AND_PURPOSE: &str = "Accept-Encoding, Sec-Fetch-Dest";
/// Of the addresses of pages: those who ask for a feed there get it.
pub const PAGE_VARY: &str = "Accept, Accept-Encoding, Accept-Language";

/// Of what only those get who name the version they hold (RFC 3229).
const CODING_AND_VERSION: &str = "A-IM, If-None-Match, Accept-Encoding, Sec-Fetch-Dest";
/// How it may be kept: only by caches that know such answers (RFC 3229 §10.8.3).
const DELTA_CACHE_CONTROL: HeaderValue = HeaderValue::from_static("no-store, im");

/// The number of a content, in whatever coding: its tag begins with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Version(u128);

impl Version {
    /// The version a tag names; `None` if the tag is not one of ours.
    pub fn of(tag: &str) -> Option<Version> {
        let digits = tag.strip_prefix('"')?.get(..VERSION_DIGITS)?;
        u128::from_str_radix(digits, 16).ok().map(Version)
    }
}

/// The digits of a version in a tag.
const VERSION_DIGITS: usize = 32;

/// A document with its header fields, built once and shared by every answer.
#[derive(Debug, Clone)]
pub struct Document {
    /// `Content-Type`.
    pub content_type: &'static str,
    /// The bytes as they are.
    pub identity: Bytes,
    /// The bytes compressed with gzip.
    pub gzip: Bytes,
    pub(super) brotli: Late,
    pub(super) zstd: Late,
    /// `ETag` of the plain bytes: strong, with its quotes.
    pub etag: HeaderValue,
    /// `ETag` of the compressed bytes (RFC 9110 §8.8.3.3).
    pub etag_gzip: HeaderValue,
    /// When the content last changed, for comparisons; at full seconds.
    pub last_modified: DateTime<Utc>,
    /// The same as `Last-Modified` says it (IMF-fixdate).
    pub last_modified_field: HeaderValue,
    /// `Cache-Control`.
    pub cache_control: HeaderValue,
    /// `Vary`: the fields of a request that decide what is answered at the address.
    pub vary: &'static str,
    /// `Link`: of a feed its own address, and its hub if there is one.
    pub link: Option<HeaderValue>,
    /// What a page may do (`Content-Security-Policy`).
    pub policy: Option<&'static str>,
    /// The language of a page that there is in several.
    pub language: Option<Language>,
    /// Whether it is of a private feed: then it is answered to those alone who hold a key.
    pub is_private: bool,
}

impl Document {
    /// A feed's document.
    pub fn of(feed: &Feed, format: Format, bytes: &[u8]) -> Document {
        // It lies on the shelf for long. Shrinking leaves the allocator's block as large as it had grown; a copy does not.
        let bytes = Bytes::copy_from_slice(bytes);
        if format == Format::Html {
            return Document::new(format.content_type(), bytes, feed.changed, max_age_s(feed, format))
                .of_audience(feed.is_private);
        }
        let max_age_s = max_age_s(feed, format);
        let mut link = format!("<{}>; rel=\"self\"", feed.format_url(format));
        if let Some(hub) = &feed.hub {
            link.push_str(&format!(", <{hub}>; rel=\"hub\""));
        }
        let mut document = Document::new(format.content_type(), bytes, feed.changed, max_age_s);
        // Who loses the key to a private feed is not to keep its pages for a year.
        if feed.part.version.is_some() && !feed.is_private {
            document.cache_control = VERSION_CACHE_CONTROL;
        }
        // Addresses are ASCII without line breaks; if one were not, the field is left out rather than the feed.
        let vary = if format.is_xml() { CODING_AND_PURPOSE } else { CODING };
        Document { link: HeaderValue::from_str(&link).ok(), vary, ..document }.of_audience(feed.is_private)
    }

    /// This for those alone who hold a key, if it is private: no cache that others use may keep it (RFC 9111 §5.2.2.7),
    /// and none shows it when we do not answer.
    pub fn of_audience(self, is_private: bool) -> Document {
        if !is_private {
            return self;
        }
        let public = self.cache_control.to_str().unwrap_or_default();
        let age = public.split(", ").find(|directive| directive.starts_with("max-age=")).unwrap_or("max-age=0");
        Document { cache_control: field(&format!("private, {age}")), is_private, ..self }
    }

    /// This, which differs from another document of the same version by a key in its links, under a tag of its own that
    /// names that version.
    pub fn with_key_of(self, whole: &Document) -> Document {
        let own = self.etag.to_str().unwrap_or_default().trim_matches('"').to_owned();
        self.tagged(whole, &format!("key{}", &own[..8]))
    }

    /// Any other document, which may be kept for `max_age_s` seconds.
    pub fn new(
        content_type: &'static str,
        content: impl Into<Bytes>,
        last_modified: DateTime<Utc>,
        max_age_s: u32,
    ) -> Document {
        Document::compressed(content_type, content.into(), last_modified, max_age_s, Compression::new(6))
    }

    /// A document that is made because someone asks for it, and so must be made quickly.
    pub fn made_on_demand(
        content_type: &'static str,
        content: impl Into<Bytes>,
        last_modified: DateTime<Utc>,
        max_age_s: u32,
    ) -> Document {
        Document::compressed(content_type, content.into(), last_modified, max_age_s, Compression::fast())
    }

    fn compressed(
        content_type: &'static str,
        identity: Bytes,
        last_modified: DateTime<Utc>,
        max_age_s: u32,
        compression: Compression,
    ) -> Document {
        let (etag, etag_gzip) = tags(&identity);
        let cache_control = cache_control(max_age_s);
        Document {
            content_type,
            gzip: gzip(&identity, compression),
            identity,
            brotli: Late::default(),
            zstd: Late::default(),
            etag,
            etag_gzip,
            last_modified,
            last_modified_field: field(&last_modified.format("%a, %d %b %Y %H:%M:%S GMT").to_string()),
            cache_control: field(&cache_control),
            vary: CODING,
            link: None,
            policy: content_type.starts_with("text/html").then_some(assets::CONTENT_SECURITY_POLICY),
            language: None,
            is_private: false,
        }
    }

    /// A page that there is in several languages, in this one.
    pub fn in_language(self, language: Language) -> Document {
        Document { language: Some(language), vary: PAGE_VARY, ..self }
    }

    /// The same with other bytes of another type, made because someone asks for it.
    pub fn rewritten(&self, content_type: &'static str, content: impl Into<Bytes>) -> Document {
        let identity = content.into();
        let (etag, etag_gzip) = tags(&identity);
        let gzip = gzip(&identity, Compression::fast());
        Document { content_type, identity, gzip, etag, etag_gzip, ..self.clone() }
    }

    /// This as what came after an earlier version of another document. Its tag names that version of the other which
    /// who has it then holds.
    pub fn leading_to(self, whole: &Document) -> Document {
        let own = self.etag.to_str().unwrap_or_default().trim_matches('"').to_owned();
        let document = self.tagged(whole, &format!("im{}", &own[..8]));
        Document { cache_control: DELTA_CACHE_CONTROL, vary: CODING_AND_VERSION, ..document }
    }

    /// This under a tag that names the version of another document, and what is different in it.
    fn tagged(self, whole: &Document, difference: &str) -> Document {
        let version = whole.etag.to_str().unwrap_or_default().trim_matches('"').to_owned();
        let (etag, etag_gzip) = (format!("\"{version}-{difference}\""), format!("\"{version}-{difference}-gz\""));
        Document { etag: field(&etag), etag_gzip: field(&etag_gzip), ..self }
    }

    /// The number of its content.
    pub fn version(&self) -> Option<Version> {
        self.etag.to_str().ok().and_then(Version::of)
    }

    /// Whether a browser that is to show it gets it with a stylesheet ([`crate::publish::browser`]).
    pub fn has_stylesheet(&self) -> bool {
        self.vary == CODING_AND_PURPOSE
    }

    /// A coding that is made only if somebody wants it.
    pub(super) fn late(&self, coding: Coding) -> Option<&Late> {
        match coding {
            Coding::Brotli => Some(&self.brotli),
            Coding::Zstd => Some(&self.zstd),
            Coding::Gzip | Coding::Identity => None,
        }
    }

    /// The entity tag of its bytes in a coding (RFC 9110 §8.8.3.3).
    pub(super) fn tag_in(&self, coding: Coding) -> HeaderValue {
        let quoted = self.etag.to_str().unwrap_or_default().trim_end_matches('"');
        coding.token().map_or_else(|| self.etag.clone(), |token| field(&format!("{quoted}-{token}\"")))
    }

    /// What it takes in memory, in bytes, roughly, in every coding there may be.
    pub fn bytes(&self) -> usize {
        self.identity.len() + 3 * self.gzip.len() + size_of::<Document>()
    }
}

/// How long a feed's document may be kept that is not asked for by its version, in seconds.
pub(super) fn max_age_s(feed: &Feed, format: Format) -> u32 {
    match format {
        Format::Html => PAGE_AGE_S,
        _ if feed.neighbours.is_archive => ARCHIVE_AGE_S,
        _ => feed.max_age_s.clamp(*FEED_AGE_S.start(), *FEED_AGE_S.end()),
    }
}

/// `Cache-Control` of what anybody may keep for so long.
pub(super) fn cache_control(max_age_s: u32) -> String {
    let renewal_s = max_age_s.min(*FEED_AGE_S.end());
    format!("public, max-age={max_age_s}, stale-while-revalidate={renewal_s}, stale-if-error={STALE_S}")
}

/// The entity tags of a content: of the plain bytes, and of the compressed ones.
fn tags(identity: &[u8]) -> (HeaderValue, HeaderValue) {
    let hash = blake3::hash(identity).to_hex();
    let hash = &hash[..VERSION_DIGITS];
    (field(&format!("\"{hash}\"")), field(&format!("\"{hash}-gz\"")))
}

fn field(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("digits, names and hashes are visible ASCII")
}

thread_local! {
    /// A compressor for each level. Each works in a quarter of a megabyte: asked for anew for every document, that would
    /// cost more than a short document's compression, and leave holes between what is kept.
    static COMPRESSORS: RefCell<HashMap<u32, Compress>> = RefCell::default();
}

fn gzip(bytes: &[u8], compression: Compression) -> Bytes {
    /// The exponent of deflate's longest window.
    const WINDOW: u8 = 15;
    /// What a compressed document has at least room for: header and trailer.
    const ROOM: usize = 64;
    COMPRESSORS.with_borrow_mut(|compressors| {
        let level = compression.level();
        let compressor = compressors.entry(level).or_insert_with(|| Compress::new_gzip(compression, WINDOW));
        compressor.reset();
        let mut compressed = Vec::with_capacity(bytes.len() / 4 + ROOM);
        let mut rest = bytes;
        loop {
            let before = compressor.total_in();
            let status = compressor.compress_vec(rest, &mut compressed, FlushCompress::Finish);
            rest = &rest[(compressor.total_in() - before) as usize..];
            match status.expect("the compressor was reset, and has what it works in") {
                Status::StreamEnd => break,
                Status::Ok | Status::BufError => compressed.reserve(compressed.capacity()),
            }
        }
        Bytes::copy_from_slice(&compressed)
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn each_coding_has_its_own_tag_and_the_same_content() {
        let changed = DateTime::from_timestamp(1_767_661_200, 0).unwrap();
        let document = Document::new("text/plain", "冰雪 ".repeat(100), changed, 60);
        assert_ne!(document.etag, document.etag_gzip);
        assert!(document.etag.to_str().unwrap().starts_with('"'));
        assert_eq!(document.last_modified_field, "Tue, 06 Jan 2026 01:00:00 GMT");
        let mut text = String::new();
        flate2::read::GzDecoder::new(&document.gzip[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text.as_bytes(), document.identity);
        let again = Document::new("text/plain", text, changed, 60);
        assert_eq!((again.etag, again.gzip), (document.etag, document.gzip));
    }
}
