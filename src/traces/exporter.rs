//! From spans to what a collector is sent: in batches, from a thread that nobody waits for.

use std::env;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::EnvResourceDetector;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

use crate::outside::Clients;
use crate::traces::collector::Collector;

/// The level of the spans, below all that is logged unless somebody asks for it.
const LEVEL: Level = Level::TRACE;
/// What names the service if no variable does.
const SERVICE: &str = "harbinger";
/// Spans that wait to be sent, some 2 MB of them; further ones are lost.
const WAITING_MAX: usize = 4 * 1024;
/// Spans sent at once.
const SENT_AT_ONCE: usize = 512;
/// The longest a span waits for others.
const PAUSE: Duration = Duration::from_secs(5);
/// How long the last spans may take once the program is told to stop; what is not sent by then is lost.
const FINISH_TIMEOUT: Duration = Duration::from_secs(3);

/// What has to be sent before the program ends.
pub struct Traces {
    provider: SdkTracerProvider,
}

/// Begins to send.
pub(super) fn start(clients: &Clients) -> Result<Traces, String> {
    let client = clients.client(true).map_err(|error| error.to_string())?.clone();
    let collector = Collector::new(client, Handle::current());
    let exporter = SpanExporter::builder().with_http().with_http_client(collector).build();
    let exporter = exporter.map_err(|error| error.to_string())?;
    let limits = BatchConfigBuilder::default()
        .with_max_queue_size(WAITING_MAX)
        .with_max_export_batch_size(SENT_AT_ONCE)
        .with_scheduled_delay(PAUSE)
        .build();
    let processor = BatchSpanProcessor::builder(exporter).with_batch_config(limits).build();
    let provider = SdkTracerProvider::builder().with_span_processor(processor).with_resource(resource()).build();
    Ok(Traces { provider })
}

impl Traces {
    /// What takes the spans of a program's runs, and what is logged in them, from where they are made.
    pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> impl Layer<S> {
        let tracer = self.provider.tracer(SERVICE);
        let layer = tracing_opentelemetry::layer().with_tracer(tracer);
        let layer = layer.with_location(false).with_threads(false).with_target(false).with_tracked_inactivity(false);
        // Libraries have spans of their own, also those that send ours.
        let own = Targets::new().with_target(env!("CARGO_CRATE_NAME"), LEVEL).with_default(LevelFilter::OFF);
        layer.with_filter(own)
    }

    /// Sends what still waits, if that does not take long.
    pub async fn finish(self) {
        let provider = self.provider;
        // The log has said what went wrong, if anything did.
        let _ = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(FINISH_TIMEOUT)).await;
    }
}

/// Who sends: `OTEL_RESOURCE_ATTRIBUTES`, and the service as `OTEL_SERVICE_NAME` has it.
fn resource() -> Resource {
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let resource = Resource::builder_empty()
        .with_attributes([KeyValue::new("service.name", SERVICE), version])
        .with_detector(Box::new(EnvResourceDetector::new()));
    match env::var("OTEL_SERVICE_NAME") {
        Ok(name) if !name.is_empty() => resource.with_service_name(name).build(),
        _ => resource.build(),
    }
}
