//! The archive pages of a feed (RFC 5005 §4), kept in step with its entries.
//!
//! The pages divide a feed's entries, oldest to newest, at places that stay once they are set. The uppermost page takes
//! what is new; when one entry more than [`PAGE_ENTRIES`] stands in it, all but the newest are a page for good and the
//! newest begins the next. An entry that comes late takes its place in an old page, which is divided when it is twice
//! as full. Its upper half keeps the number: whoever comes from above with the old address misses nothing.
//!
//! Every page but the uppermost has a version too. It changes with the page and with every page below it, because a page
//! links the next lower one by its version: so all that such an address leads to stays as it is.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::store::{StoreError, rows};

/// Entries of a page as it is set; late ones can make it up to twice as long.
pub(super) const PAGE_ENTRIES: i64 = 50;

/// The place of an entry in every feed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// When it was published, as it is stored.
    pub(super) published: String,
    /// The row of its article.
    pub(super) article: i64,
}

impl Place {
    /// Below every entry.
    pub(super) fn lowest() -> Place {
        Place { published: String::new(), article: 0 }
    }

    /// Above every entry.
    pub(super) fn highest() -> Place {
        Place { published: "~".to_owned(), article: i64::MAX }
    }
}

/// A page as it is stored.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// Its name.
    pub(super) number: i64,
    /// Where it begins.
    pub(super) start: Place,
    /// When anything in it last changed.
    pub(super) changed: DateTime<Utc>,
    entries: i64,
}

/// The page with a number.
pub(super) fn numbered(connection: &Connection, feed: i64, number: i64) -> Result<Option<Page>, StoreError> {
    let sql = "SELECT number, published, article, entries, changed FROM archive WHERE feed = ? AND number = ?";
    one(connection, sql, params![feed, number])
}

/// The page an entry stands in.
pub(super) fn page_of(connection: &Connection, feed: i64, place: &Place) -> Result<Option<Page>, StoreError> {
    let sql = "
        SELECT number, published, article, entries, changed FROM archive
        WHERE feed = ? AND (published, article) <= (?, ?) ORDER BY published DESC, article DESC LIMIT 1";
    one(connection, sql, params![feed, place.published, place.article])
}

/// The page with the next older entries.
pub(super) fn below(connection: &Connection, feed: i64, start: &Place) -> Result<Option<Page>, StoreError> {
    let sql = "
        SELECT number, published, article, entries, changed FROM archive
        WHERE feed = ? AND (published, article) < (?, ?) ORDER BY published DESC, article DESC LIMIT 1";
    one(connection, sql, params![feed, start.published, start.article])
}

/// The page with the next newer entries.
pub(super) fn above(connection: &Connection, feed: i64, start: &Place) -> Result<Option<Page>, StoreError> {
    let sql = "
        SELECT number, published, article, entries, changed FROM archive
        WHERE feed = ? AND (published, article) > (?, ?) ORDER BY published, article LIMIT 1";
    one(connection, sql, params![feed, start.published, start.article])
}

/// An entry was added.
pub(super) fn grow(connection: &Connection, feed: i64, place: &Place, now: DateTime<Utc>) -> Result<(), StoreError> {
    connection.prepare_cached("UPDATE feed SET entries = entries + 1 WHERE id = ?")?.execute([feed])?;
    let Some(page) = page_of(connection, feed, place)? else {
        return insert(connection, feed, &Place::lowest(), 1, 1, now);
    };
    let page = moved_on(connection, feed, page, 1, now)?;
    match above(connection, feed, &page.start)? {
        None if page.entries > PAGE_ENTRIES => {
            let newest = entry_at(connection, feed, &page.start, PAGE_ENTRIES)?;
            let number = next_number(connection, feed)?;
            insert(connection, feed, &newest, number, page.entries - PAGE_ENTRIES, now)?;
            set_entries(connection, feed, &page.start, PAGE_ENTRIES)?;
            // From now on it has a version.
            renew(connection, feed, &page.start)
        }
        Some(_) if page.entries >= 2 * PAGE_ENTRIES => divide(connection, feed, &page, now),
        _ => Ok(()),
    }
}

/// The version of a page that is not the uppermost one; `None` if it never had one.
pub(super) fn version(connection: &Connection, feed: i64, page: &Page) -> Result<Option<i64>, StoreError> {
    let sql = "
        SELECT version FROM archive_version
        WHERE feed = ? AND (published, article) <= (?, ?) ORDER BY published DESC, article DESC LIMIT 1";
    let values = params![feed, page.start.published, page.start.article];
    Ok(connection.prepare_cached(sql)?.query_row(values, |row| row.get(0)).optional()?)
}

