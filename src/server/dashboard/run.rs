//! One run: its record, which goes on while the page is open, and what came of each page.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::model::run::{Item, RunState};
use crate::server::dashboard::overview::{RunRow, row};
use crate::server::dashboard::{Frame, frame, login, page as answer, visitor};
use crate::server::error::ApiError;
use crate::server::request::number;
use crate::server::{State, runs};

/// Items on one page.
const ITEMS: usize = 200;

#[derive(Template)]
#[template(path = "admin/run.html")]
struct Page {
    frame: Frame,
    row: RunRow,
    is_over: bool,
    items: Vec<(Item, String)>,
    next: Option<usize>,
}

#[derive(Deserialize)]
pub(super) struct Query {
    after: Option<String>,
}

/// `GET /admin/runs/{id}`.
pub(super) async fn page(
    request: HttpRequest,
    path: web::Path<String>,
    query: web::Query<Query>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Some(visitor) = visitor(&request, &state).await? else { return login::form(None) };
    let run = runs::known(&state, &path).await?;
    let after = number(query.after.as_deref(), "after", 0, i64::from(u32::MAX))?.unwrap_or(0);
    let skipped = usize::try_from(after).unwrap_or_default();
    let mut items = state.queue.store().items(run.id, skipped, ITEMS + 1).await?;
    let next = (items.len() > ITEMS).then_some(skipped + ITEMS);
    items.truncate(ITEMS);
    let items = items.into_iter().map(|item| {
        let outcome = serde_json::to_value(item.outcome).ok().and_then(|word| word.as_str().map(str::to_owned));
        (item, outcome.unwrap_or_default().replace('_', " "))
    });
    answer(&Page {
        frame: frame(&request, &state, &visitor),
        is_over: matches!(run.state, RunState::Done | RunState::Failed),
        row: row(run, state.queue.clock().now()),
        items: items.collect(),
        next,
    })
}

/// `GET /admin/runs/{id}/events`: the record as it changes, as the API tells it.
pub(super) async fn events(
    request: HttpRequest,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    visitor(&request, &state).await?.ok_or(ApiError::Unauthorized)?;
    runs::events(path, state).await
}
