//! The door the network opens: routes, and nothing a room should do.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::middleware::{DefaultHeaders, Next, from_fn};
use actix_web::{App, Error, HttpResponse, HttpServer, web};

use crate::publish::publisher::Publisher;
use crate::scheduler::queue::Queue;
use crate::server::error::ApiError;

pub mod error;

mod admin;
mod auth;
mod conditional;
mod feeds;
mod health;
mod quarantine;

/// How long an open request may take once the program is told to stop.
const SHUTDOWN_TIMEOUT_S: u64 = 10;
/// A client must have sent its head by then; slow ones hold a connection no longer.
const CLIENT_REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections at once in one worker; more wait in the backlog.
const CONNECTIONS_MAX: usize = 10_000;

/// What the routes need.
pub struct State {
    /// The ready bytes.
    pub publisher: Arc<Publisher>,
    /// Orders runs.
    pub queue: Arc<Queue>,
    /// Hash of the token given in the environment.
    pub admin_token_hash: Option<[u8; 32]>,
}

/// Serves on a socket that is already bound. Stop it with [`Server::handle`].
pub fn start(listener: TcpListener, state: State) -> std::io::Result<Server> {
    let state = web::Data::new(state);
    let server =
        HttpServer::new(move || {
            App::new()
                .app_data(state.clone())
                .app_data(web::QueryConfig::default().error_handler(|error, _| {
                    ApiError::BadRequest(format!("the query cannot be read: {error}")).into()
                }))
                .wrap(DefaultHeaders::new().add(("X-Content-Type-Options", "nosniff")))
                .wrap(from_fn(log))
                .configure(feeds::routes)
                .configure(health::routes)
                .configure(admin::routes)
                .default_service(web::to(nothing))
        });
    let server = server
        .disable_signals()
        .shutdown_timeout(SHUTDOWN_TIMEOUT_S)
        .client_request_timeout(CLIENT_REQUEST_TIMEOUT)
        .max_connections(CONNECTIONS_MAX)
        .listen(listener)?
        .run();
    Ok(server)
}

async fn nothing() -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound("there is nothing at this address; / lists all feeds".into()))
}

async fn log(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let response = next.call(request).await?;
    let request = response.request();
    let status = response.status().as_u16();
    tracing::debug!(method = %request.method(), path = request.path(), status, "answered {status}");
    Ok(response)
}
