//! Portals that left the configuration or became private, and those that came back: their articles leave the feeds of
//! others and return, as entries of the log like any other.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use crate::model::feed::FeedKey;
use crate::store::feeds::Touched;
use crate::store::{Store, StoreError, feeds};

/// Articles moved in one transaction, so that no other write waits long.
const ARTICLES_AT_ONCE: usize = 200;

/// Where an entry stands in its feed: its date and its article's row.
type Place = (String, i64);

impl Store {
    /// Makes the feeds those of these portals: an article of a private portal, or of one that is not configured, stands
    /// in the feeds of its own portal alone, which are published to those who hold a key, or to nobody. Returns how many
    /// articles entered or left a feed. What a crash interrupts goes on at the next call.
    pub async fn configure_portals(
        &self,
        public: Vec<String>,
        private: Vec<String>,
        now: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        let mut moved = 0;
        for portal in self.database.write(move |transaction| note(transaction, &public, &private)).await? {
            let mut after = Some((String::new(), 0));
            while let Some(start) = after {
                let portal = portal.clone();
                let step = move |transaction: &rusqlite::Transaction| settle(transaction, &portal, &start, now);
                let (changed, next) = self.database.write(step).await?;
                moved += changed;
                after = next;
            }
        }
        Ok(moved)
    }
}

/// Whether the articles of a portal stand in no feed but its own: it left the configuration, or it is private.
pub(super) fn is_apart(connection: &Connection, portal: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM moved_portal WHERE id = ? AND is_absent";
    Ok(connection.prepare_cached(sql)?.exists([portal])?)
}

/// Whether two portals may share a story: what one of them alone may read must not reach readers of the other.
pub(super) fn may_share(connection: &Connection, one: &str, other: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM moved_portal WHERE id IN (?, ?) AND is_private";
    Ok(one == other || !connection.prepare_cached(sql)?.exists([one, other])?)
}

/// Notes which portals are configured and returns those whose articles are not yet where they belong.
fn note(connection: &Connection, public: &[String], private: &[String]) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT id, is_absent, is_private FROM moved_portal")?;
    let noted: BTreeMap<String, (bool, bool)> =
        statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?.collect::<Result<_, _>>()?;
    let mut statement = connection.prepare_cached("SELECT name FROM feed WHERE name NOT GLOB '*[^a-z0-9-]*'")?;
    let mut known: BTreeSet<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    // No article of a private portal enters another feed, not even the first that is read of it.
    known.extend(private.iter().cloned());
    for portal in known {
        let is_private = private.contains(&portal);
        let is_absent = !public.contains(&portal);
        if noted.get(&portal).copied().unwrap_or_default() != (is_absent, is_private) {
            let sql = "
                INSERT OR REPLACE INTO moved_portal (id, is_absent, is_private, is_settled) VALUES (?, ?, ?, 0)";
            connection.prepare_cached(sql)?.execute(params![portal, is_absent, is_private])?;
        }
    }
    let mut statement = connection.prepare_cached("SELECT id FROM moved_portal WHERE NOT is_settled ORDER BY id")?;
    let unsettled = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(unsettled)
}

/// Moves the next articles of a portal; returns how many moved, and behind which one it goes on.
fn settle(
    connection: &Connection,
    portal: &str,
    (published, row): &Place,
    now: DateTime<Utc>,
) -> Result<(usize, Option<Place>), StoreError> {
    let sql = "
        SELECT entry.published, entry.article FROM feed JOIN entry ON entry.feed = feed.id
        WHERE feed.name = ? AND (entry.published, entry.article) > (?, ?) ORDER BY entry.published, entry.article LIMIT ?";
    let mut statement = connection.prepare_cached(sql)?;
    let name = FeedKey::Portal(portal.to_owned()).to_string();
    let entries: Vec<Place> = statement
        .query_map(params![name, published, row, ARTICLES_AT_ONCE as i64], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let mut touched = Touched::new();
    let mut moved = 0;
    for (_, article) in &entries {
        moved += usize::from(feeds::enter(connection, *article, now, &mut touched)?);
    }
    feeds::announce(connection, &touched, now)?;
    if entries.len() < ARTICLES_AT_ONCE {
        connection.prepare_cached("UPDATE moved_portal SET is_settled = 1 WHERE id = ?")?.execute([portal])?;
        return Ok((moved, None));
    }
    Ok((moved, entries.into_iter().next_back()))
}
