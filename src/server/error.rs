//! The one place where errors become status codes: problem details (RFC 9457).
//! Causes inside the house go to the log, not to the client.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

use crate::ingest::RunError;
use crate::keys::Refused;
use crate::model::token::Role;
use crate::store::StoreError;

/// How long a client waits before it asks again, in seconds, when the store does not answer.
const RETRY_AFTER_S: u32 = 30;

/// What a request can end in besides its answer.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The request cannot be understood: 400.
    #[error("{0}")]
    BadRequest(String),
    /// No valid token: 401, without detail.
    #[error("this needs a valid token")]
    Unauthorized,
    /// The feed is private, and there is no valid key: 401, without detail.
    #[error("this is private; it needs a valid key, as ?key=, as a bearer token, or as the password of HTTP Basic")]
    KeyNeeded,
    /// The key is valid, but not for this feed: 403.
    #[error("this is private; your key is for other feeds")]
    OtherKey,
    /// The token is valid, but not for this: 403.
    #[error("this needs a token with the role {0}; yours has the role {1}")]
    Forbidden(Role, Role),
    /// There is nothing here: 404.
    #[error("{0}")]
    NotFound(String),
    /// It was here and was taken away: 410.
    #[error("{0}")]
    Gone(String),
    /// The method is not one of these: 405 with `Allow`.
    #[error("this answers {0} only")]
    MethodNotAllowed(&'static str),
    /// It cannot be done as things stand: 409.
    #[error("{0}")]
    Conflict(String),
    /// The document has so many bytes, and none of those asked for: 416.
    #[error("there are no such bytes; the document has {0}")]
    RangeNotSatisfiable(usize),
    /// The order is understood but cannot be meant: 422.
    #[error("{0}")]
    Unprocessable(String),
    /// The body is larger than allowed: 413.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// The body is not JSON: 415.
    #[error("the body must be application/json")]
    NotJson,
    /// It is asked for in a form we do not write: 501.
    #[error("{0}")]
    NotImplemented(String),
    /// The store does not answer, and there is no good copy: 503.
    #[error("the service cannot answer now; try again later")]
    Unavailable(String),
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> ApiError {
        ApiError::Unavailable(error.to_string())
    }
}

impl From<RunError> for ApiError {
    fn from(error: RunError) -> ApiError {
        match error {
            RunError::UnknownPortal(..) | RunError::UnknownSection(..) => ApiError::NotFound(error.to_string()),
            RunError::Scope(detail) => ApiError::BadRequest(detail),
            RunError::Store(error) => error.into(),
        }
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> ApiError {
        match refused {
            Refused::Invalid => ApiError::KeyNeeded,
            Refused::Elsewhere => ApiError::OtherKey,
            Refused::Unavailable => ApiError::Unavailable(refused.to_string()),
        }
    }
}

/// What an error looks like (RFC 9457).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status says which kind it is.
    r#type: &'static str,
    /// The name of the status.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened, and what to do.
    detail: String,
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        match self {
            ApiError::BadRequest(_) => StatusCode::BAD_REQUEST,
            ApiError::Unauthorized | ApiError::KeyNeeded => StatusCode::UNAUTHORIZED,
            ApiError::Forbidden(..) | ApiError::OtherKey => StatusCode::FORBIDDEN,
            ApiError::NotFound(_) => StatusCode::NOT_FOUND,
            ApiError::Gone(_) => StatusCode::GONE,
            ApiError::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            ApiError::Conflict(_) => StatusCode::CONFLICT,
            ApiError::RangeNotSatisfiable(_) => StatusCode::RANGE_NOT_SATISFIABLE,
            ApiError::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            ApiError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            ApiError::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ApiError::NotImplemented(_) => StatusCode::NOT_IMPLEMENTED,
            ApiError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        let mut response = HttpResponse::build(status);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        match self {
            ApiError::Unauthorized => {
                response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
            }
            // Readers that know only Basic ask their users for a password when they see this.
            ApiError::KeyNeeded => {
                response.append_header((header::WWW_AUTHENTICATE, "Basic realm=\"private feeds\", charset=\"UTF-8\""));
                response.append_header((header::WWW_AUTHENTICATE, "Bearer realm=\"private feeds\""));
            }
            ApiError::MethodNotAllowed(allow) => {
                response.insert_header((header::ALLOW, *allow));
            }
            ApiError::RangeNotSatisfiable(bytes) => {
                response.insert_header((header::CONTENT_RANGE, format!("bytes */{bytes}")));
            }
            ApiError::Unavailable(_) => {
                response.insert_header((header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S)));
            }
            _ => {}
        }
        let problem = Problem {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: self.to_string(),
        };
        response.content_type("application/problem+json").body(serde_json::to_string(&problem).unwrap_or_default())
    }
}
