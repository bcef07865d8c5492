//! What the buttons do: the same as the API, by the same functions, with the same roles and the same audit log.

use std::collections::HashMap;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};

use crate::model::token::{Deed, Role};
use crate::server::dashboard::{Visitor, login, visitor};
use crate::server::error::ApiError;
use crate::server::{State, admin, auth, events, keys, quarantine, split};

/// What a form sent; its size is limited by the server.
type Sent = HashMap<String, String>;

/// `POST /admin/do/{action}`: does it, and leads back to a page that says what came of it.
pub(super) async fn act(
    request: HttpRequest,
    action: web::Path<String>,
    sent: web::Form<Sent>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Some(visitor) = visitor(&request, &state).await? else { return login::form(Some("Log in first.")) };
    let is_ours = sent.get("form_key").is_some_and(|form_key| visitor.session.sent(form_key));
    if !is_ours {
        return Err(ApiError::BadRequest(
            "this form did not come from the dashboard; open /admin and try again".into(),
        ));
    }
    let done = match allowed(&action, &visitor) {
        Ok(()) => act_on(&action, &sent, &state).await,
        Err(error) => Err(error),
    };
    let status = done.as_ref().map_or_else(|error| error.status_code().as_u16(), |_| 200);
    note(&request, &state, &visitor, status).await;
    let (said, next) = match done {
        Ok(Done { said, next }) => (said, next),
        Err(error) => (format!("That was not done: {error}."), None),
    };
    state.sessions.say(&request, said);
    let next = next.unwrap_or_else(|| back(&request));
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, next))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish())
}

/// What came of a deed.
struct Done {
    /// For the one who ordered it.
    said: String,
    /// Where to go, if not back.
    next: Option<String>,
}

impl Done {
    fn here(said: impl Into<String>) -> Done {
        Done { said: said.into(), next: None }
    }
}

fn allowed(action: &str, visitor: &Visitor) -> Result<(), ApiError> {
    let needed = match action {
        "ingest" => Role::Ingest,
        "purge" | "make_key" | "revoke_key" => Role::Admin,
        _ => Role::Editor,
    };
    let role = visitor.caller.role;
    if role < needed { Err(ApiError::Forbidden(needed, role)) } else { Ok(()) }
}

async fn act_on(action: &str, sent: &Sent, state: &web::Data<State>) -> Result<Done, ApiError> {
    let field = |name: &str| sent.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let id = || web::Path::from(field("id").unwrap_or_default());
    match action {
        "ingest" => {
            let order = admin::Order {
                portal: field("portal"),
                section: field("section"),
                url: field("url"),
                force: field("force").is_some(),
                dry_run: field("dry_run").is_some(),
            };
            let run = admin::ordered(state, order).await?;
            let next = Some(format!("/admin/runs/{}", run.id));
            Ok(Done { said: format!("Run {} is ordered.", run.id), next })
        }
        "release" => quarantine::release(id(), state.clone()).await.map(|_| Done::here("The page is published.")),
        "drop" => quarantine::drop_held(id(), state.clone()).await.map(|_| Done::here("The page is dropped.")),
        "purge" => quarantine::purge(id(), state.clone()).await.map(|_| Done::here("Its articles are withdrawn.")),
        "withdraw" => quarantine::withdraw(id(), state.clone()).await.map(|_| Done {
            said: "The article is withdrawn from every feed.".into(),
            next: Some("/admin/articles".into()),
        }),
        "restore" => quarantine::restore(id(), state.clone()).await.map(|_| Done::here("The article is back.")),
        "decide" => {
            let (event, word) = (field("event").unwrap_or_default(), field("decision"));
            events::decided(state, event, &field("id").unwrap_or_default(), word.as_deref()).await?;
            Ok(Done::here("It is decided."))
        }
        "make_key" => {
            let feeds = field("feeds").unwrap_or_default();
            let feeds = feeds.split([',', ' ']).filter(|feed| !feed.is_empty()).map(str::to_owned).collect();
            let days = field("days").map(|days| days.parse().map_err(|_| keys::wrong_days())).transpose()?;
            let (key, record) = keys::made(state, keys::New { name: field("name"), feeds, days }).await?;
            Ok(Done::here(format!("The key “{}”, shown only this once: {key}", record.name)))
        }
        "revoke_key" => {
            let name = web::Path::from(field("name").unwrap_or_default());
            keys::revoke(name, state.clone()).await.map(|_| Done::here("The key opens nothing any more."))
        }
        "split" => {
            split::split_off(state, &id(), &field("url").unwrap_or_default()).await?;
            Ok(Done::here("The page is an article of its own as soon as it has been read."))
        }
        _ => Err(ApiError::NotFound(format!("the dashboard cannot do “{action}”"))),
    }
}

/// The page of ours the form stood on.
fn back(request: &HttpRequest) -> String {
    let referer = request.headers().get(header::REFERER).and_then(|field| field.to_str().ok()).unwrap_or_default();
    let path = referer.find("/admin").map(|at| &referer[at..]).unwrap_or("/admin");
    path.split(['?', '#']).next().unwrap_or("/admin").to_owned()
}

async fn note(request: &HttpRequest, state: &State, visitor: &Visitor, status: u16) {
    let deed = Deed {
        id: 0,
        at: state.queue.clock().now(),
        token: visitor.caller.name.clone(),
        method: request.method().to_string(),
        path: request.path().to_owned(),
        status,
        result: None,
    };
    auth::note(state, deed, request).await;
}
