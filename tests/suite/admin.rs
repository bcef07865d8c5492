//! The admin API: orders runs, shows what they did, and lets nobody else in.

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::house::{House, TOKEN};

async fn order(house: &House, body: &str) -> Response {
    let request = house.client.post(house.url("api/v1/admin/ingest")).bearer_auth(TOKEN);
    request.header("content-type", "application/json").body(body.to_owned()).send().await.unwrap()
}

async fn json(response: Response) -> Value {
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

async fn get(house: &House, path: &str) -> Value {
    let response = house.client.get(house.url(path)).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    json(response).await
}

#[actix_web::test]
async fn without_a_valid_token_every_admin_path_answers_401_and_tells_nothing() {
    let house = House::new().await;
    for path in ["ingest", "runs", "runs/1", "schedule", "nothing"] {
        let url = house.url(&format!("api/v1/admin/{path}"));
        let mut answers = vec![house.client.get(&url).send().await.unwrap()];
        for token in ["", "wrong", &TOKEN[1..], &"x".repeat(600)] {
            answers.push(house.client.post(&url).bearer_auth(token).send().await.unwrap());
        }
        answers.push(house.client.get(&url).basic_auth("admin", Some(TOKEN)).send().await.unwrap());
        for answer in answers {
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
            assert_eq!(answer.headers()["www-authenticate"], "Bearer");
            let problem = json(answer).await;
            assert_eq!(problem["detail"], "this needs a valid token");
        }
    }
    assert!(house.portal.requests().is_empty());
}

#[actix_web::test]
async fn an_ordered_run_is_accepted_and_its_record_tells_what_it_did() {
    let house = House::new().await;
    let answer = order(&house, r#"{"portal": "binghe", "section": "yw"}"#).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let record = json(answer).await;
    assert_eq!(location, format!("/api/v1/admin/runs/{}", record["id"]));
    assert_eq!(record["trigger"], "admin");
    assert_eq!(record["scope"], json!({"portal": "binghe", "section": "yw", "url": null}));
    house.running().service.queue.finish().await;
    let record = get(&house, &location[1..]).await;
    assert_eq!(record["state"], "done");
    assert!(record["new"].as_u64().unwrap() > 3, "{record}");
    assert_eq!(record["sources_ok"], 1);
    assert!(record["finished"].is_string());
    let keys: Vec<&str> = record.as_object().unwrap().keys().map(String::as_str).collect();
    for key in [
        "id",
        "trigger",
        "scope",
        "state",
        "started",
        "finished",
        "sources_ok",
        "sources_failed",
        "discovered",
        "fetched",
        "not_modified",
        "new",
        "updated",
        "unchanged",
        "copies",
        "quarantined",
        "gone",
        "failed",
        "errors",
    ] {
        assert!(keys.contains(&key), "{key} is missing");
    }
    let runs = get(&house, "api/v1/admin/runs").await;
    assert_eq!(runs["runs"][0]["id"], record["id"]);
}

#[actix_web::test]
async fn a_second_order_for_the_same_scope_answers_the_run_that_waits() {
    let house = House::new().await;
    house.portal.delay("/yw/", std::time::Duration::from_secs(3));
    let first = json(order(&house, r#"{"portal": "binghe", "section": "yw"}"#).await).await;
    let second = json(order(&house, r#"{"portal": "binghe", "section": "yw"}"#).await).await;
    let other = json(order(&house, r#"{"portal": "binghe", "section": "ms"}"#).await).await;
    assert_eq!(first["id"], second["id"]);
    assert_ne!(first["id"], other["id"]);
    house.running().service.queue.finish().await;
    let third = json(order(&house, r#"{"portal": "binghe", "section": "yw"}"#).await).await;
    assert_ne!(first["id"], third["id"]);
}

#[actix_web::test]
async fn an_order_that_makes_no_sense_is_refused_with_what_is_wrong() {
    let house = House::new().await;
    for (body, status, word) in [
        ("{", 400, "the body"),
        (r#"{"portal": 7}"#, 400, "the body"),
        (r#"{"portals": "binghe"}"#, 400, "portals"),
        (r#"{"portal": "nobody"}"#, 404, "binghe"),
        (r#"{"portal": "binghe", "section": "nothing"}"#, 404, "yw"),
        (r#"{"url": "file:///etc/passwd"}"#, 400, "http"),
        (r#"{"url": "https://elsewhere.example/a.html"}"#, 400, "section"),
    ] {
        let answer = order(&house, body).await;
        assert_eq!(answer.status().as_u16(), status, "{body}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let problem = json(answer).await;
        assert!(problem["detail"].as_str().unwrap().contains(word), "{body}: {problem}");
    }
    let large = order(&house, &format!("{{\"portal\": \"{}\"}}", "x".repeat(20_000))).await;
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let form = house.client.post(house.url("api/v1/admin/ingest")).bearer_auth(TOKEN).body("portal=binghe");
    assert_eq!(form.send().await.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let wrong = house.client.delete(house.url("api/v1/admin/runs")).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(wrong.headers()["allow"], "GET");
}

#[actix_web::test]
async fn the_schedule_shows_a_failing_section_and_since_when() {
    let house = House::new().await;
    house.portal.fail("/yw/", 500);
    house.ingest(crate::house::section("binghe", "yw")).await;
    let schedule = get(&house, "api/v1/admin/schedule").await;
    let sections = schedule["sections"].as_array().unwrap();
    let failing = sections.iter().find(|section| section["section"] == "yw").unwrap();
    assert_eq!(failing["failing_since"], "2026-01-16T00:00:00Z");
    assert_eq!(failing["last_success"], Value::Null);
    assert!(failing["error"].as_str().unwrap().contains("500"), "{failing}");
    assert_eq!(sections.len(), 10);
}
