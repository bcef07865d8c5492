//! What answering a warm feed costs: the whole service beside a bare actix-web handler that answers with the same
//! bytes and fields. Both run in processes of their own and are loaded in turns.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context;
use harbinger::clock::Clock;
use harbinger::ingest::Options;
use harbinger::model::run::{Scope, Trigger};
use harbinger::publish::push;
use harbinger::service::{Parts, Service};

use crate::http::Answer;
use crate::measure::{Arguments, Better, Demand, Helper, Table};
use crate::portal::Portal;

mod http;
mod measure;
mod portal;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The service in its role.
const SERVICE: &str = "service";
/// The reference in its role.
const BARE: &str = "bare";
/// The feed that is asked for.
const FEED: &str = "/feeds/bulk/s0.rss";
/// Full articles in it: together about 30 KB.
const ARTICLES: usize = 4;
/// Connections kept open by the load.
const CONNECTIONS: usize = 16;
/// Rounds for each answer, and how long each lasts.
const ROUNDS: usize = 51;
const ROUND: Duration = Duration::from_millis(200);
/// Twenty headlines of the portal, as a partner site asks for them.
const HEADLINES: &str = "/api/v1/headlines?feed=bulk&limit=20";
/// The answers compared: their names, where they are asked for, what the requests carry, and how near the bare handler
/// they must come. The tag is filled in.
const KINDS: [(&str, &str, &str, f64); 5] = [
    ("identity", FEED, "", 0.9),
    ("gzip", FEED, "Accept-Encoding: gzip, deflate\r\n", 0.9),
    ("304", FEED, "Accept-Encoding: gzip\r\nIf-None-Match: {etag}\r\n", 0.9),
    ("headlines", HEADLINES, "", 0.8),
    ("headlines-gzip", HEADLINES, "Accept-Encoding: gzip, deflate\r\n", 0.8),
];
/// Questions for headlines that nobody asked before, in each round.
const QUESTIONS: usize = 200;

fn main() -> anyhow::Result<ExitCode> {
    let arguments = measure::arguments();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match arguments.role()[..] {
        [portal::ROLE, ref rest @ ..] => runtime.block_on(portal::play(rest))?,
        [SERVICE] => runtime.block_on(play_service())?,
        [BARE, folder] => runtime.block_on(play_bare(Path::new(folder)))?,
        _ => return compare(&arguments),
    }
    Ok(ExitCode::SUCCESS)
}

fn compare(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let rounds = if arguments.is_check { 2 } else { ROUNDS };
    let service = Helper::start(&[SERVICE])?;
    let address: SocketAddr = service.ready.parse()?;
    let etag = http::ask(address, &http::request(FEED, ""))?;
    let etag = etag.fields.iter().find(|(name, _)| name == "etag").context("the feed has no tag")?.1.clone();
    let requests = KINDS
        .map(|(kind, path, fields, least)| (kind, path, http::request(path, &fields.replace("{etag}", &etag)), least));

    let folder = tempfile::tempdir()?;
    for (kind, _, request, _) in &requests {
        keep(&http::ask(address, request)?, folder.path(), kind)?;
    }
    let bare = Helper::start(&[BARE, folder.path().to_str().context("the folder has an odd name")?])?;
    let bare_address: SocketAddr = bare.ready.parse()?;

    let mut table = Table::new();
    for (kind, path, request, least) in requests.iter().filter(|request| arguments.wants(request.0)) {
        let bare_request = request.replace(path, &format!("/{kind}"));
        let (answer, bare_answer) = (http::ask(address, request)?, http::ask(bare_address, &bare_request)?);
        let is_same = (answer.status, &answer.fields, &answer.body)
            == (bare_answer.status, &bare_answer.fields, &bare_answer.body);
        anyhow::ensure!(is_same, "{kind}: the answers differ: {answer:?} {bare_answer:?}");
        table.fact(&format!("{kind}: bytes, the same from both"), answer.body.len() as f64, Demand::None);
        let mut ours = Load::new(&service, address, request, answer.bytes)?;
        let mut reference = Load::new(&bare, bare_address, &bare_request, bare_answer.bytes)?;
        let (mut rates, mut costs) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
        // The first round warms both up and is not counted.
        for turn in 0..=rounds {
            let ((rate, cost), (bare_rate, bare_cost)) = round(&mut ours, &mut reference)?;
            if turn > 0 {
                rates.0.push(rate);
                rates.1.push(bare_rate);
                costs.0.push(cost);
                costs.1.push(bare_cost);
            }
        }
        table.paired(
            &format!("{kind}: requests a second"),
            Better::Higher,
            &rates.0,
            &rates.1,
            Demand::AtLeast(*least),
        );
        let figure = format!("{kind}: server CPU a request, µs");
        table.paired(&figure, Better::Lower, &costs.0, &costs.1, Demand::AtLeast(*least));
    }
    if arguments.wants("headlines-new") {
        let costs = questions(&service, address, rounds)?;
        table.single("headlines-new: server CPU a request never asked before, µs", &costs, Demand::AtMost(200.0));
    }
    Ok(table.finish())
}

/// What an answer costs that is not kept, in µs of each round: every request asks for another time.
fn questions(service: &Helper, address: SocketAddr, rounds: usize) -> anyhow::Result<Vec<f64>> {
    let begin = chrono::DateTime::UNIX_EPOCH;
    let mut costs = Vec::new();
    for round in 0..=rounds {
        let before = service.cpu()?;
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        for question in 0..QUESTIONS {
            let since = begin + chrono::TimeDelta::seconds((round * QUESTIONS + question) as i64);
            let path = format!("{HEADLINES}&since={}", since.format("%Y-%m-%dT%H:%M:%SZ"));
            let answer = http::ask_on(&mut stream, &http::request(&path, "Accept-Encoding: gzip\r\n"))?;
            anyhow::ensure!(answer.status == 200 && answer.body.len() > 500, "{path}: {answer:?}");
        }
        costs.push((service.cpu()? - before).as_secs_f64() * 1e6 / QUESTIONS as f64);
    }
    // The first round warms up and is not counted.
    costs.remove(0);
    Ok(costs)
}

