//! The command line: one file a command, words for people.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::settings::{Flags, Settings};
use crate::config::{self, Problem};
use crate::model::catalogue::Catalogue;

mod backup;
mod check;
mod demo;
mod doctor;
mod events;
mod export;
mod health;
mod ingest;
mod inspect;
mod key;
mod logs;
mod progress;
mod report;
mod secrets;
mod serve;
mod systemd;
mod table;
mod token;

/// The exit status of a command that could not start.
const COULD_NOT_START: u8 = 2;

/// Syndication for news portals: articles in on a schedule, RSS, Atom and JSON feeds out.
#[derive(Parser)]
#[command(name = "harbinger", version, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    places: Places,
    #[command(subcommand)]
    command: Command,
}

/// Where things are; every command takes these.
#[derive(Args)]
struct Places {
    /// The settings file [default: harbinger.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder with one TOML file per portal and event [default: feeds]
    #[arg(long, global = true, value_name = "DIR")]
    feeds_dir: Option<PathBuf>,
    /// The folder of the database [default: data]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the feeds and ingest on schedule
    Serve {
        /// Where to listen [default: 127.0.0.1:8080]
        #[arg(long, value_name = "ADDR:PORT")]
        listen: Option<SocketAddr>,
    },
    /// Ingest once, now
    Ingest(ingest::Order),
    /// Serve an invented portal's feeds: no network, no configuration
    Demo {
        /// Where to listen [default: 127.0.0.1:8080, or a free port if that is taken]
        #[arg(long, value_name = "ADDR:PORT")]
        listen: Option<SocketAddr>,
    },
    /// Show what would be extracted from one page; stores nothing
    Inspect(inspect::Question),
    /// Tell why articles are in an event's feed, and what its present file would move
    #[command(subcommand)]
    Events(events::Question),
    /// Check every configuration file
    Check,
    /// Look for what is wrong with configuration, clock, disk and database
    Doctor {
        /// Mend what can be mended; the server must be stopped
        #[arg(long)]
        fix: bool,
    },
    /// Copy the database to a file, also while the server runs; an earlier copy there is replaced
    Backup {
        /// The copy
        file: PathBuf,
    },
    /// Put a copy back in the place of the database, which is moved aside; the server must be stopped
    Restore {
        /// The copy
        file: PathBuf,
    },
    /// Write all feeds and pages as static files, also while the server runs
    ///
    /// Any host that hands out files can publish them: older entries and other languages have files of their own, and
    /// nothing in them names what only a running server answers. The next export into the same place replaces what
    /// changed, leaves what did not, and removes what is published no more; files of others are never touched. Nothing
    /// private is exported. Set base_url to the address the files will have.
    Export(export::Order),
    /// Make an admin token, of which only the hash is kept; list and revoke tokens
    Token(token::Question),
    /// Make a key with which a partner reads private feeds; list and revoke keys
    #[command(subcommand)]
    Key(key::Question),
    /// Ask a running server whether it is ready
    Health {
        /// The server's address [default: where the settings say it listens]
        #[arg(long)]
        url: Option<url::Url>,
    },
}

/// Runs the command the arguments name.
pub async fn run() -> ExitCode {
    std::panic::set_hook(Box::new(report_bug));
    let Cli { places, command } = Cli::parse();
    match command {
        Command::Serve { listen } => serve::run(&places.flags(listen)).await,
        Command::Ingest(order) => ingest::run(&places.flags(None), order).await,
        Command::Demo { listen } => demo::run(listen).await,
        Command::Inspect(question) => inspect::run(&places.flags(None), question).await,
        Command::Events(question) => events::run(&places.flags(None), question).await,
        Command::Check => check::run(&places.flags(None)),
        Command::Doctor { fix } => doctor::run(&places.flags(None), fix),
        Command::Backup { file } => backup::run(&places.flags(None), &file),
        Command::Restore { file } => backup::restore(&places.flags(None), &file),
        Command::Export(order) => export::run(&places.flags(None), order).await,
        Command::Token(question) => token::run(&places.flags(None), question).await,
        Command::Key(question) => key::run(&places.flags(None), question).await,
        Command::Health { url } => health::run(&places.flags(None), url).await,
    }
}

/// A mistake of ours costs the page or request it happened in; people see one line they can report.
fn report_bug(panic: &std::panic::PanicHookInfo) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let what = panic.payload_as_str().unwrap_or("unknown");
    tracing::error!(%place, "a mistake in harbinger, please report it: {what}");
}

impl Places {
    fn flags(self, listen: Option<SocketAddr>) -> Flags {
        Flags { config: self.config, feeds_dir: self.feeds_dir, data_dir: self.data_dir, listen }
    }
}

/// The settings, or the exit status after every mistake was named.
fn settings(flags: &Flags) -> Result<Settings, ExitCode> {
    config::settings(flags, &config::environment()).map_err(|problems| refuse(&problems))
}

/// Settings and catalogue, or the exit status after every mistake was named.
fn configuration(flags: &Flags) -> Result<(Settings, Catalogue), ExitCode> {
    let settings = settings(flags)?;
    let catalogue = catalogue(&settings)?;
    Ok((settings, catalogue))
}

fn catalogue(settings: &Settings) -> Result<Catalogue, ExitCode> {
    let (catalogue, problems) = config::catalogue(&settings.feeds_dir);
    if !problems.is_empty() {
        return Err(refuse(&problems));
    }
    Ok(Catalogue { spam_words: settings.spam_words.clone(), ..catalogue })
}

/// The same for a command that works without any feeds file; files that are there must be in order.
fn configuration_or_none(flags: &Flags) -> Result<(Settings, Catalogue), ExitCode> {
    let settings = settings(flags)?;
    if flags.feeds_dir.is_none() && !settings.feeds_dir.exists() {
        let catalogue = Catalogue { spam_words: settings.spam_words.clone(), ..Catalogue::default() };
        return Ok((settings, catalogue));
    }
    let catalogue = catalogue(&settings)?;
    Ok((settings, catalogue))
}

fn refuse(problems: &[Problem]) -> ExitCode {
    for problem in problems {
        eprintln!("{problem}");
    }
    ExitCode::from(COULD_NOT_START)
}

fn fail(error: impl std::fmt::Display, status: u8) -> ExitCode {
    eprintln!("harbinger: {error}");
    ExitCode::from(status)
}
