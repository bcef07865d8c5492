//! Articles for an editor: the newest, and all that is known of one, with what can be done about it.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use uuid::Uuid;

use crate::model::account::{Account, Asked};
use crate::model::article::Article;
use crate::model::feed::FeedKey;
use crate::model::part::Part;
use crate::model::revision::PieceKind;
use crate::server::State;
use crate::server::dashboard::{Frame, frame, login, page as answer, visitor, words};
use crate::server::error::ApiError;

/// Articles on the list.
const ARTICLES: usize = 100;

#[derive(Template)]
#[template(path = "admin/articles.html")]
struct List {
    frame: Frame,
    articles: Vec<(Article, String)>,
}

/// `GET /admin/articles`: the newest.
pub(super) async fn list(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let Some(visitor) = visitor(&request, &state).await? else { return login::form(None) };
    let stored = state.queue.store().feed(FeedKey::All, Part::default(), ARTICLES).await?;
    let articles = stored.map(|stored| stored.articles).unwrap_or_default();
    let articles = articles.into_iter().map(|article| (words::time(article.published), article));
    let articles = articles.map(|(published, article)| (article, published)).collect();
    answer(&List { frame: frame(&request, &state, &visitor), articles })
}

#[derive(Template)]
#[template(path = "admin/article.html")]
struct Page {
    frame: Frame,
    account: Account,
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
        account: *account,
    })
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
