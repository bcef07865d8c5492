//! Conditional requests (RFC 9110 §13) and the choice of a content coding (§12.5.3).

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use chrono::{DateTime, Utc};

/// A longer list of entity tags is cut here: no reader sends one.
const IF_NONE_MATCH_BYTES_MAX: usize = 4 * 1024;

/// Whether the client holds this version: `If-None-Match` wins over `If-Modified-Since` (§13.2.2).
/// `tags` are the entity tags of all codings: a tag of another coding is still the same version.
pub fn is_fresh(request: &HttpRequest, tags: [&HeaderValue; 2], last_modified: DateTime<Utc>) -> bool {
    if let Some(list) = text(request, header::IF_NONE_MATCH) {
        return matches_any(list, tags);
    }
    if request.headers().contains_key(header::IF_NONE_MATCH) {
        return false;
    }
    let since = text(request, header::IF_MODIFIED_SINCE).and_then(|since| DateTime::parse_from_rfc2822(since).ok());
    since.is_some_and(|since| since.timestamp() >= last_modified.timestamp())
}

/// Weak comparison (§8.8.3.2) with a list of tags, or `*`.
fn matches_any(list: &str, tags: [&HeaderValue; 2]) -> bool {
    let end = list.floor_char_boundary(IF_NONE_MATCH_BYTES_MAX);
    let mut candidates = list[..end].split(',').map(|tag| tag.trim());
    candidates
        .any(|tag| tag == "*" || tags.iter().any(|ours| ours.as_bytes() == tag.trim_start_matches("W/").as_bytes()))
}

/// Whether the client prefers gzip to the plain bytes: it names gzip, or everything, with a weight above 0 that
/// is not below that of `identity`.
pub fn wants_gzip(request: &HttpRequest) -> bool {
    let Some(accepted) = text(request, header::ACCEPT_ENCODING) else { return false };
    let (mut gzip, mut any, mut identity) = (None, None, None);
    for coding in accepted.split(',') {
        let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = match parameters.trim().strip_prefix("q=") {
            Some(weight) => weight.trim().parse::<f32>().unwrap_or(0.0),
            None => 1.0,
        };
        let is = |known: &str| name.trim().eq_ignore_ascii_case(known);
        if is("gzip") || is("x-gzip") {
            gzip = Some(weight);
        } else if is("identity") {
            identity = Some(weight);
        } else if is("*") {
            any = Some(weight);
        }
    }
    let gzip = gzip.or(any).unwrap_or(0.0);
    gzip > 0.0 && gzip >= identity.unwrap_or(0.0)
}

fn text(request: &HttpRequest, name: HeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn fresh(headers: &[(&str, &str)]) -> bool {
        let mut request = TestRequest::default();
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        let changed = "2026-01-09T08:00:00Z".parse().unwrap();
        let (plain, gzip) = (HeaderValue::from_static("\"a\""), HeaderValue::from_static("\"a-gz\""));
        is_fresh(&request.to_http_request(), [&plain, &gzip], changed)
    }

    #[test]
    fn an_entity_tag_is_found_in_every_form() {
        for list in ["\"a\"", "W/\"a\"", "\"x\", W/\"a-gz\"", "*", " \"x\" ,\"a\""] {
            assert!(fresh(&[("if-none-match", list)]), "{list}");
        }
        for list in ["\"x\"", "a", "", "W/", "\"aa\"", &"x".repeat(5_000)] {
            assert!(!fresh(&[("if-none-match", list)]), "{list}");
        }
    }

    #[test]
    fn a_time_counts_only_without_a_tag_and_only_if_it_is_readable() {
        let (same, older) = ("Fri, 09 Jan 2026 08:00:00 GMT", "Fri, 09 Jan 2026 07:59:59 GMT");
        assert!(fresh(&[("if-modified-since", same)]));
        assert!(!fresh(&[("if-modified-since", older)]));
        assert!(!fresh(&[("if-modified-since", "yesterday")]));
        assert!(!fresh(&[("if-none-match", "\"x\""), ("if-modified-since", same)]));
        assert!(!fresh(&[]));
    }

    #[test]
    fn gzip_is_sent_to_those_who_want_it() {
        let check = |accepted: &str, expected: bool| {
            let request = TestRequest::default().insert_header(("accept-encoding", accepted)).to_http_request();
            assert_eq!(wants_gzip(&request), expected, "{accepted}");
        };
        check("gzip, deflate, br", true);
        check("*", true);
        check("gzip;q=0", false);
        check("gzip;q=0, *", false);
        check("gzip;q=0.5, identity", false);
        check("br", false);
        check("", false);
        check("GZIP;q=0.2", true);
    }
}
