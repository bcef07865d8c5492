//! Conditional requests (RFC 9110 §13) and the choice of a content coding (§12.5.3).

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use chrono::{DateTime, Utc};

use crate::model::feed::Format;
use crate::publish::document::Version;
use crate::publish::encoding::Coding;

/// A longer list of entity tags is cut here: no reader sends one.
const IF_NONE_MATCH_BYTES_MAX: usize = 4 * 1024;
/// What a request is for.
static SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
/// A longer list of media types is cut here.
const ACCEPT_BYTES_MAX: usize = 1024;

/// Whether the client holds this version: `If-None-Match` wins over `If-Modified-Since` (§13.2.2).
/// `etag` is the tag of the plain bytes: that of another coding, which adds to it, is still the same version.
pub fn is_fresh(request: &HttpRequest, etag: &HeaderValue, last_modified: DateTime<Utc>) -> bool {
    if let Some(list) = text(request, header::IF_NONE_MATCH) {
        return tags(list).any(|tag| tag == "*" || is_of(tag, etag));
    }
    if request.headers().contains_key(header::IF_NONE_MATCH) {
        return false;
    }
    let since = text(request, header::IF_MODIFIED_SINCE).and_then(|since| DateTime::parse_from_rfc2822(since).ok());
    since.is_some_and(|since| since.timestamp() >= last_modified.timestamp())
}

/// The tags of a list, for weak comparison (§8.8.3.2).
fn tags(list: &str) -> impl Iterator<Item = &str> {
    let list = &list[..list.floor_char_boundary(IF_NONE_MATCH_BYTES_MAX)];
    list.split(',').map(|tag| tag.trim().trim_start_matches("W/"))
}

/// Whether a tag names the version with this tag, in whatever coding.
fn is_of(tag: &str, etag: &HeaderValue) -> bool {
    let tagged = etag.as_bytes().strip_suffix(b"\"").unwrap_or_default();
    // Behind the version stands what is different in one of its documents.
    let version = tagged.split(|byte| *byte == b'-').next().unwrap_or_default();
    tag.as_bytes()
        .strip_prefix(version)
        .is_some_and(|rest| rest == b"\"" || rest.starts_with(b"-") && rest.ends_with(b"\""))
}

/// The versions a client holds who wants to be told only what came after one of them (RFC 3229, `A-IM: feed`); none of
/// others. A range is of the whole document.
pub fn held_versions(request: &HttpRequest) -> Vec<Version> {
    let Some(accepted) = text(request, HeaderName::from_static("a-im")) else { return Vec::new() };
    let mut manipulations = accepted[..accepted.floor_char_boundary(ACCEPT_BYTES_MAX)].split(',').map(weighed);
    let is_wanted = manipulations.any(|(name, weight)| name.eq_ignore_ascii_case("feed") && weight > 0.0);
    match text(request, header::IF_NONE_MATCH) {
        Some(list) if is_wanted && !request.headers().contains_key(header::RANGE) => {
            tags(list).filter_map(Version::of).collect()
        }
        _ => Vec::new(),
    }
}

/// One of a list of preferences: its name and its weight (§12.4.2).
fn weighed(preference: &str) -> (&str, f32) {
    let (name, parameters) = preference.split_once(';').unwrap_or((preference, ""));
    let weight = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("q="));
    (name.trim(), weight.map_or(1.0, |weight| weight.trim().parse().unwrap_or(0.0)))
}

/// Whether a browser is to show this in its window, rather than a program to read it (Fetch Metadata §2.1).
pub fn is_navigation(request: &HttpRequest) -> bool {
    request.headers().get(&SEC_FETCH_DEST).is_some_and(|destination| destination == "document")
}

/// The format of a feed that a client asks for in place of its page (§12.5.1): named by its media type, and preferred
/// to HTML. A browser, which names HTML first and takes anything, gets the page.
pub fn wanted_format(request: &HttpRequest) -> Option<Format> {
    let accepted = text(request, header::ACCEPT)?;
    let mut html: f32 = 0.0;
    let mut best: Option<(Format, f32)> = None;
    for range in accepted[..accepted.floor_char_boundary(ACCEPT_BYTES_MAX)].split(',') {
        let (name, weight) = weighed(range);
        let format = match name.to_ascii_lowercase().as_str() {
            "application/rss+xml" => Format::Rss,
            "application/atom+xml" => Format::Atom,
            "application/feed+json" => Format::Json,
            "text/html" | "application/xhtml+xml" => {
                html = weight.max(html);
                continue;
            }
            _ => continue,
        };
        if weight > best.map_or(0.0, |(_, weight)| weight) {
            best = Some((format, weight));
        }
    }
    best.filter(|(_, weight)| *weight > html).map(|(format, _)| format)
}

