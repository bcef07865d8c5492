//! `GET /metrics`: what Prometheus reads. Open like the feeds, and as cheap: the store is asked at most once in a
//! while, whoever asks how often. What names a private portal, event or key is for those who send an admin's token.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::model::audience::Audiences;
use crate::model::catalogue::Catalogue;
use crate::model::condition::Condition;
use crate::model::feed::{FeedKey, Format};
use crate::server::error::ApiError;
use crate::server::{State, answer, auth};

/// How old the answer of the store may be: less than any usual pause between two questions.
const KEPT: Duration = Duration::from_secs(5);
/// The text format of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// OpenMetrics 1.0, for those who ask for it.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What is counted for paths outside the feeds.
const OTHER: &str = "other";

/// What counting needs to know, and what the store said last.
pub struct Watch {
    /// The feed at each path of one.
    feeds: HashMap<String, String>,
    kept: Mutex<Option<(Instant, Condition)>>,
}

impl Watch {
    /// Knows the feeds of a catalogue by their paths.
    pub fn over(catalogue: &Catalogue) -> Watch {
        let formats = [Format::Rss, Format::Atom, Format::Json, Format::Html];
        let paths = |key: FeedKey| formats.map(|format| (key.format_path(format), key.to_string()));
        let alias = [("/feed.xml".to_owned(), FeedKey::All.to_string())];
        Watch { feeds: catalogue.feeds().into_iter().flat_map(paths).chain(alias).collect(), kept: Mutex::default() }
    }
}

/// Counts an answer.
pub fn count(state: &State, request: &HttpRequest, status: u16) {
    let feed = state.watch.feeds.get(request.path()).map_or(OTHER, String::as_str);
    let answers = &state.queue.signals().answers;
    answers.count(feed, status);
    let user_agent = request.headers().get(header::USER_AGENT).and_then(|field| field.to_str().ok());
    if feed != OTHER
        && let Some(user_agent) = user_agent.filter(|it| it.contains("subscriber"))
    {
        answers.subscribers(feed, user_agent, state.queue.clock().now());
    }
}

/// Registers the path.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/metrics").to(metrics));
}

/// Figures for Prometheus
///
/// As OpenMetrics for those who accept it. What is private is in it only for an admin's token.
#[utoipa::path(get, path = "/metrics", tag = "Operation", responses(
    (status = 200, description = "the figures", content(
        (String = "text/plain; version=0.0.4; charset=utf-8"),
        (String = "application/openmetrics-text; version=1.0.0; charset=utf-8"),
    )),
))]
pub(super) async fn metrics(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    answer::only_reads(&request)?;
    let signals = state.queue.signals();
    signals.answers.forget(state.queue.clock().now());
    let condition = condition(&state).await?;
    let is_admin = auth::is_admin(&request, &state).await?;
    let keys = if is_admin { state.keyring.all().await? } else { Vec::new() };
    let text = signals
        .text(&condition, state.publisher.encodings(), &keys)
        .map_err(|error| ApiError::Unavailable(error.to_string()))?;
    let audiences = state.publisher.audiences();
    let text = if is_admin || !audiences.has_locks() { text } else { public(&text, audiences) };
    let accepted = request.headers().get(header::ACCEPT).and_then(|field| field.to_str().ok()).unwrap_or_default();
    let is_open_metrics = accepted.contains("application/openmetrics-text");
    let kind = if is_open_metrics { OPEN_METRICS } else { TEXT };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).content_type(kind).body(text))
}

/// The figures without those of private portals and events.
fn public(text: &str, audiences: &Audiences) -> String {
    let is_private = |line: &str| {
        let named = ["portal=\"", "feed=\""].into_iter().filter_map(|label| line.split_once(label));
        named.filter_map(|(_, rest)| rest.split('"').next()).any(|name| audiences.lock_named(name).is_some())
    };
    text.split_inclusive('\n').filter(|line| line.starts_with('#') || !is_private(line)).collect()
}

async fn condition(state: &State) -> Result<Condition, ApiError> {
    let kept = || state.watch.kept.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, condition)) = kept().as_ref().filter(|(asked, _)| asked.elapsed() < KEPT) {
        return Ok(condition.clone());
    }
    let condition = state.queue.store().condition().await?;
    *kept() = Some((Instant::now(), condition.clone()));
    Ok(condition)
}
