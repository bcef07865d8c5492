//! What the store knows, as gauges.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use crate::model::condition::Condition;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct SectionLabels {
    portal: String,
    section: String,
}

/// Registers how things stand.
pub(super) fn register(condition: &Condition, registry: &mut Registry) {
    let mut gauge = |name: &str, help: &str, value: i64| {
        let gauge: Gauge = Gauge::default();
        gauge.set(value);
        registry.register(name, help, gauge);
    };
    gauge("articles", "Articles that stand in feeds", condition.articles);
    gauge("quarantine", "Pages held back until an editor decides", condition.quarantined);
    gauge("runs_queued", "Runs that wait for their turn", condition.queued);
    gauge("runs_running", "Runs at work", condition.running);
    let bytes: Gauge = Gauge::default();
    bytes.set(condition.database_bytes);
    registry.register_with_unit("database", "The database without its log", Unit::Bytes, bytes);
    let (success, failures) = (Family::<SectionLabels, Gauge>::default(), Family::<SectionLabels, Gauge>::default());
    for section in &condition.sections {
        let labels = SectionLabels { portal: section.portal.clone(), section: section.section.clone() };
        success.get_or_create(&labels).set(section.succeeded_s);
        failures.get_or_create(&labels).set(section.failures);
    }
    let help = "When all sources of the section were read last, since 1970; 0 if never";
    registry.register_with_unit("section_last_success_timestamp", help, Unit::Seconds, success);
    registry.register("section_failures", "Failed attempts since the section was read last", failures);
}
