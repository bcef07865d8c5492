//! The invented news portal 冰河新闻网 (Binghe News) with the real world's trouble built in.
//!
//! `harbinger demo`, the tests and the benches read it over HTTP on loopback. Its articles are Markdown files under
//! `sample/articles/`, its markup stands in `sample/templates/`. All persons, cities and events in it are invented,
//! except the World Mayors Dialogue in Harbin, whose feed it has to fill.

pub mod archive;
pub mod article_body;
pub mod article_page;
pub mod bulk;
pub mod catalogue;
pub mod edits;
pub mod listings;
pub mod picture;
pub mod resource;
pub mod sections;
pub mod site;
pub mod stories;
pub mod template;
pub mod truth;
pub mod words;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::Method;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use url::Url;

use crate::sample::resource::Resource;

/// The portal as a running server; it ends when this is dropped or stopped.
pub struct SamplePortal {
    base_url: Url,
    handle: ServerHandle,
    state: Arc<Mutex<State>>,
}

/// What the server knows: its pages, and how often each path was asked for.
#[derive(Default)]
struct State {
    resources: BTreeMap<String, Resource>,
    requests: BTreeMap<String, usize>,
}

impl SamplePortal {
    /// Starts the portal on an address such as `127.0.0.1:0`, where port 0 takes a free one.
    ///
    /// One page changes by itself after its first reading and one answers slowly; see [`SamplePortal::keep_still`].
    /// Fails if the address cannot be bound.
    pub async fn start(listen: &str) -> io::Result<SamplePortal> {
        let state = Arc::new(Mutex::new(State::default()));
        let data = web::Data::from(Arc::clone(&state));
        let app = move || App::new().app_data(data.clone()).default_service(web::to(answer));
        let server = HttpServer::new(app).workers(1).disable_signals().shutdown_timeout(0).bind(listen)?;
        let address = server.addrs().first().copied().ok_or_else(|| io::Error::other("no address was bound"))?;
        let base_url = Url::parse(&format!("http://{address}/")).map_err(io::Error::other)?;
        lock(&state).resources = site::resources(&base_url);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        Ok(SamplePortal { base_url, handle, state })
    }

    /// The address of the front page, with its final slash.
    pub fn base_url(&self) -> Url {
        self.base_url.clone()
    }

    /// Stops the server and waits until its port is free.
    pub async fn stop(self) {
        self.handle.stop(false).await;
    }

    /// Replaces a piece of text on a page, which gets a new `ETag` and a later `Last-Modified`.
    /// Answers whether the page holds `from`.
    pub fn edit(&self, path: &str, from: &str, to: &str) -> bool {
        self.lock().resources.get_mut(path).is_some_and(|resource| resource.edit(from, to))
    }

    /// Takes a page away; its path then answers 404.
    pub fn remove(&self, path: &str) {
        self.lock().resources.remove(path);
    }

    /// Puts an HTML page, in UTF-8, at a path.
    pub fn publish(&self, path: &str, body: impl Into<Vec<u8>>) {
        self.publish_as(path, "text/html; charset=utf-8", body);
    }

    /// Puts a body with its whole `Content-Type` at a path.
    pub fn publish_as(&self, path: &str, content_type: &str, body: impl Into<Vec<u8>>) {
        let modified = self.lock().resources.get(path).map(Resource::next_modified);
        let mut resource = Resource::new(content_type, body.into());
        resource.modified = modified.unwrap_or(resource.modified);
        self.lock().resources.insert(path.to_owned(), resource);
    }

    /// Adds a link at the top of a list page. Answers whether there is such a list.
    pub fn announce(&self, list_path: &str, article_path: &str, title: &str) -> bool {
        let entry = format!("{}\n<li><a href=\"{article_path}\">{title}</a></li>", listings::NEWEST_FIRST);
        self.edit(list_path, listings::NEWEST_FIRST, &entry)
    }

    /// How often each path was asked for, with any method and whatever the answer was.
    pub fn requests(&self) -> BTreeMap<String, usize> {
        self.lock().requests.clone()
    }

    /// Lets a path answer with this status and an empty body; 200 ends that.
    pub fn fail(&self, path: &str, status: u16) {
        self.resource_at(path, |resource| resource.status = status);
    }

    /// Lets a path answer only after a while; zero ends that.
    pub fn delay(&self, path: &str, delay: Duration) {
        self.resource_at(path, |resource| resource.delay = delay);
    }

    /// Makes every page answer at once and never change by itself.
    pub fn keep_still(&self) {
        for resource in self.lock().resources.values_mut() {
            resource.delay = Duration::ZERO;
            resource.later = None;
        }
    }

    fn resource_at(&self, path: &str, change: impl FnOnce(&mut Resource)) {
        let mut state = self.lock();
        let missing = || Resource { status: 404, ..Resource::new("text/html; charset=utf-8", Vec::new()) };
        change(state.resources.entry(path.to_owned()).or_insert_with(missing));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Drop for SamplePortal {
    fn drop(&mut self) {
        // The order to stop is sent by the call itself; its future only waits for the end.
        drop(self.handle.stop(false));
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers one request from what is in the state.
async fn answer(request: HttpRequest, state: web::Data<Mutex<State>>) -> HttpResponse {
    let path = request.path().to_owned();
    let delay = {
        let mut state = lock(&state);
        *state.requests.entry(path.clone()).or_default() += 1;
        state.resources.get(&path).map(|resource| resource.delay).unwrap_or_default()
    };
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return HttpResponse::MethodNotAllowed().insert_header(("Allow", "GET, HEAD")).finish();
    }
    let mut state = lock(&state);
    match state.resources.get_mut(&path) {
        Some(resource) => resource.answer(&request),
        None => HttpResponse::NotFound().content_type("text/html; charset=utf-8").body(site::NOT_FOUND),
    }
}

#[cfg(test)]
mod tests;
