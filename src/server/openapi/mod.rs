//! `GET /openapi.json`: the API as OpenAPI 3.1, made from the handlers and shapes themselves; `GET /docs`: a page to
//! read and try it, made from the same document. A test holds that each route is in it, and each answer as it says.

use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use utoipa::OpenApi;

use crate::model::part::KEY;
use crate::publish::assets;
use crate::server::error::{ApiError, Problem};
use crate::server::{
    admin, answer, articles, changes, embed, events, headlines, health, keys, metrics, quarantine, runs, split, tokens,
};

mod documents;
mod page;

/// The path below which a token is needed.
const ADMIN: &str = "/api/v1/admin/";

/// Every handler that is described beside its code.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Harbinger",
        description = "News portals as feeds, for readers, partner sites and editors. Errors are problem details (RFC 9457).",
    ),
    paths(
        changes::changes, headlines::headlines, articles::article, embed::oembed,
        admin::order, admin::schedule, runs::runs, runs::run, runs::items, runs::events,
        quarantine::held, quarantine::release, quarantine::drop_held, quarantine::purge,
        quarantine::withdraw, quarantine::restore, split::split,
        events::events, events::article, events::decide,
        tokens::tokens, tokens::revoke, tokens::audit,
        keys::keys, keys::make, keys::revoke,
        health::alive, health::ready, metrics::metrics,
    ),
    components(schemas(Problem)),
    tags(
        (name = "Partners", description = "for sites that show or copy articles; open to all, from any site"),
        (name = "Admin", description = "for editors and operators; needs a token"),
        (name = "Feeds", description = "for feed readers and people"),
        (name = "Operation", description = "for machines that watch over the service"),
    )
)]
struct Described;

static JSON: LazyLock<Bytes> = LazyLock::new(|| document().to_string().into());
static PAGE: LazyLock<Result<Bytes, String>> =
    LazyLock::new(|| page::render(&document()).map(Bytes::from).map_err(|error| error.to_string()));

/// Registers the paths.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/openapi.json").to(description)).service(web::resource("/docs").to(docs));
}

async fn description(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    answer::only_reads(&request)?;
    answer::tagged(&request, "application/json", JSON.clone())
}

async fn docs(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    answer::only_reads(&request)?;
    let page = PAGE.as_ref().map_err(|error| ApiError::Unavailable(error.clone()))?;
    let mut response = answer::tagged(&request, "text/html; charset=utf-8", page.clone())?;
    let policy = HeaderValue::from_static(assets::DOCS_CONTENT_SECURITY_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// The whole description.
fn document() -> Value {
    let mut document = serde_json::to_value(Described::openapi()).unwrap_or_default();
    // Relative to this document, so that it is right under whatever name the service is reached.
    document["servers"] = json!([{ "url": "./" }]);
    document["components"]["securitySchemes"] = json!({
        "token": { "type": "http", "scheme": "bearer", "description": "made by `harbinger token`" },
        "key": { "type": "http", "scheme": "bearer", "description": "of private feeds: made by `harbinger key`" },
        "address": { "type": "apiKey", "in": "query", "name": KEY, "description": "the same in the address" },
        "password": { "type": "http", "scheme": "basic", "description": "the same as the password, of any user" },
    });
    // Without a body everything is read.
    document["paths"]["/api/v1/admin/ingest"]["post"]["requestBody"]["required"] = json!(false);
    for (path, item) in documents::paths() {
        document["paths"][path] = item;
    }
    let Some(paths) = document["paths"].as_object_mut() else { return document };
    for (path, item) in paths {
        for operation in item.as_object_mut().into_iter().flat_map(|item| item.values_mut()) {
            common(path, operation);
        }
    }
    document
}

/// Whether a path can lead to what is private, for which a partner's key is needed.
fn is_for_partners(path: &str) -> bool {
    let is_feed = ["/feeds/", "/events/"].iter().any(|start| path.starts_with(start));
    is_feed || ["/api/v1/headlines", "/api/v1/changes"].contains(&path)
}

/// What every operation of a kind can answer.
fn common(path: &str, operation: &mut Value) {
    let problem = |description: &str| {
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        json!({ "description": description, "content": { "application/problem+json": { "schema": schema } } })
    };
    let has = |place: &str| {
        let parameters = operation["parameters"].as_array();
        parameters.is_some_and(|parameters| parameters.iter().any(|parameter| parameter["in"] == place))
    };
    let (has_query, has_name, has_body) = (has("query"), has("path"), !operation["requestBody"].is_null());
    let is_told = |status: &str| !operation["responses"][status].is_null();
    let (told, has_ranges) = (["400", "404", "503"].map(is_told), is_told("206"));
    if (has_query || has_body) && !told[0] {
        operation["responses"]["400"] = problem("something asked for cannot be understood");
    }
    if (has_name || has_query || has_body) && !told[1] {
        operation["responses"]["404"] = problem("there is nothing of this name");
    }
    if has_ranges {
        operation["responses"]["416"] = problem("`Range` asks for bytes that are not there");
    }
    if is_for_partners(path) {
        operation["responses"]["401"] = problem("it is private, and there is no valid key");
        operation["responses"]["401"]["headers"] = json!({ "WWW-Authenticate": { "schema": { "type": "string" } } });
        operation["responses"]["403"] = problem("it is private, and the key is for other feeds");
        operation["security"] = json!([{}, { "key": [] }, { "address": [] }, { "password": [] }]);
    }
    if path.starts_with(ADMIN) {
        operation["responses"]["401"] = problem("no valid token");
        operation["responses"]["401"]["headers"] = json!({ "WWW-Authenticate": { "schema": { "type": "string" } } });
        operation["responses"]["403"] = problem("the token's role is not enough");
        operation["security"] = json!([{ "token": [] }]);
    }
    if !told[2] {
        operation["responses"]["503"] = problem("the store does not answer; `Retry-After` says when to ask again");
    }
}
