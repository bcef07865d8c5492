//! The codings that take longer than an answer may, made behind the answers that want them: each once for a version of
//! a document, which holds the result and takes it along when a newer version takes its place.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use actix_web::http::header::HeaderValue;
use actix_web::web::Bytes;
use brotli::enc::BrotliEncoderParams;

use crate::publish::document::Document;
use crate::publish::renderer::Renderer;

/// How hard brotli tries, of 11. More takes tens of megabytes while it works, for a few bytes.
const BROTLI_QUALITY: i32 = 6;
/// The windows brotli may look back through, as powers of two.
const BROTLI_WINDOWS: std::ops::RangeInclusive<u32> = 10..=20;
/// How hard zstd tries, of 22.
const ZSTD_LEVEL: i32 = 9;
/// Documents that wait for a coding; what is wanted beyond that is ordered by the next who wants it.
const WAITING_MAX: usize = 64;

/// A content coding (RFC 9110 §8.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
    /// RFC 1952.
    Gzip,
    /// The plain bytes.
    Identity,
}

impl Coding {
    /// As `Content-Encoding` names it; plain bytes have none.
    pub fn token(self) -> Option<&'static str> {
        match self {
            Coding::Brotli => Some("br"),
            Coding::Zstd => Some("zstd"),
            Coding::Gzip => Some("gzip"),
            Coding::Identity => None,
        }
    }
}

/// A document in one coding.
#[derive(Debug)]
pub struct Encoded<'a> {
    /// Which coding.
    pub coding: Coding,
    /// The bytes.
    pub bytes: &'a Bytes,
    /// Their entity tag.
    pub etag: &'a HeaderValue,
}

/// A coding that is made only if somebody wants it.
#[derive(Debug, Default)]
pub struct Late {
    is_ordered: AtomicBool,
    made: OnceLock<(Bytes, HeaderValue)>,
}

/// Another document of the same shape has other bytes.
impl Clone for Late {
    fn clone(&self) -> Late {
        Late::default()
    }
}

/// Makes codings, on the thread that renders.
#[derive(Default)]
pub struct Encoder {
    waiting: AtomicUsize,
    made: AtomicU64,
}

impl Encoder {
    /// The document in the first of these codings that is ready. What is better and not ready is ordered.
    pub fn encoded<'a>(
        self: &Arc<Self>,
        renderer: &Renderer,
        document: &'a Arc<Document>,
        codings: impl Iterator<Item = Coding>,
    ) -> Encoded<'a> {
        for coding in codings {
            match document.late(coding) {
                None if coding == Coding::Gzip => {
                    return Encoded { coding, bytes: &document.gzip, etag: &document.etag_gzip };
                }
                None => break,
                Some(late) => match late.made.get() {
                    Some((bytes, etag)) => return Encoded { coding, bytes, etag },
                    None => self.order(renderer, document, coding, late),
                },
            }
        }
        Encoded { coding: Coding::Identity, bytes: &document.identity, etag: &document.etag }
    }

    /// How many times a document was encoded.
    pub fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    fn order(self: &Arc<Self>, renderer: &Renderer, document: &Arc<Document>, coding: Coding, late: &Late) {
        if late.is_ordered.load(Ordering::Relaxed) || late.is_ordered.swap(true, Ordering::AcqRel) {
            return;
        }
        if self.waiting.fetch_add(1, Ordering::AcqRel) >= WAITING_MAX {
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            late.is_ordered.store(false, Ordering::Release);
            return;
        }
        let (encoder, document) = (Arc::clone(self), Arc::downgrade(document));
        renderer.order(move || {
            encoder.waiting.fetch_sub(1, Ordering::AcqRel);
            // A newer version may have taken its place.
            let Some(document) = document.upgrade() else { return };
            let Some(late) = document.late(coding) else { return };
            let Ok(bytes) = encode(coding, &document.identity) else { return };
            encoder.made.fetch_add(1, Ordering::Relaxed);
            let _ = late.made.set((bytes, document.tag_in(coding)));
        });
    }
}

/// The bytes in a coding. The memory that takes is given back at the end, and follows from the length.
fn encode(coding: Coding, bytes: &[u8]) -> io::Result<Bytes> {
    let encoded = match coding {
        Coding::Brotli => brotli(bytes)?,
        _ => zstd::bulk::compress(bytes, ZSTD_LEVEL)?,
    };
    // It is kept for long; a copy takes no more than it is long.
    Ok(Bytes::copy_from_slice(&encoded))
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let window = bytes.len().next_power_of_two().ilog2().clamp(*BROTLI_WINDOWS.start(), *BROTLI_WINDOWS.end());
    let parameters = BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: window.cast_signed(),
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    let mut encoded = Vec::with_capacity(bytes.len() / 4);
    brotli::BrotliCompress(&mut &*bytes, &mut encoded, &parameters)?;
    Ok(encoded)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use chrono::DateTime;

    use super::*;

    const WANTED: [Coding; 3] = [Coding::Brotli, Coding::Zstd, Coding::Gzip];

    fn document() -> Arc<Document> {
        Arc::new(Document::new("text/plain", "冰雪节开幕。".repeat(500), DateTime::UNIX_EPOCH, 60))
    }

    #[tokio::test]
    async fn a_version_is_encoded_once_however_many_want_it() {
        let (renderer, encoder, document) = (Renderer::start().unwrap(), Arc::new(Encoder::default()), document());
        std::thread::scope(|scope| {
            for _ in 0..64 {
                scope.spawn(|| {
                    let coding = encoder.encoded(&renderer, &document, WANTED.into_iter()).coding;
                    assert!(coding != Coding::Identity, "gzip is always ready");
                });
            }
        });
        renderer.run(|| Ok(())).await.unwrap();
        assert_eq!(encoder.made(), 2, "brotli and zstd, each once");
        let brotli = encoder.encoded(&renderer, &document, WANTED.into_iter());
        let mut text = Vec::new();
        brotli::BrotliDecompress(&mut &brotli.bytes[..], &mut text).unwrap();
        assert_eq!((brotli.coding, &text[..]), (Coding::Brotli, &document.identity[..]));
        let zstd = encoder.encoded(&renderer, &document, [Coding::Zstd].into_iter());
        assert_eq!(zstd::bulk::decompress(zstd.bytes, 1 << 20).unwrap(), document.identity);
        let tags = [brotli.etag, zstd.etag, &document.etag_gzip, &document.etag];
        assert!((0..4).all(|one| (0..one).all(|other| tags[one] != tags[other])), "{tags:?}");
        assert!(brotli.bytes.len() < document.gzip.len());
    }

    #[tokio::test]
    async fn a_version_that_was_replaced_is_not_encoded_any_more() {
        let (renderer, encoder, document) = (Renderer::start().unwrap(), Arc::new(Encoder::default()), document());
        let (go, wait) = mpsc::channel::<()>();
        renderer.order(move || wait.recv().unwrap());
        let first = encoder.encoded(&renderer, &document, WANTED.into_iter()).coding;
        assert_eq!(first, Coding::Gzip);
        drop(document);
        go.send(()).unwrap();
        renderer.run(|| Ok(())).await.unwrap();
        assert_eq!(encoder.made(), 0);
    }
}
