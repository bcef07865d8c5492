//! `harbinger token`: makes an admin token, prints it once and keeps its hash; lists tokens and ends them.

use std::process::ExitCode;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use clap::{Args, Subcommand};

use crate::cli;
use crate::cli::secrets::{self, Secrets};
use crate::clock::Clock;
use crate::config::settings::Flags;
use crate::model::token::{Role, Token};
use crate::store::Store;

/// Random bytes of a token: 256 bits cannot be guessed.
const TOKEN_BYTES: usize = 32;
/// Lets people and secret scanners see what it is.
const PREFIX: &str = "hbg_";
/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 60;
/// The longest life of a token that ends: ten years.
const DAYS_MAX: u32 = 3650;

/// What is asked.
#[derive(Args)]
pub(super) struct Question {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    new: NewToken,
}

#[derive(Subcommand)]
enum What {
    /// List the tokens: name, role, when made, when it ends, when used last
    List,
    /// End a token at once
    Revoke {
        /// Its name
        name: String,
    },
}

#[derive(Args)]
struct NewToken {
    /// What to call it [default: a name made from its hash]
    #[arg(long)]
    name: Option<String>,
    /// What it may do: ingest (order runs), editor (also decide what is published), admin (everything)
    #[arg(long, default_value = "admin")]
    role: Role,
    /// Days until it ends [default: it does not end]
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=i64::from(DAYS_MAX)))]
    days: Option<u32>,
}

pub(super) async fn run(flags: &Flags, question: Question) -> ExitCode {
    let opened = match Secrets::open(flags, "tokens") {
        Ok(opened) => opened,
        Err(status) => return status,
    };
    let now = Clock::system().now();
    let done = match question.what {
        None => make(&opened.store, question.new, now).await,
        Some(What::List) => list(&opened.store, now).await,
        Some(What::Revoke { name }) => revoke(&opened.store, name, now).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => cli::fail(error, 1),
    }
}

async fn make(store: &Store, new: NewToken, now: DateTime<Utc>) -> anyhow::Result<()> {
    let secret = secret()?;
    let hash = blake3::hash(secret.as_bytes());
    let name = new.name.unwrap_or_else(|| format!("token-{}", &hash.to_hex()[..8]));
    let is_name = !name.trim().is_empty() && name.chars().count() <= NAME_CHARS_MAX && !name.contains(char::is_control);
    anyhow::ensure!(is_name, "a token's name has 1 to {NAME_CHARS_MAX} characters");
    let token = Token {
        name: name.clone(),
        role: new.role,
        created: now,
        expires: new.days.map(|days| now + TimeDelta::days(i64::from(days))),
        last_used: None,
        hash: *hash.as_bytes(),
    };
    let is_kept = store.add_token(token).await.map_err(|error| anyhow::anyhow!("the token was not kept: {error}"))?;
    anyhow::ensure!(is_kept, "there is a token “{name}” already; choose another name, or revoke it first");
    secrets::note(store, format!("harbinger token --name {name} --role {}", new.role), now).await?;
    println!("{secret}");
    eprintln!("“{name}”, role {}: send it as “Authorization: Bearer …”; it is shown only this once", new.role);
    Ok(())
}

/// A token nobody guesses.
pub(super) fn secret() -> anyhow::Result<String> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("the system gives no random numbers: {error}"))?;
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

async fn list(store: &Store, now: DateTime<Utc>) -> anyhow::Result<()> {
    let tokens = store.tokens().await?;
    if tokens.is_empty() {
        println!("there are no tokens; “harbinger token” makes one");
        return Ok(());
    }
    println!("{:<24} {:<7} {:<11} {:<11} LAST USED", "NAME", "ROLE", "MADE", "ENDS");
    for token in tokens {
        let (ends, used) = (secrets::end(token.expires, token.is_valid(now)), secrets::last_use(token.last_used));
        println!("{:<24} {:<7} {:<11} {ends:<11} {used}", token.name, token.role.as_str(), secrets::day(token.created));
    }
    Ok(())
}

async fn revoke(store: &Store, name: String, now: DateTime<Utc>) -> anyhow::Result<()> {
    let is_ended = store.revoke_token(name.clone()).await?;
    anyhow::ensure!(is_ended, "there is no token “{name}”; “harbinger token list” shows all");
    secrets::note(store, format!("harbinger token revoke {name}"), now).await?;
    println!("“{name}” has ended");
    Ok(())
}
