//! Run records.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::model::run::{Report, Run, RunState, Scope, Trigger};
use crate::store::{Store, StoreError, rows};

/// Records kept; older ones are forgotten when a new one is made.
const RUNS_KEPT: i64 = 10_000;

const COLUMNS: &str = "SELECT id, trigger, portal, section, url, state, started, finished, report FROM run";

impl Store {
    /// Makes the record of a run; if one for the same scope waits or is at work, returns that one and `false`.
    pub async fn create_run(
        &self,
        trigger: Trigger,
        scope: Scope,
        now: DateTime<Utc>,
    ) -> Result<(Run, bool), StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let sql =
                format!("{COLUMNS} WHERE state IN ('queued', 'running') AND portal IS ? AND section IS ? AND url IS ?");
            let mut statement = transaction.prepare_cached(&sql)?;
            if let Some(row) = statement.query(params![scope.portal, scope.section, scope.url])?.next()? {
                return Ok((run(row)?, false));
            }
            let mut run = Run {
                id: 0,
                trigger,
                scope,
                state: RunState::Queued,
                started: rows::time(&rows::text(now))?,
                finished: None,
                report: Report::default(),
            };
            let sql = "
                INSERT INTO run (trigger, portal, section, url, state, started, report)
                VALUES (?, ?, ?, ?, ?, ?, ?)";
            transaction.prepare_cached(sql)?.execute(params![
                word(&run.trigger)?,
                run.scope.portal,
                run.scope.section,
                run.scope.url,
                word(&run.state)?,
                rows::text(now),
                rows::json(&run.report)?,
            ])?;
            run.id = transaction.last_insert_rowid();
            transaction.prepare_cached("DELETE FROM run WHERE id <= ?")?.execute([run.id - RUNS_KEPT])?;
            Ok((run, true))
        };
        self.database.write(write).await
    }

    /// Keeps a record as it now stands.
    pub async fn update_run(&self, run: &Run) -> Result<(), StoreError> {
        let (id, state, report) = (run.id, word(&run.state)?, rows::json(&run.report)?);
        let finished = run.finished.map(rows::text);
        let write = move |transaction: &rusqlite::Transaction| {
            let sql = "UPDATE run SET state = ?, finished = ?, report = ? WHERE id = ?";
            transaction.prepare_cached(sql)?.execute(params![state, finished, report, id])?;
            Ok(())
        };
        self.database.write(write).await
    }

    /// Ends the records a crash left open.
    pub async fn close_interrupted_runs(&self, now: DateTime<Utc>) -> Result<usize, StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let mut statement = transaction.prepare(&format!("{COLUMNS} WHERE state IN ('queued', 'running')"))?;
            let mut found = statement.query([])?;
            let mut closed = 0;
            while let Some(row) = found.next()? {
                let mut run = run(row)?;
                run.report.error("", "the program was stopped before the run ended; what it had stored is kept");
                let sql = "UPDATE run SET state = 'failed', finished = ?, report = ? WHERE id = ?";
                transaction.prepare_cached(sql)?.execute(params![rows::text(now), rows::json(&run.report)?, run.id])?;
                closed += 1;
            }
            Ok(closed)
        };
        self.database.write(write).await
    }

    /// One record.
    pub async fn run(&self, id: i64) -> Result<Option<Run>, StoreError> {
        let read = move |connection: &Connection| {
            let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE id = ?"))?;
            statement.query([id])?.next()?.map(run).transpose()
        };
        self.database.read(read).await
    }

    /// The newest records, newest first; with `before`, those older than it.
    pub async fn runs(&self, limit: usize, before: Option<i64>) -> Result<Vec<Run>, StoreError> {
        let read = move |connection: &Connection| {
            let sql = format!("{COLUMNS} WHERE id < ? ORDER BY id DESC LIMIT ?");
            let mut statement = connection.prepare_cached(&sql)?;
            let mut found = statement.query(params![before.unwrap_or(i64::MAX), limit as i64])?;
            let mut runs = Vec::new();
            while let Some(row) = found.next()? {
                runs.push(run(row)?);
            }
            Ok(runs)
        };
        self.database.read(read).await
    }

    /// When a run last ended well; `None` before the first.
    pub async fn last_finished(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let read = |connection: &Connection| {
            let sql = "SELECT finished FROM run WHERE state = 'done' ORDER BY id DESC LIMIT 1";
            rows::time_opt(connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?.flatten())
        };
        self.database.read(read).await
    }
}

fn run(row: &Row) -> Result<Run, StoreError> {
    Ok(Run {
        id: row.get("id")?,
        trigger: rows::from_json(&format!("\"{}\"", row.get::<_, String>("trigger")?))?,
        scope: Scope { portal: row.get("portal")?, section: row.get("section")?, url: row.get("url")? },
        state: rows::from_json(&format!("\"{}\"", row.get::<_, String>("state")?))?,
        started: rows::time(&row.get::<_, String>("started")?)?,
        finished: rows::time_opt(row.get("finished")?)?,
        report: rows::from_json(&row.get::<_, String>("report")?)?,
    })
}

/// The word serde writes for a variant.
fn word<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    Ok(rows::json(value)?.trim_matches('"').to_owned())
}
