//! `harbinger export`: all feeds and pages as files for a static host.

use std::path::Path;
use std::process::ExitCode;

use clap::Args;

use crate::cli;
use crate::clock::Clock;
use crate::config::bucket::Access;
use crate::config::settings::{Flags, Settings};
use crate::config::{self, Problem};
use crate::export::bucket::Bucket;
use crate::export::folder::Folder;
use crate::export::place::Place;
use crate::export::{self, Report, Target};
use crate::model::catalogue::Catalogue;
use crate::publish::site::Site;
use crate::service;

/// Where to.
#[derive(Args)]
pub(super) struct Order {
    /// A folder or a part of a bucket: empty, or what an earlier export wrote. A bucket is reached with AWS_ACCESS_KEY_ID,
    /// AWS_SECRET_ACCESS_KEY (or the same with _FILE), AWS_REGION and, if it is not Amazon's, AWS_ENDPOINT_URL
    #[arg(value_name = "DIR|s3://BUCKET/PREFIX")]
    place: Place,
}

pub(super) async fn run(flags: &Flags, order: Order) -> ExitCode {
    let (settings, catalogue) = match cli::configuration(flags) {
        Ok(configuration) => configuration,
        Err(status) => return status,
    };
    let way = match Way::to(&order.place) {
        Ok(way) => way,
        Err(problems) => return cli::refuse(&problems),
    };
    if settings.base_url.host_str().is_some_and(|host| ["127.0.0.1", "localhost", "[::1]"].contains(&host)) {
        let advice = "set base_url (or HARBINGER_BASE_URL) to the address the files will have";
        eprintln!("harbinger: the files name each other as {}…; {advice}", settings.base_url);
    }
    match export(settings, catalogue, way).await {
        Ok(Report { written, unchanged, removed }) => {
            let files = written + unchanged;
            println!("{}: {files} files, {written} written, {unchanged} unchanged, {removed} removed", order.place);
            ExitCode::SUCCESS
        }
        Err(error) => cli::fail(format!("the export was not finished: {error}"), 1),
    }
}

/// A place with what it takes to get there.
enum Way<'a> {
    Folder(&'a Path),
    Bucket { access: Access, name: &'a str, prefix: &'a str },
}

impl Way<'_> {
    fn to(place: &Place) -> Result<Way<'_>, Vec<Problem>> {
        match place {
            Place::Folder(path) => Ok(Way::Folder(path)),
            Place::Bucket { bucket: name, prefix } => {
                let access = config::bucket::access(&config::environment())?;
                Ok(Way::Bucket { access, name, prefix })
            }
        }
    }
}

async fn export(settings: Settings, catalogue: Catalogue, way: Way<'_>) -> anyhow::Result<Report> {
    let now = Clock::system().now();
    let publisher = service::reading(catalogue, &settings, now).await?;
    let target = match way {
        Way::Folder(path) => Target::Folder(Folder::open(path)?),
        Way::Bucket { access, name, prefix } => {
            let user_agent = service::user_agent(&settings.contact);
            Target::Bucket(Box::new(Bucket::open(&access, name, prefix, user_agent).await?))
        }
    };
    Ok(export::run(&Site::of(&publisher), &target, now).await?)
}
