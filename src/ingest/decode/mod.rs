//! From a page's bytes to text: which charset it is in, whatever it says.

use std::string::FromUtf8Error;
use std::sync::LazyLock;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};
use memchr::memmem;
use regex::bytes::Regex;
use url::Url;

use crate::ingest::fetch::RawPage;

/// Where a page must say its charset, in bytes; browsers look at 1,024, real pages are untidier.
const META_BYTES_MAX: usize = 4096;

/// What the detector reads, in bytes, from the first character outside ASCII.
const DETECT_BYTES_MAX: usize = 64 * 1024;

/// Of this many characters one may be U+FFFD (0.5 %) before the declared charset is doubted.
const CHARS_PER_REPLACED: usize = 200;

/// Of this many characters outside ASCII one may be U+FFFD: on a page that is mostly markup few are many.
const FOREIGN_CHARS_PER_REPLACED: usize = 5;

/// The bytes looked at for UTF-16 that does not say so.
const UTF16_SAMPLE_BYTES: usize = 512;

/// A page as text.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its address.
    pub url: Url,
    /// The text, without a byte order mark.
    pub text: String,
    /// The charset it was read in, as the WHATWG calls it.
    pub charset: &'static str,
    /// Characters lost: how many U+FFFD the text has.
    pub replaced: usize,
}

/// Decodes a page: byte order mark, then UTF-8 if the whole body is, then the HTTP charset, then what the page
/// says in its first 4 KB, then what it looks like. A valid UTF-8 body is not copied.
pub fn text(raw: RawPage) -> Page {
    bytes(raw.url, raw.content_type.as_deref(), raw.body)
}

/// Decodes a body with its address and Content-Type, such as a file's.
pub fn bytes(url: Url, content_type: Option<&str>, body: Vec<u8>) -> Page {
    let body = match valid_utf8(body) {
        Ok(text) => {
            let replaced = if text.is_ascii() { 0 } else { count_replaced(&text) };
            return Page { url, text: without_codes(text), charset: UTF_8.name(), replaced };
        }
        Err(body) => body,
    };
    let encoding = declared(&body, content_type);
    let read = match encoding {
        Some(encoding) => Read::new(&body, encoding).or_better(&body),
        None => Read::new(&body, detected(&body)).or_utf8(&body),
    };
    Page { url, text: without_codes(read.text), charset: read.encoding.name(), replaced: read.replaced }
}

/// The text without the two control characters by which UTF-16 and ISO-2022-JP are known, so that it never looks like
/// either. No document may hold them (XML 1.0 §2.2).
fn without_codes(mut text: String) -> String {
    if memchr::memchr2(0, 0x1b, text.as_bytes()).is_some() {
        text.retain(|character| !matches!(character, '\0' | '\u{1b}'));
    }
    text
}

