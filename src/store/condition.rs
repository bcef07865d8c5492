//! How things stand, for whoever watches: counts and sizes, at one moment.

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use crate::model::condition::{Condition, SectionCondition};
use crate::model::feed::FeedKey;
use crate::store::{Store, StoreError, rows};

impl Store {
    /// How things stand. Costs some milliseconds in a large archive: callers keep the answer for a while.
    pub async fn condition(&self) -> Result<Condition, StoreError> {
        self.database.read(condition).await
    }

    /// How many articles were published on each day since a time, in UTC; days without any are left out.
    pub async fn articles_by_day(&self, since: DateTime<Utc>) -> Result<Vec<(String, i64)>, StoreError> {
        let read = move |connection: &Connection| {
            let sql = "
                SELECT substr(published, 1, 10) AS day, count(*) FROM entry
                WHERE feed = (SELECT id FROM feed WHERE name = ?) AND published >= ? GROUP BY day ORDER BY day";
            let mut statement = connection.prepare_cached(sql)?;
            let since = rows::text(since)[..10].to_owned();
            let days = statement.query_map((FeedKey::All.to_string(), since), |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(days.collect::<Result<_, _>>()?)
        };
        self.database.read(read).await
    }
}

impl Store {
    /// How many pages and sources failed in the runs that began on each day since a time, in UTC, as far as their
    /// records are kept.
    pub async fn failures_by_day(&self, since: DateTime<Utc>) -> Result<Vec<(String, i64)>, StoreError> {
        let read = move |connection: &Connection| {
            let sql = "
                SELECT substr(started, 1, 10) AS day,
                    sum(coalesce(report ->> 'failed', 0) + coalesce(report ->> 'sources_failed', 0))
                FROM run WHERE started >= ? GROUP BY day ORDER BY day";
            let mut statement = connection.prepare_cached(sql)?;
            let since = rows::text(since)[..10].to_owned();
            let days = statement.query_map([since], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(days.collect::<Result<_, _>>()?)
        };
        self.database.read(read).await
    }
}

fn condition(connection: &Connection) -> Result<Condition, StoreError> {
    let count =
        |sql: &str| -> Result<i64, StoreError> { Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?) };
    let sql = "SELECT count(*) FROM entry WHERE feed = (SELECT id FROM feed WHERE name = ?)";
    let articles = connection.prepare_cached(sql)?.query_row([FeedKey::All.to_string()], |row| row.get(0))?;
    Ok(Condition {
        articles,
        quarantined: count("SELECT count(*) FROM quarantine")?,
        queued: count("SELECT count(*) FROM run WHERE state = 'queued'")?,
        running: count("SELECT count(*) FROM run WHERE state = 'running'")?,
        database_bytes: count("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")?,
        sections: sections(connection)?,
    })
}

/// Each section by its worst source.
fn sections(connection: &Connection) -> Result<Vec<SectionCondition>, StoreError> {
    let sql = "
        SELECT portal, section, min(coalesce(succeeded, '1970-01-01T00:00:00Z')), max(failures)
        FROM source GROUP BY portal, section ORDER BY portal, section";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query([])?;
    let mut sections = Vec::new();
    while let Some(row) = found.next()? {
        sections.push(SectionCondition {
            portal: row.get(0)?,
            section: row.get(1)?,
            succeeded_s: rows::time(&row.get::<_, String>(2)?)?.timestamp(),
            failures: row.get(3)?,
        });
    }
    Ok(sections)
}
