//! Which articles stand in which feed, and when each feed last changed.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::model::change::ChangeKind;
use crate::model::feed::FeedKey;
use crate::store::archive::{self, Place};
use crate::store::{Store, StoreError, changes, portals, rows, standings};

/// The feeds a transaction changed.
pub(super) type Touched = BTreeSet<i64>;

/// A feed's row.
#[derive(Debug, Clone)]
pub struct FeedState {
    /// Permanent, different per feed.
    pub id: Uuid,
    /// When anything in it last changed.
    pub changed: DateTime<Utc>,
}

impl Store {
    /// Makes sure each feed has its row, and moves `changed` on where its settings (a hash of all that is
    /// published besides the articles) are not those it was last published under.
    pub async fn register(&self, feeds: Vec<(String, [u8; 32])>, now: DateTime<Utc>) -> Result<(), StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let mut touched = Touched::new();
            for (name, settings) in &feeds {
                let feed = row_of(transaction, name, now)?;
                let sql = "UPDATE feed SET settings = ?1 WHERE id = ?2 AND settings IS NOT ?1";
                if transaction.prepare_cached(sql)?.execute(params![settings, feed])? > 0 {
                    touched.insert(feed);
                }
            }
            announce(transaction, &touched, now)?;
            for feed in touched {
                let sql = "UPDATE feed SET described = changed WHERE id = ?";
                transaction.prepare_cached(sql)?.execute([feed])?;
                archive::renew(transaction, feed, &Place::lowest())?;
            }
            Ok(())
        };
        self.database.write(write).await
    }

    /// When each feed last changed.
    pub async fn feed_states(&self) -> Result<Vec<(String, FeedState)>, StoreError> {
        let read = |connection: &Connection| {
            let mut statement = connection.prepare_cached("SELECT name, guid, changed FROM feed")?;
            let mut rows = statement.query([])?;
            let mut states = Vec::new();
            while let Some(row) = rows.next()? {
                states.push((row.get(0)?, state(&row.get::<_, String>(1)?, &row.get::<_, String>(2)?)?));
            }
            Ok(states)
        };
        self.database.read(read).await
    }
}

