//! `harbinger ingest`: one run, now.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::cli::progress::Bars;
use crate::cli::{self, COULD_NOT_START, logs, serve};
use crate::clock::Clock;
use crate::config::settings::{Flags, Settings};
use crate::ingest::fetch::Fetcher;
use crate::ingest::{self, Ingest, Options, RunError};
use crate::model::catalogue::Catalogue;
use crate::model::drift::Alarm;
use crate::model::run::{Run, RunState, Scope, Trigger};
use crate::service;
use crate::store::Store;

/// What to ingest; without any of these, everything.
#[derive(Args)]
pub(super) struct Order {
    /// One portal
    #[arg(long, value_name = "ID")]
    portal: Option<String>,
    /// One section of that portal
    #[arg(long, value_name = "ID", requires = "portal")]
    section: Option<String>,
    /// One page; may be given several times
    #[arg(long, value_name = "URL")]
    url: Vec<String>,
    /// Print the run record as JSON on stdout, one line a run
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(flags: &Flags, order: Order) -> ExitCode {
    let (settings, catalogue) = match cli::configuration(flags) {
        Ok(configuration) => configuration,
        Err(status) => return status,
    };
    let traces = logs::start_traces(&settings);
    let runs = ingest(&settings, catalogue, &order).await;
    if let Some(traces) = traces {
        traces.finish().await;
    }
    let runs = match runs {
        Ok(runs) => runs,
        Err(error) => return cli::fail(error, COULD_NOT_START),
    };
    for run in &runs {
        if order.json {
            match serde_json::to_string(run) {
                Ok(record) => println!("{record}"),
                Err(error) => return cli::fail(error, 1),
            }
        } else {
            summarise(run);
        }
    }
    let is_clean = |run: &Run| {
        let failed_pages = if run.scope.url.is_some() { run.report.failed + run.report.gone } else { 0 };
        run.state == RunState::Done && run.report.sources_failed == 0 && failed_pages == 0
    };
    if runs.iter().all(is_clean) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn ingest(settings: &Settings, catalogue: Catalogue, order: &Order) -> anyhow::Result<Vec<Run>> {
    let scope = |url| Scope { portal: order.portal.clone(), section: order.section.clone(), url };
    let scopes: Vec<Scope> = match &order.url[..] {
        [] => vec![scope(None)],
        urls => urls.iter().map(|url| scope(Some(url.clone()))).collect(),
    };
    for scope in &scopes {
        ingest::check(&catalogue, scope)?;
    }
    let _lock = service::lock(&settings.data_dir)?;
    let store = Store::open(&settings.data_dir)?;
    let clock = Clock::system();
    store.close_interrupted_runs(clock.now()).await?;
    let fetcher = Fetcher::new(service::user_agent(&settings.contact))?;
    let ingest = Ingest::new(Arc::new(catalogue), fetcher, store);
    let stop = CancellationToken::new();
    let signal = stop.clone();
    tokio::spawn(async move {
        if serve::until_told_to_stop().await.is_ok() {
            signal.cancel();
        }
    });
    ingest::archive::decide(&ingest, clock.now()).await?;
    let mut runs = Vec::new();
    for scope in scopes {
        runs.push(one(&ingest, scope, &clock, &stop).await?);
    }
    Ok(runs)
}

async fn one(ingest: &Ingest, scope: Scope, clock: &Clock, stop: &CancellationToken) -> Result<Run, RunError> {
    let (mut run, _) = ingest.store.create_run(Trigger::Cli, scope, clock.now()).await?;
    run.state = RunState::Running;
    ingest.store.update_run(&run).await?;
    let bars = Bars::new();
    let span = tracing::info_span!("run", run.id = run.id);
    let outcome = async {
        ingest::run(ingest, &run, Options::default(), clock.now(), stop, &|progress| bars.show(&progress)).await
    };
    let outcome = outcome.instrument(span).await;
    bars.finish();
    run.conclude(outcome.map_err(|error| error.to_string()), stop.is_cancelled(), clock.now());
    ingest.store.update_run(&run).await?;
    Ok(run)
}

fn summarise(run: &Run) {
    let report = &run.report;
    println!(
        "run {}: {} of {} sources answered, {} links, {} new, {} updated, {} unchanged, {} copies, {} held back, {} gone, {} failed",
        run.id,
        report.sources_ok,
        report.sources_ok + report.sources_failed,
        report.discovered,
        report.new,
        report.updated,
        report.unchanged,
        report.copies,
        report.quarantined,
        report.gone,
        report.failed
    );
    for Alarm { portal, section, source, message, .. } in &report.alarms {
        eprintln!("alarm: {portal}/{section}: {message}; look at the layout of {source}");
    }
    for failure in &report.errors {
        eprintln!("{failure}");
    }
}
