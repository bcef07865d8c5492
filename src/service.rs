//! The rooms wired into one running service, for `serve`, `demo` and the tests.

use std::fs::{File, TryLockError};
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use chrono::{DateTime, Utc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::clock::Clock;
use crate::config::settings::Settings;
use crate::ingest::Ingest;
use crate::ingest::fetch::{FetchError, Fetcher};
use crate::keys::{Keyring, NotMade};
use crate::model::audience::Audiences;
use crate::model::catalogue::Catalogue;
use crate::outside::Clients;
use crate::publish::headlines::Headlines;
use crate::publish::publisher::Publisher;
use crate::publish::push::{self, Push};
use crate::publish::sitemap::Sitemap;
use crate::scheduler::queue::Queue;
use crate::server::State;
use crate::server::dashboard::session::Sessions;
use crate::server::metrics::Watch;
use crate::store::{DATABASE_FILE, Store, StoreError};
use crate::{scheduler, server};

/// Held by the one process that ingests into a data directory.
const LOCK_FILE: &str = "harbinger.lock";

/// What a service is made of.
pub struct Parts {
    /// The portals and events.
    pub catalogue: Catalogue,
    /// Where the database is.
    pub data_dir: PathBuf,
    /// The public address.
    pub base_url: Url,
    /// Who to write to about our requests.
    pub contact: String,
    /// Hash of the admin token given in the environment.
    pub admin_token_hash: Option<[u8; 32]>,
    /// How subscribers are told of changes.
    pub push: push::Rules,
    /// The time.
    pub clock: Clock,
}

/// Why a service could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process ingests into the same data directory.
    #[error(
        "another harbinger is using {0}; stop it first, or order the run from it: \
         POST /api/v1/admin/ingest"
    )]
    InUse(PathBuf),
    /// The data directory.
    #[error("cannot use the data directory {0}: {1}")]
    DataDir(PathBuf, io::Error),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The HTTP client.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The partner keys.
    #[error(transparent)]
    Keys(#[from] NotMade),
    /// The thread that renders.
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
    /// The HTTP server.
    #[error("cannot start the HTTP server: {0}")]
    Server(io::Error),
}

/// Our user agent: who we are and whom to write to.
pub fn user_agent(contact: &str) -> String {
    format!("Harbinger/{} (+{contact})", env!("CARGO_PKG_VERSION"))
}

/// Takes the data directory for this process; the file's lock ends with the process, however it ends.
pub fn lock(data_dir: &Path) -> Result<File, StartError> {
    let failed = |error| StartError::DataDir(data_dir.to_owned(), error);
    std::fs::create_dir_all(data_dir).map_err(failed)?;
    let file = File::options().create(true).truncate(false).write(true).open(data_dir.join(LOCK_FILE));
    let file = file.map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StartError::InUse(data_dir.to_owned())),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// The lock, where a command that works beside a running server would have to bring the database up to date first:
/// no server may find its database changed under it.
pub fn lock_to_update(data_dir: &Path) -> Result<Option<File>, StartError> {
    if Store::is_current(data_dir)? { Ok(None) } else { lock(data_dir).map(Some) }
}

/// A publisher of what is stored, for a command that only reads, beside a server that may be running. If none is, the
/// feeds are registered first, as that would; the data is not held meanwhile.
pub async fn reading(catalogue: Catalogue, settings: &Settings, now: DateTime<Utc>) -> Result<Publisher, StartError> {
    let data_dir = &settings.data_dir;
    let audiences = Arc::new(Audiences::of(Arc::new(catalogue)));
    let publisher = |store| {
        let (base_url, hub) = (settings.base_url.clone(), settings.hub.as_ref());
        Publisher::new(Arc::clone(&audiences), store, base_url, hub).map_err(StartError::Thread)
    };
    if data_dir.join(DATABASE_FILE).exists() {
        match lock(data_dir) {
            Ok(_lock) => publisher(Store::open(data_dir)?)?.register(now).await?,
            Err(StartError::InUse(_)) => {}
            Err(error) => return Err(error),
        }
    }
    publisher(Store::beside(data_dir)?)
}

/// A service whose store is open.
pub struct Service {
    /// The ready bytes.
    pub publisher: Arc<Publisher>,
    /// The runs.
    pub queue: Arc<Queue>,
    /// The hub.
    pub push: Arc<Push>,
    /// The news sitemap.
    pub sitemap: Arc<Sitemap>,
    /// The partner keys.
    pub keyring: Arc<Keyring>,
    admin_token_hash: Option<[u8; 32]>,
    is_https: bool,
    stop: CancellationToken,
    _lock: File,
}

