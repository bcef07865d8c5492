//! `harbinger inspect`: what would be extracted from one page, every field and where it came from, what was
//! removed and why. Stores nothing.

use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use url::Url;

use crate::cli::report::{self, Report};
use crate::cli::{self, table};
use crate::clock::Clock;
use crate::config::settings::{Flags, Settings};
use crate::ingest::decode::{self, Page};
use crate::ingest::fetch::{self, Fetched, Fetcher, Purpose, Request};
use crate::ingest::guard::lexicon::Lexicon;
use crate::ingest::learned;
use crate::ingest::page::Reading;
use crate::model::catalogue::Catalogue;
use crate::model::portal::Portal;
use crate::model::template::Template;
use crate::service;
use crate::store::templates;
use crate::text::address;

/// The largest file read, in bytes, where no portal's `max_page_mb` says otherwise.
const FILE_BYTES_MAX: u64 = 10 * 1024 * 1024;

/// What to look at.
#[derive(Args)]
pub(super) struct Question {
    /// An address, or a saved page
    #[arg(value_name = "URL|FILE")]
    pub page: String,
    /// The portal whose rules are used [default: the one whose host the address has]
    #[arg(long, value_name = "ID")]
    pub portal: Option<String>,
    /// The address a file came from
    #[arg(long)]
    pub url: Option<Url>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What was read of one page.
pub(super) struct Seen {
    /// Its address.
    pub url: String,
    /// Its encoding.
    pub charset: &'static str,
    /// The portal whose rules were used.
    pub portal: Portal,
    /// What was learned of the portal's pages.
    pub templates: Vec<Template>,
    /// What it says.
    pub reading: Reading,
}

pub(super) async fn run(flags: &Flags, question: Question) -> ExitCode {
    match report(flags, &question).await {
        Ok(Ok(report)) if question.json => match serde_json::to_string_pretty(&report) {
            Ok(text) => {
                println!("{text}");
                ExitCode::SUCCESS
            }
            Err(error) => cli::fail(error, 1),
        },
        Ok(Ok(report)) => {
            print!("{}", table::report(&report));
            ExitCode::SUCCESS
        }
        Ok(Err(status)) => status,
        Err(error) => cli::fail(error, 1),
    }
}

async fn report(flags: &Flags, question: &Question) -> anyhow::Result<Result<Report, ExitCode>> {
    let (settings, catalogue) = match cli::configuration_or_none(flags) {
        Ok(configuration) => configuration,
        Err(status) => return Ok(Err(status)),
    };
    let Seen { url, charset, portal, templates, reading } = look(&settings, &catalogue, question).await?;
    Ok(Ok(report::of(url, charset, &portal, reading, &templates)))
}

/// Reads one page, from the web or from a file.
pub(super) async fn look(settings: &Settings, catalogue: &Catalogue, question: &Question) -> anyhow::Result<Seen> {
    let address = question.page.parse::<Url>().ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let of = address.as_ref().or(question.url.as_ref());
    let portal = portal(catalogue, question.portal.as_deref(), of)?;
    let page = match &address {
        Some(url) => fetched(settings, &portal, url).await?,
        None => saved(Path::new(&question.page), question.url.as_ref().unwrap_or(&portal.home))?,
    };
    let charset = page.charset;
    let url = page.url.to_string();
    let templates = templates::stored(&settings.data_dir, &portal.id)?;
    let lexicon = Lexicon::with(&catalogue.spam_words);
    let (reading, _) = learned::read(&page, &portal, &lexicon, &templates, &|| false);
    let reading = reading.map_err(|error| match address {
        Some(_) => anyhow::Error::msg(error),
        None => anyhow::anyhow!("{}: {error}", question.page),
    })?;
    Ok(Seen { url, charset, portal, templates, reading })
}

/// The portal asked for, or the one that has the page's host, or none of ours: then the defaults are used.
fn portal(catalogue: &Catalogue, id: Option<&str>, url: Option<&Url>) -> anyhow::Result<Portal> {
    if let Some(id) = id {
        let known: Vec<&str> = catalogue.portals.iter().map(|portal| portal.id.as_str()).collect();
        let missing = || anyhow::anyhow!("there is no portal “{id}”; known are: {}", known.join(", "));
        return catalogue.portal(id).cloned().ok_or_else(missing);
    }
    let of_host = |portal: &&Portal| url.is_some_and(|url| address::is_of(portal, url));
    match catalogue.portals.iter().find(of_host) {
        Some(portal) => Ok(portal.clone()),
        None => {
            let home = url.cloned().unwrap_or(Url::parse("http://localhost/")?);
            Portal::unknown(home).map_err(anyhow::Error::msg)
        }
    }
}

async fn fetched(settings: &Settings, portal: &Portal, url: &Url) -> anyhow::Result<Page> {
    let fetcher = Fetcher::new(service::user_agent(&settings.contact))?;
    let request = Request { url, rules: &portal.fetch, validators: None, purpose: Purpose::Page };
    match fetch::page(&fetcher, request, Clock::system().now()).await? {
        Fetched::Page(raw) => Ok(decode::text(raw)),
        Fetched::NotModified { .. } => anyhow::bail!("{url} answered 304 to a request without validators"),
    }
}

fn saved(path: &Path, url: &Url) -> anyhow::Result<Page> {
    let failed =
        |error| anyhow::anyhow!("cannot read {}: {error}; give an http address or a saved page", path.display());
    let length = std::fs::metadata(path).map_err(failed)?.len();
    anyhow::ensure!(length <= FILE_BYTES_MAX, "{} is larger than {FILE_BYTES_MAX} bytes", path.display());
    Ok(decode::bytes(url.clone(), None, std::fs::read(path).map_err(failed)?))
}
