//! Feeds and pages: a lookup on the shelf, a comparison of headers, a send.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::uri::PathAndQuery;
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};

use crate::model::part::Part;
use crate::publish::document::{Document, PAGE_VARY};
use crate::publish::encoding::Encoded;
use crate::publish::pages::language::Language;
use crate::publish::pages::look::Look;
use crate::publish::publisher::Publisher;
use crate::publish::{assets, front};
use crate::server::error::ApiError;
use crate::server::{State, access, conditional, ranges};
use crate::text::search::Query;

/// What scripts of other sites may read of an answer besides what they always may.
const EXPOSED: &str = "ETag, Link, Last-Modified";
/// How long a browser may keep what it asked before a script asks, in seconds: a day.
const PREFLIGHT_AGE_S: u32 = 86_400;

/// Registers the public documents.
pub fn routes(config: &mut web::ServiceConfig) {
    for path in [
        "/",
        "/feeds/{rest:.+}",
        "/events/{rest:.+}",
        "/assets/{rest:.+}",
        "/feed.xml",
        "/rss.xml",
        "/atom.xml",
        "/feed.json",
        front::OPML_PATH,
        front::ROBOTS_PATH,
        assets::FAVICON_PATH,
        assets::LOGO_PATH,
        assets::WIDGET_PATH,
    ] {
        config.service(web::resource(path).to(document));
    }
}

/// The answer, if the document asked for lies on the shelf, or was asked for at the same address of late, and nothing
/// else has to be done for it.
pub fn ready(request: &HttpRequest, publisher: &Publisher) -> Option<HttpResponse> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let mut document = match request.query_string() {
        "" => publisher.ready(request.path())?,
        _ => publisher.answers().get(address(request)?)?,
    };
    if document.is_private {
        return None;
    }
    let is_else = document.has_stylesheet() && conditional::is_navigation(request);
    if is_else || document.link.is_some() && !conditional::held_versions(request).is_empty() {
        return None;
    }
    if document.language.is_some()
        && let Some(format) = conditional::wanted_format(request)
    {
        let path = publisher.beside(request.path(), format)?;
        return publisher.ready(&path).map(|document| beside(request, &path, &document, publisher));
    }
    if document.language.is_some_and(|language| language != preferred(request).language) {
        document = publisher.ready(&preferred(request).key(request.path()))?;
    }
    Some(answer(request, &document, publisher))
}

/// Path and query as they were sent; `None` without a query.
pub(super) fn address(request: &HttpRequest) -> Option<&str> {
    request.uri().path_and_query().filter(|address| address.query().is_some()).map(PathAndQuery::as_str)
}

/// Another format of the feed whose page stands at the address, for one who asked for it in `Accept`.
fn beside(request: &HttpRequest, path: &str, document: &Arc<Document>, publisher: &Publisher) -> HttpResponse {
    let mut response = answer(request, document, publisher);
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static(PAGE_VARY));
    let query = request.query_string();
    let location = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    if let Ok(location) = HeaderValue::try_from(location) {
        headers.insert(header::CONTENT_LOCATION, location);
    }
    response
}

/// What came after the version the client holds (RFC 3229 §10).
fn delta(request: &HttpRequest, document: &Arc<Document>, publisher: &Publisher) -> HttpResponse {
    let mut response = answer(request, document, publisher);
    *response.status_mut() = StatusCode::IM_USED;
    response.headers_mut().insert(HeaderName::from_static("im"), HeaderValue::from_static("feed"));
    response
}

/// What browsers ask before a script of another site may ask (Fetch §3.3): anybody may read, nobody may write. A star
/// does not stand for `Authorization`, which carries the keys of partners.
pub fn preflight(request: &HttpRequest) -> Option<HttpResponse> {
    let is_asked = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        && !["/admin", "/api/v1/admin", front::HUB_PATH].iter().any(|closed| request.path().starts_with(closed));
    is_asked.then(|| {
        HttpResponse::NoContent()
            .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")))
            .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD")))
            .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*, Authorization")))
            .insert_header((header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from(PREFLIGHT_AGE_S)))
            .finish()
    })
}

/// A page in the language its address names, or else in that the reader's browser likes best.
pub(super) fn look(request: &HttpRequest) -> Look {
    Look::chosen(request.query_string()).unwrap_or_else(|| preferred(request))
}

/// A page in the language the reader's browser likes best.
fn preferred(request: &HttpRequest) -> Look {
    let field = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|field| field.to_str().ok());
    Look::preferred(Language::accepted(field))
}