/// A feed's row and its number; `None` if we never published it.
pub(super) fn state_of(connection: &Connection, key: &FeedKey) -> Result<Option<(i64, FeedState)>, StoreError> {
    let sql = "SELECT id, guid, changed FROM feed WHERE name = ?";
    let row = connection
        .prepare_cached(sql)?
        .query_row([key.to_string()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((feed, guid, changed)): Option<(i64, String, String)> = row else { return Ok(None) };
    Ok(Some((feed, state(&guid, &changed)?)))
}

pub(super) fn state(guid: &str, changed: &str) -> Result<FeedState, StoreError> {
    Ok(FeedState { id: id(guid)?, changed: rows::time(changed)? })
}

pub(super) fn id(guid: &str) -> Result<Uuid, StoreError> {
    guid.parse().map_err(|_| StoreError::Damaged(format!("“{guid}” is not an id")))
}

/// The row of a feed, made if it is not there: its id is minted here, once.
fn row_of(connection: &Connection, name: &str, now: DateTime<Utc>) -> Result<i64, StoreError> {
    let found = connection.prepare_cached("SELECT id FROM feed WHERE name = ?")?.query_row([name], |row| row.get(0));
    if let Some(feed) = found.optional()? {
        return Ok(feed);
    }
    let sql = "INSERT INTO feed (name, guid, changed, described) VALUES (?1, ?2, ?3, ?3)";
    connection.prepare_cached(sql)?.execute(params![name, Uuid::new_v4().to_string(), rows::text(now)])?;
    Ok(connection.last_insert_rowid())
}

/// Puts an article into the feeds it belongs in, and takes it out of those it no longer does; returns whether any of
/// that was to do.
pub(super) fn enter(
    connection: &Connection,
    article: i64,
    now: DateTime<Utc>,
    touched: &mut Touched,
) -> Result<bool, StoreError> {
    let is_moved = enter_alone(connection, article, now, touched)?;
    if is_moved {
        make_room(connection, article, now, touched)?;
    }
    Ok(is_moved)
}

/// Looks again at the articles whose room in an event depends on this one.
pub(super) fn make_room(
    connection: &Connection,
    article: i64,
    now: DateTime<Utc>,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    for neighbour in standings::neighbours(connection, article)? {
        enter_alone(connection, neighbour, now, touched)?;
    }
    Ok(())
}

/// The same without a look at other articles; returns whether it moved.
pub(super) fn enter_alone(
    connection: &Connection,
    article: i64,
    now: DateTime<Utc>,
    touched: &mut Touched,
) -> Result<bool, StoreError> {
    let sql = "SELECT published, withdrawn IS NOT NULL FROM article WHERE id = ?";
    let (published, is_withdrawn): (String, bool) =
        connection.prepare_cached(sql)?.query_row([article], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if is_withdrawn {
        return Ok(false);
    }
    let place = Place { published, article };
    let mut present = BTreeSet::new();
    let mut statement = connection.prepare_cached("SELECT feed FROM entry WHERE article = ?")?;
    let mut rows = statement.query([article])?;
    while let Some(row) = rows.next()? {
        present.insert(row.get::<_, i64>(0)?);
    }
    let (is_known, mut is_moved) = (!present.is_empty(), false);
    for key in feeds_of(connection, article)? {
        let feed = row_of(connection, &key.to_string(), now)?;
        if present.remove(&feed) {
            continue;
        }
        is_moved = true;
        let sql = "INSERT INTO entry (feed, published, article) VALUES (?, ?, ?)";
        connection.prepare_cached(sql)?.execute(params![feed, place.published, article])?;
        archive::grow(connection, feed, &place, now)?;
        connection
            .prepare_cached("DELETE FROM tombstone WHERE feed = ? AND article = ?")?
            .execute(params![feed, article])?;
        touched.insert(feed);
    }
    for feed in present {
        leave(connection, feed, &place, now)?;
        touched.insert(feed);
        is_moved = true;
    }
    // What is new or comes back is in the log as that.
    if is_known && is_moved {
        changes::log(connection, article, ChangeKind::Moved, now)?;
        // Its sections stand in it as categories, in every feed.
        touch_all_of(connection, article, now, touched)?;
    }
    Ok(is_moved)
}

/// Takes an article out of every feed.
pub(super) fn leave_all(
    connection: &Connection,
    article: i64,
    now: DateTime<Utc>,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    for (feed, place) in places_of(connection, article)? {
        leave(connection, feed, &place, now)?;
        touched.insert(feed);
    }
    make_room(connection, article, now, touched)
}

/// The feeds an article stands in, and where.
pub(super) fn places_of(connection: &Connection, article: i64) -> Result<Vec<(i64, Place)>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT feed, published FROM entry WHERE article = ?")?;
    let read = |row: &rusqlite::Row| Ok((row.get(0)?, Place { published: row.get(1)?, article }));
    Ok(statement.query_map([article], read)?.collect::<Result<_, _>>()?)
}

fn leave(connection: &Connection, feed: i64, place: &Place, now: DateTime<Utc>) -> Result<(), StoreError> {
    let sql = "DELETE FROM entry WHERE feed = ? AND published = ? AND article = ?";
    connection.prepare_cached(sql)?.execute(params![feed, place.published, place.article])?;
    archive::shrink(connection, feed, place, now)?;
    let sql = "INSERT OR REPLACE INTO tombstone (feed, article, at) VALUES (?, ?, ?)";
    connection.prepare_cached(sql)?.execute(params![feed, place.article, rows::text(now)])?;
    Ok(())
}

/// Marks every feed an article stands in as changed.
pub(super) fn touch_all_of(
    connection: &Connection,
    article: i64,
    now: DateTime<Utc>,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    for (feed, place) in places_of(connection, article)? {
        archive::touch(connection, feed, &place, now)?;
        touched.insert(feed);
    }
    Ok(())
}

/// Moves `changed` on, by a second at least: a reader that compares times must see every change.
pub(super) fn announce(connection: &Connection, touched: &Touched, now: DateTime<Utc>) -> Result<(), StoreError> {
    for feed in touched {
        let sql = "SELECT changed FROM feed WHERE id = ?";
        let changed: String = connection.prepare_cached(sql)?.query_row([feed], |row| row.get(0))?;
        let next = now.max(rows::time(&changed)? + TimeDelta::seconds(1));
        connection
            .prepare_cached("UPDATE feed SET changed = ? WHERE id = ?")?
            .execute(params![rows::text(next), feed])?;
    }
    Ok(())
}

/// The feeds an article belongs in: all of them together, its portals, its sections, its events. One of a private
/// portal, or of one that is not configured, belongs in the feeds of its portal alone.
fn feeds_of(connection: &Connection, article: i64) -> Result<BTreeSet<FeedKey>, StoreError> {
    let portal: String =
        connection.prepare_cached("SELECT portal FROM article WHERE id = ?")?.query_row([article], |row| row.get(0))?;
    let is_apart = portals::is_apart(connection, &portal)?;
    let mut keys = BTreeSet::new();
    let mut statement = connection.prepare_cached("SELECT portal, section FROM placement WHERE article = ?")?;
    let mut rows = statement.query([article])?;
    while let Some(row) = rows.next()? {
        let (placed, section): (String, String) = (row.get(0)?, row.get(1)?);
        if !is_apart || placed == portal {
            keys.insert(FeedKey::Portal(placed.clone()));
            keys.insert(FeedKey::Section(placed, section));
        }
    }
    if !is_apart {
        keys.insert(FeedKey::All);
        keys.extend(standings::events_of(connection, article)?.into_iter().map(FeedKey::Event));
    }
    Ok(keys)
}