/// The codings a client takes, the one it likes best first; among equals the one that is shortest. Those it names, or
/// all if it takes any, with a weight above 0 that is not below that of `identity` (§12.5.3).
pub fn codings(request: &HttpRequest) -> impl Iterator<Item = Coding> {
    const OURS: [(Coding, &str); 3] = [(Coding::Brotli, "br"), (Coding::Zstd, "zstd"), (Coding::Gzip, "gzip")];
    let (mut named, mut any, mut identity) = ([None; 3], None, None);
    for (name, weight) in text(request, header::ACCEPT_ENCODING).unwrap_or_default().split(',').map(weighed) {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if let Some(at) = OURS.iter().position(|(_, token)| is(token)) {
            named[at] = Some(weight);
        } else if is("x-gzip") {
            named[2] = Some(weight);
        } else if is("identity") {
            identity = Some(weight);
        } else if is("*") {
            any = Some(weight);
        }
    }
    let mut weights: [(Coding, f32); 3] = std::array::from_fn(|at| (OURS[at].0, named[at].or(any).unwrap_or(0.0)));
    weights.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let least = identity.unwrap_or(0.0);
    weights.into_iter().filter(move |(_, weight)| *weight > 0.0 && *weight >= least).map(|(coding, _)| coding)
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
        is_fresh(&request.to_http_request(), &HeaderValue::from_static("\"a\""), changed)
    }

    #[test]
    fn an_entity_tag_is_found_in_every_form() {
        for list in ["\"a\"", "W/\"a\"", "\"x\", W/\"a-gz\"", "*", " \"x\" ,\"a\""] {
            assert!(fresh(&[("if-none-match", list)]), "{list}");
        }
        for list in ["\"x\"", "a", "", "W/", "\"aa\"", "\"a-", "\"", "\"a\"x", &"x".repeat(5_000)] {
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
    fn a_feed_is_sent_to_those_who_name_it_before_html() {
        let check = |accepted: &str, expected: Option<Format>| {
            let request = TestRequest::default().insert_header(("accept", accepted)).to_http_request();
            assert_eq!(wanted_format(&request), expected, "{accepted}");
        };
        check("application/atom+xml, application/rss+xml;q=0.9, */*;q=0.1", Some(Format::Atom));
        check("application/rss+xml, text/html;q=0.5", Some(Format::Rss));
        check("Application/Feed+JSON; charset=utf-8", Some(Format::Json));
        check("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", None);
        check("text/html, application/rss+xml", None);
        check("application/rss+xml;q=0, */*", None);
        check("*/*", None);
        check("", None);
        check(&"application/rss+xml;q=0.1,".repeat(1_000), Some(Format::Rss));
    }

    #[test]
    fn a_client_gets_the_coding_it_likes_best_of_those_it_takes() {
        let check = |accepted: &str, expected: &[Coding]| {
            let request = TestRequest::default().insert_header(("accept-encoding", accepted)).to_http_request();
            assert_eq!(codings(&request).collect::<Vec<_>>(), expected, "{accepted}");
        };
        let all = [Coding::Brotli, Coding::Zstd, Coding::Gzip];
        check("gzip, deflate, br, zstd", &all);
        check("*", &all);
        check("gzip, deflate, br", &[Coding::Brotli, Coding::Gzip]);
        check("br;q=0.5, gzip;q=0.8, zstd;q=0.9", &[Coding::Zstd, Coding::Gzip, Coding::Brotli]);
        check("gzip;q=0", &[]);
        check("gzip;q=0, *", &all[..2]);
        check("gzip;q=0.5, identity", &[]);
        check("identity;q=0.5, br", &[Coding::Brotli]);
        check("deflate", &[]);
        check("", &[]);
        check("GZIP;q=0.2", &[Coding::Gzip]);
        check("br;q=x, zstd;q=NaN", &[]);
    }
}
