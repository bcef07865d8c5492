//! The admin API over what was held back or must go: release and drop, withdraw and restore, purge a run.
//! Each answers when the feeds show it.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde_json::json;
use uuid::Uuid;

use crate::server::State;
use crate::server::error::ApiError;
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

#[derive(serde::Deserialize)]
struct Window {
    limit: Option<String>,
    before: Option<String>,
}

/// `GET /quarantine?limit=1..100&before=ID`: `{"quarantine": […]}`, the pages held back, newest first; see
/// [`crate::model::quarantine::HeldPage`]. `before` is the last id of the answer before.
async fn held(query: web::Query<Window>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let limit = number(query.limit.as_deref(), "limit", 1, PAGES_MAX as i64)?;
    let limit = limit.map_or(PAGES, |limit| usize::try_from(limit).unwrap_or(PAGES));
    let before = number(query.before.as_deref(), "before", 1, i64::MAX)?;
    let pages = state.queue.store().quarantine(limit, before).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({ "quarantine": pages })))
}

/// `POST /quarantine/{id}/release`: publishes the page as it was held back. 200 with `{"article": id}`;
/// `{"article": null}` for a page too long to keep, which the next run reads again and publishes.
pub(super) async fn release(path: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let id = held_id(&path)?;
    let released = state.queue.store().release(id, state.queue.clock().now()).await?.ok_or_else(|| no_page(id))?;
    refresh(&state).await;
    let article = match released {
        Released::Article(article) => Some(article),
        Released::ReadAgain => None,
    };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({ "article": article })))
}

/// `DELETE /quarantine/{id}`: forgets the page; the same content is not held back again. 204.
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

/// `DELETE /runs/{id}/articles`: withdraws every article the run brought in and drops what it held back. Articles it
/// only updated stay. 200 with `{"withdrawn": n, "dropped": n}`; 409 while the run waits or works.
pub(super) async fn purge(path: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let run = path.parse().map_err(|_| ApiError::NotFound("a run has a number".into()))?;
    let purge = state.queue.store().purge(run, state.queue.clock().now()).await?;
    match purge.ok_or_else(|| ApiError::NotFound(format!("there is no run {run}")))? {
        Purge::AtWork => Err(ApiError::Conflict(format!("run {run} has not ended; purge it when it has"))),
        Purge::Done { withdrawn, dropped } => {
            refresh(&state).await;
            let answer = json!({ "withdrawn": withdrawn, "dropped": dropped });
            Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
        }
    }
}

/// `DELETE /articles/{id}`: takes an article out of every feed until it is restored. 204, also the second time.
pub(super) async fn withdraw(path: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let id = article_id(&path)?;
    if !state.queue.store().withdraw(id, state.queue.clock().now()).await? {
        return Err(no_article(id));
    }
    refresh(&state).await;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /articles/{id}/restore`: puts an article that an admin withdrew back into its feeds. 204; 409 if no admin
/// withdrew it.
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
