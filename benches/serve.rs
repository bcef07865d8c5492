//! What answering a warm feed costs: the whole service beside a bare actix-web handler that answers with the same
//! bytes and fields, and beside nginx, where it is installed, with the same files. All run in processes of their own
//! and are loaded in turns. Then what rendering costs, and how long readers wait while pages are ingested.

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
use crate::nginx::Nginx;
use crate::portal::Portal;
use crate::rendering::Rows;

mod busy;
mod http;
mod measure;
mod nginx;
mod portal;
mod rendering;

/// The service in its role.
const SERVICE: &str = "service";
/// The service with a portal that it has read one section of.
const BUSY: &str = "busy";
/// The reference in its role.
const BARE: &str = "bare";
/// The feed that is asked for.
const FEED: &str = "/feeds/bulk/s0.rss";
/// Full articles in it: together about 30 KB.
const ARTICLES: usize = 4;
/// Sections of the portal: enough for twenty headlines, and for a feed of fifty entries.
const SECTIONS: usize = 13;
/// That feed: about 400 KB.
const LARGE: &str = "/feeds/bulk.rss";
/// Sections, and pages of each, that are read while readers wait; the first is read before.
const READ_MEANWHILE: (usize, usize) = (11, 50);
/// Connections kept open by the load.
const CONNECTIONS: usize = 16;
/// Rounds for each answer, and how long each lasts.
const ROUNDS: usize = 51;
const ROUND: Duration = Duration::from_millis(200);
/// Twenty headlines of the portal, as a partner site asks for them.
const HEADLINES: &str = "/api/v1/headlines?feed=bulk&limit=20";
/// The answers compared: their names, where they are asked for, what the requests carry, and how near the bare handler
/// they must come. The tag is filled in.
const KINDS: [(&str, &str, &str, f64); 8] = [
    ("identity", FEED, "", 0.9),
    ("br", FEED, "Accept-Encoding: br\r\n", 0.9),
    ("large", LARGE, "", 0.9),
    ("large-gzip", LARGE, "Accept-Encoding: gzip\r\n", 0.9),
    ("gzip", FEED, "Accept-Encoding: gzip, deflate\r\n", 0.9),
    ("304", FEED, "Accept-Encoding: gzip\r\nIf-None-Match: {etag}\r\n", 0.9),
    ("headlines", HEADLINES, "", 0.8),
    ("headlines-gzip", HEADLINES, "Accept-Encoding: gzip, deflate\r\n", 0.8),
];
/// Those of them that are files for nginx.
const FILES: [&str; 4] = ["identity", "gzip", "large", "large-gzip"];
/// What the service may take more under load than before it, in MB: what is kept of answers made on demand.
const GROWN_MB_MAX: f64 = 24.0;
/// A coding that is made behind the answers is there by then.
const CODING_MAX: Duration = Duration::from_secs(10);
/// Questions for headlines that nobody asked before, in each round.
const QUESTIONS: usize = 200;

fn main() -> anyhow::Result<ExitCode> {
    harbinger::memory::keep_little();
    let arguments = measure::arguments();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match arguments.role()[..] {
        [portal::ROLE, ref rest @ ..] => runtime.block_on(portal::play(rest))?,
        [SERVICE] => runtime.block_on(play_service(SECTIONS, ARTICLES, Scope::default()))?,
        [BUSY] => {
            let (sections, pages) = READ_MEANWHILE;
            let scope = Scope { portal: Some(portal::ID.into()), section: Some("s0".into()), url: None };
            runtime.block_on(play_service(sections, pages, scope))?;
        }
        [BARE, folder] => runtime.block_on(play_bare(Path::new(folder)))?,
        _ => return compare(&arguments, &runtime),
    }
    Ok(ExitCode::SUCCESS)
}

fn compare(arguments: &Arguments, runtime: &tokio::runtime::Runtime) -> anyhow::Result<ExitCode> {
    let rounds = if arguments.is_check { 2 } else { ROUNDS };
    let mut table = Table::new();
    compare_answers(arguments, rounds, &mut table)?;
    if arguments.wants("rendering") {
        runtime.block_on(Rows::ingested())?.compare(&mut table, rounds)?;
    }
    if arguments.wants("busy") {
        let service = Helper::start(&[BUSY])?;
        busy::compare(&mut table, service.ready.parse()?, FEED, arguments.is_check.then_some(2))?;
    }
    Ok(table.finish())
}

