//! The text of old articles: no longer published, or deleted, as the portal's retention says. What readers notice of it
//! is a change like any other; ids, dates, headlines and the places in the feeds stay.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use crate::model::change::ChangeKind;
use crate::model::portal::{ContentLevel, Portal};
use crate::model::retention::Then;
use crate::store::feeds::Touched;
use crate::store::{Store, StoreError, changes, feeds, rows};

/// Articles in one transaction: so few that nobody who writes has to wait for them.
const AT_ONCE: usize = 50;

/// What an article's `retention` becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Published,
    Archived,
    Dropped,
}

impl Store {
    /// Treats some of a portal's articles as its retention says; `false` if there was nothing left to do. What was
    /// archived is published again where the retention allows it now; what was dropped is gone.
    pub async fn age_some(&self, portal: &Portal, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let (id, retention) = (portal.id.clone(), portal.retention);
        let is_shown = portal.content == ContentLevel::Full;
        let write = move |transaction: &rusqlite::Transaction| {
            let oldest = retention.map(|it| rows::text(now - TimeDelta::days(it.after_days.into())));
            let due = match (&oldest, retention.map(|it| it.then)) {
                (Some(oldest), Some(Then::Archive)) => older(transaction, &id, None, oldest)?,
                (Some(oldest), Some(Then::Drop)) => {
                    let mut due = older(transaction, &id, None, oldest)?;
                    due.extend(older(transaction, &id, Some("archived"), oldest)?);
                    due
                }
                _ => Vec::new(),
            };
            let fate = if retention.is_some_and(|it| it.then == Then::Drop) { Fate::Dropped } else { Fate::Archived };
            let back = younger(transaction, &id, oldest.as_deref().unwrap_or_default())?;
            let is_done = due.is_empty() && back.is_empty();
            let fates = due.into_iter().map(|it| (it, fate)).chain(back.into_iter().map(|it| (it, Fate::Published)));
            let mut touched = Touched::new();
            for (article, fate) in fates {
                meet(transaction, article, fate, is_shown, now, &mut touched)?;
            }
            feeds::announce(transaction, &touched, now)?;
            Ok(!is_done)
        };
        // Most looks find nothing, and a look must hold up nobody who writes.
        if self.has_aged(portal, now).await? { self.database.write(write).await } else { Ok(false) }
    }

    async fn has_aged(&self, portal: &Portal, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let (id, retention) = (portal.id.clone(), portal.retention);
        let read = move |connection: &Connection| {
            let oldest = retention.map(|it| rows::text(now - TimeDelta::days(it.after_days.into())));
            let Some(oldest) = oldest else { return Ok(!younger(connection, &id, "")?.is_empty()) };
            let drops = retention.is_some_and(|it| it.then == Then::Drop);
            Ok(!older(connection, &id, None, &oldest)?.is_empty()
                || drops && !older(connection, &id, Some("archived"), &oldest)?.is_empty()
                || !younger(connection, &id, &oldest)?.is_empty())
        };
        self.database.read(read).await
    }
}

/// Some articles of a portal that are as old as that, and what became of them so far.
fn older(connection: &Connection, portal: &str, retention: Option<&str>, than: &str) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT id FROM article WHERE portal = ? AND retention IS ? AND published < ? ORDER BY published LIMIT ?";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map(params![portal, retention, than, AT_ONCE as i64], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Some archived articles of a portal that are not as old as that.
fn younger(connection: &Connection, portal: &str, than: &str) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT id FROM article WHERE portal = ? AND retention = 'archived' AND published >= ? LIMIT ?";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map(params![portal, than, AT_ONCE as i64], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn meet(
    connection: &Connection,
    article: i64,
    fate: Fate,
    is_shown: bool,
    now: DateTime<Utc>,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    let sql = "SELECT withdrawn IS NULL, retention IS NULL FROM article WHERE id = ?";
    let mut statement = connection.prepare_cached(sql)?;
    let (stands, was_published): (bool, bool) = statement.query_row([article], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let word = match fate {
        Fate::Published => None,
        Fate::Archived => Some("archived"),
        Fate::Dropped => Some("dropped"),
    };
    let sql = "UPDATE article SET retention = ? WHERE id = ?";
    connection.prepare_cached(sql)?.execute(params![word, article])?;
    forget_dropped(connection, article)?;
    let is_seen = is_shown && (fate == Fate::Published) != was_published;
    // The index of words follows the log, and must forget what is gone also where nobody saw it.
    if stands && (is_seen || fate == Fate::Dropped) {
        changes::log(connection, article, ChangeKind::Updated, now)?;
    }
    if stands && is_seen {
        feeds::touch_all_of(connection, article, now, touched)?;
    }
    Ok(())
}

/// Deletes what would tell the text of an article that was dropped; also after its page was read once more.
pub(super) fn forget_dropped(connection: &Connection, article: i64) -> Result<(), StoreError> {
    let sql = "UPDATE article SET html = '' WHERE id = ? AND retention = 'dropped' RETURNING id";
    let dropped: Option<i64> = connection.prepare_cached(sql)?.query_row([article], |row| row.get(0)).optional()?;
    if let Some(article) = dropped {
        connection.prepare_cached("DELETE FROM explanation WHERE article = ?")?.execute([article])?;
        connection.prepare_cached("DELETE FROM revision WHERE article = ?")?.execute([article])?;
    }
    Ok(())
}