/// Gives the page that begins at a place, and all above it, a version that none ever had.
pub(super) fn renew(connection: &Connection, feed: i64, start: &Place) -> Result<(), StoreError> {
    let sql = "DELETE FROM archive_version WHERE feed = ? AND (published, article) >= (?, ?)";
    connection.prepare_cached(sql)?.execute(params![feed, start.published, start.article])?;
    // A number that counts up would come again with other content once a backup is put back.
    let sql = "
        INSERT INTO archive_version (feed, published, article, version)
        VALUES (?, ?, ?, (random() & 0xFFFFFFFFFFFF) | 1)";
    connection.prepare_cached(sql)?.execute(params![feed, start.published, start.article])?;
    Ok(())
}

/// An entry was taken out.
pub(super) fn shrink(connection: &Connection, feed: i64, place: &Place, now: DateTime<Utc>) -> Result<(), StoreError> {
    connection.prepare_cached("UPDATE feed SET entries = entries - 1 WHERE id = ?")?.execute([feed])?;
    if let Some(page) = page_of(connection, feed, place)? {
        moved_on(connection, feed, page, -1, now)?;
    }
    Ok(())
}

/// An entry was edited.
pub(super) fn touch(connection: &Connection, feed: i64, place: &Place, now: DateTime<Utc>) -> Result<(), StoreError> {
    if let Some(page) = page_of(connection, feed, place)? {
        moved_on(connection, feed, page, 0, now)?;
    }
    Ok(())
}

/// Gives the older entries of a page a page of their own, below it.
fn divide(connection: &Connection, feed: i64, page: &Page, now: DateTime<Utc>) -> Result<(), StoreError> {
    let older = page.entries - PAGE_ENTRIES;
    let middle = entry_at(connection, feed, &page.start, older)?;
    let number = next_number(connection, feed)?;
    // The lower page takes the place, the upper one moves up with its number.
    let sql = "UPDATE archive SET published = ?, article = ?, entries = ? WHERE feed = ? AND number = ?";
    let upper = params![middle.published, middle.article, PAGE_ENTRIES, feed, page.number];
    connection.prepare_cached(sql)?.execute(upper)?;
    insert(connection, feed, &page.start, number, older, now)?;
    // What stands below now links the new page.
    match below(connection, feed, &page.start)? {
        Some(page) => moved_on(connection, feed, page, 0, now).map(|_| ()),
        None => Ok(()),
    }
}

/// The entry that stands so many above the beginning of a page.
fn entry_at(connection: &Connection, feed: i64, start: &Place, above: i64) -> Result<Place, StoreError> {
    let sql = "
        SELECT published, article FROM entry WHERE feed = ? AND (published, article) >= (?, ?)
        ORDER BY published, article LIMIT 1 OFFSET ?";
    let values = params![feed, start.published, start.article, above];
    Ok(connection
        .prepare_cached(sql)?
        .query_row(values, |row| Ok(Place { published: row.get(0)?, article: row.get(1)? }))?)
}

fn next_number(connection: &Connection, feed: i64) -> Result<i64, StoreError> {
    let sql = "SELECT max(number) + 1 FROM archive WHERE feed = ?";
    Ok(connection.prepare_cached(sql)?.query_row([feed], |row| row.get(0))?)
}

fn insert(
    connection: &Connection,
    feed: i64,
    start: &Place,
    number: i64,
    entries: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO archive (feed, published, article, number, entries, changed) VALUES (?, ?, ?, ?, ?, ?)";
    let values = params![feed, start.published, start.article, number, entries, rows::text(now)];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

fn set_entries(connection: &Connection, feed: i64, start: &Place, entries: i64) -> Result<(), StoreError> {
    let sql = "UPDATE archive SET entries = ? WHERE feed = ? AND published = ? AND article = ?";
    connection.prepare_cached(sql)?.execute(params![entries, feed, start.published, start.article])?;
    Ok(())
}

/// Counts entries that came or went, moves `changed` on by a second at least, and the version of all but the uppermost
/// page.
fn moved_on(connection: &Connection, feed: i64, page: Page, more: i64, now: DateTime<Utc>) -> Result<Page, StoreError> {
    let changed = now.max(page.changed + TimeDelta::seconds(1));
    let page = Page { entries: page.entries + more, changed, ..page };
    let sql = "UPDATE archive SET entries = ?, changed = ? WHERE feed = ? AND number = ?";
    connection.prepare_cached(sql)?.execute(params![page.entries, rows::text(changed), feed, page.number])?;
    if above(connection, feed, &page.start)?.is_some() {
        renew(connection, feed, &page.start)?;
    }
    Ok(page)
}

fn one(connection: &Connection, sql: &str, values: impl rusqlite::Params) -> Result<Option<Page>, StoreError> {
    let read = |row: &Row| {
        let start = Place { published: row.get(1)?, article: row.get(2)? };
        Ok((row.get(0)?, start, row.get(3)?, row.get::<_, String>(4)?))
    };
    let found = connection.prepare_cached(sql)?.query_row(values, read).optional()?;
    let Some((number, start, entries, changed)) = found else { return Ok(None) };
    Ok(Some(Page { number, start, entries, changed: rows::time(&changed)? }))
}