/// The body as it stands, if it can be nothing but UTF-8.
fn valid_utf8(body: Vec<u8>) -> Result<String, Vec<u8>> {
    if matches!(body.as_slice(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return Err(body);
    }
    // ISO-2022-JP and UTF-16 can be valid ASCII, but not without these.
    if body.is_ascii() && body[..body.len().min(UTF16_SAMPLE_BYTES)].iter().any(|byte| matches!(byte, 0 | 0x1b)) {
        return Err(body);
    }
    let mut text = match String::from_utf8(body) {
        Ok(text) => text,
        Err(error) => without_cut_end(error)?,
    };
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// A UTF-8 body that was cut within its last character, without that.
fn without_cut_end(error: FromUtf8Error) -> Result<String, Vec<u8>> {
    let (is_cut, valid) = (error.utf8_error().error_len().is_none(), error.utf8_error().valid_up_to());
    let mut body = error.into_bytes();
    if !is_cut || body[..valid].is_ascii() {
        return Err(body);
    }
    body.truncate(valid);
    String::from_utf8(body).map_err(|error| error.into_bytes())
}

/// A body read in one charset.
struct Read {
    text: String,
    encoding: &'static Encoding,
    replaced: usize,
}

impl Read {
    fn new(body: &[u8], encoding: &'static Encoding) -> Read {
        let body = Encoding::for_bom(body).map_or(body, |(_, bom_bytes)| &body[bom_bytes..]);
        let mut decoder = encoding.new_decoder_without_bom_handling();
        let mut text = String::with_capacity(decoder.max_utf8_buffer_length(body.len()).unwrap_or(body.len()));
        // Not the last piece as far as the decoder knows: a body cut within a character just ends before it.
        let _ = decoder.decode_to_string(body, &mut text, false);
        // The decoder asks for three times what it needs.
        text.shrink_to_fit();
        // Also those that were lost before, and are written in the charset.
        let replaced = count_replaced(&text);
        Read { text, encoding, replaced }
    }

    /// What the bytes look like instead, if the declared charset loses much and that loses less.
    fn or_better(self, body: &[u8]) -> Read {
        if !self.loses_much() {
            return self;
        }
        let detected = detected(body);
        if detected == self.encoding {
            return self;
        }
        let other = Read::new(body, detected);
        if other.replaced < self.replaced { other } else { self }
    }

    /// UTF-8 with a few broken bytes, which the detector takes for anything but UTF-8.
    fn or_utf8(self, body: &[u8]) -> Read {
        if body.is_ascii() {
            return self;
        }
        let utf8 = Read::new(body, UTF_8);
        if utf8.loses_much() { self } else { utf8 }
    }

    fn loses_much(&self) -> bool {
        if self.replaced == 0 {
            return false;
        }
        let foreign = self.text.chars().filter(|char| !char.is_ascii()).count();
        self.replaced * CHARS_PER_REPLACED > self.text.chars().count()
            || self.replaced * FOREIGN_CHARS_PER_REPLACED > foreign
    }
}

fn count_replaced(text: &str) -> usize {
    memmem::find_iter(text.as_bytes(), "\u{fffd}").count()
}

/// The charset a body declares: byte order mark, HTTP, then itself.
fn declared(body: &[u8], content_type: Option<&str>) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(body) {
        return Some(encoding);
    }
    if let Some(encoding) = looks_like_utf16(body) {
        return Some(encoding);
    }
    let http = content_type.and_then(charset_parameter).and_then(encoding_of);
    match http {
        // Servers send Latin-1 for everything when nobody set them up; a page that says otherwise knows better.
        Some(encoding) if encoding != WINDOWS_1252 => Some(encoding),
        http => said_by_page(body).or(http),
    }
}

/// A charset by its label; GB2312 and GBK mean GB18030, which contains both.
fn encoding_of(label: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(label.trim().as_bytes())?;
    match encoding {
        _ if encoding == REPLACEMENT || encoding == X_USER_DEFINED => None,
        _ if encoding == GBK => Some(GB18030),
        _ => Some(encoding),
    }
}

fn charset_parameter(content_type: &str) -> Option<&str> {
    let at = content_type.to_ascii_lowercase().find("charset")?;
    let value = content_type[at + "charset".len()..].trim_start().strip_prefix('=')?;
    let value = value.trim_start().trim_start_matches(['"', '\'']);
    value.split(['"', '\'', ';', ',', ' ', '\t', '>', '/']).next().filter(|value| !value.is_empty())
}

/// What `<meta charset>`, `<meta http-equiv>` or the XML declaration says; UTF-16 said in ASCII is not true.
fn said_by_page(body: &[u8]) -> Option<&'static Encoding> {
    static TAG: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i-u)<!--(?s:.*?)-->|<(?:meta[\s/]|\?xml\s)[^>]*").expect("a constant pattern"));
    static SAID: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?i-u)[\s"';/](?:charset|encoding)\s*=\s*["']?\s*([a-z0-9_:.-]+)"#).expect("a constant pattern")
    });
    let head = &body[..body.len().min(META_BYTES_MAX)];
    let encoding = TAG
        .find_iter(head)
        .map(|tag| tag.as_bytes())
        .filter(|tag| !tag.starts_with(b"<!--"))
        .filter_map(|tag| SAID.captures(tag))
        .filter_map(|said| encoding_of(std::str::from_utf8(&said[1]).ok()?))
        .next()?;
    let is_utf16 = encoding == UTF_16LE || encoding == UTF_16BE;
    Some(if is_utf16 { UTF_8 } else { encoding })
}

/// UTF-16 without a mark shows by its markup: every second byte of it is zero.
fn looks_like_utf16(body: &[u8]) -> Option<&'static Encoding> {
    let sample = &body[..body.len().min(UTF16_SAMPLE_BYTES)];
    let zeros = |first: usize| sample.iter().skip(first).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = sample.len() / 5;
    match (even > many, odd > many) {
        (false, true) if even * 8 < odd => Some(UTF_16LE),
        (true, false) if odd * 8 < even => Some(UTF_16BE),
        _ => None,
    }
}

/// What a body looks like. No top-level domain as a hint, which breaks Big5 under `.cn` and GBK under `.tw`, and
/// never the end of the body, which would count a cut character against its charset.
fn detected(body: &[u8]) -> &'static Encoding {
    let has_escape = body.is_ascii() && body.contains(&0x1b);
    let start = if has_escape { 0 } else { Encoding::ascii_valid_up_to(body).saturating_sub(2) };
    let sample = &body[start..body.len().min(start.saturating_add(DETECT_BYTES_MAX))];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(sample, false);
    let encoding = detector.guess(None, Utf8Detection::Allow);
    match encoding {
        _ if encoding == GBK => GB18030,
        _ if encoding == WINDOWS_1252 && body.is_ascii() => UTF_8,
        _ => encoding,
    }
}

#[cfg(test)]
mod tests;
