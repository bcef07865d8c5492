//! The admin API over partner keys: who may read which private feeds, and how often each key was used.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use crate::keys::{NotMade, Wanted};
use crate::model::partner_key::{self, DAYS_MAX, FEEDS_MAX, PartnerKey};
use crate::server::error::{ApiError, Problem};
use crate::server::request::{either, only};
use crate::server::{State, admin};

/// Registers the paths below `/api/v1/admin`, which has asked for the token.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(either("/keys", [web::get().to(keys), web::post().to(make)], "GET, POST")).service(only(
        "/keys/{name}",
        web::delete().to(revoke),
        "DELETE",
    ));
}

/// The keys.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PartnerKeys)]
struct Keys {
    /// By name, without the keys themselves, which are not kept.
    keys: Vec<PartnerKey>,
}

/// What a key is wanted for.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = NewPartnerKey)]
pub(super) struct New {
    /// What to call it.
    #[schema(required = true, value_type = String, example = "river daily")]
    pub(super) name: Option<String>,
    /// The private feeds it opens: `portal` with its sections, `portal/section` or `events/ID`; all of them without any.
    #[schema(max_items = 16)]
    pub(super) feeds: Vec<String>,
    /// Days until it ends; it does not end without them.
    #[schema(minimum = 1, maximum = 3650)]
    pub(super) days: Option<u32>,
}

/// A new key.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = MadePartnerKey)]
struct Made {
    /// The key; it is shown only this once.
    key: String,
    #[serde(flatten)]
    record: PartnerKey,
}

/// Which partner keys there are
#[utoipa::path(get, path = "/api/v1/admin/keys", tag = "Admin",
    responses((status = 200, description = "all of them", body = Keys)))]
pub(super) async fn keys(state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let keys = state.keyring.all().await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(Keys { keys }))
}

/// Make a partner key
///
/// It is signed, so that it says itself what it opens and until when; it is not kept and cannot be shown again.
#[utoipa::path(post, path = "/api/v1/admin/keys", tag = "Admin",
    request_body(content = New, description = "what it is for"),
    responses(
        (status = 201, description = "the key", body = Made,
            headers(("Location" = String, description = "where it is revoked"))),
        (status = 409, description = "there is one of this name", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "the body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "the body is not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "that is no name for a key, or no private feed has that name", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub(super) async fn make(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let (key, record) = made(&state, admin::json(&request, body).await?).await?;
    // A plus sign would stand for itself in a path.
    let name = form_urlencoded::byte_serialize(record.name.as_bytes()).collect::<String>().replace('+', "%20");
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/api/v1/admin/keys/{name}")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(Made { key, record }))
}

/// Makes a key, if what is wanted of it can be meant.
pub(super) async fn made(state: &State, new: New) -> Result<(String, PartnerKey), ApiError> {
    let now = state.queue.clock().now();
    let name = partner_key::name(&new.name.unwrap_or_default()).map_err(ApiError::Unprocessable)?;
    if new.feeds.len() > FEEDS_MAX {
        return Err(ApiError::BadRequest(format!("a key names {FEEDS_MAX} feeds at most")));
    }
    for feed in &new.feeds {
        state.queue.catalogue().private_feed(feed).map_err(ApiError::Unprocessable)?;
    }
    if new.days.is_some_and(|days| !(1..=DAYS_MAX).contains(&days)) {
        return Err(wrong_days());
    }
    let expires = new.days.map(|days| now + TimeDelta::days(i64::from(days)));
    let made = state.keyring.make(Wanted { name, feeds: new.feeds, expires }, now).await;
    made.map_err(|error| match error {
        NotMade::Taken(_) => ApiError::Conflict(error.to_string()),
        other => ApiError::Unavailable(other.to_string()),
    })
}

pub(super) fn wrong_days() -> ApiError {
    ApiError::BadRequest(format!("days must be a whole number from 1 to {DAYS_MAX}"))
}

/// Revoke a partner key at once
#[utoipa::path(delete, path = "/api/v1/admin/keys/{name}", tag = "Admin",
    params(("name" = String, Path, description = "what it was called when it was made")),
    responses((status = 204, description = "it opens nothing any more")))]
pub(super) async fn revoke(path: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    if !state.keyring.revoke(path.clone()).await? {
        return Err(ApiError::NotFound(format!("there is no key “{path}”")));
    }
    state.push.round_soon();
    Ok(HttpResponse::NoContent().finish())
}
