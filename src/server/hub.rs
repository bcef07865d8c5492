//! `POST /hub`: subscribers come and go (WebSub §5.1). What is wrong is answered in plain text, as the standard asks.

use std::net::IpAddr;

use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::TimeDelta;
use futures_util::StreamExt;

use crate::publish::front;
use crate::publish::push::asked::Refused;
use crate::server::State;
use crate::server::rate::Rate;

/// The largest form; a callback, a topic and a secret fit in it several times.
const BODY_BYTES_MAX: usize = 16 * 1024;
/// Requests of one client at once: a reader that imports a list of feeds subscribes to each.
const BURST: i32 = 120;
/// And one every so often after that.
const PACE: TimeDelta = TimeDelta::seconds(1);
/// When to come back if too much waits for its confirmation, in seconds.
const BUSY_S: i64 = 30;

/// Registers the path.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource(front::HUB_PATH).to(hub));
}

/// The pace at which one client may ask.
pub(super) fn rate() -> Rate {
    Rate::new(BURST, PACE)
}

async fn hub(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
    rate: web::Data<Rate>,
) -> HttpResponse {
    let now = state.queue.clock().now();
    if request.method() != Method::POST {
        let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "this is a WebSub hub; it answers POST only");
        answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return answer;
    }
    if let Some(Err(wait_s)) = client(&request).map(|client| rate.count(client, now)) {
        return later("too many requests from your address", wait_s);
    }
    let form = match form(&request, payload).await {
        Ok(form) => form,
        Err(answer) => return answer,
    };
    match state.push.take(&form, now).await {
        Ok(()) => plain(StatusCode::ACCEPTED, "your callback will be asked to confirm this"),
        Err(refused) => refuse(&refused),
    }
}

fn refuse(refused: &Refused) -> HttpResponse {
    let status = match refused {
        Refused::Wrong(_) => StatusCode::BAD_REQUEST,
        Refused::Unknown => StatusCode::NOT_FOUND,
        Refused::Elsewhere(_) | Refused::HostFull | Refused::Full => StatusCode::FORBIDDEN,
        Refused::Busy => return later(&refused.to_string(), BUSY_S),
        Refused::Store(error) => {
            tracing::error!(%error, "a request to the hub could not be kept");
            let mut answer = plain(StatusCode::SERVICE_UNAVAILABLE, "the hub cannot answer now; try again later");
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(BUSY_S));
            return answer;
        }
    };
    plain(status, &refused.to_string())
}

async fn form(request: &HttpRequest, mut payload: web::Payload) -> Result<Vec<u8>, HttpResponse> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let reason = "the body must be application/x-www-form-urlencoded";
        return Err(plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, reason));
    }
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| plain(StatusCode::BAD_REQUEST, "the body broke off"))?;
        if body.len() + chunk.len() > BODY_BYTES_MAX {
            let reason = format!("the body is larger than {BODY_BYTES_MAX} bytes");
            return Err(plain(StatusCode::PAYLOAD_TOO_LARGE, &reason));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Who asks. A proxy on this machine or its network says whom it asks for; anybody else can say what they like.
fn client(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    if !crate::outside::private::is_private(peer) {
        return Some(peer);
    }
    let forwarded = request.headers().get_all(header::X_FORWARDED_FOR).last().and_then(|value| value.to_str().ok());
    let nearest = forwarded.and_then(|list| list.rsplit(',').next()?.trim().parse().ok());
    Some(nearest.unwrap_or(peer))
}

fn later(reason: &str, wait_s: i64) -> HttpResponse {
    let mut answer = plain(StatusCode::TOO_MANY_REQUESTS, &format!("{reason}; try again in {wait_s} s"));
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
    answer
}

fn plain(status: StatusCode, text: &str) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .content_type("text/plain; charset=utf-8")
        .body(format!("{text}\n"))
}
