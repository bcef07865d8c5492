//! What an archive costs as it grows: finding near-duplicates, storing a new article, rendering a feed, disk and memory,
//! at 10⁴ articles, 10⁵ and so on up to the number given (`-- 1000000`); 10⁵ if none is.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use chrono::{DateTime, Utc};
use harbinger::clock::Clock;
use harbinger::config;
use harbinger::model::catalogue::Catalogue;
use harbinger::model::feed::FeedKey;
use harbinger::model::part::Part;
use harbinger::publish::publisher::Publisher;
use harbinger::sample::archive;
use harbinger::store::batch::{Batch, PageResult};
use harbinger::store::{DATABASE_FILE, Store};
use rusqlite::Connection;

use crate::measure::{Demand, Table};

#[expect(dead_code, reason = "the benches share it, and none needs all of it")]
mod measure;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The archive.
const SEED: u64 = 20_260_106;
/// The sizes at which it is measured.
const SIZES: [u64; 3] = [10_000, 100_000, 1_000_000];
/// The largest unless another is given.
const SIZE: u64 = 100_000;
/// Enough to see that it works.
const SIZES_CHECK: [u64; 2] = [500, 2_000];
/// Articles in one transaction, as a run stores them.
const BATCH: u64 = 100;
/// New articles that are timed at each size.
const NEW: u64 = 1_000;
/// Look-ups that are timed at each size, half of them of copies.
const LOOKUPS: u64 = 1_000;
/// Feeds rendered at each size.
const RENDERED: usize = 20;

/// What was measured at one size.
struct Figures {
    articles: u64,
    /// Processor time and waiting time of each look-up.
    lookup_ms: (Vec<f64>, Vec<f64>),
    new_us: Vec<f64>,
    render_ms: Vec<f64>,
    identity_bytes: f64,
    resident_mb: f64,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = measure::arguments();
    let largest = arguments.only.parse::<u64>().ok().unwrap_or(SIZE);
    let sizes: Vec<u64> = match arguments.is_check {
        true => SIZES_CHECK.to_vec(),
        false => SIZES.into_iter().filter(|size| *size <= largest).collect(),
    };
    let mut bench = Bench::new()?;
    let mut measured = Vec::new();
    for size in sizes {
        bench.grow_to(size).await?;
        measured.push(bench.measure().await?);
        eprintln!("measured at {size} articles");
    }
    Ok(show(&measured))
}

/// The archive and what reads it.
struct Bench {
    folder: tempfile::TempDir,
    store: Store,
    publisher: Publisher,
    articles: u64,
    now: DateTime<Utc>,
}

impl Bench {
    fn new() -> anyhow::Result<Bench> {
        let folder = tempfile::tempdir()?;
        let store = Store::open(&folder.path().join("data"))?;
        let catalogue = catalogue(folder.path())?;
        let publisher = Publisher::new(Arc::new(catalogue), store.clone(), "https://feeds.example/".parse()?, None)?;
        Ok(Bench { folder, store, publisher, articles: 0, now: Clock::system().now() })
    }

    async fn grow_to(&mut self, size: u64) -> anyhow::Result<()> {
        while self.articles < size {
            let pages = self.next(BATCH.min(size - self.articles));
            self.save(pages).await?;
        }
        Ok(())
    }

    /// The next pages of the archive, which count as stored from here on.
    fn next(&mut self, count: u64) -> Vec<PageResult> {
        let numbers = self.articles..self.articles + count;
        self.articles += count;
        numbers.map(|number| archive::page(SEED, number)).collect()
    }

    async fn save(&self, pages: Vec<PageResult>) -> anyhow::Result<()> {
        let expected = pages.len() as u64;
        let batch = Batch { portal: archive::PORTAL.to_owned(), pages, ..Batch::default() };
        let saved = self.store.save(batch, self.now).await?;
        anyhow::ensure!(saved.new == expected, "the archive holds a story twice: {saved:?}");
        Ok(())
    }

    async fn measure(&mut self) -> anyhow::Result<Figures> {
        let articles = self.articles;
        Ok(Figures {
            articles,
            lookup_ms: self.look_up().await?,
            new_us: self.store_new().await?,
            render_ms: self.render().await?,
            identity_bytes: self.identity_bytes()? / self.articles as f64,
            resident_mb: resident_mb()?,
        })
    }

    /// Half of what is looked for is a copy of some article, half is new.
    async fn look_up(&self) -> anyhow::Result<(Vec<f64>, Vec<f64>)> {
        let (mut times, mut waits) = (Vec::new(), Vec::new());
        for index in 0..LOOKUPS {
            let is_copy = index % 2 == 0;
            let (seed, number) = if is_copy { (SEED, index * 7_919 % self.articles) } else { (SEED + 1, index) };
            let candidate = archive::copy(seed, number, "此外，记者还在现场看到了别的情况。");
            let (begin, before) = (Instant::now(), measure::cpu(std::process::id())?);
            let found = self.store.find_copy(candidate).await?;
            times.push(milliseconds(measure::cpu(std::process::id())? - before));
            waits.push(milliseconds(begin.elapsed()));
            anyhow::ensure!(found.is_some() == is_copy, "article {number}: {found:?}");
        }
        Ok((times, waits))
    }

