//! What systemd is told of a server: that it is ready, that it lives, that it stops (sd_notify(3)). Without systemd
//! nothing is asked and nothing told.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio_util::sync::CancellationToken;

use crate::store::Store;

/// How often it is asked whether feeds can be answered, until they can.
const READY_PAUSE: Duration = Duration::from_millis(100);
/// An answer that takes longer is none.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// Tells systemd, until `stop` is cancelled, of the server that listens at `address`; the handle ends soon after.
pub(super) fn tell(address: SocketAddr, store: Store, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        if std::env::var_os("NOTIFY_SOCKET").is_none() {
            return;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = live(address, &store) => {}
        }
        say(NotifyState::Stopping);
    })
}

async fn live(address: SocketAddr, store: &Store) {
    while !answers(address, "/readyz").await {
        tokio::time::sleep(READY_PAUSE).await;
    }
    say(NotifyState::Ready);
    let Some(limit) = sd_notify::watchdog_enabled() else { return std::future::pending().await };
    loop {
        // The writer works off what it was given first: an answer proves that it is not stuck.
        if answers(address, "/healthz").await && store.writer_answers().await.is_ok() {
            say(NotifyState::Watchdog);
        }
        // Half of the limit, as sd_watchdog_enabled(3) recommends.
        tokio::time::sleep(limit / 2).await;
    }
}

fn say(state: NotifyState<'static>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "cannot tell systemd how the program is");
    }
}

/// Whether the server answers 200 to a request as a reader sends it.
async fn answers(address: SocketAddr, path: &'static str) -> bool {
    spawn_blocking(move || status(address, path)).await.is_ok_and(|status| status.is_ok_and(|status| status == *b"200"))
}

fn status(address: SocketAddr, path: &str) -> io::Result<[u8; 3]> {
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_TIMEOUT)?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut beginning = [0; "HTTP/1.1 200".len()];
    stream.read_exact(&mut beginning)?;
    Ok([beginning[9], beginning[10], beginning[11]])
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_server_that_does_not_answer_or_answers_otherwise_is_not_alive() {
        let answering = |answer: &'static [u8]| {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let _ = stream.read(&mut [0; 1024]);
                let _ = stream.write_all(answer);
            });
            address
        };
        assert!(answers(answering(b"HTTP/1.1 200 OK\r\n\r\n"), "/healthz").await);
        assert!(!answers(answering(b"HTTP/1.1 503 Service Unavailable\r\n\r\n"), "/healthz").await);
        assert!(!answers(answering(b""), "/healthz").await);
        let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(!answers(gone, "/healthz").await);
    }
}