impl Service {
    /// Opens the store and makes sure every feed has its row; runs a crash left open are closed.
    pub async fn open(parts: Parts) -> Result<Service, StartError> {
        let lock = lock(&parts.data_dir)?;
        let store = Store::open(&parts.data_dir)?;
        let now = parts.clock.now();
        store.close_interrupted_runs(now).await?;
        let catalogue = Arc::new(parts.catalogue);
        let is_https = parts.base_url.scheme() == "https";
        let audiences = Arc::new(Audiences::of(Arc::clone(&catalogue)));
        let keyring = Arc::new(Keyring::open(store.clone()).await?);
        let publisher = Publisher::new(Arc::clone(&audiences), store.clone(), parts.base_url, parts.push.hub.as_ref());
        let publisher = Arc::new(publisher.map_err(StartError::Thread)?);
        publisher.register(now).await?;
        let user_agent = user_agent(&parts.contact);
        let clients = Clients::new(user_agent.clone()).map_err(FetchError::from)?;
        let push =
            Arc::new(Push::new(store.clone(), Arc::clone(&publisher), Arc::clone(&keyring), clients, parts.push));
        push.register(now).await?;
        let sitemap = Arc::new(Sitemap::new(Arc::clone(audiences.public()), store.clone(), Arc::clone(&publisher)));
        let ingest = Ingest::new(catalogue, Fetcher::new(user_agent)?, store);
        let stop = CancellationToken::new();
        let queue = Arc::new(Queue::new(ingest, Arc::clone(&publisher), parts.clock, stop.clone()));
        Ok(Service {
            publisher,
            queue,
            push,
            sitemap,
            keyring,
            admin_token_hash: parts.admin_token_hash,
            is_https,
            stop,
            _lock: lock,
        })
    }

    /// Answers on a bound socket; the shelf is filled behind the first answers.
    pub fn serve(self, listener: TcpListener) -> Result<Running, StartError> {
        let state = State {
            publisher: Arc::clone(&self.publisher),
            queue: Arc::clone(&self.queue),
            headlines: Headlines::new(self.queue.store().clone(), Arc::clone(&self.publisher)),
            sitemap: Arc::clone(&self.sitemap),
            push: Arc::clone(&self.push),
            keyring: Arc::clone(&self.keyring),
            admin_token_hash: self.admin_token_hash,
            watch: Watch::over(self.queue.catalogue()),
            sessions: Sessions::default(),
            is_https: self.is_https,
        };
        let server = server::start(listener, state).map_err(StartError::Server)?;
        let handle = server.handle();
        let server = tokio::spawn(server);
        self.queue.decide_archive();
        let publishing = tokio::spawn(Arc::clone(&self.publisher).run(self.stop.clone()));
        let clock = self.queue.clock().clone();
        let news = tokio::spawn(scheduler::news::run(Arc::clone(&self.sitemap), clock.clone(), self.stop.clone()));
        let indexing = scheduler::indexing::run(Arc::clone(&self.publisher), clock.clone(), self.stop.clone());
        let indexing = tokio::spawn(indexing);
        let aging = tokio::spawn(scheduler::retention::run(Arc::clone(&self.queue)));
        let pushing = tokio::spawn(scheduler::pushing::run(Arc::clone(&self.push), clock, self.stop.clone()));
        let resting = tokio::spawn(scheduler::resting::run(self.queue.store().clone(), self.stop.clone()));
        // Without a private feed no key opens anything.
        let keeping = self
            .publisher
            .audiences()
            .has_locks()
            .then(|| tokio::spawn(scheduler::keys::run(Arc::clone(&self.keyring), self.stop.clone())));
        let tasks = [publishing, aging, indexing, pushing, news, resting].into_iter().chain(keeping).collect();
        Ok(Running { service: self, handle, server, tasks })
    }
}

/// A service that answers.
pub struct Running {
    /// What it is made of.
    pub service: Service,
    handle: ServerHandle,
    server: JoinHandle<io::Result<()>>,
    /// What goes on beside the answers.
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// Lets the clock order runs.
    pub fn follow_schedule(&mut self) {
        self.tasks.push(tokio::spawn(scheduler::run(Arc::clone(&self.service.queue))));
    }

    /// Ends the service: no new page is fetched, what was fetched is stored, open requests are answered.
    pub async fn stop(self) {
        self.service.stop.cancel();
        self.service.queue.finish().await;
        self.handle.stop(true).await;
        self.service.push.finish().await;
        for task in self.tasks {
            // A task that panicked has said so; there is nothing left to wait for.
            let _ = task.await;
        }
        let _ = self.server.await;
        if let Err(error) = self.service.keyring.flush().await {
            tracing::error!(%error, "cannot note how often keys were used since the last time");
        }
    }
}
