//! `GET /embed/{feed}`: the headline box; `GET /oembed`: the markup that puts it on a page (oembed.com).

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};

use crate::model::addresses::Addresses;
use crate::model::feed::{FeedKey, Format};
use crate::publish::{embed, select};
use crate::server::error::{ApiError, Problem};
use crate::server::request::number;
use crate::server::{State, answer, feeds};

/// The smallest frame we give markup for, in CSS pixels: a headline of a few words.
const FRAME_PX_MIN: i64 = 100;
/// The largest frame anybody asks for, in CSS pixels.
const FRAME_PX_MAX: i64 = 10_000;
/// How long a page that embeds may keep the markup, in seconds: a day.
const CACHE_AGE_S: u32 = 86_400;

/// Registers the paths.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/embed/{feed:.+}").to(headlines));
    config.service(web::resource("/oembed").to(oembed));
}

async fn headlines(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    answer::only_reads(&request)?;
    let asked = embed::Asked::parse(request.query_string()).map_err(ApiError::BadRequest)?;
    match state.publisher.embed(request.path(), asked).await {
        Ok(Some(document)) => Ok(feeds::answer(&request, &document, &state.publisher)),
        Ok(None) => Err(ApiError::NotFound(
            "there is no feed of this name; after /embed/ comes portal, portal/section or events/ID".into(),
        )),
        Err(error) => Err(ApiError::Unavailable(error.to_string())),
    }
}

/// What is asked.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// The address of a feed's page.
    #[param(value_type = String)]
    url: Option<String>,
    /// There is only this one.
    #[param(inline, value_type = Option<Written>)]
    format: Option<String>,
    /// The frame must not be wider, in CSS pixels.
    #[param(value_type = Option<u32>, minimum = 100, maximum = 10000)]
    maxwidth: Option<String>,
    /// The frame must not be higher, in CSS pixels.
    #[param(value_type = Option<u32>, minimum = 100, maximum = 10000)]
    maxheight: Option<String>,
}

/// The formats of the answer.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only described: other words answer 501, as oEmbed wants it")]
pub(super) enum Written {
    /// JSON.
    #[schema(rename = "json")]
    Json,
}

/// The answer, as oEmbed 1.0 names it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = OEmbed)]
struct Answer {
    version: &'static str,
    r#type: &'static str,
    title: String,
    provider_name: &'static str,
    provider_url: String,
    cache_age: u32,
    html: String,
    width: u32,
    height: u32,
}

/// The frame of a feed's page (oEmbed)
#[utoipa::path(get, path = "/oembed", tag = "Partners", params(Asked), responses(
    (status = 200, description = "the markup", body = Answer),
    (status = 501, description = "a format that is not json", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn oembed(
    request: HttpRequest,
    asked: web::Query<Asked>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    answer::only_reads(&request)?;
    if asked.format.as_deref().is_some_and(|format| format != "json") {
        return Err(ApiError::NotImplemented("the format is json; there is no other".into()));
    }
    let address =
        asked.url.as_deref().ok_or(ApiError::BadRequest("url must be the address of a feed's page".into()))?;
    let (catalogue, base_url) = (state.publisher.audiences().public(), state.publisher.base_url());
    let unknown = || ApiError::NotFound(format!("{address} is not the page of a feed here"));
    let path = address.strip_prefix(base_url.as_str().trim_end_matches('/')).ok_or_else(unknown)?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let is_it = |key: &FeedKey| *key != FeedKey::All && key.format_path(Format::Html) == path;
    let key = catalogue.feeds().into_iter().find(is_it).ok_or_else(unknown)?;
    let side = |text: Option<&str>, name, usual: u32| -> Result<u32, ApiError> {
        let most = number(text, name, FRAME_PX_MIN, FRAME_PX_MAX)?;
        Ok(most.and_then(|most| u32::try_from(most).ok()).map_or(usual, |most| most.min(usual)))
    };
    let width = side(asked.maxwidth.as_deref(), "maxwidth", embed::FRAME_PX.0)?;
    let height = side(asked.maxheight.as_deref(), "maxheight", embed::FRAME_PX.1)?;
    let title = select::title(catalogue, &key).ok_or_else(unknown)?;
    let html = embed::iframe(base_url, Addresses::Queries, &key, &title, (width, height)).ok_or_else(unknown)?;
    let answer = Answer {
        version: "1.0",
        r#type: "rich",
        title,
        provider_name: "Harbinger",
        provider_url: base_url.to_string(),
        cache_age: CACHE_AGE_S,
        html,
        width,
        height,
    };
    let body = serde_json::to_string(&answer).map_err(|error| ApiError::Unavailable(error.to_string()))?;
    let mut response = answer::json(&request, body)?;
    let age = HeaderValue::from_static("public, max-age=3600");
    response.headers_mut().insert(header::CACHE_CONTROL, age);
    Ok(response)
}
