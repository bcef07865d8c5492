//! The records of runs: all of them, one, what came of each page, and one as it goes on.

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::model::run::{Item, Run, RunState};
use crate::server::State;
use crate::server::error::ApiError;
use crate::server::request::{number, only};

/// Records in one answer.
const RUNS_MAX: usize = 100;
/// Records in one answer unless another number is asked for.
const RUNS: i64 = 20;
/// Pages in one answer.
const ITEMS_MAX: i64 = 500;
/// Pages in one answer unless another number is asked for.
const ITEMS: i64 = 100;

/// Registers the paths below `/api/v1/admin`, which has asked for the token.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(only("/runs", web::get().to(runs), "GET"))
        .service(only("/runs/{id}", web::get().to(run), "GET"))
        .service(only("/runs/{id}/items", web::get().to(items), "GET"))
        .service(only("/runs/{id}/events", web::get().to(events), "GET"));
}

/// The records asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RunsQuery {
    /// How many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
    /// Those before this one: the last id of the answer before.
    #[param(value_type = Option<i64>, minimum = 1)]
    before: Option<String>,
}

/// Run records.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Runs {
    /// The newest first.
    runs: Vec<Run>,
}

/// The records of runs, newest first
#[utoipa::path(get, path = "/api/v1/admin/runs", tag = "Admin", params(RunsQuery),
    responses((status = 200, description = "the records", body = Runs)))]
pub(super) async fn runs(query: web::Query<RunsQuery>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let limit = number(query.limit.as_deref(), "limit", 1, RUNS_MAX as i64)?.unwrap_or(RUNS);
    let before = number(query.before.as_deref(), "before", 1, i64::MAX)?;
    let stored = state.queue.store().runs(usize::try_from(limit).unwrap_or(RUNS_MAX), before).await?;
    let mut runs = Vec::with_capacity(stored.len());
    for run in stored {
        runs.push(state.queue.run(run.id).await?.unwrap_or(run));
    }
    Ok(fresh().json(Runs { runs }))
}

/// The record of a run
#[utoipa::path(get, path = "/api/v1/admin/runs/{id}", tag = "Admin",
    params(("id" = i64, Path, description = "its number")),
    responses((status = 200, description = "the record, up to date while it works", body = Run)))]
pub(super) async fn run(path: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    Ok(fresh().json(known(&state, &path).await?))
}

/// The pages asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ItemsQuery {
    /// How many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500)]
    limit: Option<String>,
    /// Those after so many: `next` of the answer before.
    #[param(value_type = Option<i64>, minimum = 0, maximum = 4294967295i64)]
    after: Option<String>,
}

/// What came of the pages of a run.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Items {
    /// In the order they were stored.
    items: Vec<Item>,
    /// What to ask `after` with for more; null at the end.
    next: Option<i64>,
}

/// What came of each page of a run, and why
#[utoipa::path(get, path = "/api/v1/admin/runs/{id}/items", tag = "Admin",
    params(("id" = i64, Path, description = "the run's number"), ItemsQuery),
    responses((status = 200, description = "the pages", body = Items)))]
pub(super) async fn items(
    path: web::Path<String>,
    query: web::Query<ItemsQuery>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let run = known(&state, &path).await?;
    let limit = number(query.limit.as_deref(), "limit", 1, ITEMS_MAX)?.unwrap_or(ITEMS);
    let after = number(query.after.as_deref(), "after", 0, i64::from(u32::MAX))?.unwrap_or(0);
    let (skipped, wanted) = (usize::try_from(after).unwrap_or_default(), usize::try_from(limit).unwrap_or_default());
    // One more than asked for tells whether there is more.
    let mut items = state.queue.store().items(run.id, skipped, wanted + 1).await?;
    let next = (items.len() > wanted).then_some(after + limit);
    items.truncate(wanted);
    Ok(fresh().json(Items { items, next }))
}

/// One of the events.
#[derive(utoipa::ToSchema)]
#[schema(as = RunEvent)]
#[expect(dead_code, reason = "only described: events are written as text")]
pub(super) struct Happened {
    /// Always `run`.
    event: String,
    /// The record, as JSON.
    data: String,
}

/// A run as it goes on
///
/// The record again and again as Server-Sent Events named `run`, whenever it changes, until the run has ended. What is
/// sent late is left out: each event is the whole record.
#[utoipa::path(get, path = "/api/v1/admin/runs/{id}/events", tag = "Admin",
    params(("id" = i64, Path, description = "the run's number")),
    responses((status = 200, description = "the events", body = Happened, content_type = "text/event-stream")))]
pub(super) async fn events(path: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let mut changes = state.queue.watch();
    changes.mark_changed();
    let id = known(&state, &path).await?.id;
    let watched = Watched { state, id, changes, is_over: false };
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .content_type("text/event-stream")
        .streaming(stream::unfold(watched, next)))
}

/// A run that somebody watches.
struct Watched {
    state: web::Data<State>,
    id: i64,
    changes: watch::Receiver<u64>,
    is_over: bool,
}

async fn next(mut watched: Watched) -> Option<(Result<Bytes, actix_web::Error>, Watched)> {
    let stop = watched.state.queue.stop().clone();
    if watched.is_over {
        return None;
    }
    tokio::select! {
        () = stop.cancelled() => return None,
        changed = watched.changes.changed() => changed.ok()?,
    }
    let run = watched.state.queue.run(watched.id).await.ok()??;
    watched.is_over = matches!(run.state, RunState::Done | RunState::Failed);
    let record = serde_json::to_string(&run).ok()?;
    Some((Ok(Bytes::from(format!("event: run\ndata: {record}\n\n"))), watched))
}

/// The record of a run, by its number as it stands in a path.
pub(super) async fn known(state: &State, id: &str) -> Result<Run, ApiError> {
    let id = id.parse().map_err(|_| ApiError::NotFound("a run has a number".into()))?;
    state.queue.run(id).await?.ok_or_else(|| ApiError::NotFound(format!("there is no run {id}")))
}

fn fresh() -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    response
}
