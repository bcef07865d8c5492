//! Where log lines go, to stderr, for people or as JSON; and traces, to a collector if there is one.

use std::io::{IsTerminal, stderr};

use tracing::{Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt, registry};

use crate::config::settings::{LogFormat, Settings};
use crate::outside::Clients;
use crate::service;
use crate::traces::{self, Traces};

/// What libraries say of their own threads is of no use to an operator.
const QUIET: &str = "actix_server=warn,actix_http=warn";

/// Starts logging as the settings say, and tracing as the environment says; a filter that cannot be read counts as
/// `info`.
pub(super) fn start(settings: &Settings) -> Option<Traces> {
    let filter = EnvFilter::try_new(format!("{QUIET},{}", settings.log)).unwrap_or_else(|error| {
        eprintln!("harbinger: log = {:?} cannot be read ({error}); using “info”", settings.log);
        EnvFilter::new("info")
    });
    let traces = traces(settings);
    match &traces {
        // A filter for all costs less than one for each.
        None => registry().with(filter).with(lines(settings)).init(),
        Some(traces) => registry().with(lines(settings).with_filter(filter)).with(traces.layer()).init(),
    }
    traces
}

/// Starts tracing for a command that shows its progress and logs nothing but what is wrong with tracing.
pub(super) fn start_traces(settings: &Settings) -> Option<Traces> {
    let traces = traces(settings)?;
    let complaints = Targets::new().with_target("harbinger::traces", Level::WARN);
    registry().with(lines(settings).with_filter(complaints)).with(traces.layer()).init();
    Some(traces)
}

fn lines<S: Subscriber + for<'a> LookupSpan<'a>>(settings: &Settings) -> Box<dyn Layer<S> + Send + Sync> {
    let lines = fmt::layer().with_writer(stderr).with_ansi(stderr().is_terminal()).with_target(false);
    match settings.log_format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    }
}

/// Feeds go out also where traces cannot.
fn traces(settings: &Settings) -> Option<Traces> {
    let clients = Clients::new(service::user_agent(&settings.contact)).map_err(|error| error.to_string());
    clients.and_then(|clients| traces::start(&clients)).unwrap_or_else(|error| {
        eprintln!("harbinger: no traces are sent: {error}; look at the variables OTEL_EXPORTER_OTLP_…");
        None
    })
}
