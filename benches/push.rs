//! How soon subscribers have what changed: from the order to withdraw an article, before it is stored, until the new feed
//! has arrived at each of a thousand callbacks, signed. Beside it a bare loop that posts the same bytes.

use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::Method;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::Context;
use aws_lc_rs::hmac;
use futures_util::{StreamExt, stream};
use harbinger::clock::Clock;
use harbinger::ingest::Options;
use harbinger::model::run::{Scope, Trigger};
use harbinger::publish::push;
use harbinger::service::{Parts, Service};
use tokio::sync::Notify;

use crate::measure::{Better, Demand, Helper, Table};
use crate::portal::Portal;

#[expect(dead_code, reason = "the benches share it, and none needs all of it")]
mod http;
#[expect(dead_code, reason = "the benches share it, and none needs all of it")]
mod measure;
mod portal;

/// The service in its role.
const SERVICE: &str = "service";
/// The topic.
const FEED: &str = "/feeds/bulk/s0.rss";
/// Full articles in it: together about 30 KB.
const ARTICLES: usize = 4;
/// Subscribers, and rounds of changes.
const SUBSCRIBERS: usize = 1_000;
const ROUNDS: usize = 20;
/// Subscriptions that wait for their confirmation at once; the hub refuses more than some hundreds.
const WAVE: usize = 100;
/// Posts at once of the bare loop, as many as the hub's.
const AT_ONCE: usize = 256;
/// The admin's token.
const TOKEN: &str = "a token for the bench";
/// Longer than any round may take.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> anyhow::Result<ExitCode> {
    harbinger::memory::keep_little();
    let arguments = measure::arguments();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match arguments.role()[..] {
        [portal::ROLE, ref rest @ ..] => runtime.block_on(portal::play(rest))?,
        [SERVICE] => runtime.block_on(play_service())?,
        _ => {
            let (subscribers, rounds) = if arguments.is_check { (50, 2) } else { (SUBSCRIBERS, ROUNDS) };
            return runtime.block_on(compare(subscribers, rounds));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What came to the callbacks.
#[derive(Default)]
struct Callbacks {
    confirmed: Mutex<usize>,
    /// Of each delivery: the callback, and when it was there in full.
    arrived: Mutex<Vec<(String, Instant)>>,
    news: Notify,
}

async fn compare(subscribers: usize, rounds: usize) -> anyhow::Result<ExitCode> {
    let service = Helper::start(&[SERVICE])?;
    let address: SocketAddr = service.ready.parse()?;
    let (callbacks, home) = callbacks()?;
    for number in 0..subscribers {
        subscribe(address, &format!("{home}/{number}"), number)?;
        let subscribed = number + 1;
        if subscribed % WAVE == 0 || subscribed == subscribers {
            wait("confirmations", || lock(&callbacks.confirmed).ge(&subscribed), &callbacks.news).await?;
        }
    }
    let article = article(address)?;
    let mut table = Table::new();
    let (mut ours, mut bare, mut wrong) = (Vec::new(), Vec::new(), 0.0);
    for round in 0..rounds {
        let order = match round % 2 {
            0 => format!("DELETE /api/v1/admin/articles/{article}"),
            _ => format!("POST /api/v1/admin/articles/{article}/restore"),
        };
        let begin = Instant::now();
        let request =
            format!("{order} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 0\r\n\r\n");
        let status = tokio::task::spawn_blocking(move || http::ask(address, &request)).await??.status;
        anyhow::ensure!(status == 204, "{order}: {status}");
        let (times, odd) = arrivals(&callbacks, subscribers, begin).await?;
        ours.push(p99(times));
        wrong += odd as f64;
        let body = http::ask(address, &http::request(FEED, ""))?.body;
        let begin = Instant::now();
        post(&home, subscribers, body.into()).await?;
        bare.push(p99(arrivals(&callbacks, subscribers, begin).await?.0));
    }
    table.fact("deliveries that did not come exactly once", wrong, Demand::AtMost(0.0));
    table.single(&format!("{subscribers} subscribers: p99 from order to arrival, ms"), &ours, Demand::AtMost(1_000.0));
    table.paired("the same beside a bare loop, ms", Better::Lower, &ours, &bare, Demand::None);
    Ok(table.finish())
}

fn callbacks() -> anyhow::Result<(Arc<Callbacks>, String)> {
    let callbacks = Arc::new(Callbacks::default());
    let data = web::Data::from(Arc::clone(&callbacks));
    let app = move || App::new().app_data(data.clone()).default_service(web::to(answer));
    let server = HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0")?;
    let address = server.addrs().first().copied().context("no address was bound")?;
    tokio::spawn(server.run());
    Ok((callbacks, format!("http://{address}")))
}

async fn answer(request: HttpRequest, _body: web::Bytes, callbacks: web::Data<Callbacks>) -> HttpResponse {
    let mut challenge = String::new();
    if request.method() == Method::GET {
        let mut query = url::form_urlencoded::parse(request.query_string().as_bytes());
        challenge = query.find(|(name, _)| name == "hub.challenge").map(|(_, it)| it.into_owned()).unwrap_or_default();
        *lock(&callbacks.confirmed) += 1;
    } else {
        lock(&callbacks.arrived).push((request.path().to_owned(), Instant::now()));
    }
    callbacks.news.notify_one();
    HttpResponse::Ok().body(challenge)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn wait(what: &str, is_done: impl Fn() -> bool, news: &Notify) -> anyhow::Result<()> {
    let wait = async {
        while !is_done() {
            news.notified().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.with_context(|| format!("{what} are missing"))
}

/// The time to each arrival in ms, and how many callbacks did not have exactly one.
async fn arrivals(callbacks: &Callbacks, expected: usize, begin: Instant) -> anyhow::Result<(Vec<f64>, usize)> {
    wait("deliveries", || lock(&callbacks.arrived).len() >= expected, &callbacks.news).await?;
    let arrived = std::mem::take(&mut *lock(&callbacks.arrived));
    let times = arrived.iter().map(|(_, at)| at.duration_since(begin).as_secs_f64() * 1000.0).collect();
    let mut paths: Vec<_> = arrived.into_iter().map(|(path, _)| path).collect();
    let all = paths.len();
    paths.sort();
    paths.dedup();
    Ok((times, all - paths.len() + expected.abs_diff(all)))
}

fn p99(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() * 99 / 100).copied().unwrap_or(f64::NAN)
}

fn subscribe(address: SocketAddr, callback: &str, number: usize) -> anyhow::Result<()> {
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.topic", &format!("http://{address}{FEED}"))
        .append_pair("hub.callback", callback)
        .append_pair("hub.secret", "a secret for the bench")
        .finish();
    // Each comes from another client, or the hub would ask us to slow down.
    let client = format!("9.9.{}.{}", number / 250, number % 250);
    let request = format!(
        "POST /hub HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {client}\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}",
        form.len()
    );
    let answer = http::ask(address, &request)?;
    anyhow::ensure!(answer.status == 202, "{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    Ok(())
}

fn article(address: SocketAddr) -> anyhow::Result<String> {
    let feed = http::ask(address, &http::request("/feeds/bulk/s0.json", ""))?;
    let feed: serde_json::Value = serde_json::from_slice(&feed.body)?;
    Ok(feed["items"][0]["id"].as_str().context("the feed is empty")?.to_owned())
}

/// Posts the same bytes to every callback, signed, as many at once as the hub does, and keeps no books.
async fn post(home: &str, subscribers: usize, body: web::Bytes) -> anyhow::Result<()> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let posts = (0..subscribers).map(|number| {
        let (client, body, url) = (client.clone(), body.clone(), format!("{home}/{number}"));
        tokio::spawn(async move {
            let key = hmac::Key::new(hmac::HMAC_SHA256, b"a secret for the bench");
            let tag = hmac::sign(&key, &body);
            let digits: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
            client.post(url).header("X-Hub-Signature", format!("sha256={digits}")).body(body).send().await
        })
    });
    let mut posts = stream::iter(posts).buffer_unordered(AT_ONCE);
    while let Some(posted) = posts.next().await {
        posted??.error_for_status()?;
    }
    Ok(())
}

/// The service over a few articles, as `harbinger serve` runs it.
async fn play_service() -> anyhow::Result<()> {
    let portal = Portal::start(1, ARTICLES)?;
    let folder = tempfile::tempdir()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let parts = Parts {
        catalogue: portal.catalogue("list.html", portal::SELECTORS)?,
        data_dir: folder.path().to_owned(),
        base_url: format!("http://{address}/").parse()?,
        contact: "https://feeds.example/".to_owned(),
        admin_token_hash: Some(*blake3::hash(TOKEN.as_bytes()).as_bytes()),
        push: push::Rules { allow_private_callbacks: true, ..push::Rules::default() },
        clock: Clock::system(),
    };
    let service = Service::open(parts).await?;
    service.queue.order(Trigger::Cli, Scope::default(), Options::default()).await?;
    service.queue.finish().await;
    drop(portal);
    let _running = service.serve(listener)?;
    measure::serve_until_dropped(&address.to_string())?;
    std::future::pending().await
}
