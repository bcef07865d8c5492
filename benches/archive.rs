//! What an archive costs as it grows: finding near-duplicates, storing and indexing a new article, rendering feeds,
//! searching, disk and memory, at 10⁴ articles, 10⁵ and so on up to the number given (`-- 1000000`); 10⁵ if none is.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, Utc};
use harbinger::clock::Clock;
use harbinger::config;
use harbinger::ingest::fetch::Fetcher;
use harbinger::ingest::{Ingest, Options};
use harbinger::model::audience::Audiences;
use harbinger::model::catalogue::Catalogue;
use harbinger::model::feed::FeedKey;
use harbinger::model::part::Part;
use harbinger::model::run::{Scope, Trigger};
use harbinger::publish::publisher::{ENTRIES, Publisher};
use harbinger::sample::archive;
use harbinger::sample::edits::Edit;
use harbinger::store::batch::{Batch, PageResult};
use harbinger::store::{DATABASE_FILE, Store};
use harbinger::text::search::Query;
use rusqlite::Connection;
use tokio_util::sync::CancellationToken;

use crate::figures::{Figures, Times};
use crate::portal::Portal;
use crate::queries::Matches;

#[path = "archive/figures.rs"]
mod figures;
#[expect(dead_code, reason = "the benches share it, and none needs all of it")]
mod measure;
mod portal;
#[path = "archive/queries.rs"]
mod queries;

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
/// Articles in one transaction while the archive is filled: what is stored is the same.
const FILL_BATCH: u64 = 1_000;
/// Batches made ahead of the one that is stored.
const AHEAD: usize = 2;
/// New articles that are timed at each size.
const NEW: u64 = 1_000;
/// Look-ups that are timed at each size, half of them of copies.
const LOOKUPS: u64 = 1_000;
/// Copies of each kind that are looked for at each size.
const EDITED: u64 = 200;
/// New pages of a portal that are read over HTTP at each size.
const PAGES: usize = 200;
/// Feeds rendered at each size.
const RENDERED: usize = 20;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    harbinger::memory::keep_little();
    let arguments = measure::arguments();
    if let [portal::ROLE, ref rest @ ..] = arguments.role()[..] {
        portal::play(rest).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let largest = arguments.only.parse::<u64>().ok().unwrap_or(SIZE);
    let sizes: Vec<u64> = match arguments.is_check {
        true => SIZES_CHECK.to_vec(),
        false => SIZES.into_iter().filter(|size| *size < largest).chain([largest]).collect(),
    };
    let mut bench = Bench::new()?;
    let mut measured = Vec::new();
    for size in sizes {
        bench.grow_to(size).await?;
        let figures = bench.measure().await?;
        eprintln!("measured at {size} articles");
        figures::show(std::slice::from_ref(&figures));
        measured.push(figures);
    }
    Ok(figures::show(&measured))
}

/// The archive and what reads it.
struct Bench {
    folder: tempfile::TempDir,
    store: Store,
    publisher: Publisher,
    /// A portal that runs in a process of its own, with a section for each size.
    portal: Portal,
    measured: usize,
    articles: u64,
    now: DateTime<Utc>,
}

impl Bench {
    fn new() -> anyhow::Result<Bench> {
        let folder = tempfile::tempdir()?;
        let store = Store::open(&folder.path().join("data"))?;
        let catalogue = catalogue(folder.path())?;
        let publisher = Publisher::new(
            Arc::new(Audiences::of(Arc::new(catalogue))),
            store.clone(),
            "https://feeds.example/".parse()?,
            None,
        )?;
        let portal = Portal::start(SIZES.len() + 1, PAGES)?;
        Ok(Bench { folder, store, publisher, portal, measured: 0, articles: 0, now: Clock::system().now() })
    }

