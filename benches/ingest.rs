//! What ingesting costs the processor: new pages, compared with a bare pipeline of the same parts; an unchanged
//! section; and how often the database commits. The portal runs in a process of its own and is not counted.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, Utc};
use harbinger::clock::Clock;
use harbinger::ingest::fetch::Fetcher;
use harbinger::ingest::{self, Ingest, Options};
use harbinger::model::run::{Report, Run, Scope, Trigger};
use harbinger::publish::push;
use harbinger::service::{Parts, Service};
use harbinger::store::{DATABASE_FILE, Store};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::measure::{Better, Demand, Table};
use crate::portal::Portal;
use crate::reference::Extraction;

#[expect(dead_code, reason = "the benches share it, and none needs all of it")]
mod measure;
mod portal;
mod reference;

/// New pages of one section.
const PAGES: usize = 500;
/// Fewer are enough to see that it works.
const PAGES_CHECK: usize = 120;
/// Pages stored in one transaction, as the service promises.
const BATCH_PAGES: usize = 100;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    harbinger::memory::keep_little();
    let arguments = measure::arguments();
    if let [portal::ROLE, ref rest @ ..] = arguments.role()[..] {
        portal::play(rest).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let (pages, rounds, runs) = if arguments.is_check { (PAGES_CHECK, 1, 20) } else { (PAGES, 7, 400) };
    let portal = Portal::start(1, pages)?;
    let mut table = Table::new();
    let kinds = [
        ("selectors", portal::SELECTORS, Extraction::Selectors, 400.0),
        ("automatic", "", Extraction::Automatic, 120.0),
    ];
    for kind in kinds.into_iter().filter(|kind| arguments.wants(kind.0)) {
        new_pages(&portal, pages, rounds, kind, &mut table).await?;
    }
    if arguments.wants("commits") {
        commits(&portal, pages, &mut table).await?;
    }
    if arguments.wants("unchanged") {
        unchanged(&portal, rounds, runs, &mut table).await?;
    }
    Ok(table.finish())
}

/// Pages a second of our processor time, in turns with the reference.
async fn new_pages(
    portal: &Portal,
    pages: usize,
    rounds: usize,
    (name, rules, extraction, least): (&str, &str, Extraction, f64),
    table: &mut Table,
) -> anyhow::Result<()> {
    let fetcher = fetcher()?;
    let client = reference::client()?;
    let list = portal.home.join("s0/list.html")?;
    let catalogue = Arc::new(portal.catalogue("list.html", rules)?);
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    // The first round warms both up and is not counted.
    for round in 0..=rounds {
        let folder = tempfile::tempdir()?;
        let ingest = Ingest::new(Arc::clone(&catalogue), fetcher.clone(), Store::open(folder.path())?);
        let record = record(&ingest).await?;
        let start = measure::cpu(std::process::id())?;
        let report = run(&ingest, &record, now()?).await?;
        let ours_s = (measure::cpu(std::process::id())? - start).as_secs_f64();
        anyhow::ensure!(report.new == pages as u64, "{} of {pages} pages were stored: {report:?}", report.new);

        let database = folder.path().join("reference.db");
        reference::create(&database)?;
        let start = measure::cpu(std::process::id())?;
        let stored = reference::run(&client, &list, extraction, &database).await?;
        let bare_s = (measure::cpu(std::process::id())? - start).as_secs_f64();
        anyhow::ensure!(stored == pages, "the reference stored {stored} of {pages} pages");
        if round > 0 {
            ours.push(pages as f64 / ours_s);
            bare.push(pages as f64 / bare_s);
        }
    }
    table.single(&format!("new pages per core-second, {name}"), &ours, Demand::AtLeast(least));
    let figure = format!("new pages per core-second, {name}, to bare");
    table.paired(&figure, Better::Higher, &ours, &bare, Demand::AtLeast(0.8));
    Ok(())
}

/// Counts the transactions of one run over new pages.
async fn commits(portal: &Portal, pages: usize, table: &mut Table) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let catalogue = Arc::new(portal.catalogue("list.html", portal::SELECTORS)?);
    let ingest = Ingest::new(catalogue, fetcher()?, Store::open(folder.path())?);
    let record = record(&ingest).await?;
    // A reader that holds the empty log keeps SQLite from writing any of it a second time.
    let reader = rusqlite::Connection::open(folder.path().join(DATABASE_FILE))?;
    reader.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    reader.execute_batch("BEGIN; SELECT count(*) FROM article")?;
    run(&ingest, &record, now()?).await?;
    let commits = commits_in_log(&folder.path().join(format!("{DATABASE_FILE}-wal")))?;
    // One a batch, and one that says that the source was read.
    let most = pages.div_ceil(BATCH_PAGES) + 1;
    table.fact(&format!("commits for {pages} new pages"), commits as f64, Demand::AtMost(most as f64));
    Ok(())
}

