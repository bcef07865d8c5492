//! How soon a started program answers, and what it then takes in memory, over a database with 500 articles in
//! 10 sections; and what it takes under load with 500 articles in each of them, in a process that found them in its
//! database and in one that ingested them itself.

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use harbinger::clock::Clock;
use harbinger::ingest::fetch::Fetcher;
use harbinger::ingest::{self, Ingest, Options};
use harbinger::model::catalogue::Catalogue;
use harbinger::model::feed::Format;
use harbinger::model::run::{Scope, Trigger};
use harbinger::store::Store;
use tokio_util::sync::CancellationToken;

use crate::measure::{Demand, Table};
use crate::portal::Portal;

#[expect(dead_code, reason = "the benches share it, and none needs all of it")]
mod http;
#[expect(dead_code, reason = "the benches share it, and none needs all of it")]
mod measure;
mod portal;

const SECTIONS: usize = 10;
const ARTICLES: usize = 500;
/// What lies in the database of a program under load.
const ARTICLES_UNDER_LOAD: usize = SECTIONS * 500;
/// The load: as many readers at once, each with so many requests for a feed in turn with the others.
const READERS: usize = 64;
const REQUESTS: usize = 300;
/// How long the program rests after the load before it is measured: it gives back what the load took every few seconds.
const REST: Duration = Duration::from_secs(5);
/// What readers ask with.
const FIELDS: [&str; 4] = [
    "",
    "Accept-Encoding: gzip\r\n",
    "Accept-Encoding: br, gzip\r\n",
    "If-Modified-Since: Thu, 01 Jan 2099 00:00:00 GMT\r\n",
];
/// The feed asked for first.
const FEED: &str = "/feeds/bulk/s0.rss";
/// The pause between two tries to reach a program that starts.
const POLL: Duration = Duration::from_millis(1);
/// The pause between two looks whether the program has ingested everything.
const LOOK: Duration = Duration::from_millis(500);
/// A program that needs longer to ingest everything has failed.
const INGEST_MAX: Duration = Duration::from_secs(300);
/// A start that takes longer has failed.
const START_MAX: Duration = Duration::from_secs(20);

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    harbinger::memory::keep_little();
    let arguments = measure::arguments();
    if let [portal::ROLE, ref rest @ ..] = arguments.role()[..] {
        portal::play(rest).await?;
        return Ok(ExitCode::SUCCESS);
    }
    // The first start also decides the archive for the event, whose rules it has never seen; the median is of the others.
    let starts = if arguments.is_check { 5 } else { 11 };
    let folder = tempfile::tempdir()?;
    let catalogue = fill(folder.path(), ARTICLES).await?;

    let mut table = Table::new();
    let (mut first_ms, mut resident, mut peak) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..starts {
        let begin = Instant::now();
        let program = Program::start(folder.path())?;
        program.wait_for(FEED)?;
        first_ms.push(begin.elapsed().as_secs_f64() * 1000.0);
        program.ask_for_all(&catalogue)?;
        resident.push(measure::memory_mb(program.child.id(), "VmRSS")?);
        peak.push(measure::memory_mb(program.child.id(), "VmHWM")?);
    }
    table.single("from spawn to the first feed, ms", &first_ms, Demand::AtMost(150.0));
    table.single("resident with all feeds rendered, MB", &resident, Demand::AtMost(64.0));
    table.fact("most ever resident, MB", measure::median(&peak), Demand::AtMost(64.0));
    let loaded = under_load(if arguments.is_check { 1 } else { 3 }).await?;
    table.single("resident after load on 5,000 articles, MB", &loaded, Demand::AtMost(64.0));
    let ingested = ingested_and_loaded().await?;
    table.single("resident after it ingested 5,000 articles and load, MB", &[ingested], Demand::AtMost(64.0));
    Ok(table.finish())
}

/// What a program takes, in MB, once many readers have asked for everything; of so many starts.
async fn under_load(starts: usize) -> anyhow::Result<Vec<f64>> {
    let folder = tempfile::tempdir()?;
    let catalogue = fill(folder.path(), ARTICLES_UNDER_LOAD).await?;
    // The first start also decides the archive for the event.
    let mut resident = Vec::new();
    for start in 0..=starts {
        let program = Program::start(folder.path())?;
        program.wait_for(FEED)?;
        program.ask_for_all(&catalogue)?;
        program.load(&catalogue)?;
        // The program must first notice that the readers have gone.
        std::thread::sleep(REST);
        if start > 0 {
            resident.push(measure::memory_mb(program.child.id(), "VmRSS")?);
        }
    }
    Ok(resident)
}

