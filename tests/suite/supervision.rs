//! What an operator's machinery is told: systemd, the log, Grafana.

use std::collections::BTreeSet;
use std::os::unix::net::UnixDatagram;

use serde_json::Value;

use crate::faults::program::Limit;
use crate::faults::program::Program;
use crate::faults::site;
use crate::house::House;

/// The next thing systemd is told.
fn told(socket: &UnixDatagram) -> String {
    let mut buffer = [0; 1024];
    let length = socket.recv(&mut buffer).unwrap();
    String::from_utf8_lossy(&buffer[..length]).trim().to_owned()
}

#[test]
fn systemd_is_told_that_the_server_is_ready_that_it_lives_and_that_it_stops() {
    let program = Program::alone();
    let socket = UnixDatagram::bind(program.path("notify")).unwrap();
    let place = program.path("notify").display().to_string();
    let server = program.serve_with(&[("NOTIFY_SOCKET", &place), ("WATCHDOG_USEC", "200000")]);
    assert_eq!(told(&socket), "READY=1");
    assert_eq!(server.get("/readyz").0, 200);
    for _ in 0..3 {
        assert_eq!(told(&socket), "WATCHDOG=1");
    }
    assert_eq!(server.stop(), Some(0));
    let last = std::iter::from_fn(|| Some(told(&socket))).find(|told| told != "WATCHDOG=1");
    assert_eq!(last.as_deref(), Some("STOPPING=1"));
}

#[cfg(not(feature = "otel"))]
#[test]
fn a_build_without_traces_says_so_where_a_variable_names_a_collector_and_goes_on() {
    let program = Program::alone();
    let said = program.run_with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")], &["ingest"]);
    assert!(said.err.contains("no traces are sent") && said.err.contains("feature otel"), "{}", said.err);
    assert!(said.out.starts_with("run 1: 0 of 1 sources"), "{}", said.out);
    assert!(!program.run(Limit::None, &["ingest"]).err.contains("traces"));
}

fn lines(said: &str) -> Vec<Value> {
    said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[test]
fn every_line_of_a_run_has_its_number_and_every_line_of_a_request_a_name_of_our_own() {
    let portal = site::Site::answering(|asked| match site::number(&asked.path) {
        // One page that is held back: the run warns of it.
        Some(number) => site::html(&site::story(number)),
        None => site::html(&site::list("news", 1..3)),
    });
    let program = Program::with(&[("street.toml", portal.file("street", &["news"]))]);
    let server = program.serve_with(&[("HARBINGER_LOG_FORMAT", "json"), ("HARBINGER_LOG", "harbinger=debug")]);
    assert_eq!(server.ingest().0, 202);
    let (_, fields, _) =
        server.ask("GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-Id: mine\r\n\r\n");
    let id = fields.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap().to_owned();
    assert!(id != "mine" && id.len() == 32, "{id}");
    let lines = lines(&server.stop_and_hear());
    let of_run: Vec<&Value> = lines.iter().filter(|line| line["span"]["name"] == "run").collect();
    let ended =
        of_run.iter().find(|line| line["fields"]["message"].as_str().is_some_and(|it| it.starts_with("run 1:")));
    assert_eq!(ended.unwrap()["span"]["run.id"], 1);
    assert!(of_run.iter().all(|line| line["span"]["run.id"].is_i64()), "{of_run:?}");
    let answered = |path: &str| {
        lines.iter().find(|line| line["fields"]["path"] == path && line["fields"]["request.id"].is_string()).cloned()
    };
    assert_eq!(answered("/nowhere").unwrap()["fields"]["request.id"], *id);
    assert_ne!(answered("/api/v1/admin/ingest").unwrap()["fields"]["request.id"], *id);
}

#[test]
fn a_feed_that_is_answered_carries_no_name_of_its_request_unless_a_line_is_written() {
    let portal = site::growing(&std::sync::Arc::new(std::sync::Mutex::new(2)));
    let program = Program::with(&[("street.toml", portal.file("street", &["news"]))]);
    assert!(program.run(Limit::None, &["ingest"]).is_fine());
    let server = program.serve();
    let (status, fields, _) = server.get("/feeds/street/news.rss");
    assert!(status == 200 && !fields.contains("x-request-id"), "{fields}");
}

/// The names of metrics in an expression.
fn metrics(expression: &str) -> impl Iterator<Item = String> {
    let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("harbinger_")).map(str::to_owned)
}

#[actix_web::test]
async fn every_metric_of_the_grafana_dashboard_and_the_alerts_is_one_that_is_given() {
    let house = House::with_articles().await;
    house
        .client
        .get(house.url("feeds/binghe.rss"))
        .header("user-agent", "Reader (3 subscribers)")
        .send()
        .await
        .unwrap();
    let text = house.text("metrics").await;
    let given: BTreeSet<&str> =
        text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split(['{', ' ']).next()).collect();
    let dashboard: Value = serde_json::from_str(include_str!("../../packaging/grafana.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    let mut named: Vec<String> = targets.flat_map(|target| metrics(target["expr"].as_str().unwrap())).collect();
    assert!(panels.len() > 10 && named.len() >= panels.len(), "{named:?}");
    named.extend(metrics(include_str!("../../packaging/alerts.yaml")));
    let unknown: Vec<&String> = named.iter().filter(|name| !given.contains(name.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?} of {given:?}");
}

#[test]
fn the_unit_waits_for_the_word_and_lets_it_through() {
    let unit = include_str!("../../packaging/harbinger.service");
    for line in ["Type=notify", "WatchdogSec=120", "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX"] {
        assert!(unit.lines().any(|it| it == line), "{line}");
    }
}
