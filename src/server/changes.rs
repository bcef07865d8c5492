//! `GET /api/v1/changes`: what happened in a feed since a cursor. A partner who applies every answer in order, from the
//! first one without a cursor on, ends with exactly the articles that stand in the feed.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::model::catalogue::Catalogue;
use crate::model::change::Cursor;
use crate::model::feed::FeedKey;
use crate::publish::headlines::Headline;
use crate::server::error::{ApiError, Problem};
use crate::server::request::{feed_key, number};
use crate::server::{State, access, answer};
use crate::store::changes::{Changed, Stretch};

/// Changes looked at for one answer unless another number is asked for.
const CHANGES: usize = 100;
/// The most changes looked at for one answer; each can carry an article's headline and summary.
const CHANGES_MAX: usize = 500;

/// Registers the path.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/api/v1/changes").to(changes));
}

/// What is asked.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// A feed: `portal`, `portal/section` or `events/ID`; without it all portals together.
    feed: Option<String>,
    /// The cursor of the answer before; without it from the beginning.
    #[param(pattern = "^[0-9]{1,18}(-[0-9a-f]{1,8})?$")]
    after: Option<String>,
    /// How many changes are looked at.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500)]
    limit: Option<String>,
}

/// The answer.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Changes)]
struct Answer<'a> {
    feed: String,
    items: Vec<Item<'a>>,
    /// The cursor to ask with next.
    next: String,
    /// Whether there is more to ask for at once.
    has_more: bool,
}

/// An article that changed.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Change)]
struct Item<'a> {
    /// The article's id.
    id: String,
    /// `new`, `changed` or `withdrawn`.
    change: &'static str,
    /// When.
    at: DateTime<Utc>,
    /// As it is now; null if it left the feed.
    article: Option<Headline<'a>>,
}

/// What happened in a feed
///
/// Every new, changed and withdrawn article after a cursor, in order. Begin without `after`, apply the items, and ask
/// again with `next`.
#[utoipa::path(get, path = "/api/v1/changes", tag = "Partners", params(Asked), responses(
    (status = 200, description = "the changes", body = Answer),
    (status = 410, description = "the log has never come to that cursor; start again without one", body = Problem,
        content_type = "application/problem+json"),
))]
pub(super) async fn changes(
    request: HttpRequest,
    asked: web::Query<Asked>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    answer::only_reads(&request)?;
    access::enter(&request, &state, asked.feed.as_deref()).await?;
    let audiences = state.publisher.audiences();
    let feed = feed_key(audiences.whole(), asked.feed.as_deref())?;
    let after = asked.after.as_deref().map_or(Ok(Cursor::default()), str::parse);
    let after = after.map_err(|_| ApiError::BadRequest("after must be what `next` said in an answer before".into()))?;
    let limit = number(asked.limit.as_deref(), "limit", 1, CHANGES_MAX as i64)?;
    let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(CHANGES);
    let beyond =
        || ApiError::Gone(format!("{after} is not of this log: start again without `after`, and drop what you have"));
    let stretch = state.queue.store().changes(feed.clone(), after, limit).await?.ok_or_else(beyond)?;
    let mut response = answer::json(&request, body(audiences.readers_of(&feed), &feed, &stretch)?)?;
    if audiences.lock(&feed).is_some() {
        access::close(response.headers_mut());
    }
    Ok(response)
}

fn body(catalogue: &Catalogue, feed: &FeedKey, stretch: &Stretch) -> Result<String, ApiError> {
    let items = stretch.changes.iter().map(|changed: &Changed| {
        // An article of a portal that is no longer configured, or private, stands in no feed that others may read.
        let article = changed.article.as_ref().and_then(|article| Headline::of(catalogue, article));
        let change = match article {
            None => "withdrawn",
            Some(_) if changed.is_new => "new",
            Some(_) => "changed",
        };
        Item { id: changed.id.to_string(), change, at: changed.at, article }
    });
    let answer = Answer {
        feed: feed.to_string(),
        items: items.collect(),
        next: stretch.next.to_string(),
        has_more: stretch.has_more,
    };
    serde_json::to_string(&answer).map_err(|error| ApiError::Unavailable(error.to_string()))
}
