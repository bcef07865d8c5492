//! The ready documents in the description: feeds, pages and files, all of one handler.

use serde_json::{Value, json};

use crate::model::feed::{FeedKey, Format};
use crate::model::part::LIMITS;
use crate::publish::{assets, embed, front, opml, sitemap};
use crate::text::search::QUERY_CHARS_MAX;

/// Each path with its item.
pub fn paths() -> Vec<(String, Value)> {
    let mut paths = Vec::new();
    let name = |text: &str| text.to_owned();
    let keys = [
        (FeedKey::All, "all portals together"),
        (FeedKey::Portal(name("{portal}")), "a portal"),
        (FeedKey::Section(name("{portal}"), name("{section}")), "a section"),
        (FeedKey::Event(name("{event}")), "an event"),
    ];
    for (key, what) in &keys {
        for (format, called) in [
            (Format::Rss, "RSS 2.0"),
            (Format::Atom, "Atom 1.0"),
            (Format::Json, "JSON Feed 1.1"),
            (Format::Html, "page"),
        ] {
            let path = key.format_path(format);
            let mut query = part();
            if path == "/" {
                // Its only parts are those that have the words asked for.
                query.retain(|parameter| parameter["name"] != "page");
            }
            if format == Format::Html {
                query.retain(|parameter| parameter["name"] != "v");
                query.push(language());
            }
            paths.push((path.clone(), item(&path, &format!("The {called} of {what}"), format.content_type(), query)));
        }
        if let Some(path) = embed::path(key) {
            let summary = format!("The headline box of {what}, for frames");
            paths.push((path.clone(), item(&path, &summary, Format::Html.content_type(), boxed())));
        }
    }
    let text = "text/plain; charset=utf-8";
    let script = "text/javascript; charset=utf-8";
    for (path, summary, content_type) in [
        ("/feed.xml", "The RSS 2.0 of all portals together, where readers also look", Format::Rss.content_type()),
        (front::OPML_PATH, "Every feed, as OPML 2.0", opml::CONTENT_TYPE),
        (sitemap::PATH, "What is new, for search engines", "application/xml; charset=utf-8"),
        (front::ROBOTS_PATH, "What crawlers may read", text),
        (assets::FAVICON_PATH, "The icon", "image/x-icon"),
        (assets::LOGO_PATH, "The logo", "image/png"),
        (assets::WIDGET_PATH, "The widget for partner pages", script),
        ("/openapi.json", "This description", "application/json"),
        ("/docs", "A page to read and try the API", Format::Html.content_type()),
    ] {
        let query = if path == "/feed.xml" { part() } else { Vec::new() };
        paths.push((path.to_owned(), item(path, summary, content_type, query)));
    }
    let assets = item("/assets/{file}", "A stylesheet or script of the pages", "text/css; charset=utf-8", Vec::new());
    paths.push(("/assets/{file}".to_owned(), assets));
    paths.push((front::HUB_PATH.to_owned(), hub()));
    paths
}

/// The WebSub hub, whose answers are plain text as its standard asks.
fn hub() -> Value {
    let text =
        |what: &str| json!({ "description": what, "content": { "text/plain": { "schema": { "type": "string" } } } });
    let form = json!({
        "type": "object",
        "required": ["hub.mode", "hub.topic", "hub.callback"],
        "properties": {
            "hub.mode": { "type": "string", "enum": ["subscribe", "unsubscribe"] },
            "hub.topic": { "type": "string", "description": "the address of a feed, as its `self` link names it" },
            "hub.callback": { "type": "string", "description": "where changes are sent to" },
            "hub.secret": { "type": "string", "maxLength": 199, "description": "signs what is sent" },
            "hub.lease_seconds": { "type": "integer", "description": "for how long" },
        },
    });
    json!({ "post": {
        "tags": ["Feeds"],
        "summary": "Subscribe to a feed, or end a subscription (WebSub)",
        "operationId": "post /hub",
        "parameters": [],
        "requestBody": { "required": true, "content": { "application/x-www-form-urlencoded": { "schema": form } } },
        "responses": {
            "202": text("the callback will be asked to confirm this"),
            "400": text("a parameter is missing or wrong"),
            "403": text("no subscription for this callback: its host is full or not allowed"),
            "404": text("there is no such topic"),
            "413": text("the body is too large"),
            "415": text("the body is no form"),
            "429": text("too many requests; `Retry-After` says when to ask again"),
            "503": text("the hub cannot answer now; `Retry-After` says when to ask again"),
        },
    } })
}

fn item(path: &str, summary: &str, content_type: &str, mut parameters: Vec<Value>) -> Value {
    for name in path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
        parameters.push(json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    }
    let schema = if content_type.contains("json") { json!({ "type": "object" }) } else { json!({ "type": "string" }) };
    let content = json!({ content_type: { "schema": schema } });
    let mut operation = json!({
        "tags": ["Feeds"],
        "summary": summary,
        "operationId": format!("get {path}"),
        "parameters": parameters,
        "responses": {
            "200": { "description": "the document", "content": content },
            "304": { "description": "the client has it already (`If-None-Match`, `If-Modified-Since`)" },
        },
    });
    if !matches!(path, "/openapi.json" | "/docs") {
        operation["responses"]["206"] = json!({ "description": "the bytes that `Range` asks for", "content": content });
    }
    if [Format::Rss, Format::Atom, Format::Json].iter().any(|format| format.content_type() == content_type) {
        let description = "what came after the version in `If-None-Match`, for `A-IM: feed` (RFC 3229)";
        operation["responses"]["226"] = json!({ "description": description, "content": content });
    }
    json!({ "get": operation })
}

fn query(name: &str, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "required": false, "description": description, "schema": schema })
}

/// Which part of a feed: see [`crate::model::part::Part`].
fn part() -> Vec<Value> {
    let limit = json!({ "type": "integer", "minimum": LIMITS.start(), "maximum": LIMITS.end() });
    let q = json!({ "type": "string", "maxLength": QUERY_CHARS_MAX });
    let number = || json!({ "type": "integer", "minimum": 1, "maximum": i64::MAX });
    vec![
        query("limit", "how many entries, instead of 50", limit),
        query("q", "words that must be in an entry, in either Chinese script; phrases in quotes", q),
        query("page", "an archive page, as the links of the feed number them", number()),
        query(
            "v",
            "the version of that page, as the links of the feed name it: then it may be kept for ever",
            // Whatever was never a version is answered like one that has passed.
            json!({ "type": "string" }),
        ),
        query("before", "what is older than an article, as the links of the feed name it", number()),
    ]
}

fn language() -> Value {
    let description =
        "the language of our own words, `zh-Hans`, `zh-Hant` or `en`, instead of what `Accept-Language` says";
    query("lang", description, json!({ "type": "string" }))
}

fn boxed() -> Vec<Value> {
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": embed::HEADLINES_MAX });
    let theme = json!({ "type": "string", "enum": ["auto", "light", "dark"] });
    vec![query("limit", "how many headlines, instead of 10", limit), query("theme", "the colours", theme)]
}
