//! The admin API: orders runs and shows what they did.

use actix_web::http::header;
use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};

use crate::ingest::{self, Options};
use crate::model::run::{Scope, Trigger};
use crate::scheduler;
use crate::server::error::ApiError;
use crate::server::request::{number, only};
use crate::server::{State, auth, quarantine, split, tokens};

/// The largest body of an order.
const BODY_BYTES_MAX: usize = 16 * 1024;
/// Records in one answer.
const RUNS_MAX: usize = 100;

/// Registers `/api/v1/admin/…`; every path below it needs a token.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::scope("/api/v1/admin")
            .wrap(from_fn(auth::admin))
            .service(only("/ingest", web::post().to(order), "POST"))
            .service(only("/runs", web::get().to(runs), "GET"))
            .service(only("/runs/{id}", web::get().to(run), "GET"))
            .service(only("/schedule", web::get().to(schedule), "GET"))
            .configure(quarantine::routes)
            .configure(tokens::routes)
            .configure(split::routes)
            .default_service(web::to(nothing)),
    );
}

async fn nothing() -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound("the admin API has no such path".into()))
}

/// What an admin orders.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Order {
    portal: Option<String>,
    section: Option<String>,
    url: Option<String>,
    force: bool,
    dry_run: bool,
}

async fn order(request: HttpRequest, body: web::Payload, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let order: Order = json(&request, body).await?;
    let scope = Scope { portal: order.portal, section: order.section, url: order.url };
    ingest::check(state.queue.catalogue(), &scope)?;
    let options = Options { is_forced: order.force, is_dry: order.dry_run };
    let run = state.queue.order(Trigger::Admin, scope, options).await?;
    Ok(HttpResponse::Accepted()
        .insert_header((header::LOCATION, format!("/api/v1/admin/runs/{}", run.id)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(run))
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
    serde_json::from_slice(&body).map_err(|error| ApiError::BadRequest(format!("the body: {error}")))
}

#[derive(Debug, Deserialize)]
struct RunsQuery {
    limit: Option<String>,
    before: Option<String>,
}

async fn runs(query: web::Query<RunsQuery>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let limit = number(query.limit.as_deref(), "limit", 1, RUNS_MAX as i64)?.unwrap_or(20);
    let before = number(query.before.as_deref(), "before", 1, i64::MAX)?;
    let stored = state.queue.store().runs(usize::try_from(limit).unwrap_or(RUNS_MAX), before).await?;
    let mut runs = Vec::with_capacity(stored.len());
    for run in stored {
        runs.push(state.queue.run(run.id).await?.unwrap_or(run));
    }
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(serde_json::json!({ "runs": runs })))
}

async fn run(path: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let id = path.parse().map_err(|_| ApiError::NotFound("a run has a number".into()))?;
    let run = state.queue.run(id).await?.ok_or_else(|| ApiError::NotFound(format!("there is no run {id}")))?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(run))
}

/// A section in the answer to `/schedule`.
#[derive(Debug, Serialize)]
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

async fn schedule(state: web::Data<State>) -> Result<HttpResponse, ApiError> {
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
    let answer = serde_json::json!({ "sections": sections });
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}
