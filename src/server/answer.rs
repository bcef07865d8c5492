//! What the answers of the open API have in common: JSON for any site, with a tag that says when it changed.

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};

use crate::server::conditional;
use crate::server::error::ApiError;

/// How long an answer may be kept; an edit or a withdrawal shows after that. In seconds.
const MAX_AGE_S: u32 = 60;

/// These paths are read, and nothing else.
pub(super) fn only_reads(request: &HttpRequest) -> Result<(), ApiError> {
    let is_read = request.method() == Method::GET || request.method() == Method::HEAD;
    is_read.then_some(()).ok_or(ApiError::MethodNotAllowed("GET, HEAD"))
}

/// Answers with JSON, or 304 where the client has it already.
pub(super) fn json(request: &HttpRequest, body: String) -> Result<HttpResponse, ApiError> {
    tagged(request, "application/json", body)
}

/// Answers with a body of this type, or 304 where the client has it already.
pub(super) fn tagged(
    request: &HttpRequest,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Result<HttpResponse, ApiError> {
    let body = body.into();
    let tag = format!("\"{}\"", &blake3::hash(&body).to_hex()[..32]);
    let tag = HeaderValue::try_from(tag).map_err(|error| ApiError::Unavailable(error.to_string()))?;
    // What is told of an article has no time of its own, so only the tag counts.
    let is_fresh = conditional::is_fresh(request, &tag, DateTime::<Utc>::MAX_UTC);
    let mut response = if is_fresh { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, format!("public, max-age={MAX_AGE_S}")))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")))
        .insert_header((header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("ETag")));
    if is_fresh {
        return Ok(response.finish());
    }
    Ok(response.content_type(content_type).body(body))
}
