//! The door the network opens: routes, and nothing a room should do.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, Service, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::{App, HttpResponse, HttpServer, web};
use futures_util::TryFutureExt;
use futures_util::future::{self, Either};

use crate::keys::Keyring;
use crate::publish::headlines::Headlines;
use crate::publish::publisher::Publisher;
use crate::publish::push::Push;
use crate::publish::sitemap::Sitemap;
use crate::scheduler::queue::Queue;
use crate::server::dashboard::session::Sessions;
use crate::server::error::ApiError;

pub mod dashboard;
pub mod error;
pub mod metrics;

mod access;
mod admin;
mod answer;
mod articles;
mod auth;
mod changes;
mod conditional;
mod embed;
mod events;
mod feeds;
mod headlines;
mod health;
mod hub;
mod keys;
mod openapi;
mod quarantine;
mod ranges;
mod rate;
mod refusal;
mod request;
mod request_id;
mod runs;
mod sitemap;
mod split;
mod tokens;

/// How long an open request may take once the program is told to stop.
const SHUTDOWN_TIMEOUT_S: u64 = 10;
/// A client must have sent its head by then; slow ones hold a connection no longer.
const CLIENT_REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections at once in one worker, if so many files may be open; more wait in the backlog.
const CONNECTIONS_MAX: usize = 10_000;
/// Files that connections leave to the database, the portals and the subscribers.
const OTHER_FILES: usize = 512;
/// Connections at once in one worker, however few files may be open.
const CONNECTIONS_MIN: usize = 32;

/// What the routes need.
pub struct State {
    /// The ready bytes.
    pub publisher: Arc<Publisher>,
    /// Orders runs.
    pub queue: Arc<Queue>,
    /// The headlines for partner sites.
    pub headlines: Headlines,
    /// The news sitemap.
    pub sitemap: Arc<Sitemap>,
    /// The hub.
    pub push: Arc<Push>,
    /// The partner keys.
    pub keyring: Arc<Keyring>,
    /// Hash of the token given in the environment.
    pub admin_token_hash: Option<[u8; 32]>,
    /// What `/metrics` keeps for a while.
    pub watch: metrics::Watch,
    /// Who is logged in at `/admin`.
    pub sessions: Sessions,
    /// Whether readers come over https, so that a cookie must not go over http.
    pub is_https: bool,
}

/// Serves on a socket that is already bound. Stop it with [`Server::handle`].
pub fn start(listener: TcpListener, state: State) -> std::io::Result<Server> {
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let (state, hub_rate) = (web::Data::new(state), web::Data::new(hub::rate()));
    let server =
        HttpServer::new(move || {
            let shelf = state.clone();
            App::new()
                .app_data(state.clone())
                .app_data(hub_rate.clone())
                .app_data(web::QueryConfig::default().error_handler(|error, _| {
                    ApiError::BadRequest(format!("the query cannot be read: {error}")).into()
                }))
                // What lies ready is answered without a look at the routes.
                .wrap_fn(move |request, routes| {
                    let at_once = feeds::ready(request.request(), &shelf.publisher);
                    let answer = match at_once.or_else(|| feeds::preflight(request.request())) {
                        Some(response) => Either::Left(future::ok(request.into_response(response))),
                        None => Either::Right(routes.call(request)),
                    };
                    let counted = shelf.clone();
                    answer.map_ok(move |response| finish(response, &counted))
                })
                .configure(feeds::routes)
                .configure(openapi::routes)
                .configure(embed::routes)
                .configure(articles::routes)
                .configure(changes::routes)
                .configure(headlines::routes)
                .configure(sitemap::routes)
                .configure(health::routes)
                .configure(metrics::routes)
                .configure(hub::routes)
                .configure(admin::routes)
                .configure(dashboard::routes)
                .default_service(web::to(nothing))
        });
    let server = server
        .disable_signals()
        .shutdown_timeout(SHUTDOWN_TIMEOUT_S)
        .client_request_timeout(CLIENT_REQUEST_TIMEOUT)
        .workers(workers)
        .max_connections(connections_max(workers))
        .listen(listener)?
        .run();
    Ok(server)
}

/// So many connections in one worker that idle ones cannot take all the files there are.
fn connections_max(workers: usize) -> usize {
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let files = files.map_or(usize::MAX, |files| usize::try_from(files).unwrap_or(usize::MAX));
    (files.saturating_sub(OTHER_FILES) / workers.max(1)).clamp(CONNECTIONS_MIN, CONNECTIONS_MAX)
}

async fn nothing() -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound("there is nothing at this address; / lists all feeds".into()))
}

/// What every answer has, whoever gave it. What went wrong within is logged here, once, under the name of the request.
fn finish(response: ServiceResponse, state: &State) -> ServiceResponse {
    let mut response = response;
    let (request, status) = (response.request(), response.status().as_u16());
    metrics::count(state, request, status);
    let error = response.response().error().and_then(|error| error.as_error::<ApiError>());
    if let Some(ApiError::Unavailable(cause)) = error {
        let id = request_id::of(request);
        tracing::error!(request.id = id, path = request.path(), cause, "a request could not be answered");
    }
    if tracing::enabled!(tracing::Level::DEBUG) {
        let id = request_id::of(request);
        let (method, path) = (request.method(), request.path());
        tracing::debug!(request.id = id, %method, path, status, "answered {status}");
    }
    let id = request_id::field(request);
    response = refusal::for_people(response, state.publisher.base_url());
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(id) = id {
        response.headers_mut().insert(request_id::FIELD, id);
    }
    response
}
