//! Partner keys: which there are, how each was used, and forms to make and revoke them; for admins.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};

use crate::model::feed::FeedKey;
use crate::model::partner_key::PartnerKey;
use crate::model::token::Role;
use crate::server::State;
use crate::server::dashboard::{Frame, frame, login, page as answer, visitor, words};
use crate::server::error::ApiError;

#[derive(Template)]
#[template(path = "admin/keys.html")]
struct Keys {
    frame: Frame,
    keys: Vec<Row>,
    /// The feeds a key can be for.
    private: Vec<String>,
}

/// A key in a line.
struct Row {
    name: String,
    feeds: String,
    made: String,
    ends: String,
    used: String,
    uses: u64,
    is_over: bool,
}

/// `GET /admin/keys`.
pub(super) async fn page(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let Some(visitor) = visitor(&request, &state).await? else { return login::form(None) };
    if visitor.caller.role < Role::Admin {
        return Err(ApiError::Forbidden(Role::Admin, visitor.caller.role));
    }
    let now = state.queue.clock().now();
    let keys = state.keyring.all().await?.into_iter().map(|key| row(key, now)).collect();
    let catalogue = state.queue.catalogue();
    let private = catalogue.feeds().into_iter().filter(|feed| catalogue.is_private(feed));
    let private = private.map(|feed: FeedKey| feed.to_string()).collect();
    answer(&Keys { frame: frame(&request, &state, &visitor), keys, private })
}

fn row(key: PartnerKey, now: DateTime<Utc>) -> Row {
    let is_over = !key.is_valid(now);
    Row {
        feeds: if key.feeds.is_empty() { "all that are private".to_owned() } else { key.feeds.join(", ") },
        made: words::distance(key.created, now),
        ends: key.expires.map_or("never".to_owned(), |end| words::distance(end, now)),
        used: key.last_used.map_or("never".to_owned(), |time| words::distance(time, now)),
        uses: key.uses,
        name: key.name,
        is_over,
    }
}
