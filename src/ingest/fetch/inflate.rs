//! Takes content codings off a body (RFC 9110 §8.4.1), with a limit on what comes out.

use std::io::Read;

use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};

/// The most codings one over the other; servers behind caches produce two by accident.
const CODINGS_MAX: usize = 2;

/// The most members of one gzip body; a body of empty members costs time without getting larger.
const GZIP_MEMBERS_MAX: usize = 1000;

/// The window a zstd body may need, as a power of two: 8 MiB, which RFC 9659 sets for HTTP.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// The bytes a decoder reads ahead.
const BROTLI_BUFFER_BYTES: usize = 4096;

/// How every gzip member begins.
pub const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Why a body could not be inflated in full.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InflateError {
    /// It would be larger than the limit.
    #[error("it inflates to more than {0} bytes")]
    TooLarge(usize),
    /// It is not what its coding says, or is cut.
    #[error("its {0} is broken or cut")]
    Broken(&'static str),
    /// A coding we did not ask for.
    #[error("unknown content coding {0:?}")]
    Unknown(String),
    /// More than two codings, one inside the other.
    #[error("more than {CODINGS_MAX} content codings")]
    TooMany,
}

/// Takes off the codings of a `Content-Encoding` header, the last first; what came out before an error is returned too.
pub fn body(bytes: Vec<u8>, codings: &str, bytes_max: usize) -> (Vec<u8>, Result<(), InflateError>) {
    let codings: Vec<&str> = codings
        .split(',')
        .map(str::trim)
        .filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"))
        .collect();
    if codings.len() > CODINGS_MAX {
        return (Vec::new(), Err(InflateError::TooMany));
    }
    let mut bytes = bytes;
    for coding in codings.iter().rev() {
        if bytes.is_empty() {
            break;
        }
        let mut inflated = Vec::with_capacity(bytes.len().saturating_mul(4).min(bytes_max));
        let result = one(&bytes, coding, bytes_max, &mut inflated);
        if result.is_err() {
            return (inflated, result);
        }
        bytes = inflated;
    }
    (bytes, Ok(()))
}

/// Inflates a gzip file, all its members; padding after the last is ignored, as browsers do.
pub fn gzip(bytes: &[u8], bytes_max: usize) -> (Vec<u8>, Result<(), InflateError>) {
    let mut inflated = Vec::new();
    let result = members(bytes, bytes_max, &mut inflated);
    (inflated, result)
}

fn one(bytes: &[u8], coding: &str, bytes_max: usize, out: &mut Vec<u8>) -> Result<(), InflateError> {
    match coding.to_ascii_lowercase().as_str() {
        "gzip" | "x-gzip" => members(bytes, bytes_max, out),
        "br" => drain(brotli::Decompressor::new(bytes, BROTLI_BUFFER_BYTES), "brotli", bytes_max, out),
        "zstd" => {
            let broken = |_| InflateError::Broken("zstd");
            let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes).map_err(broken)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(broken)?;
            drain(decoder, "zstd", bytes_max, out)
        }
        // RFC 9110 means zlib by it, some servers send the bare stream.
        "deflate" if is_zlib(bytes) => drain(ZlibDecoder::new(bytes), "deflate", bytes_max, out),
        "deflate" => drain(DeflateDecoder::new(bytes), "deflate", bytes_max, out),
        unknown => Err(InflateError::Unknown(unknown.chars().take(40).collect())),
    }
}

fn members(bytes: &[u8], bytes_max: usize, out: &mut Vec<u8>) -> Result<(), InflateError> {
    let mut rest = bytes;
    for _ in 0..GZIP_MEMBERS_MAX {
        let mut member = GzDecoder::new(rest);
        drain(&mut member, "gzip", bytes_max, out)?;
        rest = member.into_inner();
        if !rest.starts_with(&GZIP_MAGIC) {
            return Ok(());
        }
    }
    Err(InflateError::Broken("gzip"))
}

