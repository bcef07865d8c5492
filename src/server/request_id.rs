//! A name for a request in the log. It is made when the first line about the request is written, so that answers nobody
//! has to look into cost nothing; names that strangers send are not taken.

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpMessage, HttpRequest};
use uuid::Uuid;

/// The field an answer carries the name in.
pub(super) const FIELD: HeaderName = HeaderName::from_static("x-request-id");

/// The name, kept with the request.
#[derive(Clone)]
struct RequestId(String);

/// The name of a request, made now if it has none.
pub(super) fn of(request: &HttpRequest) -> String {
    let mut kept = request.extensions_mut();
    if kept.get::<RequestId>().is_none() {
        kept.insert(RequestId(Uuid::new_v4().simple().to_string()));
    }
    kept.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

/// The name as a header carries it, if a line was written.
pub(super) fn field(request: &HttpRequest) -> Option<HeaderValue> {
    HeaderValue::from_str(&request.extensions().get::<RequestId>()?.0).ok()
}
