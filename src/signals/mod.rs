//! What the program counts while it works, as Prometheus reads it: runs, pages, answers, subscribers.
//! What the store knows is not counted here: `/metrics` asks the store.

use std::collections::BTreeMap;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::model::condition::Condition;
use crate::model::partner_key::PartnerKey;
use crate::model::run::{Report, Run};
use crate::signals::answers::Answers;

pub mod answers;

mod condition;

/// What every name begins with.
const PREFIX: &str = "harbinger";
/// The bounds of how long a page takes to come, in seconds; the longest allowed by default is 20.
const FETCH_BOUNDS: [f64; 9] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0];
/// The bounds of how long a run takes, in seconds.
const RUN_BOUNDS: [f64; 9] = [0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0];
/// The bounds of how old a story is when it is stored, in seconds: a minute to two days.
const LAG_BOUNDS: [f64; 9] = [60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 14_400.0, 86_400.0, 172_800.0];

/// The counters of one running program; cheap to count on from any thread.
pub struct Signals {
    /// Answers to readers.
    pub answers: Answers,
    runs: Family<RunLabels, Counter>,
    run_seconds: Histogram,
    pages: Family<PageLabels, Counter>,
    fetch_seconds: Family<PortalLabel, Histogram, fn() -> Histogram>,
    lag_seconds: Family<PortalLabel, Histogram, fn() -> Histogram>,
    registry: Registry,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RunLabels {
    trigger: String,
    state: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct PageLabels {
    portal: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct PortalLabel {
    portal: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct KeyLabel {
    key: String,
}

impl Default for Signals {
    fn default() -> Self {
        let mut registry = Registry::with_prefix(PREFIX);
        let fetch_seconds: fn() -> Histogram = || Histogram::new(FETCH_BOUNDS);
        let lag_seconds: fn() -> Histogram = || Histogram::new(LAG_BOUNDS);
        let signals = Signals {
            answers: Answers::registered(&mut registry),
            runs: Family::default(),
            run_seconds: Histogram::new(RUN_BOUNDS),
            pages: Family::default(),
            fetch_seconds: Family::new_with_constructor(fetch_seconds),
            lag_seconds: Family::new_with_constructor(lag_seconds),
            registry: Registry::default(),
        };
        let seconds = Unit::Seconds;
        registry.register("runs", "Runs that ended", signals.runs.clone());
        registry.register_with_unit("run", "How long runs took", seconds.clone(), signals.run_seconds.clone());
        registry.register("pages", "Pages by what came of them", signals.pages.clone());
        let fetch = signals.fetch_seconds.clone();
        registry.register_with_unit("fetch", "How long pages took to come, retries included", seconds.clone(), fetch);
        let lag = "How old new stories were, by their own date, when they were stored";
        registry.register_with_unit("lag", lag, seconds, signals.lag_seconds.clone());
        Signals { registry, ..signals }
    }
}

impl Signals {
    /// Counts a run that ended, and what it did in each portal.
    pub fn run_ended(&self, run: &Run, portals: &BTreeMap<String, Report>) {
        let word = |value: &dyn std::fmt::Debug| format!("{value:?}").to_lowercase();
        let labels = RunLabels { trigger: word(&run.trigger), state: word(&run.state) };
        self.runs.get_or_create(&labels).inc();
        if let Some(finished) = run.finished {
            self.run_seconds.observe((finished - run.started).as_seconds_f64());
        }
        for (portal, report) in portals {
            for (outcome, pages) in [
                ("new", report.new),
                ("updated", report.updated),
                ("unchanged", report.unchanged + report.not_modified),
                ("copy", report.copies),
                ("quarantined", report.quarantined),
                ("gone", report.gone),
                ("failed", report.failed),
            ] {
                let labels = PageLabels { portal: portal.clone(), outcome };
                self.pages.get_or_create(&labels).inc_by(pages);
            }
        }
    }

    /// Counts a page that came, or did not, after so many seconds.
    pub fn fetched(&self, portal: &str, seconds: f64) {
        self.fetch_seconds.get_or_create(&PortalLabel { portal: portal.to_owned() }).observe(seconds);
    }

    /// Counts a new story that was so many seconds old when it was stored.
    pub fn stored(&self, portal: &str, age_s: f64) {
        self.lag_seconds.get_or_create(&PortalLabel { portal: portal.to_owned() }).observe(age_s.max(0.0));
    }

    /// How many pages of each portal came within each bound, in seconds, and not within the one before.
    pub fn fetch_times(&self) -> BTreeMap<String, Vec<(String, u64)>> {
        let mut registry = Registry::default();
        registry.register("fetch", "", self.fetch_seconds.clone());
        let mut text = String::new();
        let mut times: BTreeMap<String, Vec<(String, u64)>> = BTreeMap::new();
        // The library tells its figures in this form alone.
        if text::encode_registry(&mut text, &registry).is_err() {
            return times;
        }
        let mut before: BTreeMap<String, u64> = BTreeMap::new();
        for line in text.lines().filter_map(|line| line.strip_prefix("fetch_bucket{")) {
            let label = |name: &str| Some(line.split_once(&format!("{name}=\""))?.1.split_once('"')?.0.to_owned());
            let pages = line.rsplit(' ').next().and_then(|number| number.parse::<u64>().ok());
            let (Some(most), Some(portal), Some(pages)) = (label("le"), label("portal"), pages) else { continue };
            let before = before.entry(portal.clone()).or_default();
            let most = if most == "+Inf" { "∞".to_owned() } else { most };
            times.entry(portal).or_default().push((most, pages - *before));
            *before = pages;
        }
        times
    }

    /// All of it in the text format, with what the store knows, how often a document was encoded and how often each of
    /// these partner keys was used.
    pub fn text(&self, condition: &Condition, encodings: u64, keys: &[PartnerKey]) -> Result<String, std::fmt::Error> {
        let mut registry = Registry::with_prefix(PREFIX);
        condition::register(condition, &mut registry);
        let help = "Documents compressed with brotli or zstd behind the answers that wanted it";
        registry.register("encodings", help, ConstCounter::new(encodings));
        if !keys.is_empty() {
            let uses = Family::<KeyLabel, Counter>::default();
            for key in keys {
                uses.get_or_create(&KeyLabel { key: key.name.clone() }).inc_by(key.uses);
            }
            registry.register("key_uses", "Answers and deliveries that each partner key was good for", uses);
        }
        let mut out = String::new();
        text::encode_registry(&mut out, &self.registry)?;
        text::encode_registry(&mut out, &registry)?;
        text::encode_eof(&mut out)?;
        Ok(out)
    }
}