/// Counts the frames of a write-ahead log that end a transaction (SQLite file format, §4.1).
fn commits_in_log(path: &Path) -> anyhow::Result<usize> {
    const HEADER_BYTES: usize = 32;
    const FRAME_HEADER_BYTES: usize = 24;
    let log = std::fs::read(path)?;
    let word = |at: usize| Some(u32::from_be_bytes(log.get(at..at + 4)?.try_into().ok()?));
    let page_bytes = word(8).context("the log is empty")? as usize;
    let frames = (HEADER_BYTES..log.len()).step_by(FRAME_HEADER_BYTES + page_bytes);
    Ok(frames.filter(|frame| word(frame + 4).is_some_and(|pages_after_commit| pages_after_commit > 0)).count())
}

/// Processor time of a run over a section where nothing is new, in milliseconds.
async fn unchanged(portal: &Portal, rounds: usize, runs: usize, table: &mut Table) -> anyhow::Result<()> {
    for (name, list, most) in [("304", "list.html", 0.3), ("200 with the same bytes", "still.html", 1.0)] {
        let folder = tempfile::tempdir()?;
        let catalogue = portal.catalogue(list, portal::SELECTORS)?;
        let ingest = Ingest::new(Arc::new(catalogue.clone()), fetcher()?, Store::open(folder.path())?);
        let record = record(&ingest).await?;
        run(&ingest, &record, now()?).await?;
        let mut measured = Vec::new();
        for _ in 0..rounds {
            let start = measure::cpu(std::process::id())?;
            for _ in 0..runs {
                let report = run(&ingest, &record, now()?).await?;
                anyhow::ensure!((report.not_modified, report.fetched) == (1, 0), "not unchanged: {report:?}");
            }
            measured.push((measure::cpu(std::process::id())? - start).as_secs_f64() * 1000.0 / runs as f64);
        }
        table.single(&format!("unchanged section, {name}, ms"), &measured, Demand::AtMost(most));
        drop(ingest);

        let service = service(&folder, catalogue).await?;
        service.publisher.refresh().await;
        let mut measured = Vec::new();
        for _ in 0..rounds {
            let start = measure::cpu(std::process::id())?;
            for _ in 0..runs {
                service.queue.order(Trigger::Schedule, scope(), Options::default()).await?;
                service.queue.finish().await;
            }
            measured.push((measure::cpu(std::process::id())? - start).as_secs_f64() * 1000.0 / runs as f64);
        }
        table.single(&format!("unchanged section, {name}, with record and shelf, ms"), &measured, Demand::AtMost(most));
    }
    Ok(())
}

async fn service(folder: &TempDir, catalogue: harbinger::model::catalogue::Catalogue) -> anyhow::Result<Service> {
    let parts = Parts {
        catalogue,
        data_dir: folder.path().to_owned(),
        base_url: "https://feeds.example/".parse()?,
        contact: "https://feeds.example/".to_owned(),
        admin_token_hash: None,
        push: push::Rules::default(),
        clock: Clock::stopped_at(now()?),
    };
    Ok(Service::open(parts).await?)
}

/// The record of a run over the section; what keeping records costs is measured with the service alone.
async fn record(ingest: &Ingest) -> anyhow::Result<Run> {
    Ok(ingest.store.create_run(Trigger::Cli, scope(), now()?).await?.0)
}

async fn run(ingest: &Ingest, record: &Run, now: DateTime<Utc>) -> anyhow::Result<Report> {
    let report = ingest::run(ingest, record, Options::default(), now, &CancellationToken::new(), &|_| {}).await?;
    anyhow::ensure!(report.errors.is_empty(), "{:?}", report.errors);
    Ok(report)
}

fn scope() -> Scope {
    Scope { portal: Some(portal::ID.to_owned()), section: Some("s0".to_owned()), url: None }
}

fn fetcher() -> anyhow::Result<Fetcher> {
    Ok(Fetcher::new("Harbinger/0 (+https://feeds.example/)".to_owned())?)
}

/// The time of all runs: a page is not due for a second look in the moment of the first.
fn now() -> anyhow::Result<DateTime<Utc>> {
    Ok("2026-01-16T00:00:00Z".parse()?)
}
