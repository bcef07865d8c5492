//! Runs as traces for an OpenTelemetry Collector: a run, its sections, their sources and pages, what was fetched, parsed
//! and stored. Only the standard environment variables are asked; unless they name a collector, nothing of it is there.

use std::env;

use crate::outside::Clients;

#[cfg(feature = "otel")]
mod collector;
#[cfg(feature = "otel")]
mod exporter;

#[cfg(not(feature = "otel"))]
#[path = "absent.rs"]
mod exporter;

pub use exporter::Traces;

/// The variables that name a collector, the stronger first.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

/// Begins to send traces through `clients`; `None` if no variable names a collector. The error says what is wrong with
/// the variables, or that this build knows no traces. Needs a Tokio runtime.
pub fn start(clients: &Clients) -> Result<Option<Traces>, String> {
    if is_wanted(|name| env::var(name).ok()) { exporter::start(clients).map(Some) } else { Ok(None) }
}

/// Whether the variables name a collector and none switches tracing off.
fn is_wanted(variable: impl Fn(&str) -> Option<String>) -> bool {
    let is = |name: &str, word: &str| variable(name).is_some_and(|value| value.trim().eq_ignore_ascii_case(word));
    let names_one = ENDPOINTS.iter().any(|name| variable(name).is_some_and(|value| !value.trim().is_empty()));
    names_one && !is("OTEL_SDK_DISABLED", "true") && !is("OTEL_TRACES_EXPORTER", "none")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_are_sent_only_where_a_variable_names_a_collector_and_none_forbids_it() {
        let check = |variables: &[(&str, &str)], expected: bool| {
            let variable = |name: &str| variables.iter().find(|it| it.0 == name).map(|it| it.1.to_owned());
            assert_eq!(is_wanted(variable), expected, "{variables:?}");
        };
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
        check(&[], false);
        check(&[("OTEL_EXPORTER_OTLP_ENDPOINT", " ")], false);
        check(&[endpoint], true);
        check(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:4318/v1/traces")], true);
        check(&[endpoint, ("OTEL_SDK_DISABLED", "True")], false);
        check(&[endpoint, ("OTEL_TRACES_EXPORTER", "none")], false);
        check(&[endpoint, ("OTEL_TRACES_EXPORTER", "otlp"), ("OTEL_SDK_DISABLED", "false")], true);
    }
}
