//! All SQL. What is kept and what is announced change together, in one transaction.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags};

pub mod backup;
pub mod batch;
pub mod changes;
pub mod decisions;
pub mod doctor;
pub mod editors;
pub mod feeds;
pub mod outset;
pub mod partner_keys;
pub mod parts;
pub mod portals;
pub mod quarantine;
pub mod recent;
pub mod redecisions;
pub mod release;
pub mod retention;
pub mod search;
pub mod sources;
pub mod split;
pub mod subscriptions;
pub mod templates;
pub mod withdrawals;

mod archive;
mod articles;
mod condition;
mod copies;
mod coverage;
mod database;
mod drift;
mod explanations;
mod history;
mod identity;
mod items;
mod migrations;
mod pages;
mod revisions;
mod rows;
mod runs;
mod searchable;
mod standings;
mod tokens;

#[cfg(test)]
mod archive_tests;
#[cfg(test)]
mod full_tests;
#[cfg(test)]
mod partner_tests;

use crate::store::database::Database;

/// The database file inside the data directory.
pub const DATABASE_FILE: &str = "harbinger.db";

/// The store: cheap to clone, safe to share.
#[derive(Clone)]
pub struct Store {
    database: Arc<Database>,
}

/// Why the store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A newer program wrote this database.
    #[error(
        "the database is newer than this program (its format is {found}, this program knows {known}); \
         install the newer harbinger or restore a backup made by this one"
    )]
    Newer {
        /// The format found.
        found: usize,
        /// The newest format this program knows.
        known: usize,
    },
    /// The writer ended, because the program is stopping.
    #[error("the store has stopped")]
    Stopped,
    /// The file or its folder.
    #[error("cannot use the database: {0}")]
    Io(#[from] std::io::Error),
    /// There is no database yet.
    #[error("there is no database {0} yet; `harbinger serve` or `harbinger ingest` makes it")]
    Absent(PathBuf),
    /// An older program wrote this database, and reading alone cannot bring it up to date.
    #[error("the database is of an older harbinger; start this one's `serve` once, which brings it up to date")]
    Older,
    /// The file is no database of ours, or cannot be opened.
    #[error("cannot open the database {path}: {cause}; restore a backup, or move the file away to begin anew")]
    Open {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        cause: rusqlite::Error,
    },
    /// SQLite said no.
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A stored value that cannot be read back.
    #[error("database: {0}")]
    Damaged(String),
}

impl Store {
    /// Opens the database in `data_dir`, making both if they are not there.
    pub fn open(data_dir: &Path) -> Result<Store, StoreError> {
        std::fs::create_dir_all(data_dir)?;
        let path = data_dir.join(DATABASE_FILE);
        let database = Database::open(&path).map_err(|error| match error {
            StoreError::Sqlite(cause) => StoreError::Open { path, cause },
            other => other,
        });
        Ok(Store { database: database? })
    }

    /// Whether `data_dir` has a database of this program's format, which can be opened beside a program that uses it.
    /// An error if a newer program wrote it.
    pub fn is_current(data_dir: &Path) -> Result<bool, StoreError> {
        let path = data_dir.join(DATABASE_FILE);
        if !path.exists() {
            return Ok(false);
        }
        let is_current = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .map_err(StoreError::from)
            .and_then(|connection| {
                connection.busy_timeout(database::BUSY_TIMEOUT)?;
                migrations::is_current(&connection)
            });
        is_current.map_err(|error| match error {
            StoreError::Sqlite(cause) => StoreError::Open { path, cause },
            other => other,
        })
    }

    /// Returns once the writer has worked off what it was given before: proof that it lives.
    pub async fn writer_answers(&self) -> Result<(), StoreError> {
        self.database.run(|_| Ok(())).await
    }

    /// Frees the memory in which the connections keep the pages they worked on. The next run begins without them, which
    /// costs it some milliseconds; kept, they fill the whole of each cache after some thousands of articles.
    pub async fn rest(&self) -> Result<(), StoreError> {
        self.rest_readers()?;
        self.database.run(|connection| Ok(connection.release_memory()?)).await
    }

    /// The same for the connections that read and are not at work: the operating system has the file in memory anyway.
    pub fn rest_readers(&self) -> Result<(), StoreError> {
        self.database.rest_readers()
    }

    /// The store of a data directory for reading alone, beside a program that may be using it. Nothing is made or
    /// changed there.
    pub fn beside(data_dir: &Path) -> Result<Store, StoreError> {
        let path = data_dir.join(DATABASE_FILE);
        if !path.exists() {
            return Err(StoreError::Absent(path));
        }
        let database = Database::beside(&path).map_err(|error| match error {
            StoreError::Sqlite(cause) => StoreError::Open { path, cause },
            other => other,
        });
        Ok(Store { database: database? })
    }
}