async fn document(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return Err(ApiError::MethodNotAllowed("GET, HEAD"));
    }
    let path = request.path();
    let partner_key = access::enter_path(&request, &state).await?;
    let mut part = Part::parse(request.query_string()).map_err(ApiError::BadRequest)?;
    part.q = words(part.q.as_deref())?;
    part.key = partner_key;
    if part.q.is_some() {
        // What is found is paged by articles alone.
        part.page = None;
    }
    if let Some(format) = conditional::wanted_format(&request)
        && let Some(path) = state.publisher.beside(path, format)
    {
        let document = state.publisher.part(&path, part, Look::default()).await;
        let document = document.map_err(|error| ApiError::Unavailable(error.to_string()))?;
        let absent = || ApiError::NotFound(format!("there is no such part of the feed at {path}"));
        return Ok(beside(&request, &path, &document.ok_or_else(absent)?, &state.publisher));
    }
    let held = conditional::held_versions(&request);
    if !held.is_empty()
        && part.is_default()
        && let Ok(Some(document)) = state.publisher.since(path, part.key.clone(), &held).await
    {
        return Ok(delta(&request, &document, &state.publisher));
    }
    let look = look(&request);
    let (epoch, is_navigation) = (state.publisher.answers().epoch(), conditional::is_navigation(&request));
    let found = match is_navigation {
        true => state.publisher.shown(path, part, look).await,
        false => state.publisher.part(path, part, look).await,
    };
    match found {
        Ok(Some(document)) => {
            // What depends on more than the address is not found by it.
            let is_told_by_address = document.language.is_none() && !is_navigation;
            if let Some(address) = address(&request).filter(|_| is_told_by_address) {
                state.publisher.answers().keep(epoch, address, &document);
            }
            Ok(answer(&request, &document, &state.publisher))
        }
        Ok(None) if let Some(address) = state.publisher.renamed(path) => Ok(moved(&request, address, &state.publisher)),
        // Readers stop asking for what is gone, and go on asking for what is not found.
        Ok(None) if state.publisher.is_retired(path).await? => {
            Err(ApiError::Gone("this feed is published no more; / lists those that are".into()))
        }
        Ok(None) => Err(ApiError::NotFound(format!("there is no feed or page at {path}; / lists them all"))),
        Err(error) => Err(ApiError::Unavailable(error.to_string())),
    }
}

/// Readers keep the new address (RFC 9110 §15.4.2), with whatever they asked of the old one.
fn moved(request: &HttpRequest, address: String, publisher: &Publisher) -> HttpResponse {
    let query = request.query_string();
    let address = if query.is_empty() { address } else { format!("{address}?{query}") };
    let mut response = HttpResponse::MovedPermanently()
        .insert_header((header::LOCATION, address))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")))
        .finish();
    if publisher.audiences().lock_at(request.path()).is_some() {
        access::close(response.headers_mut());
    }
    response
}

/// The words that are asked for, as they stand in addresses; none where there is no letter in them.
fn words(q: Option<&str>) -> Result<Option<String>, ApiError> {
    let query = Query::parse(q.unwrap_or_default()).map_err(ApiError::BadRequest)?;
    Ok(query.map(|query| query.as_str().to_owned()))
}

/// A document, 304 where the client has it already, or the part of its bytes that is asked for.
pub(super) fn answer(request: &HttpRequest, document: &Arc<Document>, publisher: &Publisher) -> HttpResponse {
    let mut response = whole_or_part(request, document, publisher);
    if document.is_private {
        access::close(response.headers_mut());
    }
    response
}

fn whole_or_part(request: &HttpRequest, document: &Arc<Document>, publisher: &Publisher) -> HttpResponse {
    let Encoded { coding, bytes, etag } = publisher.encoded(document, conditional::codings(request));
    let is_fresh = conditional::is_fresh(request, &document.etag, document.last_modified);
    let asked = match is_fresh || *request.method() != Method::GET {
        true => ranges::Asked::Whole,
        false => ranges::asked(request, document, etag, bytes.len()),
    };
    let mut response = match asked {
        _ if is_fresh => HttpResponse::NotModified(),
        ranges::Asked::Whole => HttpResponse::Ok(),
        ranges::Asked::Part(_) => HttpResponse::PartialContent(),
        ranges::Asked::Nothing => return ApiError::RangeNotSatisfiable(bytes.len()).error_response(),
    };
    response
        .insert_header((header::ETAG, etag.clone()))
        .insert_header((header::LAST_MODIFIED, document.last_modified_field.clone()))
        .insert_header((header::CACHE_CONTROL, document.cache_control.clone()))
        .insert_header((header::VARY, HeaderValue::from_static(document.vary)))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")))
        .insert_header((header::CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin")))
        .insert_header((header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED)));
    if let Some(language) = document.language {
        response.insert_header((header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag())));
    }
    if let Some(link) = &document.link {
        response.insert_header((header::LINK, link.clone()));
    }
    if is_fresh {
        return response.finish();
    }
    response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static(document.content_type)));
    response.insert_header((header::ACCEPT_RANGES, HeaderValue::from_static("bytes")));
    if let Some(policy) = document.policy {
        response.insert_header((header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)));
    }
    if let Some(coding) = coding.token() {
        response.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static(coding)));
    }
    let ranges::Asked::Part(range) = asked else { return response.body(bytes.clone()) };
    let stretch = format!("bytes {}-{}/{}", range.start, range.end - 1, bytes.len());
    response.insert_header((header::CONTENT_RANGE, stretch));
    response.body(bytes.slice(range))
}
