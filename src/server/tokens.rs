//! The admin API over itself: which tokens there are, and what was ordered with them.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::Serialize;

use crate::model::token::{Deed, Token};
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

/// The tokens.
#[derive(Serialize, utoipa::ToSchema)]
struct Tokens {
    /// By name, without the tokens themselves, of which only hashes are kept.
    tokens: Vec<Token>,
}

/// What was ordered.
#[derive(Serialize, utoipa::ToSchema)]
struct Audit {
    /// The newest first.
    deeds: Vec<Deed>,
}

/// Which tokens there are
#[utoipa::path(get, path = "/api/v1/admin/tokens", tag = "Admin",
    responses((status = 200, description = "all of them", body = Tokens)))]
pub(super) async fn tokens(state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let tokens = state.queue.store().tokens().await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(Tokens { tokens }))
}

/// End a token at once
#[utoipa::path(delete, path = "/api/v1/admin/tokens/{name}", tag = "Admin",
    params(("name" = String, Path, description = "what it was called when it was made")),
    responses((status = 204, description = "it opens nothing any more")))]
pub(super) async fn revoke(path: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    if !state.queue.store().revoke_token(path.clone()).await? {
        return Err(ApiError::NotFound(format!("there is no token “{path}”")));
    }
    Ok(HttpResponse::NoContent().finish())
}

/// The deeds asked for.
#[derive(serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Window {
    /// How many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500)]
    limit: Option<String>,
    /// Those before this one: the last id of the answer before.
    #[param(value_type = Option<i64>, minimum = 1)]
    before: Option<String>,
}

/// What was ordered with tokens, newest first
#[utoipa::path(get, path = "/api/v1/admin/audit", tag = "Admin", params(Window),
    responses((status = 200, description = "the deeds", body = Audit)))]
pub(super) async fn audit(query: web::Query<Window>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let limit = number(query.limit.as_deref(), "limit", 1, DEEDS_MAX as i64)?;
    let limit = limit.map_or(DEEDS, |limit| usize::try_from(limit).unwrap_or(DEEDS));
    let before = number(query.before.as_deref(), "before", 1, i64::MAX)?;
    let deeds = state.queue.store().deeds(limit, before).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(Audit { deeds }))
}
