//! A consistent copy of the database, also while it is being written, and a copy put back in its place.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OpenFlags};

use crate::store::{DATABASE_FILE, StoreError, migrations};

/// How the names of unfinished copies begin and end; SQLite puts its journal beside one, under a longer name.
const BESIDE: (&str, &str) = (".harbinger-", ".db");

/// What a copy holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Articles in it.
    pub articles: i64,
    /// Its size in bytes.
    pub bytes: u64,
    /// Where the database that stood there before was moved; only for a copy put back.
    pub aside: Option<PathBuf>,
}

/// Why a copy could not be made or put back. Whatever happened, the database in use is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is nothing to copy.
    #[error("there is no file {0}")]
    Absent(PathBuf),
    /// The file is something else.
    #[error("{0} is not a database of harbinger ({1})")]
    Foreign(PathBuf, String),
    /// The file is ours, but damaged.
    #[error("{0} is damaged: {1}")]
    Damaged(PathBuf, String),
    /// The file or its folder.
    #[error("{0}: {1}")]
    Io(PathBuf, std::io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Copies the database of `data_dir` to `target` as it is at this moment, and reads the copy through before it takes
/// the place of an earlier one. Needs free space for the copy; does not hold up a server that writes meanwhile.
pub fn back_up(data_dir: &Path, target: &Path) -> Result<Copied, BackupError> {
    let database = data_dir.join(DATABASE_FILE);
    if target.exists() {
        if fs::canonicalize(target).ok() == fs::canonicalize(&database).ok() {
            return Err(BackupError::Foreign(
                target.to_owned(),
                "it is the database itself: choose another file".into(),
            ));
        }
        // An older copy is replaced; anything else is not ours to replace.
        articles(&ours(target)?, target)?;
    }
    let source = ours(&database)?;
    let folder = folder_of(target);
    let copy = beside(&folder)?;
    let into = copy
        .path()
        .to_str()
        .ok_or_else(|| BackupError::Foreign(target.to_owned(), "its name is not Unicode: choose another".into()))?;
    source.execute("VACUUM INTO ?", [into]).map_err(StoreError::from)?;
    let copied = checked(copy.path())?;
    replace(copy, target)?;
    Ok(copied)
}

/// Puts a copy in the place of the database of `data_dir`. The copy is read through and brought up to date before
/// anything is touched; the database that stood there is moved aside, never deleted. The caller holds the lock on
/// the data directory.
pub fn restore(copy: &Path, data_dir: &Path, now: DateTime<Utc>) -> Result<Copied, BackupError> {
    checked(copy)?;
    let database = data_dir.join(DATABASE_FILE);
    fs::create_dir_all(data_dir).map_err(|error| BackupError::Io(data_dir.to_owned(), error))?;
    let fresh = beside(data_dir)?;
    let into = fresh
        .path()
        .to_str()
        .ok_or_else(|| BackupError::Foreign(data_dir.to_owned(), "its name is not Unicode: choose another".into()))?;
    ours(copy)?.execute("VACUUM INTO ?", [into]).map_err(StoreError::from)?;
    prepare(fresh.path())?;
    let mut copied = checked(fresh.path())?;
    copied.aside = move_aside(&database, now)?;
    replace(fresh, &database)?;
    Ok(copied)
}

/// A copy speaks of an earlier time: what was published since must not look newer to readers than what is published
/// from now on. Partners' cursors need nothing: each carries the seal of its change.
fn prepare(path: &Path) -> Result<(), StoreError> {
    let mut connection = Connection::open(path)?;
    migrations::run(&mut connection)?;
    // Every feed is announced anew at the next start, so that `Last-Modified` does not go back.
    connection.execute("UPDATE feed SET settings = NULL", [])?;
    Ok(())
}

/// Opens a database of ours for reading, whatever its version; refuses one that a newer program wrote.
fn ours(path: &Path) -> Result<Connection, BackupError> {
    if !path.is_file() {
        return Err(BackupError::Absent(path.to_owned()));
    }
    let foreign = |error: rusqlite::Error| BackupError::Foreign(path.to_owned(), error.to_string());
    // Not read-only: the log of a database in use is part of it, and reading it writes beside it.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(foreign)?;
    connection.busy_timeout(super::database::BUSY_TIMEOUT).map_err(foreign)?;
    connection.prepare("SELECT guid FROM article").map_err(foreign)?;
    migrations::check(&connection)?;
    Ok(connection)
}

/// Reads every page of a database and counts its articles.
fn checked(path: &Path) -> Result<Copied, BackupError> {
    let connection = ours(path)?;
    let damaged = |what: String| BackupError::Damaged(path.to_owned(), what);
    let found: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|error| damaged(error.to_string()))?;
    if found != "ok" {
        return Err(damaged(found));
    }
    let articles = articles(&connection, path)?;
    let bytes = fs::metadata(path).map_err(|error| BackupError::Io(path.to_owned(), error))?.len();
    Ok(Copied { articles, bytes, aside: None })
}

fn articles(connection: &Connection, path: &Path) -> Result<i64, BackupError> {
    let count = connection.query_row("SELECT count(*) FROM article", [], |row| row.get(0));
    count.map_err(|error| BackupError::Damaged(path.to_owned(), error.to_string()))
}

/// Moves a database away together with its log: a log left behind would be read into the next database.
fn move_aside(database: &Path, now: DateTime<Utc>) -> Result<Option<PathBuf>, BackupError> {
    if !database.exists() {
        return Ok(None);
    }
    let stem = format!("before-restore-{}", now.format("%Y%m%dT%H%M%SZ"));
    let aside = database.with_file_name(format!("{stem}.db"));
    for suffix in ["-wal", "-shm", ""] {
        let named = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
        let (from, to) = (named(database), named(&aside));
        if from.exists() {
            fs::rename(&from, to).map_err(|error| BackupError::Io(from, error))?;
        }
    }
    Ok(Some(aside))
}

/// A file that does not stay unless it is put in place. Only its owner can read it: it holds hashes of tokens.
/// It is locked while it is written; what a program that was killed left behind is not, and is removed.
fn beside(folder: &Path) -> Result<tempfile::NamedTempFile, BackupError> {
    let failed = |error| BackupError::Io(folder.to_owned(), error);
    for entry in fs::read_dir(folder).map_err(failed)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some((copy, _)) = name.strip_prefix(BESIDE.0).and_then(|rest| rest.split_once(BESIDE.1)) else { continue };
        let copy = folder.join(format!("{}{copy}{}", BESIDE.0, BESIDE.1));
        if File::open(copy).map_or(true, |copy| copy.try_lock().is_ok()) {
            // Another may have been faster.
            let _ = fs::remove_file(entry.path());
        }
    }
    let file = tempfile::Builder::new().prefix(BESIDE.0).suffix(BESIDE.1).tempfile_in(folder).map_err(failed)?;
    file.as_file().try_lock().map_err(|error| failed(error.into()))?;
    Ok(file)
}

/// Puts a finished file in place at once and for good: a power cut leaves the old one or the new one.
fn replace(file: tempfile::NamedTempFile, target: &Path) -> Result<(), BackupError> {
    let failed = |error| BackupError::Io(target.to_owned(), error);
    file.as_file().sync_all().map_err(failed)?;
    file.persist(target).map_err(|error| failed(error.error))?;
    File::open(folder_of(target)).and_then(|folder| folder.sync_all()).map_err(failed)
}

fn folder_of(file: &Path) -> PathBuf {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new(".")).to_owned()
}
