//! Runs as an OpenTelemetry Collector is told of them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::faults::program::{Limit, Program};
use crate::faults::site::{self, Asked, Site};

/// A portal with two stories in its section, and one that is gone.
fn portal() -> Site {
    Site::answering(|asked| match site::number(&asked.path) {
        Some(3) => site::answer("404 Not Found", "", b""),
        Some(number) => site::html(&site::story(number)),
        None => site::html(&site::list("news", 1..4)),
    })
}

/// A collector that answers this to everything.
fn collector(status: &'static str) -> Site {
    Site::answering(move |_| site::answer(status, "Content-Type: application/json\r\n", b"{}"))
}

struct Span {
    id: String,
    parent: String,
    trace: String,
    name: String,
    status: Value,
    attributes: BTreeMap<String, Value>,
}

/// The spans in what a collector was told, and the name of the service.
fn spans(told: &[Asked]) -> (Vec<Span>, Value) {
    let (mut spans, mut service) = (Vec::new(), Value::Null);
    let attributes = |of: &Value| {
        let pairs = of["attributes"].as_array().unwrap().iter();
        let value = |pair: &Value| pair["value"].as_object().unwrap().values().next().unwrap().clone();
        pairs.map(|pair| (pair["key"].as_str().unwrap().to_owned(), value(pair))).collect::<BTreeMap<_, _>>()
    };
    for asked in told {
        assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/v1/traces"));
        let told: Value = serde_json::from_slice(&asked.body).unwrap();
        for of_service in told["resourceSpans"].as_array().unwrap() {
            service = attributes(&of_service["resource"])["service.name"].clone();
            for span in
                of_service["scopeSpans"].as_array().unwrap().iter().flat_map(|it| it["spans"].as_array().unwrap())
            {
                let text = |key: &str| span[key].as_str().unwrap_or_default().to_owned();
                let (id, parent, trace, name) = (text("spanId"), text("parentSpanId"), text("traceId"), text("name"));
                spans.push(Span {
                    id,
                    parent,
                    trace,
                    name,
                    status: span["status"].clone(),
                    attributes: attributes(span),
                });
            }
        }
    }
    (spans, service)
}

/// Holds that the run which read the pages of [`portal`] was told of as it was.
fn is_the_run(spans: Vec<Span>) {
    // The schedule may have ordered one besides.
    let trace = spans.iter().find(|span| span.name == "page").map(|span| span.trace.clone()).unwrap();
    let spans: Vec<Span> = spans.into_iter().filter(|span| span.trace == trace).collect();
    let named = |name: &str| spans.iter().filter(|span| span.name == name).collect::<Vec<_>>();
    let names = ["run", "section", "source", "page", "fetch", "parse", "store"];
    let counts = names.map(|name| (name, named(name).len()));
    assert_eq!(
        counts,
        [("run", 1), ("section", 1), ("source", 1), ("page", 3), ("fetch", 4), ("parse", 2), ("store", 1)]
    );
    let (run, section, source) = (named("run")[0], named("section")[0], named("source")[0]);
    assert!(run.parent.is_empty() && run.attributes.contains_key("run.id"));
    let pages = named("page");
    let is_below = |span: &Span, above: &Span| span.parent == above.id;
    assert!(is_below(section, run) && is_below(source, section) && is_below(named("store")[0], run));
    assert!(pages.iter().all(|page| is_below(page, section)));
    assert!(named("parse").iter().all(|parse| pages.iter().any(|page| is_below(parse, page))));
    let of_page = |fetch: &&Span| pages.iter().any(|page| is_below(fetch, page));
    let (of_pages, others): (Vec<&Span>, Vec<&Span>) = named("fetch").into_iter().partition(of_page);
    assert!(of_pages.len() == 3 && is_below(others[0], source));
    let outcomes: BTreeMap<&str, &str> = pages
        .iter()
        .map(|page| (page.attributes["url"].as_str().unwrap(), page.attributes["outcome"].as_str().unwrap()))
        .map(|(url, outcome)| (url.rsplit('_').next().unwrap(), outcome))
        .collect();
    assert_eq!(outcomes, BTreeMap::from([("1.html", "article"), ("2.html", "article"), ("3.html", "gone")]));
    let failed: Vec<&Span> = spans.iter().filter(|span| span.status["code"] == 2).collect();
    let says = |span: &&Span| span.status["message"].as_str().is_some_and(|message| message.contains("(404)"));
    assert!(failed.len() == 1 && failed[0].name == "fetch" && failed.iter().all(says));
}

#[test]
fn a_collector_is_told_of_a_run_its_sections_and_pages_and_what_was_done_for_each() {
    let (portal, collector) = (portal(), collector("200 OK"));
    let program = Program::with(&[("street.toml", portal.file("street", &["news"]))]);
    let server = program.serve_with(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url("")),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=of-the-collector"),
        ("OTEL_SERVICE_NAME", "feeds"),
        // What is logged is another matter.
        ("HARBINGER_LOG", "error,harbinger::cli::serve=info"),
    ]);
    assert_eq!(server.ingest().0, 202);
    // What waits is sent when it stops.
    assert_eq!(server.stop(), Some(0));
    let told = collector.asked();
    assert!(!told.is_empty() && told.iter().all(|asked| asked.head.contains("\r\nx-key: of-the-collector\r\n")));
    let (spans, service) = spans(&told);
    assert_eq!(service, "feeds");
    is_the_run(spans);
}

#[test]
fn a_run_from_the_command_line_is_traced_too() {
    let (portal, collector) = (portal(), collector("200 OK"));
    let program = Program::with(&[("street.toml", portal.file("street", &["news"]))]);
    let endpoint = collector.url("/v1/traces");
    let variables =
        [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", endpoint.as_str()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")];
    assert!(program.run_with(&variables, &["ingest"]).is_fine());
    let (spans, service) = spans(&collector.asked());
    assert_eq!(service, "harbinger");
    is_the_run(spans);
    assert!(program.run(Limit::None, &["ingest"]).is_fine());
    assert!(collector.asked().is_empty(), "without the variables nothing is sent");
}

#[test]
fn a_collector_that_fails_costs_one_line_of_the_log_and_no_run() {
    // What answers 503 is asked again and again.
    let (portal, busy) = (portal(), collector("503 Service Unavailable"));
    let program = Program::with(&[("street.toml", portal.file("street", &["news"]))]);
    for (run, endpoint) in [busy.url(""), "http://127.0.0.1:1".to_owned()].iter().enumerate() {
        let server = program.serve_with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)]);
        let (status, said) = server.ingest();
        assert!(status == 202 && said.contains("\"state\":\"done\""), "{status}: {said}");
        assert_eq!(server.get("/feeds/street/news.atom").0, 200);
        let said = server.stop_and_hear();
        assert_eq!(said.matches("traces do not reach the collector").count(), 1, "{run}: {said}");
    }
    assert!(busy.asked().len() > 1);
}

#[test]
fn a_variable_that_names_no_address_is_named_and_feeds_go_out_without_traces() {
    let program = Program::alone();
    let server = program.serve_with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "collector port 4318")]);
    assert_eq!(server.get("/readyz").0, 200);
    let said = server.stop_and_hear();
    assert!(said.contains("no traces are sent") && said.contains("OTEL_EXPORTER_OTLP_"), "{said}");
}
