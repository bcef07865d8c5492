//! The admin API over what was held back or must go: release and drop, withdraw and restore, purge a run.
//! Each answers when the feeds show it.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use uuid::Uuid;

use crate::model::quarantine::HeldPage;
use crate::server::State;
use crate::server::error::{ApiError, Problem};
use crate::server::request::{number, only};
use crate::store::release::Released;
use crate::store::withdrawals::{Purge, Restored};

/// Pages in one answer.
const PAGES_MAX: usize = 100;
/// Pages in one answer unless another number is asked for.
const PAGES: usize = 20;

/// Registers the paths below `/api/v1/admin`, which has asked for the token.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(only("/quarantine", web::get().to(held), "GET"))
        .service(only("/quarantine/{id}/release", web::post().to(release), "POST"))
        .service(only("/quarantine/{id}", web::delete().to(drop_held), "DELETE"))
        .service(only("/runs/{id}/articles", web::delete().to(purge), "DELETE"))
        .service(only("/articles/{id}/restore", web::post().to(restore), "POST"))
        .service(only("/articles/{id}", web::delete().to(withdraw), "DELETE"));
}

/// The pages asked for.
#[derive(serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Window {
    /// How many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
    /// Those before this one: the last id of the answer before.
    #[param(value_type = Option<i64>, minimum = 1)]
    before: Option<String>,
}

/// Pages held back.
#[derive(Serialize, utoipa::ToSchema)]
struct Quarantine {
    /// The newest first.
    quarantine: Vec<HeldPage>,
}

/// What became of a page that was released.
#[derive(Serialize, utoipa::ToSchema)]
struct Publication {
    /// The article's id; null for a page too long to keep, which the next run reads again and publishes.
    article: Option<String>,
}

/// What was taken back.
#[derive(Serialize, utoipa::ToSchema)]
struct Purged {
    /// Articles withdrawn.
    withdrawn: u64,
    /// Pages dropped from the quarantine.
    dropped: u64,
}

/// The pages held back, newest first
#[utoipa::path(get, path = "/api/v1/admin/quarantine", tag = "Admin", params(Window),
    responses((status = 200, description = "the pages", body = Quarantine)))]
pub(super) async fn held(query: web::Query<Window>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let limit = number(query.limit.as_deref(), "limit", 1, PAGES_MAX as i64)?;
    let limit = limit.map_or(PAGES, |limit| usize::try_from(limit).unwrap_or(PAGES));
    let before = number(query.before.as_deref(), "before", 1, i64::MAX)?;
    let pages = state.queue.store().quarantine(limit, before).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(Quarantine { quarantine: pages }))
}

/// Publish a page as it was held back
#[utoipa::path(post, path = "/api/v1/admin/quarantine/{id}/release", tag = "Admin",
    params(("id" = i64, Path, description = "its number in the quarantine")),
    responses((status = 200, description = "it is published", body = Publication)))]
pub(super) async fn release(path: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let id = held_id(&path)?;
    let released = state.queue.store().release(id, state.queue.clock().now()).await?.ok_or_else(|| no_page(id))?;
    refresh(&state).await;
    let article = match released {
        Released::Article(article) => Some(article.to_string()),
        Released::ReadAgain => None,
    };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(Publication { article }))
}

/// Forget a page that was held back
///
/// The same content is not held back again.
#[utoipa::path(delete, path = "/api/v1/admin/quarantine/{id}", tag = "Admin",
    params(("id" = i64, Path, description = "its number in the quarantine")),
    responses((status = 204, description = "it is forgotten")))]
pub(super) async fn drop_held(path: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let id = held_id(&path)?;
    if !state.queue.store().drop_held(id, state.queue.clock().now()).await? {
        return Err(no_page(id));
    }
    Ok(HttpResponse::NoContent().finish())
}

fn held_id(text: &str) -> Result<i64, ApiError> {
    text.parse().map_err(|_| ApiError::NotFound("a page in the quarantine has a number".into()))
}

fn no_page(id: i64) -> ApiError {
    ApiError::NotFound(format!("there is no page {id} in the quarantine; it may have been released or dropped"))
}

/// Take back all that a run brought in
///
/// Withdraws every article the run brought in and drops what it held back. Articles it only updated stay.
#[utoipa::path(delete, path = "/api/v1/admin/runs/{id}/articles", tag = "Admin",
    params(("id" = i64, Path, description = "the run's number")),
    responses(
        (status = 200, description = "what was taken back", body = Purged),
        (status = 409, description = "the run waits or works", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn purge(path: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let run = path.parse().map_err(|_| ApiError::NotFound("a run has a number".into()))?;
    let purge = state.queue.store().purge(run, state.queue.clock().now()).await?;
    match purge.ok_or_else(|| ApiError::NotFound(format!("there is no run {run}")))? {
        Purge::AtWork => Err(ApiError::Conflict(format!("run {run} has not ended; purge it when it has"))),
        Purge::Done { withdrawn, dropped } => {
            refresh(&state).await;
            let answer = Purged { withdrawn, dropped };
            Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
        }
    }
}

/// Withdraw an article from every feed, until it is restored
#[utoipa::path(delete, path = "/api/v1/admin/articles/{id}", tag = "Admin",
    params(("id" = String, Path, description = "its id, as a UUID or as feeds write it: `urn:uuid:…`")),
    responses((status = 204, description = "it stands in no feed, now or already before")))]
pub(super) async fn withdraw(path: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let id = article_id(&path)?;
    if !state.queue.store().withdraw(id, state.queue.clock().now()).await? {
        return Err(no_article(id));
    }
    refresh(&state).await;
    Ok(HttpResponse::NoContent().finish())
}

/// Put a withdrawn article back into its feeds
#[utoipa::path(post, path = "/api/v1/admin/articles/{id}/restore", tag = "Admin",
    params(("id" = String, Path, description = "its id, as a UUID or as feeds write it: `urn:uuid:…`")),
    responses(
        (status = 204, description = "it is back"),
        (status = 409, description = "no admin withdrew it", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn restore(path: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let id = article_id(&path)?;
    let restored = state.queue.store().restore(id, state.queue.clock().now()).await?;
    match restored.ok_or_else(|| no_article(id))? {
        Restored::Back => {
            refresh(&state).await;
            Ok(HttpResponse::NoContent().finish())
        }
        Restored::WasThere => Err(ApiError::Conflict(format!("the article {id} is not withdrawn"))),
        Restored::PageIsGone => Err(ApiError::Conflict(format!(
            "the portal took the page of the article {id} away; it comes back by itself with the page"
        ))),
    }
}

/// Takes the id as feeds write it too, `urn:uuid:…`.
fn article_id(text: &str) -> Result<Uuid, ApiError> {
    text.parse().map_err(|_| ApiError::NotFound("an article's id is a UUID".into()))
}

fn no_article(id: Uuid) -> ApiError {
    ApiError::NotFound(format!("there is no article {id}"))
}

/// Asks for a refresh that goes on should the client leave, and waits until the feeds show the change.
async fn refresh(state: &State) {
    state.publisher.refresh_soon();
    state.publisher.refresh().await;
}
