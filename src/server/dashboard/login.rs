//! Log in with a token, and out.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::publish::assets;
use crate::server::dashboard::{self, session};
use crate::server::error::ApiError;
use crate::server::{State, auth};

/// What an address that tried too many tokens waits, in seconds.
const RETRY_AFTER_S: u32 = 60;

#[derive(Template)]
#[template(path = "admin/login.html")]
struct Login {
    said: Option<&'static str>,
    stylesheet: &'static str,
}

#[derive(Deserialize)]
pub(super) struct Form {
    token: String,
}

/// The form, for one who is not logged in.
pub(super) fn form(said: Option<&'static str>) -> Result<HttpResponse, ApiError> {
    dashboard::page(&Login { said, stylesheet: assets::stylesheet_path() })
}

/// Exchanges a token for a login.
pub(super) async fn begin(
    request: HttpRequest,
    sent: web::Form<Form>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let now = state.queue.clock().now();
    let address = request.peer_addr().map(|address| address.ip());
    if address.is_some_and(|address| !state.sessions.may_try(address, now)) {
        let mut answer = form(Some("Too many wrong tokens came from your address. Wait a minute and try again."))?;
        *answer.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(RETRY_AFTER_S));
        return Ok(answer);
    }
    let hash = *blake3::hash(sent.token.trim().as_bytes()).as_bytes();
    if auth::caller(&state, &hash).await?.is_none() {
        address.into_iter().for_each(|address| state.sessions.failed(address, now));
        tracing::warn!(?address, "a wrong token was tried at /admin");
        let mut answer = form(Some("This is not a valid token. “harbinger token” makes a new one."))?;
        *answer.status_mut() = StatusCode::UNAUTHORIZED;
        return Ok(answer);
    }
    let secret = state.sessions.begin(hash, now).map_err(|error| ApiError::Unavailable(error.to_string()))?;
    Ok(to_admin(Some(&secret), &state))
}

/// Ends the login. Needs no key of the form: whoever is logged out by another site has lost nothing, and the cookie
/// does not come from there.
pub(super) async fn end(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    state.sessions.end(&request);
    to_admin(None, &state)
}

fn to_admin(secret: Option<&str>, state: &State) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, "/admin"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::SET_COOKIE, session::set_cookie(secret, state.is_https)))
        .finish()
}
