//! The admin API: orders runs, and tells when the clock orders the next.

use actix_web::http::header;
use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};

use crate::ingest::{self, Options};
use crate::model::run::{Run, Scope, Trigger};
use crate::scheduler;
use crate::server::error::{ApiError, Problem};
use crate::server::request::only;
use crate::server::{State, auth, events, keys, quarantine, runs, split, tokens};

/// The largest body of an order.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// Registers `/api/v1/admin/…`; every path below it needs a token.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::scope("/api/v1/admin")
            .wrap(from_fn(auth::admin))
            .service(only("/ingest", web::post().to(order), "POST"))
            .service(only("/schedule", web::get().to(schedule), "GET"))
            .configure(runs::routes)
            .configure(quarantine::routes)
            .configure(tokens::routes)
            .configure(keys::routes)
            .configure(split::routes)
            .configure(events::routes)
            .default_service(web::to(nothing)),
    );
}

async fn nothing() -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound("the admin API has no such path".into()))
}

/// What an admin orders.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Order {
    /// One portal; all without it.
    pub(super) portal: Option<String>,
    /// One section of that portal.
    pub(super) section: Option<String>,
    /// One page, by its absolute http or https address.
    #[schema(pattern = "^https?://")]
    pub(super) url: Option<String>,
    /// Every linked page is read again in full.
    pub(super) force: bool,
    /// Nothing is stored.
    pub(super) dry_run: bool,
}

/// Order a run
///
/// Of everything, of a portal, of a section, or of one page. While a run of the same scope waits or works, that one is
/// answered.
#[utoipa::path(post, path = "/api/v1/admin/ingest", tag = "Admin",
    request_body(content = Order, description = "what to read; an empty body means everything"),
    responses(
        (status = 202, description = "the run's record", body = Run,
            headers(("Location" = String, description = "where to ask how far it is"))),
        (status = 413, description = "the body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "the body is not JSON", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn order(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let run = ordered(&state, json(&request, body).await?).await?;
    Ok(HttpResponse::Accepted()
        .insert_header((header::LOCATION, format!("/api/v1/admin/runs/{}", run.id)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(run))
}

/// Orders a run, or finds the one that waits or works for the same scope.
pub(super) async fn ordered(state: &State, order: Order) -> Result<Run, ApiError> {
    let scope = Scope { portal: order.portal, section: order.section, url: order.url };
    ingest::check(state.queue.catalogue(), &scope)?;
    let options = Options { is_forced: order.force, is_dry: order.dry_run };
    Ok(state.queue.order(Trigger::Admin, scope, options).await?)
}

/// The JSON body of a request, within its limit; without a body all that is left out.
pub(super) async fn json<T: for<'a> Deserialize<'a> + Default>(
    request: &HttpRequest,
    mut payload: web::Payload,
) -> Result<T, ApiError> {
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| ApiError::BadRequest(format!("the body broke off: {error}")))?;
        if body.len() + chunk.len() > BODY_BYTES_MAX {
            return Err(ApiError::TooLarge(BODY_BYTES_MAX));
        }
        body.extend_from_slice(&chunk);
    }
    if body.is_empty() {
        return Ok(T::default());
    }
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_json = content_type.is_some_and(|value| {
        value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    });
    if !is_json {
        return Err(ApiError::NotJson);
    }
    let unreadable = |error: serde_json::Error| ApiError::BadRequest(format!("the body: {error}"));
    let value: serde_json::Value = serde_json::from_slice(&body).map_err(unreadable)?;
    // Field by field in a list would be read too, and mean something else than was meant.
    if !value.is_object() {
        return Err(ApiError::BadRequest("the body must be a JSON object".into()));
    }
    serde_json::from_value(value).map_err(unreadable)
}

/// The answer to `/schedule`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Schedule)]
struct Plan<'a> {
    sections: Vec<Scheduled<'a>>,
}

/// A section in the answer to `/schedule`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Scheduled<'a> {
    portal: &'a str,
    section: &'a str,
    cron: &'a str,
    timezone: &'a str,
    last_success: Option<DateTime<Utc>>,
    last_attempt: Option<DateTime<Utc>>,
    next_run: Option<DateTime<Utc>>,
    failing_since: Option<DateTime<Utc>>,
    failures: u32,
    error: Option<&'a str>,
}

/// What is due
#[utoipa::path(get, path = "/api/v1/admin/schedule", tag = "Admin",
    responses((status = 200, description = "every section of every portal", body = Plan)))]
pub(super) async fn schedule(state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let catalogue = state.queue.catalogue();
    let now = state.queue.clock().now();
    let dues = scheduler::schedule(&catalogue.portals, state.queue.store(), now).await?;
    let sections: Vec<Scheduled> = dues
        .iter()
        .map(|due| Scheduled {
            portal: &due.portal.id,
            section: &due.section.id,
            cron: due.portal.schedule_of(due.section).as_str(),
            timezone: due.portal.timezone.name(),
            last_success: due.past.succeeded,
            last_attempt: due.past.attempted,
            next_run: due.next,
            failing_since: due.past.failing_since,
            failures: due.past.failures,
            error: due.past.error.as_deref(),
        })
        .collect();
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(Plan { sections }))
}
