//! Articles for an editor: the newest, and all that is known of one, with what can be done about it.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::model::account::{Account, Asked};
use crate::model::article::Article;
use crate::model::catalogue::Catalogue;
use crate::model::event::Event;
use crate::model::feed::FeedKey;
use crate::model::part::Part;
use crate::model::revision::PieceKind;
use crate::server::State;
use crate::server::dashboard::{Frame, frame, login, page as answer, visitor, words};
use crate::server::error::ApiError;
use crate::server::request::feed_key;
use crate::text::search::Query;

/// Articles on the list.
const ARTICLES: usize = 100;

#[derive(Template)]
#[template(path = "admin/articles.html")]
struct List {
    frame: Frame,
    /// The words that were asked for.
    q: String,
    /// The private portals, whose articles are in no list of all, and whether each is the one that is shown.
    private: Vec<(String, bool)>,
    /// What is wrong with them.
    wrong: Option<String>,
    articles: Vec<(Article, String)>,
}

/// What the list is asked for.
#[derive(Deserialize)]
pub(super) struct Wanted {
    q: Option<String>,
    feed: Option<String>,
}

/// `GET /admin/articles`: the newest, or the newest that match words.
pub(super) async fn list(
    request: HttpRequest,
    wanted: web::Query<Wanted>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Some(visitor) = visitor(&request, &state).await? else { return login::form(None) };
    let (Wanted { q, feed }, store) = (wanted.into_inner(), state.queue.store());
    let (q, catalogue) = (q.unwrap_or_default(), state.queue.catalogue());
    let key = feed_key(catalogue, feed.as_deref().filter(|feed| !feed.is_empty()))?;
    let private = catalogue.portals.iter().filter(|portal| portal.is_private);
    let private = private.map(|portal| (portal.id.clone(), key == FeedKey::Portal(portal.id.clone()))).collect();
    let query = Query::parse(&q);
    let wrong = query.as_ref().err().cloned();
    let stored = match query {
        Ok(Some(query)) => store.search(key, query, Part::default(), ARTICLES).await?,
        Ok(None) => store.feed(key, Part::default(), ARTICLES).await?,
        Err(_) => None,
    };
    let articles = stored.map(|stored| stored.articles).unwrap_or_default();
    let articles = articles.into_iter().map(|article| (words::time(article.published), article));
    let articles = articles.map(|(published, article)| (article, published)).collect();
    answer(&List { frame: frame(&request, &state, &visitor), q, private, wrong, articles })
}

#[derive(Template)]
#[template(path = "admin/article.html")]
struct Page {
    frame: Frame,
    account: Account,
    events: Vec<EventRow>,
    published: String,
    updated: String,
    history: Vec<Step>,
}

#[derive(Template)]
#[template(path = "admin/withdrawn.html")]
struct Withdrawn {
    frame: Frame,
    id: Uuid,
}

/// An event, and what is said of an article in it.
struct EventRow {
    id: String,
    title: String,
    is_in_feed: bool,
    /// What an editor said.
    word: Option<&'static str>,
    reasons: Vec<String>,
}

/// Something that happened to an article.
struct Step {
    at: String,
    change: String,
    title: Option<(String, String)>,
    pieces: Vec<(&'static str, String)>,
}

/// `GET /admin/articles/{id}`.
pub(super) async fn page(
    request: HttpRequest,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Some(visitor) = visitor(&request, &state).await? else { return login::form(None) };
    let id: Uuid = path.parse().map_err(|_| ApiError::NotFound("an article's id is a UUID".into()))?;
    let account = match state.queue.store().account(id).await? {
        Asked::Here(account) => account,
        Asked::Withdrawn => return answer(&Withdrawn { frame: frame(&request, &state, &visitor), id }),
        Asked::Unknown => return Err(ApiError::NotFound(format!("there is no article {id}"))),
    };
    answer(&Page {
        frame: frame(&request, &state, &visitor),
        published: words::time(account.article.published),
        updated: words::time(account.article.updated),
        history: history(&account),
        events: events(state.queue.catalogue(), &account),
        account: *account,
    })
}

/// Every event: an editor may put any article into any of them.
fn events(catalogue: &Catalogue, account: &Account) -> Vec<EventRow> {
    let row = |event: &Event| {
        let verdict = account.verdicts.iter().find(|verdict| verdict.decision.event == event.id);
        let word = verdict.and_then(|verdict| verdict.standing.word.as_ref());
        EventRow {
            id: event.id.clone(),
            title: event.title.clone(),
            is_in_feed: verdict.is_some_and(|verdict| verdict.standing.is_in_feed),
            word: word.map(|word| if word.is_included { "included" } else { "excluded" }),
            reasons: verdict.map(|verdict| verdict.decision.reasons.clone()).unwrap_or_default(),
        }
    };
    catalogue.events.iter().map(row).collect()
}

/// What happened, newest first.
fn history(account: &Account) -> Vec<Step> {
    let steps = account.revisions.iter().rev().map(|revision| {
        let difference = revision.difference.clone().unwrap_or_default().shown();
        let pieces = difference.body.into_iter().map(|piece| {
            let element = match piece.kind {
                PieceKind::Kept => "span",
                PieceKind::Removed => "del",
                PieceKind::Added => "ins",
            };
            (element, piece.text)
        });
        Step {
            at: words::time(revision.at),
            change: revision.change.clone(),
            title: difference.title.map(|title| (title.before, title.after)),
            pieces: pieces.collect(),
        }
    });
    steps.collect()
}
