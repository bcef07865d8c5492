//! Whether the program lives, and whether it can answer.

use actix_web::{HttpResponse, web};

use crate::server::State;
use crate::server::error::ApiError;

/// Registers `/healthz` and `/readyz`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/healthz").route(web::get().to(alive)).route(web::head().to(alive)));
    config.service(web::resource("/readyz").route(web::get().to(ready)).route(web::head().to(ready)));
}

async fn alive() -> HttpResponse {
    plain("alive\n")
}

/// Ready means that feeds can be answered: the store reads, or every feed has a good copy.
async fn ready(state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    state.publisher.check().await.map_err(|error| ApiError::Unavailable(error.to_string()))?;
    Ok(plain("ready\n"))
}

fn plain(text: &'static str) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).content_type("text/plain; charset=utf-8").body(text)
}
