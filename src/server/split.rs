//! `POST /api/v1/admin/articles/{id}/split`: undoes a merge that was wrong.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use crate::ingest::{self, Options};
use crate::model::catalogue::Catalogue;
use crate::model::run::{Run, Scope, Trigger};
use crate::server::error::{ApiError, Problem};
use crate::server::request::only;
use crate::server::{State, admin};
use crate::store::split::{Split, SplitPage};
use crate::text::address;

/// Registers the path below `/api/v1/admin`, which has asked for the token.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(only("/articles/{id}/split", web::post().to(split), "POST"));
}

/// What an admin orders.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[schema(as = SplitOrder)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Order {
    /// The copy's address, as the article's account names it.
    #[schema(required = true, value_type = String)]
    url: Option<String>,
}

/// The answer.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = SplitOff)]
struct Answer<'a> {
    /// The article the page no longer belongs to.
    article: String,
    /// The page.
    url: &'a str,
    /// The run that reads the page and makes an article of it; null where its section is not configured any more, so
    /// that it waits until it is.
    run: Option<Run>,
}

/// Undo a merge that was wrong
///
/// The page belongs to the article no longer, and a run is ordered that makes an article of it.
#[utoipa::path(post, path = "/api/v1/admin/articles/{id}/split", tag = "Admin",
    params(("id" = String, Path, description = "the article's id, as a UUID or as feeds write it: `urn:uuid:…`")),
    request_body(content = Order, description = "the page to split off"),
    responses(
        (status = 202, description = "it is split off", body = Answer,
            headers(("Location" = String, description = "the run's record"))),
        (status = 409, description = "the page cannot be split off", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "the body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "the body is not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "no address of a page", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn split(
    request: HttpRequest,
    path: web::Path<String>,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let order: Order = admin::json(&request, body).await?;
    let url = order.url.ok_or_else(|| ApiError::Unprocessable("url is missing: the address of a copy".into()))?;
    let (id, page, run) = split_off(&state, &path, &url).await?;
    let mut response = HttpResponse::Accepted();
    if let Some(run) = &run {
        response.insert_header((header::LOCATION, format!("/api/v1/admin/runs/{}", run.id)));
    }
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(response.json(Answer { article: id.to_string(), url: &page.url, run }))
}

/// Takes a page from an article and orders the run that makes one of it.
pub(super) async fn split_off(state: &State, id: &str, url: &str) -> Result<(Uuid, SplitPage, Option<Run>), ApiError> {
    let id: Uuid = id.parse().map_err(|_| ApiError::NotFound("an article's id is a UUID".into()))?;
    let url = copy_url(url)?;
    let split = state.queue.store().split(id, keys(state.queue.catalogue(), &url), state.queue.clock().now()).await?;
    let page = match split.ok_or_else(|| ApiError::NotFound(format!("there is no article {id}")))? {
        Split::Done(page) => page,
        other => return Err(refused(&other, id, &url)),
    };
    state.publisher.refresh_soon();
    state.publisher.refresh().await;
    let run = order_run(state, &page).await?;
    Ok((id, page, run))
}

fn copy_url(text: &str) -> Result<Url, ApiError> {
    let url = text.parse().ok().filter(|url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| ApiError::Unprocessable("url must be an absolute http or https address".into()))
}

/// The keys under which an address may be known, as each portal counts its hosts.
fn keys(catalogue: &Catalogue, url: &Url) -> Vec<String> {
    let mut keys = vec![address::key(url)];
    for portal in &catalogue.portals {
        let key = address::portal_key(portal, url);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

fn refused(why: &Split, id: Uuid, url: &Url) -> ApiError {
    match why {
        Split::IsHome => ApiError::Conflict(format!(
            "{url} is the page of the article {id} itself; name one of the copies in /api/v1/articles/{id}"
        )),
        Split::LeadsHome => {
            ApiError::Conflict(format!("{url} leads to the page of the article {id}, so there is no other story"))
        }
        Split::WasSplit => ApiError::Conflict(format!("{url} was split off the article {id} before")),
        _ => ApiError::NotFound(format!("the article {id} has no copy at {url}")),
    }
}

/// Orders a look at the page; it is due in any case.
async fn order_run(state: &State, page: &SplitPage) -> Result<Option<Run>, ApiError> {
    let SplitPage { url, portal, section } = page.clone();
    let scope = Scope { portal: Some(portal), section: Some(section), url: Some(url) };
    if ingest::check(state.queue.catalogue(), &scope).is_err() {
        return Ok(None);
    }
    Ok(Some(state.queue.order(Trigger::Admin, scope, Options::default()).await?))
}