    /// Processor time of each new article, batch by batch; with it goes what the log of the database costs.
    async fn store_new(&mut self) -> anyhow::Result<Vec<f64>> {
        let mut times = Vec::new();
        for _ in 0..NEW / BATCH {
            let pages = self.next(BATCH);
            let before = measure::cpu(std::process::id())?;
            self.save(pages).await?;
            times.push((measure::cpu(std::process::id())? - before).as_secs_f64() * 1e6 / BATCH as f64);
        }
        Ok(times)
    }

    /// A section's newest entries, from the store to bytes in every format, after each change.
    async fn render(&mut self) -> anyhow::Result<Vec<f64>> {
        self.publisher.register(self.now).await?;
        self.publisher.refresh().await;
        let mut times = Vec::new();
        for _ in 0..RENDERED {
            let pages = self.next(1);
            self.save(pages).await?;
            let before = measure::cpu(std::process::id())?;
            anyhow::ensure!(self.publisher.refresh().await, "a feed could not be rendered");
            times.push((measure::cpu(std::process::id())? - before).as_secs_f64() * 1_000.0);
        }
        let key = FeedKey::Section(archive::PORTAL.to_owned(), "s0".to_owned());
        let feed = self.store.feed(key, Part::default(), 50).await?.context("there is no feed")?;
        anyhow::ensure!(feed.articles.len() == 50, "the feed is not full");
        Ok(times)
    }

    /// What the tables and indexes that know stories take on disk.
    fn identity_bytes(&self) -> anyhow::Result<f64> {
        let connection = Connection::open(self.folder.path().join("data").join(DATABASE_FILE))?;
        let sql = "
            SELECT CAST(sum(pgsize) AS REAL) FROM dbstat
            WHERE name LIKE '%band%' OR name LIKE '%fingerprint%' OR name = 'article_text_hash'";
        Ok(connection.query_row(sql, [], |row| row.get(0))?)
    }
}

fn catalogue(folder: &Path) -> anyhow::Result<Catalogue> {
    let feeds = folder.join("feeds");
    std::fs::create_dir(&feeds)?;
    let mut text = format!(
        "[portal]\nid = \"{}\"\ntitle = \"冰河新闻网\"\nhome = \"https://archive.example/\"\nlanguage = \"zh-Hans\"\n\
         timezone = \"Asia/Shanghai\"\nschedule = \"@yearly\"\ncontent = \"full\"\n",
        archive::PORTAL
    );
    for section in 0..archive::SECTIONS {
        text.push_str(&format!(
            "[[section]]\nid = \"s{section}\"\ntitle = \"第{section}版\"\n\
             sources = [{{ list = \"https://archive.example/s{section}/\" }}]\n"
        ));
    }
    std::fs::write(feeds.join("archive.toml"), text)?;
    let (catalogue, problems) = config::catalogue(&feeds);
    anyhow::ensure!(problems.is_empty(), "{problems:?}");
    Ok(catalogue)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn resident_mb() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no such line")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib * 1024.0 / 1e6)
}

fn show(measured: &[Figures]) -> ExitCode {
    let mut table = Table::new();
    let first = &measured[0];
    for figures in measured {
        let at = |figure: &str| format!("{figure}, at {}", figures.articles);
        let (times, waits) = &figures.lookup_ms;
        table.single(&at("near-duplicate, p50, CPU ms"), times, Demand::None);
        let slowest = |times: &[f64]| [measure::quantile(times, 0.99)];
        table.single(&at("near-duplicate, p99, CPU ms"), &slowest(times), Demand::AtMost(2.0));
        table.single(&at("near-duplicate, p99 of the wait, ms"), &slowest(waits), Demand::None);
        table.single(&at("storing a new article, CPU µs"), &figures.new_us, Demand::None);
        table.single(&at("feeds after a new article, CPU ms"), &figures.render_ms, Demand::None);
        table.fact(&at("identity on disk, bytes an article"), figures.identity_bytes, Demand::AtMost(1_536.0));
        table.fact(&at("resident, MB"), figures.resident_mb, Demand::AtMost(256.0));
        // Search is measured here, with its own latency at each size.
    }
    for figures in &measured[1..] {
        let growth = |name: &str, of: fn(&Figures) -> f64, table: &mut Table, most: Demand| {
            let (times, size) = (of(figures) / of(first), figures.articles as f64 / first.articles as f64);
            table.single(&format!("{name}, {} against {}", figures.articles, first.articles), &[times], most);
            table.single("  as a power of the size", &[times.log10() / size.log10()], Demand::None);
        };
        growth("storing a new article", |it| measure::median(&it.new_us), &mut table, Demand::AtMost(1.25));
        growth("feeds after a new article", |it| measure::median(&it.render_ms), &mut table, Demand::AtMost(1.25));
        growth("near-duplicate, p50", |it| measure::median(&it.lookup_ms.0), &mut table, Demand::None);
        growth("resident", |it| it.resident_mb, &mut table, Demand::None);
    }
    table.finish()
}
