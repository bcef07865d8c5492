//! One path of the sample portal: its bytes and how it answers.

use std::io::Write;
use std::time::Duration;

use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use encoding_rs::{Encoding, UTF_8};
use flate2::Compression;
use flate2::write::GzEncoder;

const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

/// One path of the sample portal.
#[derive(Debug, Clone)]
pub struct Resource {
    /// The whole `Content-Type`.
    pub content_type: String,
    /// The bytes, in `charset`.
    pub body: Vec<u8>,
    /// The encoding of the bytes, whatever the header says.
    pub charset: &'static Encoding,
    /// What `Last-Modified` says.
    pub modified: DateTime<Utc>,
    /// Whether it is compressed for clients that take gzip.
    pub is_gzipped: bool,
    /// How long an answer takes.
    pub delay: Duration,
    /// The status; anything but 200 comes without a body.
    pub status: u16,
    /// What is replaced by what after the first reading.
    pub later: Option<(String, String)>,
}

impl Resource {
    /// A path that answers 200 at once.
    pub fn new(content_type: &str, body: Vec<u8>) -> Resource {
        Resource {
            content_type: content_type.to_owned(),
            body,
            charset: UTF_8,
            modified: DateTime::from_timestamp(1_768_000_000, 0).unwrap_or_default(),
            is_gzipped: false,
            delay: Duration::ZERO,
            status: 200,
            later: None,
        }
    }

    /// Replaces text and moves `Last-Modified`. Answers whether `from` was there.
    pub fn edit(&mut self, from: &str, to: &str) -> bool {
        let (text, _, _) = self.charset.decode(&self.body);
        if !text.contains(from) {
            return false;
        }
        let text = text.replacen(from, to, 1);
        self.body = self.charset.encode(&text).0.into_owned();
        self.modified = self.next_modified();
        true
    }

    /// A `Last-Modified` later than the present one.
    pub fn next_modified(&self) -> DateTime<Utc> {
        self.modified + TimeDelta::minutes(1)
    }

    /// The strong tag of the present bytes.
    pub fn etag(&self) -> String {
        format!("\"{}\"", &blake3::hash(&self.body).to_hex()[..16])
    }

    /// The answer to a request; conditional requests get 304 (RFC 9110 §13).
    pub fn answer(&mut self, request: &HttpRequest) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status != StatusCode::OK {
            return HttpResponse::build(status).finish();
        }
        let mut response = HttpResponse::Ok();
        response.insert_header((header::ETAG, self.etag()));
        response.insert_header((header::LAST_MODIFIED, self.modified.format(HTTP_DATE).to_string()));
        if self.is_known_to(request) {
            return response.status(StatusCode::NOT_MODIFIED).finish();
        }
        response.content_type(self.content_type.as_str());
        let takes_gzip = field(request, header::ACCEPT_ENCODING).is_some_and(|value| value.contains("gzip"));
        let body = if self.is_gzipped && takes_gzip {
            response.insert_header((header::CONTENT_ENCODING, "gzip"));
            gzip(&self.body)
        } else {
            self.body.clone()
        };
        if request.method() == Method::GET
            && let Some((from, to)) = self.later.take()
        {
            self.edit(&from, &to);
        }
        response.body(body)
    }

    fn is_known_to(&self, request: &HttpRequest) -> bool {
        if let Some(tags) = field(request, header::IF_NONE_MATCH) {
            let etag = self.etag();
            return tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag);
        }
        field(request, header::IF_MODIFIED_SINCE)
            .and_then(|value| NaiveDateTime::parse_from_str(value, HTTP_DATE).ok())
            .is_some_and(|since| since.and_utc() >= self.modified)
    }
}

fn field(request: &HttpRequest, name: header::HeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok()
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).and_then(|()| encoder.finish()).expect("writing to memory does not fail")
}