fn compare_answers(arguments: &Arguments, rounds: usize, table: &mut Table) -> anyhow::Result<()> {
    let service = Helper::start(&[SERVICE])?;
    let address: SocketAddr = service.ready.parse()?;
    let etag = http::ask(address, &http::request(FEED, ""))?;
    let etag = etag.fields.iter().find(|(name, _)| name == "etag").context("the feed has no tag")?.1.clone();
    let requests = KINDS
        .map(|(kind, path, fields, least)| (kind, path, http::request(path, &fields.replace("{etag}", &etag)), least));

    let folder = tempfile::tempdir()?;
    for (kind, _, request, _) in &requests {
        keep(&settled(address, request)?, folder.path(), kind)?;
    }
    let resident = measure::memory_mb(service.process(), "VmRSS")?;
    let bare = Helper::start(&[BARE, folder.path().to_str().context("the folder has an odd name")?])?;
    let bare_address: SocketAddr = bare.ready.parse()?;
    let nginx = Nginx::over(folder.path())?;

    for (kind, path, request, least) in requests.iter().filter(|request| arguments.wants(request.0)) {
        let bare_request = request.replace(path, &format!("/{kind}"));
        let (answer, bare_answer) = (http::ask(address, request)?, http::ask(bare_address, &bare_request)?);
        let is_same = (answer.status, &answer.fields, &answer.body)
            == (bare_answer.status, &bare_answer.fields, &bare_answer.body);
        anyhow::ensure!(is_same, "{kind}: the answers differ: {answer:?} {bare_answer:?}");
        table.fact(&format!("{kind}: bytes, the same from both"), answer.body.len() as f64, Demand::None);
        let mut ours = Load::new(service.process(), address, request, answer.bytes)?;
        let mut reference = Load::new(bare.process(), bare_address, &bare_request, bare_answer.bytes)?;
        pair(table, kind, (&mut ours, &mut reference), rounds, Demand::AtLeast(*least))?;
        if let Some(nginx) = nginx.as_ref().filter(|_| FILES.contains(kind)) {
            let theirs = http::ask(nginx.address, &bare_request)?;
            anyhow::ensure!(theirs.status == 200 && theirs.body == answer.body, "{kind}: nginx answers {theirs:?}");
            let mut reference = Load::new(nginx.process(), nginx.address, &bare_request, theirs.bytes)?;
            pair(table, &format!("{kind}, nginx"), (&mut ours, &mut reference), rounds, Demand::None)?;
        }
    }
    if arguments.wants("headlines-new") {
        let costs = questions(&service, address, rounds)?;
        let rates: Vec<f64> = costs.iter().map(|cost| 1e6 / cost).collect();
        table.single("headlines-new: server CPU a request never asked before, µs", &costs, Demand::AtMost(200.0));
        table.single("headlines-new: requests a second and core", &rates, Demand::None);
    }
    let grown = measure::memory_mb(service.process(), "VmRSS")? - resident;
    table.single("resident under all that load, grown by MB", &[grown], Demand::AtMost(GROWN_MB_MAX));
    Ok(())
}

/// The answer once it comes in the coding that is asked for, if only one is.
fn settled(address: SocketAddr, request: &str) -> anyhow::Result<Answer> {
    let begin = Instant::now();
    loop {
        let answer = http::ask(address, request)?;
        let is_coded = answer.fields.iter().any(|(name, _)| name == "content-encoding");
        if is_coded || !request.contains("Encoding: br\r\n") {
            return Ok(answer);
        }
        anyhow::ensure!(begin.elapsed() < CODING_MAX, "the feed never comes in the coding that is asked for");
    }
}

