//! `GET /api/v1/headlines`: a feed's newest headlines for partner sites.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use url::form_urlencoded;

use crate::model::catalogue::Catalogue;
use crate::model::part::LIMITS;
use crate::publish::PublishError;
use crate::publish::headlines::{Answer, HEADLINES, Wanted};
use crate::server::error::ApiError;
use crate::server::request::{feed_key, number};
use crate::server::{State, access, answer, feeds};
use crate::text::search::Query;

/// Registers the path.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/api/v1/headlines").to(headlines));
}

/// What is asked; only described, for the first of a parameter given twice counts.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it says what the query is like")]
struct Asked {
    /// A feed: `portal`, `portal/section` or `events/ID`; without it all portals together.
    feed: Option<String>,
    /// The most headlines, instead of 20.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Only what was published then or later.
    since: Option<DateTime<Utc>>,
    /// Only what has these words, in either Chinese script; quotes hold a phrase together.
    #[param(max_length = 200)]
    q: Option<String>,
    /// Only what is older than an article: the `next` of an answer to the same question.
    #[param(minimum = 1)]
    before: Option<i64>,
}

/// The newest headlines of a feed
#[utoipa::path(get, path = "/api/v1/headlines", tag = "Partners", params(Asked), responses(
    (status = 200, description = "the headlines, newest first", body = Answer),
    (status = 206, description = "the bytes that `Range` asks for", body = String, content_type = "application/json"),
    (status = 304, description = "the client has it already (`If-None-Match`, `If-Modified-Since`)"),
))]
pub(super) async fn headlines(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    answer::only_reads(&request)?;
    let query = request.query_string();
    let named = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "feed");
    access::enter(&request, &state, named.as_ref().map(|(_, feed)| &**feed)).await?;
    let wanted = wanted(query, state.publisher.audiences().whole())?;
    let answers = state.publisher.answers();
    let epoch = answers.epoch();
    let document = state.headlines.document(&wanted).await.map_err(|error| match error {
        PublishError::Absent if wanted.before.is_some() => {
            ApiError::NotFound("nothing in this feed is older than the article that `before` names".into())
        }
        error => ApiError::Unavailable(error.to_string()),
    })?;
    if let Some(address) = feeds::address(&request) {
        answers.keep(epoch, address, &document);
    }
    Ok(feeds::answer(&request, &document, &state.publisher))
}

/// Reads a query. Of a parameter given twice the first counts, and what we do not know changes nothing.
fn wanted(query: &str, catalogue: &Catalogue) -> Result<Wanted, ApiError> {
    let (mut feed, mut limit, mut since, mut words, mut before) = (None, None, None, None, None);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let place = match &*name {
            "feed" => &mut feed,
            "limit" => &mut limit,
            "since" => &mut since,
            "q" => &mut words,
            "before" => &mut before,
            _ => continue,
        };
        place.get_or_insert(value);
    }
    let limit = number(limit.as_deref(), "limit", *LIMITS.start() as i64, *LIMITS.end() as i64)?;
    Ok(Wanted {
        feed: feed_key(catalogue, feed.as_deref())?,
        limit: limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(HEADLINES),
        since: since.as_deref().map(time).transpose()?,
        words: Query::parse(words.as_deref().unwrap_or_default()).map_err(ApiError::BadRequest)?,
        before: number(before.as_deref(), "before", 1, i64::MAX)?,
    })
}

/// A time (RFC 3339). A plus sign that was not escaped has become a space.
fn time(text: &str) -> Result<DateTime<Utc>, ApiError> {
    let time = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc3339(&text.replace(' ', "+")));
    let expected = "since must be a time such as 2026-01-06T08:00:00Z or 2026-01-06T08:00:00%2B08:00";
    time.map(|time| time.to_utc()).map_err(|_| ApiError::BadRequest(expected.into()))
}
