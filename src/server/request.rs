//! What the paths of the API ask of a request: its methods, numbers within limits, a feed by its name.

use actix_web::{HttpResponse, Route, web};

use crate::model::catalogue::Catalogue;
use crate::model::feed::FeedKey;
use crate::server::error::ApiError;

/// One method on one path; the others answer 405.
pub(super) fn only(path: &str, route: Route, allow: &'static str) -> actix_web::Resource {
    either(path, [route], allow)
}

/// Some methods on one path; the others answer 405.
pub(super) fn either<const N: usize>(path: &str, routes: [Route; N], allow: &'static str) -> actix_web::Resource {
    routes
        .into_iter()
        .fold(web::resource(path), actix_web::Resource::route)
        .default_service(web::to(move || async move { Err::<HttpResponse, _>(ApiError::MethodNotAllowed(allow)) }))
}

/// A whole number of a query, within its limits.
pub(super) fn number(text: Option<&str>, name: &str, least: i64, most: i64) -> Result<Option<i64>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    let expected = || ApiError::BadRequest(format!("{name} must be a whole number from {least} to {most}"));
    number.ok_or_else(expected).map(Some)
}

/// The feed of a name as the API writes it: `portal`, `portal/section`, `events/ID`; without one all together.
pub(super) fn feed_key(catalogue: &Catalogue, name: Option<&str>) -> Result<FeedKey, ApiError> {
    let Some(name) = name.filter(|name| *name != "*") else { return Ok(FeedKey::All) };
    let key = match name.split_once('/') {
        None => catalogue.portal(name).map(|portal| FeedKey::Portal(portal.id.clone())),
        Some(("events", id)) => catalogue.event(id).map(|event| FeedKey::Event(event.id.clone())),
        Some((portal, id)) => {
            let section = catalogue.portal(portal).and_then(|portal| portal.section(id));
            section.map(|section| FeedKey::Section(portal.to_owned(), section.id.clone()))
        }
    };
    key.ok_or_else(|| {
        ApiError::NotFound(format!("there is no feed {name}; feed is a portal, portal/section or events/ID"))
    })
}
