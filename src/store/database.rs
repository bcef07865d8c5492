//! One writer thread and a handful of read-only connections, so that readers are never blocked and our own
//! writers never meet.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};

use crate::store::{StoreError, migrations};

/// Connections that read at once; a waiting reader costs nothing.
const READERS: usize = 4;
/// How long SQLite waits for another process, such as a backup, before it gives up.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// The log is cut back to this size after a checkpoint.
const JOURNAL_BYTES_MAX: i64 = 64 * 1024 * 1024;
/// Prepared statements kept per connection; more than we have.
const STATEMENTS_MAX: usize = 128;
/// Page cache of a reader, in KiB; the operating system caches the file as well.
const CACHE_KIB: i64 = 1024;
/// Page cache of the writer, in KiB. All that a batch of 100 articles changes stays in it until it is committed: what is
/// written before that is often written twice. After a run it is given back.
const WRITER_CACHE_KIB: i64 = 24 * 1024;
/// Jobs that may wait for the writer before the next caller waits itself.
const JOBS_MAX: usize = 256;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// The connections to one database file.
pub(super) struct Database {
    path: PathBuf,
    writer: mpsc::Sender<Job>,
    readers: Mutex<Vec<Connection>>,
    turns: Semaphore,
    /// Told after each write, for those who follow what is stored.
    pub(super) written: Arc<Notify>,
    /// Held by whoever brings the index of words up to date.
    pub(super) indexing: tokio::sync::Mutex<()>,
}

impl Database {
    /// Opens or makes the file, brings it up to date and starts the writer.
    pub(super) fn open(path: &Path) -> Result<Arc<Database>, StoreError> {
        let mut connection = Connection::open(path)?;
        configure(&connection)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
        connection.pragma_update(None, "journal_size_limit", JOURNAL_BYTES_MAX)?;
        migrations::run(&mut connection)?;
        let (writer, mut jobs) = mpsc::channel::<Job>(JOBS_MAX);
        std::thread::Builder::new().name("store-writer".into()).spawn(move || {
            while let Some(job) = jobs.blocking_recv() {
                // A panic in one job must not end the writer; its transaction rolled back when it unwound.
                if catch_unwind(AssertUnwindSafe(|| job(&mut connection))).is_err() {
                    tracing::error!("a write to the database ended in a panic and was rolled back");
                }
            }
        })?;
        Ok(Arc::new(Database::over(path, writer)))
    }

    fn over(path: &Path, writer: mpsc::Sender<Job>) -> Database {
        Database {
            path: path.to_owned(),
            writer,
            readers: Mutex::new(Vec::new()),
            turns: Semaphore::new(READERS),
            written: Arc::default(),
            indexing: tokio::sync::Mutex::default(),
        }
    }

    /// Opens the file for reading alone; what would write is told that the store has stopped.
    pub(super) fn beside(path: &Path) -> Result<Arc<Database>, StoreError> {
        let (writer, _) = mpsc::channel(1);
        let database = Database::over(path, writer);
        let connection = database.open_reader()?;
        if !migrations::is_current(&connection)? {
            return Err(StoreError::Older);
        }
        database.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(Arc::new(database))
    }

    /// Runs `work` in a write transaction that is committed if it succeeds.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let written = Arc::clone(&self.written);
        self.run(move |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            written.notify_one();
            Ok(value)
        })
        .await
    }

    /// Runs `work` in a write transaction that is rolled back.
    pub(super) async fn rehearse<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(|connection| work(&connection.transaction_with_behavior(TransactionBehavior::Immediate)?)).await
    }

    /// Runs `work` on the writing connection, after all that was asked of it before.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // The caller may have gone away; the work is done all the same.
            let _ = reply.send(work(connection));
        });
        self.writer.send(job).await.map_err(|_| StoreError::Stopped)?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }

    /// Runs `work` on a read-only connection.
    pub(super) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let _turn = self.turns.acquire().await.map_err(|_| StoreError::Stopped)?;
        let database = Arc::clone(self);
        let task = tokio::task::spawn_blocking(move || {
            let idle = database.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = match idle {
                Some(connection) => connection,
                None => database.open_reader()?,
            };
            let result = work(&connection);
            database.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            result
        });
        task.await.map_err(|_| StoreError::Stopped)?
    }

    /// Frees what the readers that are not at work keep of the file.
    pub(super) fn rest_readers(&self) -> Result<(), StoreError> {
        let readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(readers.iter().try_for_each(Connection::release_memory)?)
    }

    fn open_reader(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        configure(&connection)?;
        Ok(connection)
    }
}

fn configure(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // Otherwise SQLite plans a statement anew whenever a value is bound to its LIMIT.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use futures_util::poll;
    use rusqlite::ffi;

    use super::WRITER_CACHE_KIB;
    use crate::store::Store;

    #[tokio::test]
    async fn a_writer_that_is_stuck_gives_no_sign_of_life() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        store.writer_answers().await.unwrap();
        let (release, held) = std::sync::mpsc::channel::<()>();
        let stuck = store.database.run(move |_| {
            // It ends when the other end does.
            let _ = held.recv();
            Ok(())
        });
        tokio::pin!(stuck);
        assert!(poll!(stuck.as_mut()).is_pending());
        let sign = store.writer_answers();
        tokio::pin!(sign);
        assert!(poll!(sign.as_mut()).is_pending());
        drop(release);
        stuck.await.unwrap();
        sign.await.unwrap();
    }

    /// What the writer keeps of the file, in bytes.
    #[expect(unsafe_code, reason = "the binding has no safe way to ask SQLite for it")]
    async fn kept(store: &Store) -> i32 {
        let ask = |connection: &mut rusqlite::Connection| {
            let (mut now, mut most) = (0, 0);
            // SAFETY: the connection is open, and SQLite writes two numbers.
            unsafe {
                ffi::sqlite3_db_status(connection.handle(), ffi::SQLITE_DBSTATUS_CACHE_USED, &mut now, &mut most, 0)
            };
            Ok(now)
        };
        store.database.run(ask).await.unwrap()
    }

    #[tokio::test]
    async fn what_the_writer_keeps_of_the_file_has_a_limit_and_is_given_back_after_a_run() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let fill = "CREATE TABLE filling (x); INSERT INTO filling WITH RECURSIVE n(n) AS (VALUES (1) UNION ALL
                    SELECT n + 1 FROM n WHERE n < 10000) SELECT randomblob(4000) FROM n";
        store.database.write(|transaction| Ok(transaction.execute_batch(fill)?)).await.unwrap();
        let (limit, filled) = (i32::try_from(WRITER_CACHE_KIB * 1024).unwrap(), kept(&store).await);
        assert!(filled > limit / 2 && filled < limit / 8 * 9, "{filled} of {limit} bytes");
        store.rest().await.unwrap();
        let rest = kept(&store).await;
        assert!(rest < limit / 100, "{rest} bytes");
    }
}
