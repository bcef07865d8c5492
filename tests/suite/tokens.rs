//! Tokens: each is good for its role, until it ends, and what is done with it is written down.

use std::process::{Command, Output};

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::house::{House, time};

async fn token(house: &House, arguments: &[&str]) -> Output {
    let data_dir = house.data_dir().to_owned();
    let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
    let work = move || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_harbinger"));
        let program = program.env_clear().current_dir(&data_dir).arg("token").arg("--data-dir").arg(&data_dir);
        program.args(arguments).output().unwrap()
    };
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// Makes a token while the service runs, and returns it.
async fn made(house: &House, arguments: &[&str]) -> String {
    let output = token(house, arguments).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn list(house: &House) -> String {
    String::from_utf8(token(house, &["list"]).await.stdout).unwrap()
}

async fn ask(house: &House, method: Method, path: &str, token: &str) -> (StatusCode, Value) {
    let request = house.client.request(method, house.url(&format!("api/v1/admin/{path}"))).bearer_auth(token);
    let answer = request.send().await.unwrap();
    let status = answer.status();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
}

#[actix_web::test]
async fn a_token_is_good_for_its_role_and_nothing_more() {
    let house = House::with_articles().await;
    let item = &house.items("feeds/binghe/yw").await[0];
    let article = format!("articles/{}", item["id"].as_str().unwrap().trim_start_matches("urn:uuid:"));
    let ingest = made(&house, &["--name", "nightly", "--role", "ingest"]).await;
    let editor = made(&house, &["--name", "desk", "--role", "editor"]).await;
    let admin = made(&house, &["--name", "root"]).await;
    for (method, path, least) in [
        (Method::GET, "runs", 0),
        (Method::GET, "schedule", 0),
        (Method::GET, "quarantine", 1),
        (Method::DELETE, article.as_str(), 1),
        (Method::DELETE, "runs/999/articles", 2),
        (Method::GET, "tokens", 2),
        (Method::GET, "audit", 2),
        (Method::DELETE, "tokens/nobody", 2),
    ] {
        for (rank, token) in [&ingest, &editor, &admin].into_iter().enumerate() {
            let (status, problem) = ask(&house, method.clone(), path, token).await;
            assert_eq!(status == StatusCode::FORBIDDEN, rank < least, "{method} {path} {rank}: {status} {problem}");
            assert_ne!(status, StatusCode::UNAUTHORIZED);
        }
    }
    let (_, problem) = ask(&house, Method::GET, "tokens", &ingest).await;
    assert_eq!(problem["detail"], "this needs a token with the role admin; yours has the role ingest");
}

#[actix_web::test]
async fn a_token_ends_when_it_is_revoked_or_its_days_are_over() {
    let house = House::new().await;
    let short = made(&house, &["--name", "short", "--days", "400"]).await;
    let long = made(&house, &["--name", "long"]).await;
    assert_eq!(ask(&house, Method::GET, "runs", &short).await.0, StatusCode::OK);
    let said = list(&house).await;
    assert!(said.contains("short") && said.contains("long") && said.contains("2026-01-16 00:00 UTC"), "{said}");
    assert!(!said.contains(&short), "the token itself is not kept");
    house.clock.move_to(time("2999-01-01T00:00:00Z"));
    assert_eq!(ask(&house, Method::GET, "runs", &short).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&house, Method::GET, "runs", &long).await.0, StatusCode::OK);
    assert!(token(&house, &["revoke", "long"]).await.status.success());
    assert_eq!(ask(&house, Method::GET, "runs", &long).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(token(&house, &["revoke", "long"]).await.status.code(), Some(1));
}

#[actix_web::test]
async fn two_tokens_never_share_a_name() {
    let house = House::new().await;
    made(&house, &["--name", "desk"]).await;
    let second = token(&house, &["--name", "desk"]).await;
    assert_eq!(second.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&second.stderr).contains("there is a token “desk” already"));
    assert!(second.stdout.is_empty());
    for wrong in [&["--name", ""][..], &["--role", "king"], &["--days", "0"]] {
        assert!(!token(&house, wrong).await.status.success(), "{wrong:?}");
    }
}

#[actix_web::test]
async fn every_deed_stands_in_the_audit_log_with_the_name_of_its_token() {
    let house = House::new().await;
    let desk = made(&house, &["--name", "desk", "--role", "editor"]).await;
    let root = made(&house, &["--name", "root"]).await;
    let url = house.url("api/v1/admin/ingest");
    let order = house.client.post(url).bearer_auth(&desk).header("content-type", "application/json");
    assert_eq!(order.body(r#"{"portal": "binghe"}"#).send().await.unwrap().status(), StatusCode::ACCEPTED);
    ask(&house, Method::DELETE, "quarantine/7", &desk).await;
    ask(&house, Method::GET, "runs", &desk).await;
    let (_, audit) = ask(&house, Method::GET, "audit?limit=10", &root).await;
    let deeds: Vec<_> = audit["deeds"].as_array().unwrap().iter().map(|deed| deed.to_string()).collect();
    assert_eq!(deeds.len(), 4, "reading is no deed: {deeds:?}");
    let newest = &audit["deeds"][0];
    assert_eq!((&newest["token"], &newest["method"]), (&"desk".into(), &"DELETE".into()));
    assert_eq!((&newest["path"], &newest["status"]), (&"/api/v1/admin/quarantine/7".into(), &404.into()));
    assert_eq!(audit["deeds"][1]["result"], "/api/v1/admin/runs/1");
    let older = ask(&house, Method::GET, &format!("audit?before={}", newest["id"]), &root).await.1;
    assert_eq!(older["deeds"].as_array().unwrap().len(), 3);
    let first = &audit["deeds"][3];
    assert_eq!(
        (&first["token"], &first["method"], &first["status"]),
        (&"the command line".into(), &"CLI".into(), &0.into())
    );
    assert_eq!(first["path"], "harbinger token --name desk --role editor");
    house.running().service.queue.finish().await;
}