/// What a program takes, in MB, that ingested all articles itself before many readers asked for everything.
async fn ingested_and_loaded() -> anyhow::Result<f64> {
    let folder = tempfile::tempdir()?;
    let portal = Portal::start(SECTIONS, ARTICLES_UNDER_LOAD / SECTIONS)?;
    let catalogue = write_feeds(folder.path(), &portal)?;
    let program = Program::start(folder.path())?;
    program.wait_for(FEED)?;
    let (begin, store) = (Instant::now(), Store::beside(&folder.path().join("data"))?);
    loop {
        let runs = store.runs(SECTIONS, None).await?;
        if runs.len() == SECTIONS && runs.iter().all(|run| run.finished.is_some()) {
            let new: u64 = runs.iter().map(|run| run.report.new).sum();
            anyhow::ensure!(new == ARTICLES_UNDER_LOAD as u64, "{new} articles were stored");
            break;
        }
        anyhow::ensure!(begin.elapsed() < INGEST_MAX, "the program does not end its runs: {runs:?}");
        tokio::time::sleep(LOOK).await;
    }
    program.ask_for_all(&catalogue)?;
    program.load(&catalogue)?;
    std::thread::sleep(REST);
    measure::memory_mb(program.child.id(), "VmRSS")
}

/// Ingests all articles into `data` and leaves the files for the program in `feeds`.
async fn fill(folder: &Path, articles: usize) -> anyhow::Result<Catalogue> {
    let portal = Portal::start(SECTIONS, articles / SECTIONS)?;
    let catalogue = write_feeds(folder, &portal)?;
    let fetcher = Fetcher::new("Harbinger/0 (+https://feeds.example/)".to_owned())?;
    let ingest = Ingest::new(Arc::new(catalogue.clone()), fetcher, Store::open(&folder.join("data"))?);
    let (now, stop) = (Clock::system().now(), CancellationToken::new());
    let (record, _) = ingest.store.create_run(Trigger::Cli, Scope::default(), now).await?;
    let report = ingest::run(&ingest, &record, Options::default(), now, &stop, &|_| {}).await?;
    anyhow::ensure!(report.new == articles as u64, "not all articles were stored: {report:?}");
    Ok(catalogue)
}

/// Writes the files of the portal and of the event into `feeds`.
fn write_feeds(folder: &Path, portal: &Portal) -> anyhow::Result<Catalogue> {
    std::fs::create_dir(folder.join("feeds"))?;
    std::fs::write(folder.join("feeds/bulk.toml"), portal.toml("list.html", portal::SELECTORS))?;
    std::fs::write(folder.join("feeds/event.toml"), portal::EVENT)?;
    portal.catalogue("list.html", portal::SELECTORS)
}

/// `harbinger serve`; killed when dropped.
struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    fn start(folder: &Path) -> anyhow::Result<Program> {
        // The port is free again at once, and nobody else is likely to take it in between.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_harbinger"));
        command.current_dir(folder).args(["serve", "--listen", &address.to_string()]);
        let child = command.env_clear().stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        Ok(Program { child, address })
    }

    fn wait_for(&self, path: &str) -> anyhow::Result<()> {
        let begin = Instant::now();
        let request = http::request(path, "");
        while !http::ask(self.address, &request).is_ok_and(|answer| answer.status == 200) {
            anyhow::ensure!(begin.elapsed() < START_MAX, "the program does not answer");
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    /// Asks for every feed in every format, plain and compressed.
    fn ask_for_all(&self, catalogue: &Catalogue) -> anyhow::Result<()> {
        for key in catalogue.feeds() {
            for format in [Format::Rss, Format::Atom, Format::Json, Format::Html] {
                for fields in ["", "Accept-Encoding: gzip\r\n"] {
                    let path = key.format_path(format);
                    let answer = http::ask(self.address, &http::request(&path, fields))?;
                    let is_whole = answer.status == 200 && !answer.body.is_empty();
                    anyhow::ensure!(is_whole, "{path} answered {}", answer.status);
                }
            }
        }
        Ok(())
    }

    /// Asks for the feeds again and again, on many connections at once.
    fn load(&self, catalogue: &Catalogue) -> anyhow::Result<()> {
        let paths: Vec<_> = catalogue.feeds().iter().map(|key| key.format_path(Format::Rss)).collect();
        let connect = |_| TcpStream::connect(self.address);
        let mut streams = (0..READERS).map(connect).collect::<Result<Vec<_>, _>>()?;
        for turn in 0..REQUESTS {
            let request = http::request(&paths[turn % paths.len()], FIELDS[turn / paths.len() % FIELDS.len()]);
            for stream in &mut streams {
                stream.write_all(request.as_bytes())?;
            }
            for stream in &mut streams {
                let status = http::answer_on(stream)?.status;
                anyhow::ensure!(matches!(status, 200 | 304), "{request}: {status}");
            }
        }
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
