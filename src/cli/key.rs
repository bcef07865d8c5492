//! `harbinger key`: makes a partner's key for private feeds and prints it once; lists keys with how often each was used,
//! and ends them. Works beside a running server.

use std::process::ExitCode;

use chrono::{DateTime, TimeDelta, Utc};
use clap::Subcommand;

use crate::cli;
use crate::cli::secrets::{self, Secrets};
use crate::clock::Clock;
use crate::config::settings::Flags;
use crate::keys::{Keyring, Wanted};
use crate::model::feed::{FeedKey, Format};
use crate::model::partner_key::{self, DAYS_MAX, FEEDS_MAX};
use crate::store::Store;

/// What is asked.
#[derive(Subcommand)]
pub(super) enum Question {
    /// Make a key for a partner; it is printed once and not kept
    Create {
        /// What to call it
        name: String,
        /// A private feed it opens: a portal with its sections, portal/section or events/ID; may be given several times
        /// [default: every private feed]
        #[arg(long = "feed", value_name = "ID")]
        feeds: Vec<String>,
        /// Days until it ends [default: it does not end]
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=i64::from(DAYS_MAX)))]
        days: Option<u32>,
    },
    /// List the keys: name, feeds, when made, when it ends, when used last, how often
    List,
    /// End a key; a running server knows within ten seconds
    Revoke {
        /// Its name
        name: String,
    },
}

pub(super) async fn run(flags: &Flags, question: Question) -> ExitCode {
    let opened = match Secrets::open(flags, "keys") {
        Ok(opened) => opened,
        Err(status) => return status,
    };
    let now = Clock::system().now();
    let done = match question {
        Question::Create { name, feeds, days } => {
            let catalogue = match cli::catalogue(&opened.settings) {
                Ok(catalogue) => catalogue,
                Err(status) => return status,
            };
            let has_private = catalogue.feeds().iter().any(|feed| catalogue.is_private(feed));
            if !has_private {
                eprintln!("no feed is private yet; “private = true” in a file of feeds/ makes one");
            }
            let feeds = feeds.iter().map(|feed| catalogue.private_feed(feed).map(|key| (feed.clone(), key))).collect();
            let expires = days.map(|days| now + TimeDelta::days(i64::from(days)));
            create(&opened, &name, feeds, expires, now).await
        }
        Question::List => list(&opened.store, now).await,
        Question::Revoke { name } => revoke(&opened.store, name, now).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => cli::fail(error, 1),
    }
}

/// Feeds by their names, or what is wrong with one of them.
type Feeds = Result<Vec<(String, FeedKey)>, String>;

async fn create(
    Secrets { settings, store, .. }: &Secrets,
    name: &str,
    feeds: Feeds,
    expires: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let name = partner_key::name(name).map_err(anyhow::Error::msg)?;
    let feeds = feeds.map_err(anyhow::Error::msg)?;
    anyhow::ensure!(feeds.len() <= FEEDS_MAX, "a key names {FEEDS_MAX} feeds at most; without --feed it opens all");
    let base = settings.base_url.as_str().trim_end_matches('/');
    let example = feeds.first().map_or("/feeds/ID.rss".to_owned(), |(_, feed)| feed.format_path(Format::Rss));
    let wanted = Wanted { name, feeds: feeds.into_iter().map(|(name, _)| name).collect(), expires };
    let (key, made) = Keyring::open(store.clone()).await?.make(wanted, now).await?;
    secrets::note(store, format!("harbinger key create {}", made.name), now).await?;
    println!("{key}");
    let opens = if made.feeds.is_empty() { "every private feed".to_owned() } else { made.feeds.join(", ") };
    eprintln!(
        "“{}” opens {opens}: {base}{example}?key=…, or as a bearer token or the password of HTTP Basic; it is shown \
         only this once",
        made.name
    );
    Ok(())
}

async fn list(store: &Store, now: DateTime<Utc>) -> anyhow::Result<()> {
    let keys = store.partner_keys().await?;
    if keys.is_empty() {
        println!("there are no keys; “harbinger key create NAME” makes one");
        return Ok(());
    }
    println!("{:<24} {:<11} {:<11} {:<21} {:>9}  FEEDS", "NAME", "MADE", "ENDS", "LAST USED", "USES");
    for key in keys {
        let (ends, used) = (secrets::end(key.expires, key.is_valid(now)), secrets::last_use(key.last_used));
        let feeds = if key.feeds.is_empty() { "all that are private".to_owned() } else { key.feeds.join(", ") };
        println!("{:<24} {:<11} {ends:<11} {used:<21} {:>9}  {feeds}", key.name, secrets::day(key.created), key.uses);
    }
    Ok(())
}

async fn revoke(store: &Store, name: String, now: DateTime<Utc>) -> anyhow::Result<()> {
    let is_ended = store.revoke_partner_key(name.clone()).await?;
    anyhow::ensure!(is_ended, "there is no key “{name}”; “harbinger key list” shows all");
    secrets::note(store, format!("harbinger key revoke {name}"), now).await?;
    println!("“{name}” has ended");
    Ok(())
}
