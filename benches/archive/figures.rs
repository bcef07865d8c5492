//! What the bench measures, and the table it prints.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use harbinger::sample::edits::Edit;

use crate::measure::{self, Demand, Table};

/// The share of edited copies that must be found; characters replaced at random are no edit that must not hide one.
const RECALL_MIN: f64 = 0.99;

/// What was measured at one size.
pub struct Figures {
    /// How many articles there were.
    pub articles: u64,
    /// Looking for near-duplicates.
    pub lookup: Times,
    /// The share of copies that was found, by the kind of edit.
    pub recall: Vec<(Edit, f64)>,
    /// Searching.
    pub search: Times,
    /// Of each query the slowest answer, for whoever wants to know which.
    pub slowest: Vec<(f64, String)>,
    /// Ingesting a new page, from the request to the index of words.
    pub ingest_us: f64,
    /// Storing a new article, batch by batch.
    pub new_us: Vec<f64>,
    /// Indexing its words.
    pub index_us: Vec<f64>,
    /// Rendering its feeds.
    pub render_ms: Vec<f64>,
    /// On disk for identity, an article.
    pub identity_bytes: f64,
    /// For the index of words.
    pub index_bytes: f64,
    /// For everything.
    pub disk_bytes: f64,
    /// In memory.
    pub resident_mb: f64,
}

/// Processor time and waiting time of each answer, in milliseconds.
#[derive(Default)]
pub struct Times {
    /// Of the processor.
    pub cpu_ms: Vec<f64>,
    /// Of the clock.
    pub wait_ms: Vec<f64>,
}

impl Times {
    /// Measures what some work takes.
    pub async fn of<T>(&mut self, work: impl Future<Output = T>) -> anyhow::Result<T> {
        let (begin, before) = (Instant::now(), measure::cpu(std::process::id())?);
        let answer = work.await;
        self.cpu_ms.push(milliseconds(measure::cpu(std::process::id())? - before));
        self.wait_ms.push(milliseconds(begin.elapsed()));
        Ok(answer)
    }
}

/// Prints the figures of each size, and how they grow.
pub fn show(measured: &[Figures]) -> ExitCode {
    let mut table = Table::new();
    let first = &measured[0];
    for figures in measured {
        let at = |figure: &str| format!("{figure}, at {}", figures.articles);
        let slowest = |times: &[f64]| [measure::quantile(times, 0.99)];
        let Figures { lookup, search, .. } = figures;
        table.single(&at("near-duplicate, p50, CPU ms"), &lookup.cpu_ms, Demand::None);
        table.single(&at("near-duplicate, p99, CPU ms"), &slowest(&lookup.cpu_ms), Demand::AtMost(2.0));
        table.single(&at("near-duplicate, p99 of the wait, ms"), &slowest(&lookup.wait_ms), Demand::None);
        for (edit, recall) in &figures.recall {
            let demand = if *edit == Edit::Scrambled { Demand::None } else { Demand::AtLeast(RECALL_MIN) };
            table.fact(&at(&format!("copies found, {edit:?}")), *recall, demand);
        }
        table.single(&at("storing a new article, CPU µs"), &figures.new_us, Demand::None);
        table.single(&at("indexing a new article, CPU µs"), &[mean(&figures.index_us)], Demand::None);
        table.single(&at("ingesting a new page, CPU µs"), &[figures.ingest_us], Demand::None);
        table.single(&at("feeds after a new article, CPU ms"), &figures.render_ms, Demand::None);
        table.single(&at("search, p50, CPU ms"), &search.cpu_ms, Demand::None);
        table.single(&at("search, p99, CPU ms"), &slowest(&search.cpu_ms), Demand::AtMost(50.0));
        table.single(&at("search, p99 of the wait, ms"), &slowest(&search.wait_ms), Demand::None);
        table.fact(&at("identity on disk, bytes an article"), figures.identity_bytes, Demand::AtMost(1_536.0));
        table.fact(&at("index of words, bytes an article"), figures.index_bytes, Demand::None);
        table.fact(&at("all on disk, bytes an article"), figures.disk_bytes, Demand::None);
        table.fact(&at("resident, MB"), figures.resident_mb, Demand::AtMost(256.0));
        for (cpu_ms, query) in figures.slowest.iter().take(8) {
            eprintln!("at {}: {cpu_ms:.2} ms for {query}", figures.articles);
        }
    }
    for figures in &measured[1..] {
        let growth = |name: &str, of: fn(&Figures) -> f64, table: &mut Table, most: Demand| {
            let (times, size) = (of(figures) / of(first), figures.articles as f64 / first.articles as f64);
            table.single(&format!("{name}, {} against {}", figures.articles, first.articles), &[times], most);
            table.single("  as a power of the size", &[times.log10() / size.log10()], Demand::None);
        };
        growth("ingesting a new page", |it| it.ingest_us, &mut table, Demand::AtMost(1.25));
        growth("  of that, storing", |it| measure::median(&it.new_us), &mut table, Demand::None);
        growth("  of that, indexing", |it| mean(&it.index_us), &mut table, Demand::None);
        growth("feeds after a new article", |it| measure::median(&it.render_ms), &mut table, Demand::AtMost(1.25));
        growth("near-duplicate, p50", |it| measure::median(&it.lookup.cpu_ms), &mut table, Demand::None);
        growth("search, p50", |it| measure::median(&it.search.cpu_ms), &mut table, Demand::None);
        growth("search, p99", |it| measure::quantile(&it.search.cpu_ms, 0.99), &mut table, Demand::None);
        growth("resident", |it| it.resident_mb, &mut table, Demand::None);
    }
    table.finish()
}

/// A time in milliseconds.
pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The sum of some numbers divided by how many they are.
fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}
