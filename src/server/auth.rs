//! The bearer token of the admin API (RFC 6750): who asks, what the role allows, and a line in the audit log for
//! each deed. Only hashes are kept, and they are compared in constant time.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, web};
use subtle::ConstantTimeEq;

use crate::model::token::{Deed, Role};
use crate::server::error::ApiError;
use crate::server::{State, access, request_id};

/// A longer header is no token of ours; it is not even hashed.
const HEADER_BYTES_MAX: usize = 512;
/// The longest path the audit log keeps, in bytes; a server address is hardly ever longer.
const PATH_BYTES_MAX: usize = 2048;
/// What the token given in the environment is called.
const ENVIRONMENT: &str = "environment";

/// Who asks.
pub(super) struct Caller {
    /// The name of the token.
    pub(super) name: String,
    /// What it may do.
    pub(super) role: Role,
}

/// Lets a request pass if it carries a token we know, and one whose role is enough.
pub async fn admin(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let state = request.app_data::<web::Data<State>>().cloned().ok_or(ApiError::Unauthorized)?;
    let token = bearer(request.request()).ok_or(ApiError::Unauthorized)?;
    let caller = caller(&state, &hash(&token)).await?.ok_or(ApiError::Unauthorized)?;
    let needed = needed(request.method(), request.path());
    if caller.role < needed {
        return Err(ApiError::Forbidden(needed, caller.role).into());
    }
    let is_deed = ![Method::GET, Method::HEAD].contains(request.method());
    let (method, path) = (request.method().to_string(), path(&request));
    let answer = next.call(request).await?;
    if is_deed {
        let location = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        let deed = Deed {
            id: 0,
            at: state.queue.clock().now(),
            token: caller.name,
            method,
            path,
            status: answer.status().as_u16(),
            result: location.map(str::to_owned),
        };
        note(&state, deed, answer.request()).await;
    }
    Ok(answer)
}

/// The least role for a path below `/api/v1/admin`: what is not named here is for admins.
fn needed(method: &Method, path: &str) -> Role {
    let mut parts = path.trim_start_matches("/api/v1/admin").trim_matches('/').split('/');
    let (place, is_run_purge) = (parts.next().unwrap_or_default(), parts.nth(1) == Some("articles"));
    let is_read = method == Method::GET || method == Method::HEAD;
    match place {
        "ingest" | "schedule" => Role::Ingest,
        "runs" if is_read && !is_run_purge => Role::Ingest,
        "articles" | "quarantine" | "events" => Role::Editor,
        _ => Role::Admin,
    }
}

/// Whether a request that anybody may make carries the token of an admin.
pub(super) async fn is_admin(request: &HttpRequest, state: &State) -> Result<bool, ApiError> {
    let Some(token) = bearer(request) else { return Ok(false) };
    let caller = caller(state, &hash(&token)).await?;
    Ok(caller.is_some_and(|caller| caller.role >= Role::Admin))
}

fn hash(token: &str) -> [u8; 32] {
    *blake3::hash(token.as_bytes()).as_bytes()
}

fn bearer(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let is_bearer = value.len() <= HEADER_BYTES_MAX && scheme.eq_ignore_ascii_case("bearer");
    is_bearer.then(|| token.trim().to_owned())
}

/// Whose token it is that hashes to this; `None` for one we do not know, or that has ended.
/// Compares with every hash, so that the time tells nothing of which one was near.
pub(super) async fn caller(state: &State, hash: &[u8; 32]) -> Result<Option<Caller>, ApiError> {
    let is_it = |known: &[u8; 32]| bool::from(hash.ct_eq(known));
    let tokens = state.queue.store().tokens().await?;
    let matches: Vec<bool> = tokens.iter().map(|token| is_it(&token.hash)).collect();
    let is_environment = state.admin_token_hash.as_ref().is_some_and(is_it);
    let now = state.queue.clock().now();
    if is_environment {
        return Ok(Some(Caller { name: ENVIRONMENT.to_owned(), role: Role::Admin }));
    }
    let found = tokens.iter().zip(matches).find(|(token, is_it)| *is_it && token.is_valid(now));
    let Some((token, _)) = found else { return Ok(None) };
    // A disk that is full must not lock out those who would mend it.
    if let Err(error) = state.queue.store().note_use(token, now).await {
        tracing::error!(%error, token = token.name, "cannot note that a token was used");
    }
    Ok(Some(Caller { name: token.name.clone(), role: token.role }))
}

fn path(request: &ServiceRequest) -> String {
    let mut path = request.uri().path_and_query().map(|path| access::without_key(path.as_str())).unwrap_or_default();
    // An address that reached us is ASCII, but nothing here depends on it.
    path.truncate((0..=PATH_BYTES_MAX).rev().find(|end| path.is_char_boundary(*end)).unwrap_or(0));
    path
}

/// What was done is done; a log that cannot be written is an error of ours, not of the caller.
pub(super) async fn note(state: &State, deed: Deed, request: &HttpRequest) {
    let Deed { token, method, path, status, .. } = &deed;
    tracing::info!(
        request.id = request_id::of(request),
        token,
        method,
        path,
        status,
        "{token}: {method} {path} answered {status}"
    );
    if let Err(error) = state.queue.store().note_deed(deed).await {
        tracing::error!(%error, "cannot write the audit log");
    }
}
