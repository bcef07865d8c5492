//! A part of the bytes of a document (RFC 9110 §14): for readers that resume a download, and for large feeds.
//!
//! One range is answered; of several the whole document, which every client must take (§14.2).

use std::ops::Range;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName, HeaderValue};

use crate::publish::document::Document;

/// What is asked of the bytes of a document.
#[derive(Debug, PartialEq, Eq)]
pub enum Asked {
    /// All of them.
    Whole,
    /// These.
    Part(Range<usize>),
    /// Such as are not there: 416.
    Nothing,
}

/// The range asked for, of `length` bytes. A range of a version that the document no longer has is no range (§13.1.5):
/// it counts only if `If-Range` names `etag`, the tag of the bytes in the coding that is sent, or their time.
pub fn asked(request: &HttpRequest, document: &Document, etag: &HeaderValue, length: usize) -> Asked {
    let Some(range) = text(request, header::RANGE) else { return Asked::Whole };
    let Some(ranges) = range.trim().strip_prefix("bytes=") else { return Asked::Whole };
    if request.headers().contains_key(header::IF_RANGE) && !is_same(request, document, etag) {
        return Asked::Whole;
    }
    one(ranges.trim(), length)
}

/// Whether `If-Range` holds, by strong comparison. A time tells no codings apart, so it holds for plain bytes alone;
/// our times move by a second at every change, which makes them strong (§8.8.2.2).
fn is_same(request: &HttpRequest, document: &Document, etag: &HeaderValue) -> bool {
    let Some(condition) = text(request, header::IF_RANGE).map(str::trim) else { return false };
    etag == condition || document.last_modified_field == condition && document.etag == etag
}

/// One range of bytes (§14.1.2).
fn one(text: &str, length: usize) -> Asked {
    let Some((first, last)) = text.split_once('-') else { return Asked::Whole };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(first) || !is_number(last) {
        return Asked::Whole;
    }
    // What is too large for a number lies behind every end.
    let number = |text: &str| text.parse().unwrap_or(usize::MAX);
    let range = match (first, last) {
        ("", "") => return Asked::Whole,
        ("", suffix) => length.saturating_sub(number(suffix))..length,
        (first, "") => number(first)..length,
        (first, last) if number(last) < number(first) => return Asked::Whole,
        (first, last) => number(first)..number(last).saturating_add(1).min(length),
    };
    if range.is_empty() { Asked::Nothing } else { Asked::Part(range) }
}

fn text(request: &HttpRequest, name: HeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use chrono::DateTime;

    use super::*;

    const CHANGED: &str = "Fri, 09 Jan 2026 08:00:00 GMT";

    fn check(headers: &[(&str, &str)], expected: Asked) {
        let mut request = TestRequest::default();
        for header in headers {
            request = request.insert_header(*header);
        }
        let changed = DateTime::parse_from_rfc2822(CHANGED).unwrap().to_utc();
        let document = Document::new("text/plain", "0123456789", changed, 60);
        assert_eq!(asked(&request.to_http_request(), &document, &document.etag, 10), expected, "{headers:?}");
    }

    #[test]
    fn one_range_is_read_in_each_of_its_forms() {
        for (range, expected) in [
            ("bytes=0-4", 0..5),
            ("bytes=4-", 4..10),
            ("bytes=-3", 7..10),
            ("bytes=-100", 0..10),
            ("bytes=8-99999999999999999999999", 8..10),
            ("bytes=9-9", 9..10),
        ] {
            check(&[("range", range)], Asked::Part(expected));
        }
        for range in ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=99999999999999999999999-"] {
            check(&[("range", range)], Asked::Nothing);
        }
    }

    #[test]
    fn what_is_not_one_range_of_bytes_is_no_range() {
        for range in
            ["", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=+1-2", "bytes=0-1,4-5", "lines=0-1", "bytes=a-b"]
        {
            check(&[("range", range)], Asked::Whole);
        }
        check(&[], Asked::Whole);
    }

    #[test]
    fn a_range_of_another_version_is_no_range() {
        let changed = DateTime::parse_from_rfc2822(CHANGED).unwrap().to_utc();
        let etag = Document::new("text/plain", "0123456789", changed, 60).etag;
        let etag = etag.to_str().unwrap();
        for same in [etag, CHANGED] {
            check(&[("range", "bytes=2-"), ("if-range", same)], Asked::Part(2..10));
        }
        let weak = format!("W/{etag}");
        for other in [&weak, "\"x\"", "Fri, 09 Jan 2026 08:00:01 GMT", "Fri, 09 Jan 2026 07:59:59 GMT", "", "*"] {
            check(&[("range", "bytes=2-"), ("if-range", other)], Asked::Whole);
        }
    }
}