/// The load on one server: on every connection one request is open at a time.
struct Load<'a> {
    server: &'a Helper,
    streams: Vec<TcpStream>,
    request: &'a str,
    answer_bytes: usize,
    buffer: Vec<u8>,
}

impl<'a> Load<'a> {
    fn new(server: &'a Helper, address: SocketAddr, request: &'a str, answer_bytes: usize) -> anyhow::Result<Load<'a>> {
        let connect = |_| -> anyhow::Result<TcpStream> {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            Ok(stream)
        };
        let streams = (0..CONNECTIONS).map(connect).collect::<anyhow::Result<_>>()?;
        Ok(Load { server, streams, request, answer_bytes, buffer: vec![0; 256 * 1024] })
    }

    /// One request on every connection, and the answers; the time that took.
    fn exchange(&mut self) -> anyhow::Result<Duration> {
        let begin = Instant::now();
        for stream in &mut self.streams {
            stream.write_all(self.request.as_bytes())?;
        }
        for stream in &mut self.streams {
            let mut read = 0;
            while read < self.answer_bytes {
                match stream.read(&mut self.buffer)? {
                    0 => anyhow::bail!("the server closed a connection"),
                    more => read += more,
                }
            }
            anyhow::ensure!(read == self.answer_bytes, "an answer has another length");
        }
        Ok(begin.elapsed())
    }
}

/// Loads both servers for a round: of each the requests a second, and what a request cost it in µs.
///
/// They take turns after every exchange, so that whatever else the machine does meets both alike, and both are
/// woken as often.
fn round(ours: &mut Load, reference: &mut Load) -> anyhow::Result<((f64, f64), (f64, f64))> {
    let cpu = (ours.server.cpu()?, reference.server.cpu()?);
    let mut times = (Duration::ZERO, Duration::ZERO);
    let mut requests = 0.0;
    while times.0 + times.1 < ROUND {
        times.0 += ours.exchange()?;
        times.1 += reference.exchange()?;
        requests += CONNECTIONS as f64;
    }
    let cpu = (ours.server.cpu()? - cpu.0, reference.server.cpu()? - cpu.1);
    let figures = |time: Duration, cpu: Duration| (requests / time.as_secs_f64(), cpu.as_secs_f64() * 1e6 / requests);
    Ok((figures(times.0, cpu.0), figures(times.1, cpu.1)))
}

/// The service over a few articles, as `harbinger serve` runs it.
async fn play_service() -> anyhow::Result<()> {
    // Five sections, so that the portal has twenty headlines.
    let portal = Portal::start(5, ARTICLES)?;
    let folder = tempfile::tempdir()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let parts = Parts {
        catalogue: portal.catalogue("list.html", portal::SELECTORS)?,
        data_dir: folder.path().to_owned(),
        base_url: format!("http://{address}/").parse()?,
        contact: "https://feeds.example/".to_owned(),
        admin_token_hash: None,
        push: push::Rules::default(),
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

/// An answer the bare handler gives.
struct Ready {
    status: StatusCode,
    fields: Vec<(HeaderName, HeaderValue)>,
    body: web::Bytes,
}

/// Keeps an answer for [`play_bare`].
fn keep(answer: &Answer, folder: &Path, kind: &str) -> anyhow::Result<()> {
    let fields: Vec<String> = answer.fields.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    std::fs::write(folder.join(format!("{kind}.head")), format!("{}\n{}", answer.status, fields.join("\n")))?;
    Ok(std::fs::write(folder.join(kind), &answer.body)?)
}

fn kept(folder: &Path, kind: &str) -> anyhow::Result<Ready> {
    let head = std::fs::read_to_string(folder.join(format!("{kind}.head")))?;
    let mut lines = head.lines();
    let status = lines.next().context("no status")?.parse()?;
    let fields = lines.filter_map(|line| line.split_once(": "));
    let fields = fields.map(|(name, value)| Ok((name.parse()?, value.parse()?))).collect::<anyhow::Result<_>>()?;
    Ok(Ready { status, fields, body: std::fs::read(folder.join(kind))?.into() })
}

/// The bare server: each answer at a path of its own, the same whatever the request says.
async fn play_bare(folder: &Path) -> anyhow::Result<()> {
    let mut ready = Vec::new();
    for (kind, ..) in KINDS {
        ready.push((kind, Arc::new(kept(folder, kind)?)));
    }
    let app = move || {
        ready.iter().fold(App::new(), |app, (kind, ready)| {
            let ready = Arc::clone(ready);
            let answer = move || std::future::ready(bare(&ready));
            app.route(&format!("/{kind}"), web::get().to(answer))
        })
    };
    let server = HttpServer::new(app).disable_signals().bind("127.0.0.1:0")?;
    let address = server.addrs().first().copied().context("no address was bound")?;
    let server = server.run();
    measure::serve_until_dropped(&address.to_string())?;
    Ok(server.await?)
}

fn bare(ready: &Ready) -> HttpResponse {
    let mut response = HttpResponse::build(ready.status);
    for (name, value) in &ready.fields {
        response.insert_header((name.clone(), value.clone()));
    }
    if ready.body.is_empty() { response.finish() } else { response.body(ready.body.clone()) }
}
