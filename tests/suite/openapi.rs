//! The description of the API says what the program does: each route is in it, and each answer is as it says.

use std::collections::BTreeSet;
use std::path::Path;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{House, TOKEN};

/// Every address that stands in the sources of the server as a route. The pages of the dashboard are a folder of their
/// own: they are for people, and no part of the API.
fn routes() -> BTreeSet<String> {
    let mut routes = BTreeSet::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(source) = std::fs::read_to_string(&path) else { continue };
        // Paths in tests lead anywhere.
        let source = source.split("#[cfg(test)]").next().unwrap();
        // Below the scope of the admin API, paths are written without it.
        let admin = if source.contains("scope(\"/api/v1/admin\")") || source.contains("below `/api/v1/admin`") {
            "/api/v1/admin"
        } else {
            ""
        };
        for call in ["web::resource(", "only(", "either("] {
            for after in source.split(call).skip(1) {
                let argument = after.trim_start().split([',', ')']).next().unwrap().trim();
                if let Some(path) = literal(argument) {
                    routes.insert(format!("{admin}{path}"));
                }
            }
        }
        // The ready documents are a list.
        let list = source.split("for path in [").nth(1).and_then(|rest| rest.split(']').next()).unwrap_or_default();
        routes.extend(list.split(',').filter_map(|argument| literal(argument.trim())));
    }
    routes
}

/// A path as it is written in the sources, or the constant it is written in elsewhere.
fn literal(argument: &str) -> Option<String> {
    if let Some(rest) = argument.strip_prefix('"') {
        return rest.split('"').next().map(str::to_owned);
    }
    let name = argument.rsplit("::").next().filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase()))?;
    let constant = format!("const {name}: &str = \"");
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut found = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Some(rest) = std::fs::read_to_string(&path).unwrap_or_default().split(&constant).nth(1) {
                found.extend(rest.split('"').next().filter(|value| value.starts_with('/')).map(str::to_owned));
            }
        }
    }
    assert!(found.len() == 1, "{argument} is not one path: {found:?}; give the constant a name of its own");
    found.pop_first()
}

/// Whether an address of the description is one that a route answers; names match any name.
fn answers(route: &str, path: &str) -> bool {
    if let Some(start) = route.split("{rest").next().filter(|_| route.contains(":.+}")) {
        let start = start.split("{feed").next().unwrap();
        return path.starts_with(start) && path != start;
    }
    let (mut ours, mut theirs) = (route.split('/'), path.split('/'));
    loop {
        match (ours.next(), theirs.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one == other || (one.starts_with('{') && other.starts_with('{')) => {}
            _ => return false,
        }
    }
}

#[actix_web::test]
async fn every_route_is_described_and_nothing_else() {
    let house = House::new().await;
    let document = house.json("openapi.json").await;
    assert_eq!(document["openapi"], "3.1.0");
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    let routes = routes();
    assert!(routes.len() > 25, "the sources are not read any more: {routes:?}");
    for route in &routes {
        assert!(paths.iter().any(|path| answers(route, path)), "{route} is not described in server/openapi");
    }
    // What no route answers is a 404 that says so, whatever the method.
    for path in paths {
        let address = path.replace(['{', '}'], "");
        let answer =
            house.client.get(house.url(address.trim_start_matches('/'))).bearer_auth(TOKEN).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        let is_nowhere = text.contains("nothing at this address") || text.contains("has no such path");
        assert!(status != StatusCode::NOT_FOUND || !is_nowhere, "{path} is described and not there");
    }
}

/// Asks, and holds the answer against what the description says of this status.
async fn check(house: &House, document: &Value, method: Method, template: &str, address: &str, body: Option<Value>) {
    let mut request = house.client.request(method.clone(), house.url(address)).bearer_auth(TOKEN);
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16().to_string();
    let response = &document["paths"][template][method.as_str().to_lowercase()]["responses"][&status];
    assert!(response.is_object(), "{method} {address}: {status} is not described");
    let Some(content) = response["content"].as_object() else {
        assert!(answer.bytes().await.unwrap().is_empty(), "{method} {address}: a body that is not described");
        return;
    };
    let content_type = answer.headers()["content-type"].to_str().unwrap().to_owned();
    let described = content.get(&content_type).unwrap_or_else(|| panic!("{method} {address}: {content_type}"));
    let text = answer.text().await.unwrap();
    if !content_type.contains("json") {
        return;
    }
    let schema = json!({ "$ref": "#/wanted", "wanted": described["schema"], "components": document["components"] });
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{method} {address} {status}: {wrong:?}");
}

