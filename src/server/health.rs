//! Whether the program lives, and whether it can answer.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::server::error::ApiError;
use crate::server::{State, answer};

/// Registers `/healthz` and `/readyz`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/healthz").to(alive)).service(web::resource("/readyz").to(ready));
}

/// Whether the program lives
#[utoipa::path(get, path = "/healthz", tag = "Operation",
    responses((status = 200, description = "it does", body = String, content_type = "text/plain; charset=utf-8")))]
pub(super) async fn alive(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    answer::only_reads(&request)?;
    Ok(plain("alive\n"))
}

/// Whether feeds can be answered
///
/// The store reads, or every feed has a good copy.
#[utoipa::path(get, path = "/readyz", tag = "Operation",
    responses((status = 200, description = "they can", body = String, content_type = "text/plain; charset=utf-8")))]
pub(super) async fn ready(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    answer::only_reads(&request)?;
    state.publisher.check().await.map_err(|error| ApiError::Unavailable(error.to_string()))?;
    Ok(plain("ready\n"))
}

fn plain(text: &'static str) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).content_type("text/plain; charset=utf-8").body(text)
}
