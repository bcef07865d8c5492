//! The real service with its own database, a clock that stands still, and the sample portal to read.

use std::net::TcpListener;
use std::path::Path;

use chrono::{DateTime, Utc};
use harbinger::clock::Clock;
use harbinger::config;
use harbinger::ingest::Options;
use harbinger::model::catalogue::Catalogue;
use harbinger::model::run::{Run, Scope, Trigger};
use harbinger::publish::push;
use harbinger::sample::SamplePortal;
use harbinger::sample::catalogue::catalogue_toml;
use harbinger::service::{Parts, Running, Service};
use tempfile::TempDir;
use url::Url;

/// The token the tests' service knows.
pub const TOKEN: &str = "a token for tests";

pub struct House {
    pub portal: SamplePortal,
    pub folder: TempDir,
    pub clock: Clock,
    pub base: Url,
    pub client: reqwest::Client,
    /// How the next start pushes; the fake subscribers are on loopback.
    pub rules: push::Rules,
    files: Vec<(String, String)>,
    running: Option<Running>,
}

impl House {
    /// A portal that stays as it is, and a service that has not read it yet.
    pub async fn new() -> House {
        let portal = SamplePortal::start("127.0.0.1:0").await.unwrap();
        portal.keep_still();
        let clock = Clock::stopped_at(time("2026-01-16T00:00:00Z"));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let base = "http://127.0.0.1/".parse().unwrap();
        let files = catalogue_toml(&portal.base_url());
        let rules = push::Rules { allow_private_callbacks: true, ..push::Rules::default() };
        let mut house = House { portal, folder, clock, base, client, rules, files, running: None };
        house.open().await;
        house
    }

    /// A service that has read the whole portal once.
    pub async fn with_articles() -> House {
        let house = House::new().await;
        house.ingest(Scope::default()).await;
        house
    }

    async fn open(&mut self) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        self.base = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let parts = Parts {
            catalogue: self.catalogue(),
            data_dir: self.data_dir().to_owned(),
            // What is published must not depend on the port of a test.
            base_url: "https://feeds.example/".parse().unwrap(),
            contact: "https://feeds.example/".into(),
            admin_token_hash: Some(*blake3::hash(TOKEN.as_bytes()).as_bytes()),
            push: self.rules.clone(),
            clock: self.clock.clone(),
        };
        self.running = Some(Service::open(parts).await.unwrap().serve(listener).unwrap());
    }

    /// Stops the service and starts it again on the same data.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.open().await;
    }

    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    pub fn data_dir(&self) -> &Path {
        self.folder.path()
    }

    /// Writes the operator's files into a folder.
    pub fn write_files(&self, folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        for (name, text) in &self.files {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }

    fn catalogue(&self) -> Catalogue {
        let feeds = tempfile::tempdir().unwrap();
        self.write_files(feeds.path());
        let (catalogue, problems) = config::catalogue(feeds.path());
        assert!(problems.is_empty(), "{problems:?}");
        catalogue
    }

    /// Edits one of the operator's files; a restart reads it.
    pub fn change_file(&mut self, name: &str, from: &str, to: &str) {
        let (_, text) = self.files.iter_mut().find(|(file, _)| file == name).unwrap();
        assert!(text.contains(from), "{name} has no “{from}”");
        *text = text.replace(from, to);
    }

    /// Puts a file into the operator's folder, or takes it away; a restart reads it.
    pub fn set_file(&mut self, name: &str, text: Option<&str>) {
        self.files.retain(|(file, _)| file != name);
        self.files.extend(text.map(|text| (name.to_owned(), text.to_owned())));
    }

    /// Waits until all that was begun is stored and published.
    pub async fn settle(&self) {
        self.running().service.queue.finish().await;
        self.running().service.publisher.refresh().await;
        while self.running().service.publisher.index_some(self.clock.now()).await.unwrap() {}
    }

    /// Asks the callbacks that are to be asked, and tells the subscribers that are to be told; after a start the shelf
    /// has to be full for that.
    pub async fn push(&self) {
        self.running().service.publisher.refresh().await;
        let push = &self.running().service.push;
        push.round(self.clock.now()).await.unwrap();
        push.idle().await;
    }

    pub fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    /// One run, seen to its end; then the feeds are up to date.
    pub async fn ingest(&self, scope: Scope) -> Run {
        self.ingest_with(scope, Options::default()).await
    }

    pub async fn ingest_with(&self, scope: Scope, options: Options) -> Run {
        let queue = &self.running().service.queue;
        let run = queue.order(Trigger::Cli, scope, options).await.unwrap();
        queue.finish().await;
        queue.run(run.id).await.unwrap().unwrap()
    }

    pub async fn ingest_at(&self, now: &str) -> Run {
        self.clock.move_to(time(now));
        self.ingest(Scope::default()).await
    }

    pub fn url(&self, path: &str) -> String {
        self.base.join(path).unwrap().into()
    }

    pub async fn get(&self, path: &str) -> reqwest::Response {
        self.client.get(self.url(path)).send().await.unwrap()
    }

    pub async fn text(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.unwrap()
    }

    pub async fn json(&self, path: &str) -> serde_json::Value {
        serde_json::from_str(&self.text(path).await).unwrap()
    }

    /// The items of a JSON feed.
    pub async fn items(&self, path: &str) -> Vec<serde_json::Value> {
        self.json(&format!("{path}.json")).await["items"].as_array().unwrap().clone()
    }
}

pub fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn section(portal: &str, section: &str) -> Scope {
    Scope { portal: Some(portal.into()), section: Some(section.into()), url: None }
}