#[actix_web::test]
async fn every_answer_is_as_it_is_described() {
    let house = House::with_articles().await;
    let document = house.json("openapi.json").await;
    let id = house.items("feeds/binghe").await[0]["id"].as_str().unwrap().replace("urn:uuid:", "");
    let get =
        |template: &'static str, address: String| check(&house, &document, Method::GET, template, leak(address), None);
    for (template, address) in [
        ("/api/v1/changes", "api/v1/changes?limit=500".to_owned()),
        ("/api/v1/changes", "api/v1/changes?feed=nobody".to_owned()),
        ("/api/v1/changes", "api/v1/changes?limit=x".to_owned()),
        ("/api/v1/changes", "api/v1/changes?after=999999".to_owned()),
        ("/api/v1/articles/{id}", format!("api/v1/articles/{id}")),
        ("/api/v1/articles/{id}", "api/v1/articles/none".to_owned()),
        ("/oembed", "oembed?url=https://feeds.example/feeds/binghe".to_owned()),
        ("/oembed", "oembed?url=x&format=xml".to_owned()),
        ("/feeds/{portal}.json", "feeds/binghe.json".to_owned()),
        ("/feeds/{portal}/{section}.rss", "feeds/binghe/yw.rss?limit=0".to_owned()),
        ("/embed/{portal}", "embed/binghe".to_owned()),
        ("/healthz", "healthz".to_owned()),
        ("/readyz", "readyz".to_owned()),
        ("/metrics", "metrics".to_owned()),
        ("/api/v1/admin/runs", "api/v1/admin/runs".to_owned()),
        ("/api/v1/admin/runs/{id}", "api/v1/admin/runs/1".to_owned()),
        ("/api/v1/admin/runs/{id}", "api/v1/admin/runs/99".to_owned()),
        ("/api/v1/admin/runs/{id}/items", "api/v1/admin/runs/1/items?limit=7".to_owned()),
        ("/api/v1/admin/runs/{id}/events", "api/v1/admin/runs/1/events".to_owned()),
        ("/api/v1/admin/schedule", "api/v1/admin/schedule".to_owned()),
        ("/api/v1/admin/quarantine", "api/v1/admin/quarantine".to_owned()),
        ("/api/v1/admin/tokens", "api/v1/admin/tokens".to_owned()),
        ("/api/v1/admin/audit", "api/v1/admin/audit".to_owned()),
        ("/api/v1/admin/keys", "api/v1/admin/keys".to_owned()),
    ] {
        get(template, address).await;
    }
    let order =
        |body: Value| check(&house, &document, Method::POST, "/api/v1/admin/ingest", "api/v1/admin/ingest", Some(body));
    for body in [
        json!({}),
        json!({ "portal": "binghe", "section": "yw" }),
        json!({ "portal": 7 }),
        json!({ "x": 1 }),
        json!([]),
    ] {
        order(body).await;
    }
    house.settle().await;
    for body in [json!({ "name": "a", "days": 9 }), json!({ "name": "a" }), json!({ "days": 9 })] {
        let path = "/api/v1/admin/keys";
        check(&house, &document, Method::POST, path, "api/v1/admin/keys", Some(body)).await;
    }
    get("/api/v1/admin/keys", "api/v1/admin/keys".to_owned()).await;
    check(&house, &document, Method::DELETE, "/api/v1/admin/keys/{name}", "api/v1/admin/keys/a", None).await;
    let article = leak(format!("api/v1/admin/articles/{id}"));
    let restore = leak(format!("api/v1/admin/articles/{id}/restore"));
    check(&house, &document, Method::DELETE, "/api/v1/admin/articles/{id}", article, None).await;
    get("/api/v1/articles/{id}", format!("api/v1/articles/{id}")).await;
    for _ in 0..2 {
        check(&house, &document, Method::POST, "/api/v1/admin/articles/{id}/restore", restore, None).await;
    }
    check(&house, &document, Method::DELETE, "/api/v1/admin/runs/{id}/articles", "api/v1/admin/runs/1/articles", None)
        .await;
    get("/api/v1/admin/audit", "api/v1/admin/audit".to_owned()).await;
}

/// A test's addresses live as long as the test.
fn leak(address: String) -> &'static str {
    Box::leak(address.into_boxed_str())
}

#[actix_web::test]
async fn the_page_of_the_api_has_a_form_for_each_operation() {
    let house = House::new().await;
    let document = house.json("openapi.json").await;
    let answer = house.get("docs").await;
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    let html = answer.text().await.unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let label = format!("aria-label=\"Try {} {path}\"", method.to_uppercase());
            assert!(html.contains(&label), "{method} {path}");
        }
    }
    assert!(!html.contains("href=\"http") && !html.contains("src=\"http"), "it asks another site");
}
