//! `/admin`: what an operator sees and does in a browser, with the same token as the API. Every page works without
//! scripts; one script shows a run while it goes on.

use actix_web::http::header;
use actix_web::web::Redirect;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::server::State;
use crate::server::auth::{self, Caller};
use crate::server::dashboard::session::Session;
use crate::server::error::ApiError;

mod actions;
mod articles;
mod charts;
mod keys;
mod login;
mod overview;
mod run;
pub mod session;
mod words;

/// What a page of the dashboard may do: use our own files, ask us, be framed by nobody.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Registers the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::scope("/admin")
            .service(web::resource("/login").route(web::post().to(login::begin)).default_service(web::to(home)))
            .service(web::resource("/logout").route(web::post().to(login::end)).default_service(web::to(home)))
            .service(web::resource("/do/{action}").route(web::post().to(actions::act)).default_service(web::to(home)))
            .service(web::resource("/runs/{id}").route(web::get().to(run::page)))
            .service(web::resource("/runs/{id}/events").route(web::get().to(run::events)))
            .service(web::resource("/quarantine").route(web::get().to(overview::quarantine)))
            .service(web::resource("/articles").route(web::get().to(articles::list)))
            .service(web::resource("/articles/{id}").route(web::get().to(articles::page)))
            .service(web::resource("/keys").route(web::get().to(keys::page)))
            .service(web::resource("/audit").route(web::get().to(overview::audit)))
            .service(web::resource("").route(web::get().to(overview::page))),
    );
}

/// A path that is only posted to leads a browser that opens it to the first page.
async fn home() -> Redirect {
    Redirect::to("/admin").see_other()
}

/// Somebody who is logged in.
pub(super) struct Visitor {
    caller: Caller,
    session: Session,
}

/// What every page shows.
struct Frame {
    /// The name of the token.
    name: String,
    /// What every form brings along.
    form_key: String,
    /// What came of the last deed.
    said: Option<String>,
    stylesheet: &'static str,
    script: &'static str,
}

/// Who asks; `None` for one who must log in first. A token that ended ends its logins.
async fn visitor(request: &HttpRequest, state: &State) -> Result<Option<Visitor>, ApiError> {
    let Some(session) = state.sessions.of(request, state.queue.clock().now()) else { return Ok(None) };
    let caller = auth::caller(state, &session.token).await?;
    Ok(caller.map(|caller| Visitor { caller, session }))
}

fn frame(request: &HttpRequest, state: &State, visitor: &Visitor) -> Frame {
    Frame {
        name: format!("{} ({})", visitor.caller.name, visitor.caller.role),
        form_key: visitor.session.form_key.clone(),
        said: state.sessions.said(request),
        stylesheet: crate::publish::assets::stylesheet_path(),
        script: crate::publish::assets::dashboard_script_path(),
    }
}

/// A page nobody keeps.
fn page(template: &impl Template) -> Result<HttpResponse, ApiError> {
    let html = template.render().map_err(|error| ApiError::Unavailable(error.to_string()))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .content_type("text/html; charset=utf-8")
        .body(html))
}
