//! Looks a database through for what should not be, and mends what can be mended without losing anything.

use std::path::Path;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};

use crate::store::database::BUSY_TIMEOUT;
use crate::store::feeds::Touched;
use crate::store::{DATABASE_FILE, StoreError, archive, feeds, migrations};

/// Lines of damage that are told; a file that has more is lost anyway.
const DAMAGES_MAX: i64 = 20;
/// A log larger than this was never cut back: something kept it open, in bytes.
const LOG_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Less room in the file than this is soon needed again, in bytes.
const FREE_BYTES_MIN: i64 = 1024 * 1024;
/// And less than this share of the file, one in so many.
const FREE_SHARE_MIN: i64 = 4;

/// Something that should not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What, and how much of it.
    pub what: String,
    /// What mends it.
    pub cure: Cure,
}

/// What mends a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cure {
    /// An index that is built anew from its table.
    Reindex,
    /// Rows that speak of articles that are not there are removed.
    RemoveOrphans,
    /// The feeds' entries are made again from where each article belongs.
    EnterAgain,
    /// The log is written into the database.
    CutLog,
    /// The database is written anew without the room it does not need.
    Vacuum,
    /// Nothing that keeps all: a copy must be restored.
    Restore,
}

impl Cure {
    /// What would be done, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Cure::Reindex => "the indexes are built anew from their tables",
            Cure::RemoveOrphans => "rows that speak of articles that are not there are removed",
            Cure::EnterAgain => "the feeds' entries are made again from where each article belongs",
            Cure::CutLog => "the log is written into the database",
            Cure::Vacuum => "the database is written anew without it; needs as much free space for a moment",
            Cure::Restore => "restore a copy: harbinger restore FILE",
        }
    }
}

/// Tables whose rows belong to an article, by the column that names it.
const OWNED: [&str; 10] = [
    "band",
    "fingerprint",
    "placement",
    "decision",
    "entry",
    "tombstone",
    "explanation",
    "revision",
    "editor_decision",
    "search_row",
];

/// Articles whose entries are not where they belong: one that is not withdrawn and stands in no feed, one that is and
/// does, or one that stands in a feed under another date.
const MISPLACED: &str = "
    SELECT id FROM article WHERE withdrawn IS NULL AND NOT EXISTS (SELECT 1 FROM entry WHERE article = article.id)
    UNION
    SELECT article.id FROM article JOIN entry ON entry.article = article.id
    WHERE article.withdrawn IS NOT NULL OR entry.published <> article.published";

/// Looks the database of `data_dir` through; costs a read of all of it.
pub fn examine(data_dir: &Path) -> Result<Vec<Finding>, StoreError> {
    let connection = open(data_dir)?;
    let mut findings = damages(&connection);
    // What is torn cannot be searched.
    if findings.iter().any(|finding| finding.cure == Cure::Restore) {
        return Ok(findings);
    }
    for table in OWNED {
        let rows = count(&connection, &format!("SELECT count(*) FROM {table} WHERE {}", orphaned(table)))?;
        if rows > 0 {
            let what = format!("{rows} rows of “{table}” speak of articles that are not there");
            findings.push(Finding { what, cure: Cure::RemoveOrphans });
        }
    }
    let misplaced = count(&connection, &format!("SELECT count(*) FROM ({MISPLACED})"))?;
    if misplaced > 0 {
        let what = format!("{misplaced} articles do not stand in the feeds they belong in");
        findings.push(Finding { what, cure: Cure::EnterAgain });
    }
    let log = std::fs::metadata(data_dir.join(format!("{DATABASE_FILE}-wal"))).map_or(0, |file| file.len());
    if log > LOG_BYTES_MAX {
        let what = format!("the log beside the database has grown to {} MB", log / 1_000_000);
        findings.push(Finding { what, cure: Cure::CutLog });
    }
    let pragma = |name: &str| count(&connection, &format!("SELECT {name} FROM pragma_{name}"));
    let (page, pages, free) = (pragma("page_size")?, pragma("page_count")?, pragma("freelist_count")?);
    if free * page >= FREE_BYTES_MIN && free * FREE_SHARE_MIN >= pages {
        let what = format!("{} of {} MB of the database are empty", free * page / 1_000_000, pages * page / 1_000_000);
        findings.push(Finding { what, cure: Cure::Vacuum });
    }
    Ok(findings)
}

/// Mends what was found and can be mended. The caller holds the lock on the data directory.
pub fn mend(data_dir: &Path, findings: &[Finding], now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut connection = open(data_dir)?;
    let asks = |cure: Cure| findings.iter().any(|finding| finding.cure == cure);
    if asks(Cure::Reindex) {
        connection.execute_batch("REINDEX")?;
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if asks(Cure::RemoveOrphans) {
        for table in OWNED {
            transaction.execute(&format!("DELETE FROM {table} WHERE {}", orphaned(table)), [])?;
        }
    }
    if asks(Cure::EnterAgain) {
        enter_again(&transaction, now)?;
    }
    transaction.commit()?;
    if asks(Cure::Vacuum) {
        connection.execute_batch("VACUUM")?;
    }
    if asks(Cure::CutLog) {
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    }
    Ok(())
}

fn enter_again(connection: &Connection, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut touched = Touched::new();
    let articles: Vec<i64> =
        connection.prepare(MISPLACED)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for article in articles {
        let places = feeds::places_of(connection, article)?;
        connection.prepare_cached("DELETE FROM entry WHERE article = ?")?.execute(params![article])?;
        for (feed, place) in places {
            archive::shrink(connection, feed, &place, now)?;
            touched.insert(feed);
        }
        feeds::enter(connection, article, now, &mut touched)?;
    }
    feeds::announce(connection, &touched, now)
}

/// What SQLite finds wrong with the file itself.
fn damages(connection: &Connection) -> Vec<Finding> {
    let check = || {
        let mut statement = connection.prepare(&format!("PRAGMA integrity_check({DAMAGES_MAX})"))?;
        statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()
    };
    // A page that cannot be read at all ends the check itself.
    let lines = check().unwrap_or_else(|error: rusqlite::Error| vec![error.to_string()]);
    let finding = |line: String| {
        let is_index = line.contains("missing from index") || line.contains("wrong # of entries in index");
        Finding { what: line, cure: if is_index { Cure::Reindex } else { Cure::Restore } }
    };
    lines.into_iter().filter(|line| line != "ok").map(finding).collect()
}

fn orphaned(table: &str) -> String {
    format!("NOT EXISTS (SELECT 1 FROM article WHERE article.id = {table}.article)")
}

fn count(connection: &Connection, sql: &str) -> Result<i64, StoreError> {
    Ok(connection.query_row(sql, [], |row| row.get(0))?)
}

fn open(data_dir: &Path) -> Result<Connection, StoreError> {
    let path = data_dir.join(DATABASE_FILE);
    let failed = |cause| StoreError::Open { path: path.clone(), cause };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(&path, flags).map_err(failed)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    migrations::check(&connection).map_err(|error| match error {
        StoreError::Sqlite(cause) => failed(cause),
        other => other,
    })?;
    migrations::run(&mut connection)?;
    Ok(connection)
}
