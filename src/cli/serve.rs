//! `harbinger serve`: feeds over HTTP, and runs on schedule, until it is told to stop.

use std::net::TcpListener;
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

use crate::cli::{self, COULD_NOT_START, health, logs, systemd};
use crate::clock::Clock;
use crate::config::settings::{Flags, Settings};
use crate::model::catalogue::Catalogue;
use crate::publish::push;
use crate::service::{Parts, Service};

pub(super) async fn run(flags: &Flags) -> ExitCode {
    let (settings, catalogue) = match cli::configuration(flags) {
        Ok(configuration) => configuration,
        Err(status) => return status,
    };
    let traces = logs::start(&settings);
    let status = match serve(settings, catalogue).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => cli::fail(error, COULD_NOT_START),
    };
    if let Some(traces) = traces {
        traces.finish().await;
    }
    status
}

async fn serve(settings: Settings, catalogue: Catalogue) -> anyhow::Result<()> {
    let listener = listen(&settings)?;
    // Port 0 asks for any free port; the default public address names the one we got.
    let settings = settings.listening_at(listener.local_addr()?);
    let service = Service::open(parts(&settings, catalogue)).await?;
    let mut running = service.serve(listener)?;
    running.follow_schedule();
    let (queue, address) = (&running.service.queue, health::reached_at(settings.listen));
    let told = systemd::tell(address, queue.store().clone(), queue.stop().clone());
    tracing::info!(listen = %settings.listen, "serving {}", settings.base_url);
    until_told_to_stop().await?;
    tracing::info!("stopping: what is in hand is stored first");
    running.stop().await;
    Ok(told.await?)
}

fn listen(settings: &Settings) -> anyhow::Result<TcpListener> {
    let failed = |error| anyhow::anyhow!("cannot listen on {}: {error}; choose another with --listen", settings.listen);
    TcpListener::bind(settings.listen).map_err(failed)
}

/// What the settings say a service is made of.
pub(super) fn parts(settings: &Settings, catalogue: Catalogue) -> Parts {
    let token = settings.admin_token.as_ref();
    Parts {
        catalogue,
        data_dir: settings.data_dir.clone(),
        base_url: settings.base_url.clone(),
        contact: settings.contact.clone(),
        admin_token_hash: token.map(|token| *blake3::hash(token.reveal().as_bytes()).as_bytes()),
        push: push::Rules {
            hub: settings.hub.clone(),
            allow_private_callbacks: settings.allow_private_callbacks,
            ..push::Rules::default()
        },
        clock: Clock::system(),
    }
}

/// Returns at SIGTERM or SIGINT.
pub(super) async fn until_told_to_stop() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
