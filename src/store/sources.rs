//! Where a section's links are found, and how that went.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use crate::model::page::{KnownSource, Validators};
use crate::store::batch::{SourceOutcome, SourceResult};
use crate::store::{Store, StoreError, rows};

/// A source as the store knows it.
#[derive(Debug, Clone)]
pub struct SourceState {
    /// Its portal.
    pub portal: String,
    /// Its section.
    pub section: String,
    /// Its address, as configured.
    pub url: String,
    /// How it went.
    pub known: KnownSource,
}

impl Store {
    /// The sources of a portal that were ever tried.
    pub async fn sources(&self, portal: String) -> Result<Vec<SourceState>, StoreError> {
        self.database.read(move |connection| read(connection, &portal)).await
    }
}

/// The sources of a portal that were ever tried.
pub(super) fn read(connection: &Connection, portal: &str) -> Result<Vec<SourceState>, StoreError> {
    let sql = "
        SELECT portal, section, url, etag, last_modified, body_hash, attempted, succeeded, failing_since,
            failures, not_before, error
        FROM source WHERE portal = ?";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query([portal])?;
    let mut sources = Vec::new();
    while let Some(row) = found.next()? {
        let known = KnownSource {
            validators: Validators { etag: row.get("etag")?, last_modified: row.get("last_modified")? },
            body_hash: rows::hash(row.get("body_hash")?),
            attempted: rows::time_opt(row.get("attempted")?)?,
            succeeded: rows::time_opt(row.get("succeeded")?)?,
            failing_since: rows::time_opt(row.get("failing_since")?)?,
            failures: row.get("failures")?,
            not_before: rows::time_opt(row.get("not_before")?)?,
            error: row.get("error")?,
        };
        let (portal, section, url) = (row.get("portal")?, row.get("section")?, row.get("url")?);
        sources.push(SourceState { portal, section, url, known });
    }
    Ok(sources)
}

pub(super) fn save(
    connection: &Connection,
    portal: &str,
    source: &SourceResult,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let now = rows::text(now);
    match &source.outcome {
        SourceOutcome::Read { validators, body_hash } => {
            let sql = "
                INSERT INTO source (portal, section, url, etag, last_modified, body_hash, attempted, succeeded)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
                ON CONFLICT DO UPDATE SET
                    etag = ?4, last_modified = ?5, body_hash = ?6, attempted = ?7, succeeded = ?7,
                    failing_since = NULL, failures = 0, not_before = NULL, error = NULL";
            connection.prepare_cached(sql)?.execute(params![
                portal,
                source.section,
                source.url,
                validators.etag,
                validators.last_modified,
                body_hash,
                now
            ])?;
        }
        SourceOutcome::Unchanged => {
            let sql = "
                UPDATE source SET attempted = ?4, succeeded = ?4, failing_since = NULL, failures = 0,
                    not_before = NULL, error = NULL
                WHERE portal = ?1 AND section = ?2 AND url = ?3";
            connection.prepare_cached(sql)?.execute(params![portal, source.section, source.url, now])?;
        }
        SourceOutcome::Failed { error, not_before } => {
            let sql = "
                INSERT INTO source (portal, section, url, attempted, failing_since, failures, not_before, error)
                VALUES (?1, ?2, ?3, ?4, ?4, 1, ?5, ?6)
                ON CONFLICT DO UPDATE SET
                    attempted = ?4, failing_since = coalesce(failing_since, ?4), failures = failures + 1,
                    not_before = ?5, error = ?6";
            connection.prepare_cached(sql)?.execute(params![
                portal,
                source.section,
                source.url,
                now,
                not_before.map(rows::text),
                error
            ])?;
        }
    }
    Ok(())
}