/// Loads both servers in turns and adds what came of it to a table.
fn pair(
    table: &mut Table,
    kind: &str,
    (ours, reference): (&mut Load, &mut Load),
    rounds: usize,
    demand: Demand,
) -> anyhow::Result<()> {
    let (mut rates, mut costs) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    // The first round warms both up and is not counted.
    for turn in 0..=rounds {
        let ((rate, cost), (their_rate, their_cost)) = round(ours, reference)?;
        if turn > 0 {
            rates.0.push(rate);
            rates.1.push(their_rate);
            costs.0.push(cost);
            costs.1.push(their_cost);
        }
    }
    table.paired(&format!("{kind}: requests a second"), Better::Higher, &rates.0, &rates.1, demand);
    table.paired(&format!("{kind}: server CPU a request, µs"), Better::Lower, &costs.0, &costs.1, demand);
    Ok(())
}

/// What an answer costs that is not kept, in µs of each round: every request asks for another time.
fn questions(service: &Helper, address: SocketAddr, rounds: usize) -> anyhow::Result<Vec<f64>> {
    let begin = chrono::DateTime::UNIX_EPOCH;
    let mut costs = Vec::new();
    for round in 0..=rounds {
        let before = measure::cpu(service.process())?;
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        for question in 0..QUESTIONS {
            let since = begin + chrono::TimeDelta::seconds((round * QUESTIONS + question) as i64);
            let path = format!("{HEADLINES}&since={}", since.format("%Y-%m-%dT%H:%M:%SZ"));
            let answer = http::ask_on(&mut stream, &http::request(&path, "Accept-Encoding: gzip\r\n"))?;
            anyhow::ensure!(answer.status == 200 && answer.body.len() > 500, "{path}: {answer:?}");
        }
        costs.push((measure::cpu(service.process())? - before).as_secs_f64() * 1e6 / QUESTIONS as f64);
    }
    // The first round warms up and is not counted.
    costs.remove(0);
    Ok(costs)
}

/// The load on one server: on every connection one request is open at a time.
struct Load<'a> {
    process: u32,
    streams: Vec<TcpStream>,
    request: &'a str,
    answer_bytes: usize,
    buffer: Vec<u8>,
}

impl<'a> Load<'a> {
    fn new(process: u32, address: SocketAddr, request: &'a str, answer_bytes: usize) -> anyhow::Result<Load<'a>> {
        let connect = |_| -> anyhow::Result<TcpStream> {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            Ok(stream)
        };
        let streams = (0..CONNECTIONS).map(connect).collect::<anyhow::Result<_>>()?;
        Ok(Load { process, streams, request, answer_bytes, buffer: vec![0; 256 * 1024] })
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
    let cpu = (measure::cpu(ours.process)?, measure::cpu(reference.process)?);
    let mut times = (Duration::ZERO, Duration::ZERO);
    let mut requests = 0.0;
    while times.0 + times.1 < ROUND {
        times.0 += ours.exchange()?;
        times.1 += reference.exchange()?;
        requests += CONNECTIONS as f64;
    }
    let cpu = (measure::cpu(ours.process)? - cpu.0, measure::cpu(reference.process)? - cpu.1);
    let figures = |time: Duration, cpu: Duration| (requests / time.as_secs_f64(), cpu.as_secs_f64() * 1e6 / requests);
    Ok((figures(times.0, cpu.0), figures(times.1, cpu.1)))
}

/// The service over a portal of which it has read this much, as `harbinger serve` runs it.
async fn play_service(sections: usize, articles: usize, scope: Scope) -> anyhow::Result<()> {
    let portal = Portal::start(sections, articles)?;
    let folder = tempfile::tempdir()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let parts = Parts {
        catalogue: portal.catalogue("list.html", portal::SELECTORS)?,
        data_dir: folder.path().to_owned(),
        base_url: format!("http://{address}/").parse()?,
        contact: "https://feeds.example/".to_owned(),
        admin_token_hash: Some(*blake3::hash(busy::TOKEN.as_bytes()).as_bytes()),
        push: push::Rules::default(),
        clock: Clock::system(),
    };
    let service = Service::open(parts).await?;
    service.queue.order(Trigger::Cli, scope, Options::default()).await?;
    service.queue.finish().await;
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
