//! The log of what happened to each article, written in the transaction that did it.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use crate::model::change::ChangeKind;
use crate::store::{StoreError, rows};

/// Notes what happened to an article.
pub(super) fn log(
    connection: &Connection,
    article: i64,
    kind: ChangeKind,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO change (article, kind, at) VALUES (?, ?, ?)";
    connection.prepare_cached(sql)?.execute(params![article, kind.as_str(), rows::text(now)])?;
    Ok(())
}
