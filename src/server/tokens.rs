//! The admin API over itself: which tokens there are, and what was ordered with them.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::server::State;
use crate::server::error::ApiError;
use crate::server::request::{number, only};

/// Deeds in one answer.
const DEEDS_MAX: usize = 500;
/// Deeds in one answer unless another number is asked for.
const DEEDS: usize = 50;

/// Registers the paths below `/api/v1/admin`, which has asked for the token.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(only("/tokens", web::get().to(tokens), "GET"))
        .service(only("/tokens/{name}", web::delete().to(revoke), "DELETE"))
        .service(only("/audit", web::get().to(audit), "GET"));
}

/// `GET /tokens`: `{"tokens": […]}` by name, without the tokens themselves, of which only hashes are kept.
async fn tokens(state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let tokens = state.queue.store().tokens().await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({ "tokens": tokens })))
}

/// `DELETE /tokens/{name}`: ends a token at once. 204.
async fn revoke(path: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    if !state.queue.store().revoke_token(path.clone()).await? {
        return Err(ApiError::NotFound(format!("there is no token “{path}”")));
    }
    Ok(HttpResponse::NoContent().finish())
}

#[derive(serde::Deserialize)]
struct Window {
    limit: Option<String>,
    before: Option<String>,
}

/// `GET /audit?limit=1..500&before=ID`: `{"deeds": […]}`, newest first. `before` is the last id of the answer before.
async fn audit(query: web::Query<Window>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let limit = number(query.limit.as_deref(), "limit", 1, DEEDS_MAX as i64)?;
    let limit = limit.map_or(DEEDS, |limit| usize::try_from(limit).unwrap_or(DEEDS));
    let before = number(query.before.as_deref(), "before", 1, i64::MAX)?;
    let deeds = state.queue.store().deeds(limit, before).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({ "deeds": deeds })))
}
