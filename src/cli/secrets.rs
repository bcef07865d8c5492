//! What `harbinger token` and `harbinger key` have in common: the store beside a running server, the columns of their
//! lists, and a line in the audit log for each secret that was made or ended.

use std::fs::File;
use std::process::ExitCode;

use chrono::{DateTime, Utc};

use crate::config::settings::{Flags, Settings};
use crate::model::token::Deed;
use crate::store::{Store, StoreError};
use crate::{cli, service};

/// Who does what is ordered on the command line, in the audit log.
const OPERATOR: &str = "the command line";

/// Where secrets are kept.
pub(super) struct Secrets {
    /// The settings.
    pub(super) settings: Settings,
    /// The store.
    pub(super) store: Store,
    /// Keeps a restore away meanwhile.
    _lock: Option<File>,
}

impl Secrets {
    /// Opens the store, or says why it cannot be opened; `what` is in it.
    pub(super) fn open(flags: &Flags, what: &str) -> Result<Secrets, ExitCode> {
        let settings = cli::settings(flags)?;
        let opened = service::lock_to_update(&settings.data_dir);
        let opened = opened.and_then(|lock| Ok((lock, Store::open(&settings.data_dir)?)));
        let (lock, store) = opened.map_err(|error| cli::fail(format!("cannot open the {what}: {error}"), 1))?;
        Ok(Secrets { settings, store, _lock: lock })
    }
}

/// Notes in the audit log what a command has done.
pub(super) async fn note(store: &Store, command: String, now: DateTime<Utc>) -> Result<(), StoreError> {
    let (token, method) = (OPERATOR.to_owned(), "CLI".to_owned());
    store.note_deed(Deed { id: 0, at: now, token, method, path: command, status: 0, result: None }).await
}

/// A day, as lists show it.
pub(super) fn day(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d").to_string()
}

/// When a secret ends.
pub(super) fn end(expires: Option<DateTime<Utc>>, is_valid: bool) -> String {
    match expires {
        Some(_) if !is_valid => "ended".to_owned(),
        Some(expires) => day(expires),
        None => "-".to_owned(),
    }
}

/// When a secret was used last.
pub(super) fn last_use(time: Option<DateTime<Utc>>) -> String {
    time.map_or("never".to_owned(), |time| time.format("%Y-%m-%d %H:%M UTC").to_string())
}
