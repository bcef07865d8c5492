//! `harbinger demo`: an invented portal on loopback, ingested and served; no network, no configuration.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;

use tempfile::TempDir;
use url::Url;

use crate::cli::{self, COULD_NOT_START, serve, token};
use crate::clock::Clock;
use crate::config::{self, Problem};
use crate::model::catalogue::Catalogue;
use crate::model::run::{Run, RunState, Scope, Trigger};
use crate::publish::push;
use crate::sample::SamplePortal;
use crate::sample::catalogue::catalogue_toml;
use crate::service::{Parts, Running, Service};

/// Where the demo listens unless the port is taken.
const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);
/// The portal listens on any free port of this machine.
const PORTAL_LISTEN: &str = "127.0.0.1:0";
/// How often the first run is asked whether it is done.
const POLL: std::time::Duration = std::time::Duration::from_millis(50);

pub(super) async fn run(listen: Option<SocketAddr>) -> ExitCode {
    match demo(listen).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => cli::fail(error, COULD_NOT_START),
    }
}

async fn demo(listen: Option<SocketAddr>) -> anyhow::Result<()> {
    let listener = bind(listen)?;
    let base_url = Url::parse(&format!("http://{}/", listener.local_addr()?))?;
    let portal = SamplePortal::start(PORTAL_LISTEN).await?;
    let folder = tempfile::Builder::new().prefix("harbinger-demo-").tempdir()?;
    let token = token::secret()?;
    let parts = Parts {
        catalogue: catalogue(&folder, &portal.base_url())?,
        data_dir: folder.path().join("data"),
        contact: base_url.to_string(),
        base_url: base_url.clone(),
        admin_token_hash: Some(*blake3::hash(token.as_bytes()).as_bytes()),
        push: push::Rules { allow_private_callbacks: true, ..push::Rules::default() },
        clock: Clock::system(),
    };
    let service = Service::open(parts).await?;
    let mut running = service.serve(listener)?;
    println!("Harbinger reads an invented news portal and serves its feeds. Open:\n");
    println!("  {base_url:40} all feeds, for people");
    println!("  {:40} an event, for feed readers", format!("{base_url}events/world-mayors-dialogue.rss"));
    println!("  {:40} the API, to read and try", format!("{base_url}docs"));
    println!("  {:40} the portal itself", portal.base_url());
    println!("  {:40} the dashboard; log in with the token", format!("{base_url}admin"));
    println!("  {:40} {token}\n", "");
    first_run(&running).await?;
    running.follow_schedule();
    println!("\nIt goes on reading the portal on schedule. Stop it with Ctrl-C; nothing is kept.");
    serve::until_told_to_stop().await?;
    running.stop().await;
    portal.stop().await;
    Ok(())
}

fn bind(listen: Option<SocketAddr>) -> anyhow::Result<TcpListener> {
    let failed = |address: SocketAddr| {
        move |error: io::Error| anyhow::anyhow!("cannot listen on {address}: {error}; choose another with --listen")
    };
    match listen {
        Some(address) => TcpListener::bind(address).map_err(failed(address)),
        None => TcpListener::bind(LISTEN)
            .or_else(|_| TcpListener::bind(SocketAddr::new(LISTEN.ip(), 0)))
            .map_err(failed(LISTEN)),
    }
}

/// The sample portal's files, written and read as an operator's would be.
fn catalogue(folder: &TempDir, portal: &Url) -> anyhow::Result<Catalogue> {
    let feeds_dir = folder.path().join("feeds");
    std::fs::create_dir_all(&feeds_dir)?;
    for (name, text) in catalogue_toml(portal) {
        std::fs::write(feeds_dir.join(name), text)?;
    }
    let (catalogue, problems) = config::catalogue(&feeds_dir);
    let problems: Vec<String> = problems.iter().map(Problem::to_string).collect();
    anyhow::ensure!(problems.is_empty(), "the sample portal's files have mistakes: {}", problems.join("; "));
    Ok(catalogue)
}

async fn first_run(running: &Running) -> anyhow::Result<()> {
    let queue = &running.service.queue;
    let mut run = queue.order(Trigger::Cli, Scope::default(), Default::default()).await?;
    while matches!(run.state, RunState::Queued | RunState::Running) {
        tokio::time::sleep(POLL).await;
        run = queue.run(run.id).await?.unwrap_or(run);
    }
    summarise(&run);
    Ok(())
}

fn summarise(run: &Run) {
    let report = &run.report;
    let sources = report.sources_ok + report.sources_failed;
    println!(
        "First run: {} of {sources} sources read, {} article links, {} stories, {} copies of stories merged.",
        report.sources_ok, report.discovered, report.new, report.copies
    );
    println!("What went wrong, as on a real portal, and stopped nothing:");
    for failure in &report.errors {
        println!("  {failure}");
    }
}
