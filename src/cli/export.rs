//! `harbinger export`: all feeds and pages as files for a static host.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::cli;
use crate::clock::Clock;
use crate::config::settings::{Flags, Settings};
use crate::export::folder::Folder;
use crate::export::{self, Report};
use crate::model::catalogue::Catalogue;
use crate::publish::site::Site;
use crate::service;

/// Where to.
#[derive(Args)]
pub(super) struct Order {
    /// The folder: empty, or one that an earlier export wrote
    #[arg(value_name = "DIR")]
    place: PathBuf,
}

pub(super) async fn run(flags: &Flags, order: Order) -> ExitCode {
    let (settings, catalogue) = match cli::configuration(flags) {
        Ok(configuration) => configuration,
        Err(status) => return status,
    };
    if settings.base_url.host_str().is_some_and(|host| ["127.0.0.1", "localhost", "[::1]"].contains(&host)) {
        let advice = "set base_url (or HARBINGER_BASE_URL) to the address the files will have";
        eprintln!("harbinger: the files name each other as {}…; {advice}", settings.base_url);
    }
    match export(settings, catalogue, &order).await {
        Ok(Report { written, unchanged, removed }) => {
            let files = written + unchanged;
            let place = order.place.display();
            println!("{place}: {files} files, {written} written, {unchanged} unchanged, {removed} removed");
            ExitCode::SUCCESS
        }
        Err(error) => cli::fail(format!("the export was not finished: {error}"), 1),
    }
}

async fn export(settings: Settings, catalogue: Catalogue, order: &Order) -> anyhow::Result<Report> {
    let now = Clock::system().now();
    let publisher = service::reading(catalogue, &settings, now).await?;
    let folder = Folder::open(&order.place)?;
    Ok(export::run(&Site::of(&publisher), &folder, now).await?)
}
