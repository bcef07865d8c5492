//! An error in the window of a browser: a page instead of problem details. Programs never get it, whatever they accept:
//! only browsers send `Sec-Fetch-Dest: document`.

use actix_web::HttpResponse;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{self, HeaderValue};
use url::Url;

use crate::model::feed::Format;
use crate::publish::assets;
use crate::publish::pages::refusal;
use crate::server::error::ApiError;
use crate::server::{conditional, feeds};

/// What the page depends on besides the address.
const VARY: HeaderValue = HeaderValue::from_static("Accept-Language, Sec-Fetch-Dest");

/// The answer, with a page where it tells a browser's user of an error. The API answers everybody alike.
pub fn for_people(response: ServiceResponse, base_url: &Url) -> ServiceResponse {
    let request = response.request();
    let error = response.response().error().and_then(|error| error.as_error::<ApiError>());
    let Some(error) = error.filter(|_| conditional::is_navigation(request) && !request.path().starts_with("/api/"))
    else {
        return response;
    };
    let look = feeds::look(request);
    let Ok(page) = refusal::page(base_url, response.status().as_u16(), &error.to_string(), look) else {
        return response;
    };
    let (request, answer) = response.into_parts();
    let mut answer: HttpResponse = answer.set_body(page).map_into_boxed_body();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(Format::Html.content_type()));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(look.language.tag()));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(assets::CONTENT_SECURITY_POLICY));
    headers.insert(header::VARY, VARY);
    ServiceResponse::new(request, answer)
}
