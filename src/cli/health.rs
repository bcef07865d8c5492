//! `harbinger health`: asks a running server whether it is ready; for container health checks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use url::Url;

use crate::cli;
use crate::clock::Clock;
use crate::config::settings::{Flags, Settings};
use crate::ingest::fetch::{self, Fetched, Fetcher, Purpose, Request};
use crate::model::portal::FetchRules;
use crate::service;

/// A server that needs longer is not healthy.
const TIMEOUT: Duration = Duration::from_secs(5);

pub(super) async fn run(flags: &Flags, url: Option<Url>) -> ExitCode {
    let settings = match cli::settings(flags) {
        Ok(settings) => settings,
        Err(status) => return status,
    };
    match ask(&settings, url).await {
        Ok(()) => {
            println!("ready");
            ExitCode::SUCCESS
        }
        Err(error) => cli::fail(format!("not ready: {error}"), 1),
    }
}

async fn ask(settings: &Settings, url: Option<Url>) -> anyhow::Result<()> {
    let server = match url {
        Some(url) => url,
        None => local_address(settings)?,
    };
    let url = server.join("/readyz")?;
    let rules =
        FetchRules { allow_private_addresses: true, obey_robots: false, timeout: TIMEOUT, ..Default::default() };
    let fetcher = Fetcher::new(service::user_agent(&settings.contact))?;
    let request = Request { url: &url, rules: &rules, validators: None, purpose: Purpose::Feed };
    match fetch::page(&fetcher, request, Clock::system().now()).await? {
        Fetched::Page(_) | Fetched::NotModified { .. } => Ok(()),
    }
}

/// Where the server of these settings is reached from its own machine.
fn local_address(settings: &Settings) -> Result<Url, url::ParseError> {
    Url::parse(&format!("http://{}", reached_at(settings.listen)))
}

/// Where a server that listens there is reached from its own machine.
pub(super) fn reached_at(listen: SocketAddr) -> SocketAddr {
    let mut address = listen;
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}
