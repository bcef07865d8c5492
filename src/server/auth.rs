//! The bearer token of the admin API (RFC 6750). Only hashes are kept, and they are compared in constant time.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, web};
use subtle::{Choice, ConstantTimeEq};

use crate::server::State;
use crate::server::error::ApiError;

/// A longer header is no token of ours; it is not even hashed.
const HEADER_BYTES_MAX: usize = 512;

/// Lets a request pass if it carries a token we know.
pub async fn admin(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let state = request.app_data::<web::Data<State>>().cloned().ok_or(ApiError::Unauthorized)?;
    let token = bearer(&request).ok_or(ApiError::Unauthorized)?;
    if !is_known(&state, &token).await? {
        return Err(ApiError::Unauthorized.into());
    }
    next.call(request).await
}

fn bearer(request: &ServiceRequest) -> Option<String> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let is_bearer = value.len() <= HEADER_BYTES_MAX && scheme.eq_ignore_ascii_case("bearer");
    is_bearer.then(|| token.trim().to_owned())
}

/// Compares with every hash, so that the time tells nothing of which one was near.
async fn is_known(state: &State, token: &str) -> Result<bool, ApiError> {
    let hash = blake3::hash(token.as_bytes());
    let mut is_known = Choice::from(0);
    for known in state.queue.store().token_hashes().await?.iter().chain(&state.admin_token_hash) {
        is_known |= hash.as_bytes().ct_eq(known);
    }
    Ok(is_known.into())
}
