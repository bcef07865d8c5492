//! What leaves every feed and what comes back, by the portal's doing or an admin's.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::model::change::ChangeKind;
use crate::store::feeds::Touched;
use crate::store::{Store, StoreError, changes, feeds, history, quarantine, rows};

/// What came of putting an article back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restored {
    /// It stands in its feeds again.
    Back,
    /// It had not been withdrawn.
    WasThere,
    /// The portal took its page away; it comes back by itself with the page.
    PageIsGone,
}

/// What came of purging a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purge {
    /// It waits or works; what it brings in is not complete.
    AtWork,
    /// All it brought in is out.
    Done {
        /// Articles that were withdrawn.
        withdrawn: u64,
        /// Pages that were dropped from the quarantine.
        dropped: u64,
    },
}

impl Store {
    /// Takes an article out of every feed until an admin restores it, whatever its page does. To do it twice changes
    /// nothing. `false` means that there is no such article.
    pub async fn withdraw(&self, id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let Some((article, _)) = row_of(transaction, id)? else { return Ok(false) };
            let mut touched = Touched::new();
            by_admin(transaction, article, now, &mut touched)?;
            feeds::announce(transaction, &touched, now)?;
            Ok(true)
        };
        self.database.write(write).await
    }

    /// Puts an article that an admin withdrew back into its feeds; `None` if there is no such article.
    pub async fn restore(&self, id: Uuid, now: DateTime<Utc>) -> Result<Option<Restored>, StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let Some((article, withdrawn_by)) = row_of(transaction, id)? else { return Ok(None) };
            match withdrawn_by.as_deref() {
                None => return Ok(Some(Restored::WasThere)),
                Some("admin") => {}
                Some(_) => return Ok(Some(Restored::PageIsGone)),
            }
            let mut touched = Touched::new();
            put_back(transaction, article, "admin", now, &mut touched)?;
            history::remember(transaction, article)?;
            feeds::announce(transaction, &touched, now)?;
            Ok(Some(Restored::Back))
        };
        self.database.write(write).await
    }

    /// Withdraws every article a run brought in and drops what it held back; articles it only updated stay.
    /// `None` if there is no such run and nothing of it.
    pub async fn purge(&self, run: i64, now: DateTime<Utc>) -> Result<Option<Purge>, StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let state: Option<String> = transaction
                .prepare_cached("SELECT state FROM run WHERE id = ?")?
                .query_row([run], |row| row.get(0))
                .optional()?;
            if matches!(state.as_deref(), Some("queued" | "running")) {
                return Ok(Some(Purge::AtWork));
            }
            let sql = "SELECT id FROM article WHERE run = ? AND withdrawn_by IS NOT 'admin'";
            let articles: Vec<i64> =
                transaction.prepare_cached(sql)?.query_map([run], |row| row.get(0))?.collect::<Result<_, _>>()?;
            let mut touched = Touched::new();
            for article in &articles {
                by_admin(transaction, *article, now, &mut touched)?;
            }
            let dropped = quarantine::drop_all_of(transaction, run, now)?;
            feeds::announce(transaction, &touched, now)?;
            // The records of old runs are forgotten before what they brought in.
            let is_known = state.is_some() || !articles.is_empty() || dropped > 0;
            Ok(is_known.then_some(Purge::Done { withdrawn: articles.len() as u64, dropped }))
        };
        self.database.write(write).await
    }
}

/// An article's row, and who withdrew it.
fn row_of(connection: &Connection, id: Uuid) -> Result<Option<(i64, Option<String>)>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT id, withdrawn_by FROM article WHERE guid = ?")?;
    Ok(statement.query_row([id.to_string()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// Withdraws an article because its page is gone.
pub(super) fn by_portal(
    connection: &Connection,
    article: i64,
    now: DateTime<Utc>,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    withdraw(connection, article, "portal", now, touched)
}

/// Withdraws an article because an admin says so; that also outlives what the portal does with the page.
fn by_admin(
    connection: &Connection,
    article: i64,
    now: DateTime<Utc>,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    history::forget(connection, article)?;
    withdraw(connection, article, "admin", now, touched)?;
    connection.prepare_cached("UPDATE article SET withdrawn_by = 'admin' WHERE id = ?")?.execute([article])?;
    Ok(())
}

fn withdraw(
    connection: &Connection,
    article: i64,
    by: &str,
    now: DateTime<Utc>,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    let sql = "UPDATE article SET withdrawn = ?, withdrawn_by = ? WHERE id = ? AND withdrawn IS NULL";
    if connection.prepare_cached(sql)?.execute(params![rows::text(now), by, article])? > 0 {
        changes::log(connection, article, ChangeKind::Withdrawn, now)?;
        feeds::leave_all(connection, article, now, touched)?;
    }
    Ok(())
}

/// An article that left because its page was gone comes back with the page; one that an admin withdrew does not.
pub(super) fn back_with_page(
    connection: &Connection,
    article: i64,
    now: DateTime<Utc>,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    put_back(connection, article, "portal", now, touched)
}

fn put_back(
    connection: &Connection,
    article: i64,
    withdrawn_by: &str,
    now: DateTime<Utc>,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    let sql = "UPDATE article SET withdrawn = NULL, withdrawn_by = NULL WHERE id = ? AND withdrawn_by = ?";
    if connection.prepare_cached(sql)?.execute(params![article, withdrawn_by])? > 0 {
        changes::log(connection, article, ChangeKind::Restored, now)?;
        feeds::enter(connection, article, now, touched)?;
    }
    Ok(())
}
