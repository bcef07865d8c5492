//! How long readers wait while a large run is at work, beside how long they wait otherwise.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::http;
use crate::measure::{self, Demand, Table};

/// The token the service knows.
pub const TOKEN: &str = "bench";
/// Connections with one request each at a time.
const CONNECTIONS: usize = 64;
/// Exchanges on all connections while nothing else happens.
const EXCHANGES: usize = 200;
/// The run is over by then.
const RUN_MAX: Duration = Duration::from_secs(300);

/// Adds to a table how long 64 readers of a feed wait, quietly and while all sections of the portal are read.
pub fn compare(table: &mut Table, address: SocketAddr, feed: &str, exchanges: Option<usize>) -> anyhow::Result<()> {
    let request = http::request(feed, "Accept-Encoding: gzip\r\n");
    let connect = |_| TcpStream::connect(address).and_then(|stream| stream.set_nodelay(true).map(|()| stream));
    let mut streams = (0..CONNECTIONS).map(connect).collect::<Result<Vec<_>, _>>()?;
    let mut quiet = Vec::new();
    for _ in 0..exchanges.unwrap_or(EXCHANGES) {
        exchange(&mut streams, &request, &mut quiet)?;
    }
    let run = order(address)?;
    let (begin, mut busy) = (Instant::now(), Vec::new());
    while !is_done(address, &run)? {
        anyhow::ensure!(begin.elapsed() < RUN_MAX, "the run does not end");
        for _ in 0..10 {
            exchange(&mut streams, &request, &mut busy)?;
        }
    }
    let p99 = |waits: &[f64]| measure::quantile(waits, 0.99);
    table.single("busy: p99 of 64 connections, nothing else at work, ms", &[p99(&quiet)], Demand::None);
    table.single("busy: p99 of 64 connections while 500 pages are ingested, ms", &[p99(&busy)], Demand::None);
    table.single("busy: the same, times", &[p99(&busy) / p99(&quiet)], Demand::None);
    table.fact("busy: answers while the pages were ingested", busy.len() as f64, Demand::AtLeast(1.0));
    Ok(())
}

/// One request on every connection; how long each answer took, in ms. Answers change in length while a run is at work.
fn exchange(streams: &mut [TcpStream], request: &str, waits: &mut Vec<f64>) -> anyhow::Result<()> {
    let begin = Instant::now();
    for stream in streams.iter_mut() {
        stream.write_all(request.as_bytes())?;
    }
    for stream in streams {
        let answer = http::answer_on(stream)?;
        anyhow::ensure!(answer.status == 200, "a reader got {}", answer.status);
        waits.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    Ok(())
}

/// Orders a run over everything; the path of its record.
fn order(address: SocketAddr) -> anyhow::Result<String> {
    let request = format!(
        "POST /api/v1/admin/ingest HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
    );
    let answer = http::ask(address, &request)?;
    let location = answer.fields.iter().find(|(name, _)| name == "location").context("no run was ordered")?;
    Ok(location.1.clone())
}

fn is_done(address: SocketAddr, run: &str) -> anyhow::Result<bool> {
    let answer = http::ask(address, &http::request(run, &format!("Authorization: Bearer {TOKEN}\r\n")))?;
    anyhow::ensure!(answer.status == 200, "the run's record answers {}", answer.status);
    let record: serde_json::Value = serde_json::from_slice(&answer.body)?;
    anyhow::ensure!(record["state"] != "failed", "the run failed: {record}");
    Ok(record["state"] == "done")
}
