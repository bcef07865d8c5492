//! A key as its partner holds it: what it opens and until when, signed, in characters that may stand in an address.
//!
//! `hbk_` and then in base64url (RFC 4648 §5): a version, the key's number, when it ends in seconds since 1970 (the most
//! there are if it does not), the feeds it opens with commas between them, and HMAC-SHA-256 (RFC 2104) of all of that.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};

use crate::model::partner_key::KeyId;

/// Lets people and secret scanners see what it is.
pub const PREFIX: &str = "hbk_";
/// A longer text is no key of ours: it would not fit into an address either.
pub const CHARS_MAX: usize = 4_096;
/// What stands first in what is signed.
const VERSION: u8 = 1;
/// The bytes of a tag.
const TAG_BYTES: usize = 32;
/// The end of a key that has none.
const NEVER: i64 = i64::MAX;

/// What is signed into a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Its number.
    pub id: KeyId,
    /// It is not valid from then on.
    pub expires: Option<DateTime<Utc>>,
    /// The feeds it opens; empty opens every private feed.
    pub feeds: Vec<String>,
}

/// Signs keys and reads them.
pub struct Signer(hmac::Key);

impl Signer {
    /// With a secret of this installation.
    pub fn new(secret: &[u8]) -> Signer {
        Signer(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The key that says this.
    pub fn sign(&self, claims: &Claims) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&claims.id);
        bytes.extend_from_slice(&claims.expires.map_or(NEVER, |expires| expires.timestamp()).to_be_bytes());
        bytes.extend_from_slice(claims.feeds.join(",").as_bytes());
        bytes.extend_from_slice(hmac::sign(&self.0, &bytes).as_ref());
        format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// What a key says; `None` if it was not signed with our secret. The tag is compared in constant time.
    pub fn read(&self, text: &str) -> Option<Claims> {
        let encoded = text.strip_prefix(PREFIX).filter(|_| text.len() <= CHARS_MAX)?;
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(encoded).ok()?;
        let (said, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG_BYTES)?)?;
        hmac::verify(&self.0, said, tag).ok()?;
        let (version, said) = said.split_first()?;
        let (id, said) = said.split_first_chunk::<8>()?;
        let (expires, feeds) = said.split_first_chunk::<8>()?;
        let expires = match i64::from_be_bytes(*expires) {
            NEVER => None,
            seconds => Some(DateTime::from_timestamp(seconds, 0)?),
        };
        let feeds = std::str::from_utf8(feeds).ok()?;
        let feeds = feeds.split(',').filter(|feed| !feed.is_empty()).map(str::to_owned).collect();
        (*version == VERSION).then_some(Claims { id: *id, expires, feeds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(feeds: &[&str], expires: Option<&str>) -> Claims {
        let feeds = feeds.iter().map(|feed| (*feed).to_owned()).collect();
        Claims { id: *b"12345678", expires: expires.map(|time| time.parse().unwrap()), feeds }
    }

    #[test]
    fn a_key_says_what_was_signed_and_fits_into_an_address() {
        let signer = Signer::new(b"a secret of tests");
        for claims in [
            claims(&[], None),
            claims(&["hill"], Some("2026-04-01T00:00:00Z")),
            claims(&["hill/news", "events/fair"], None),
        ] {
            let key = signer.sign(&claims);
            assert_eq!(signer.read(&key), Some(claims));
            assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{key}");
        }
        assert_eq!(signer.sign(&claims(&[], None)).len(), 70);
    }

    #[test]
    fn a_key_that_was_altered_in_any_bit_or_signed_elsewhere_says_nothing() {
        let signer = Signer::new(b"a secret of tests");
        let key = signer.sign(&claims(&["hill"], None));
        assert_eq!(Signer::new(b"another").read(&key), None);
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&key[PREFIX.len()..]).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut altered = bytes.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            let altered = format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(altered));
            assert_eq!(signer.read(&altered), None, "bit {bit}");
        }
        for end in 0..key.len() {
            assert_eq!(signer.read(&key[..end]), None, "{end}");
        }
        for text in ["", "hbk_", "hbk_????", &key[4..], &format!("{key}A"), &format!("{key}=")] {
            assert_eq!(signer.read(text), None, "{text}");
        }
        assert_eq!(signer.read(&format!("{PREFIX}{}", "A".repeat(CHARS_MAX))), None);
    }
}