    /// Fills the archive, made by all cores but one; what is stored is indexed along the way, as the service does.
    async fn grow_to(&mut self, size: u64) -> anyhow::Result<()> {
        let (first, makers) = (self.articles, std::thread::available_parallelism()?.get().saturating_sub(1).max(1));
        let batches: Vec<(u64, u64)> =
            (first..size).step_by(FILL_BATCH as usize).map(|from| (from, size.min(from + FILL_BATCH))).collect();
        let mut made = Vec::new();
        for maker in 0..makers {
            let (sender, receiver) = tokio::sync::mpsc::channel(AHEAD);
            made.push(receiver);
            let own: Vec<(u64, u64)> = batches.iter().copied().skip(maker).step_by(makers).collect();
            std::thread::spawn(move || {
                for (from, to) in own {
                    // The bench ended before its archive was full.
                    if sender.blocking_send((from..to).map(|number| archive::page(SEED, number)).collect()).is_err() {
                        break;
                    }
                }
            });
        }
        for turn in 0..batches.len() {
            let pages = made[turn % makers].recv().await.context("no more articles are made")?;
            self.articles = batches[turn].1;
            self.save(pages).await?;
            while self.store.index_some(self.now).await? {}
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
        let lookup = self.look_up().await?;
        let recall = self.recall().await?;
        let (new_us, index_us) = self.store_new().await?;
        if self.measured == 0 {
            // The first run of a process also opens its connections and learns the portal's template.
            self.ingest().await?;
        }
        let ingest_us = self.ingest().await?;
        let render_ms = self.render().await?;
        let (search, slowest) = self.search().await?;
        let bytes = |names: &str| anyhow::Ok(self.bytes(names)? / self.articles as f64);
        Ok(Figures {
            articles,
            lookup,
            recall,
            search,
            slowest,
            ingest_us,
            new_us,
            index_us,
            render_ms,
            identity_bytes: bytes("name LIKE '%band%' OR name LIKE '%fingerprint%' OR name = 'article_text_hash'")?,
            index_bytes: bytes("name LIKE 'search%' OR name LIKE 'sqlite_autoindex_search%'")?,
            disk_bytes: bytes("TRUE")?,
            resident_mb: resident_mb()?,
        })
    }

    /// Half of what is looked for is a copy of some article, half is new.
    async fn look_up(&self) -> anyhow::Result<Times> {
        let mut times = Times::default();
        for index in 0..LOOKUPS {
            let is_copy = index % 2 == 0;
            let (seed, number) = if is_copy { (SEED, index * 7_919 % self.articles) } else { (SEED + 1, index) };
            let candidate = archive::copy(seed, number, "此外，记者还在现场看到了别的情况。");
            let found = times.of(self.store.find_copy(candidate)).await??;
            anyhow::ensure!(found.is_some() == is_copy, "article {number}: {found:?}");
        }
        Ok(times)
    }

    /// The share of edited copies that is found, by the kind of edit.
    async fn recall(&self) -> anyhow::Result<Vec<(Edit, f64)>> {
        let mut recall = Vec::new();
        for edit in Edit::ALL {
            let mut found = 0;
            for index in 0..EDITED {
                let number = index * 7_907 % self.articles;
                found += u64::from(self.store.find_copy(archive::edited(SEED, number, edit)).await?.is_some());
            }
            recall.push((edit, found as f64 / EDITED as f64));
        }
        Ok(recall)
    }

    /// Processor time of each new article, stored and then indexed, batch by batch; with it goes what the log of the
    /// database costs.
    async fn store_new(&mut self) -> anyhow::Result<(Vec<f64>, Vec<f64>)> {
        let (mut stored, mut indexed) = (Vec::new(), Vec::new());
        for _ in 0..NEW / BATCH {
            let pages = self.next(BATCH);
            let before = measure::cpu(std::process::id())?;
            self.save(pages).await?;
            let between = measure::cpu(std::process::id())?;
            while self.store.index_some(self.now).await? {}
            let after = measure::cpu(std::process::id())?;
            stored.push((between - before).as_secs_f64() * 1e6 / BATCH as f64);
            indexed.push((after - between).as_secs_f64() * 1e6 / BATCH as f64);
        }
        Ok((stored, indexed))
    }

    /// Processor time of each page of a run over a section where all is new, indexed as well.
    async fn ingest(&mut self) -> anyhow::Result<f64> {
        let catalogue = Arc::new(self.portal.catalogue("list.html", portal::SELECTORS)?);
        let fetcher = Fetcher::new("Harbinger/0 (+https://feeds.example/)".to_owned())?;
        let ingest = Ingest::new(catalogue, fetcher, self.store.clone());
        let section = Some(format!("s{}", self.measured));
        let scope = Scope { portal: Some(portal::ID.to_owned()), section, url: None };
        let (run, _) = self.store.create_run(Trigger::Cli, scope, self.now).await?;
        self.measured += 1;
        let before = measure::cpu(std::process::id())?;
        let stop = CancellationToken::new();
        let report = harbinger::ingest::run(&ingest, &run, Options::default(), self.now, &stop, &|_| {}).await?;
        while self.store.index_some(self.now).await? {}
        let time = measure::cpu(std::process::id())? - before;
        anyhow::ensure!(report.new == PAGES as u64, "{} of {PAGES} pages were stored: {report:?}", report.new);
        Ok(time.as_secs_f64() * 1e6 / PAGES as f64)
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
            times.push(figures::milliseconds(measure::cpu(std::process::id())? - before));
        }
        let feed = self.store.feed(section(), Part::default(), ENTRIES).await?.context("there is no feed")?;
        anyhow::ensure!(feed.articles.len() == ENTRIES, "the feed is not full");
        while self.store.index_some(self.now).await? {}
        Ok(times)
    }

    /// Every query in the feed of all articles, of the portal and of a section.
    async fn search(&self) -> anyhow::Result<(Times, Vec<(f64, String)>)> {
        let (mut times, mut slowest) = (Times::default(), Vec::new());
        for (written, matches) in queries::ALL {
            let query = Query::parse(written).map_err(anyhow::Error::msg)?.context("a query without words")?;
            for key in [FeedKey::All, FeedKey::Portal(archive::PORTAL.to_owned()), section()] {
                let name = format!("{written} in {key}");
                let found = times.of(self.store.search(key.clone(), query.clone(), Part::default(), ENTRIES)).await??;
                let found = found.context("there is no feed")?.articles.len();
                slowest.push((times.cpu_ms.last().copied().unwrap_or_default(), format!("{name}: {found}")));
                match matches {
                    Matches::Many => anyhow::ensure!(found == ENTRIES, "{name}: {found}"),
                    Matches::None => anyhow::ensure!(found == 0, "{name}: {found}"),
                    Matches::Some => {}
                }
            }
        }
        slowest.sort_by(|a, b| b.0.total_cmp(&a.0));
        Ok((times, slowest))
    }

    /// What some tables and indexes take on disk.
    fn bytes(&self, names: &str) -> anyhow::Result<f64> {
        let connection = Connection::open(self.folder.path().join("data").join(DATABASE_FILE))?;
        let sql = format!("SELECT CAST(sum(pgsize) AS REAL) FROM dbstat WHERE {names}");
        Ok(connection.query_row(&sql, [], |row| row.get(0))?)
    }
}

fn section() -> FeedKey {
    FeedKey::Section(archive::PORTAL.to_owned(), "s0".to_owned())
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

fn resident_mb() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no such line")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib * 1024.0 / 1e6)
}
