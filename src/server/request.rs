//! What the paths of the admin API ask of a request: one method, and numbers within limits.

use actix_web::{HttpResponse, web};

use crate::server::error::ApiError;

/// One method on one path; the others answer 405.
pub(super) fn only(path: &str, route: actix_web::Route, allow: &'static str) -> actix_web::Resource {
    web::resource(path)
        .route(route)
        .default_service(web::to(move || async move { Err::<HttpResponse, _>(ApiError::MethodNotAllowed(allow)) }))
}

/// A whole number of a query, within its limits.
pub(super) fn number(text: Option<&str>, name: &str, least: i64, most: i64) -> Result<Option<i64>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    let expected = || ApiError::BadRequest(format!("{name} must be a whole number from {least} to {most}"));
    number.ok_or_else(expected).map(Some)
}
