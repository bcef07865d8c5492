//! The admin API over events: what their rules moved, and the word of an editor on an article.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::events::explain::{self, Explained};
use crate::events::fingerprint;
use crate::events::rules::Rules;
use crate::events::subject::Subject;
use crate::model::weighing::Movement;
use crate::server::error::{ApiError, Problem};
use crate::server::request::{either, only};
use crate::server::{State, admin};
use crate::store::editors::Placed;

/// Registers the paths below `/api/v1/admin`, which has asked for the token.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(only("/events", web::get().to(events), "GET")).service(either(
        "/events/{event}/articles/{id}",
        [web::get().to(article), web::put().to(decide)],
        "GET, PUT",
    ));
}

/// The events.
#[derive(Serialize, utoipa::ToSchema)]
struct Events<'a> {
    events: Vec<Told<'a>>,
}

/// An event.
#[derive(Serialize, utoipa::ToSchema)]
struct Told<'a> {
    event: &'a str,
    title: &'a str,
    /// The fingerprint of the rules in the file.
    rules: String,
    /// Whether the stored decisions were made under them; if not, they are being made again.
    is_decided: bool,
    entries: i64,
    /// When changed rules last decided the archive again, and what that moved.
    last_redecision: Option<Redecided<'a>>,
}

/// A change of the rules.
#[derive(Serialize, utoipa::ToSchema)]
struct Redecided<'a> {
    at: DateTime<Utc>,
    #[serde(flatten)]
    movement: &'a Movement,
}

/// Events, and what their rules moved
#[utoipa::path(get, path = "/api/v1/admin/events", tag = "Admin",
    responses((status = 200, description = "every event of the files", body = Events)))]
pub(super) async fn events(state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let decided = state.queue.store().decided_events().await?;
    let told = state.queue.catalogue().events.iter().map(|event| {
        let known = decided.iter().find(|known| known.event == event.id);
        let rules = fingerprint::of(event);
        Told {
            event: &event.id,
            title: &event.title,
            rules: rules[..8].iter().map(|byte| format!("{byte:02x}")).collect(),
            is_decided: known.is_some_and(|known| known.rules == rules),
            entries: known.map_or(0, |known| known.entries),
            last_redecision: known
                .and_then(|known| Some(Redecided { at: known.decided?, movement: known.movement.as_ref()? })),
        }
    });
    let answer = Events { events: told.collect() };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

/// An article and what is said of it in an event.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EventArticle)]
struct Answer<'a> {
    article: Article<'a>,
    #[serde(flatten)]
    explained: Explained,
}

/// Which article.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EventArticleName)]
struct Article<'a> {
    id: String,
    url: &'a str,
    title: &'a str,
    published: DateTime<Utc>,
}

/// Why an article is in an event's feed or not
#[utoipa::path(get, path = "/api/v1/admin/events/{event}/articles/{id}", tag = "Admin",
    params(
        ("event" = String, Path, description = "the event's id"),
        ("id" = String, Path, description = "the article's id, as a UUID or as feeds write it: `urn:uuid:…`"),
    ),
    responses(
        (status = 200, description = "all that speaks for and against it", body = Answer),
        (status = 410, description = "it was withdrawn", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn article(
    path: web::Path<(String, String)>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let (event, id) = path.into_inner();
    let (rules, id) = (rules(&state, &event)?, article_id(&id)?);
    answer(rules, id, state.queue.store().placed(event, id).await?)
}

/// An editor's word.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = EditorWord)]
pub(super) struct Word {
    /// `include`, `exclude`, or `auto` for what the rules say.
    #[schema(required = true, value_type = String, pattern = "^(include|exclude|auto)$", example = "include")]
    decision: Option<String>,
}

/// Decide over an event's rules
///
/// An editor's word on an article outlives edits, new rules and restarts, until it is `auto`. The answer comes when the
/// feeds show it.
#[utoipa::path(put, path = "/api/v1/admin/events/{event}/articles/{id}", tag = "Admin",
    params(
        ("event" = String, Path, description = "the event's id"),
        ("id" = String, Path, description = "the article's id, as a UUID or as feeds write it: `urn:uuid:…`"),
    ),
    request_body(content = Word, description = "the decision"),
    responses(
        (status = 200, description = "it is decided", body = Answer),
        (status = 410, description = "it was withdrawn", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "the body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "the body is not JSON", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn decide(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let (event, id) = path.into_inner();
    let word: Word = admin::json(&request, payload).await?;
    decided(&state, event, &id, word.decision.as_deref()).await
}

/// Keeps an editor's word, and answers when the feeds show it.
pub(super) async fn decided(
    state: &State,
    event: String,
    id: &str,
    word: Option<&str>,
) -> Result<HttpResponse, ApiError> {
    let (rules, id) = (rules(state, &event)?, article_id(id)?);
    let is_included = match word {
        Some("include") => Some(true),
        Some("exclude") => Some(false),
        Some("auto") => None,
        _ => {
            return Err(ApiError::BadRequest(
                "the body must be {\"decision\": …} with \"include\", \"exclude\" or \"auto\"".into(),
            ));
        }
    };
    let placed = state.queue.store().speak(event, id, is_included, state.queue.clock().now()).await?;
    state.publisher.refresh_soon();
    state.publisher.refresh().await;
    answer(rules, id, placed)
}

fn answer(rules: &Rules, id: Uuid, placed: Option<Placed>) -> Result<HttpResponse, ApiError> {
    let placed = placed.ok_or_else(|| ApiError::NotFound(format!("there is no article {id}")))?;
    if placed.is_withdrawn {
        return Err(ApiError::Gone(format!("the article {id} was withdrawn; restore it first")));
    }
    let article = &placed.article;
    let subject = Subject::new(&article.title, &article.html.text(), article.published);
    let answer = Answer {
        article: Article {
            id: article.id.to_string(),
            url: &article.url,
            title: &article.title,
            published: article.published,
        },
        explained: explain::explain(rules, &subject, Some(&placed.standing)),
    };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

fn rules<'a>(state: &'a State, event: &str) -> Result<&'a Rules, ApiError> {
    let unknown = || {
        let events = &state.queue.catalogue().events;
        let known: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
        ApiError::NotFound(format!("there is no event “{event}”; known are: {}", known.join(", ")))
    };
    state.queue.events().iter().find(|rules| rules.event == event).ok_or_else(unknown)
}

/// Takes the id as feeds write it too, `urn:uuid:…`.
fn article_id(text: &str) -> Result<Uuid, ApiError> {
    text.parse().map_err(|_| ApiError::NotFound("an article's id is a UUID".into()))
}