fn drain(reader: impl Read, coding: &'static str, bytes_max: usize, out: &mut Vec<u8>) -> Result<(), InflateError> {
    // One byte more than allowed tells a full body from one that is too large.
    let room = bytes_max.saturating_sub(out.len()).saturating_add(1);
    reader.take(room as u64).read_to_end(out).map_err(|_| InflateError::Broken(coding))?;
    if out.len() > bytes_max {
        out.truncate(bytes_max);
        return Err(InflateError::TooLarge(bytes_max));
    }
    Ok(())
}

fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [cmf, flg, ..] if cmf & 0x0f == 8 && u16::from_be_bytes([*cmf, *flg]).is_multiple_of(31))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use proptest::prelude::*;

    use super::*;

    const LIMIT: usize = 1000;

    fn gz(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn br(text: &[u8]) -> Vec<u8> {
        let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 20);
        encoder.write_all(text).unwrap();
        encoder.into_inner()
    }

    fn deflated(text: &[u8], is_bare: bool) -> Vec<u8> {
        if is_bare {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(text).unwrap();
            return encoder.finish().unwrap();
        }
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zst(text: &[u8]) -> Vec<u8> {
        zstd::encode_all(text, 3).unwrap()
    }

    fn check(bytes: Vec<u8>, codings: &str, expected: Result<&[u8], InflateError>) {
        let (inflated, result) = body(bytes, codings, LIMIT);
        match expected {
            Ok(expected) => assert_eq!((inflated.as_slice(), result), (expected, Ok(())), "{codings}"),
            Err(error) => assert_eq!(result, Err(error), "{codings}"),
        }
    }

    #[test]
    fn each_coding_is_taken_off() {
        let text = b"news of the day".as_slice();
        check(text.to_vec(), "", Ok(text));
        check(text.to_vec(), "identity", Ok(text));
        check(gz(text), "gzip", Ok(text));
        check(gz(text), "X-GZIP", Ok(text));
        check(br(text), "br", Ok(text));
        check(zst(text), "zstd", Ok(text));
        check(deflated(text, false), "deflate", Ok(text));
        check(deflated(text, true), "deflate", Ok(text));
        check(br(&gz(text)), "gzip, br", Ok(text));
        check(Vec::new(), "gzip", Ok(b""));
    }

    #[test]
    fn gzip_members_follow_each_other_and_padding_is_ignored() {
        let mut bytes = gz(b"one ");
        bytes.extend(gz(b"two"));
        bytes.extend([0; 8]);
        check(bytes, "gzip", Ok(b"one two"));
    }

    #[test]
    fn bombs_end_at_the_limit() {
        let zeros = vec![0; 1_000_000];
        for (coding, bytes) in [
            ("gzip", gz(&zeros)),
            ("br", br(&zeros)),
            ("zstd", zst(&zeros)),
            ("deflate", deflated(&zeros, false)),
            ("gzip, br", br(&gz(&zeros))),
        ] {
            let (inflated, result) = body(bytes, coding, LIMIT);
            assert!(matches!(result, Err(InflateError::TooLarge(LIMIT))), "{coding} {result:?}");
            assert!(inflated.len() <= LIMIT);
        }
        check(gz(&zeros[..LIMIT]), "gzip", Ok(&zeros[..LIMIT]));
        check(gz(b"").repeat(GZIP_MEMBERS_MAX + 1), "gzip", Err(InflateError::Broken("gzip")));
    }

    #[test]
    fn broken_and_unknown_codings_are_errors() {
        check(b"plain".to_vec(), "gzip", Err(InflateError::Broken("gzip")));
        check(gz(b"news of the day")[..20].to_vec(), "gzip", Err(InflateError::Broken("gzip")));
        check(b"plain".to_vec(), "br", Err(InflateError::Broken("brotli")));
        check(b"plain".to_vec(), "zstd", Err(InflateError::Broken("zstd")));
        check(b"plain".to_vec(), "compress", Err(InflateError::Unknown("compress".to_owned())));
        check(b"plain".to_vec(), "gzip, gzip, gzip", Err(InflateError::TooMany));
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
            coding in "gzip|br|zstd|deflate|gzip, br|[a-z]{0,8}",
        ) {
            let (inflated, _) = body(bytes, &coding, LIMIT);
            prop_assert!(inflated.len() <= LIMIT);
        }
    }
}
