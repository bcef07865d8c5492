//! What the paths of the admin API ask of a request: its methods, and numbers within limits.

use actix_web::{HttpResponse, Route, web};

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
