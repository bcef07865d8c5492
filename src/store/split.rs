//! Undoing a merge: a page that was taken for a copy tells a story of its own, and an admin's word on that outlives
//! whatever the texts look like.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use uuid::Uuid;

use crate::model::copy::MatchKind;
use crate::store::feeds::Touched;
use crate::store::{Store, StoreError, feeds, history, rows};

/// What came of a split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Split {
    /// The page no longer belongs to the article. Its text is not kept, so it is due at once, and the next look makes an
    /// article of it.
    Done(SplitPage),
    /// The article has no such page.
    NoSuchPage,
    /// The page is the article's own.
    IsHome,
    /// The page only leads to the article's own.
    LeadsHome,
    /// That was done before.
    WasSplit,
}

/// A page that is read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitPage {
    /// Its address.
    pub url: String,
    /// Its portal.
    pub portal: String,
    /// The section that linked it first.
    pub section: String,
}

impl Store {
    /// Takes a page, given by the keys its address may have, and all that lead to it, away from the article that it was
    /// merged into, for good; the article leaves the sections that only they brought it into. `None` if there is no
    /// such article.
    pub async fn split(&self, id: Uuid, keys: Vec<String>, now: DateTime<Utc>) -> Result<Option<Split>, StoreError> {
        self.database.write(move |transaction| split(transaction, id, &keys, now)).await
    }
}

fn split(
    transaction: &Transaction,
    id: Uuid,
    keys: &[String],
    now: DateTime<Utc>,
) -> Result<Option<Split>, StoreError> {
    let sql = "SELECT id FROM article WHERE guid = ?";
    let article: Option<i64> =
        transaction.prepare_cached(sql)?.query_row([id.to_string()], |row| row.get(0)).optional()?;
    let Some(article) = article else { return Ok(None) };
    let page = match find(transaction, article, keys)? {
        Ok(page) => page,
        Err(why) => return Ok(Some(why)),
    };
    history::forget(transaction, article)?;
    for key in group(transaction, article, &page)? {
        take(transaction, article, &key, now)?;
    }
    // It may be one that nobody read yet, because another page only named it.
    let sql = "UPDATE page SET due = ? WHERE key = ?";
    transaction.prepare_cached(sql)?.execute(params![rows::text(now), page.key])?;
    place_again(transaction, article)?;
    history::remember(transaction, article)?;
    let mut touched = Touched::new();
    feeds::enter(transaction, article, now, &mut touched)?;
    feeds::announce(transaction, &touched, now)?;
    Ok(Some(Split::Done(page.told)))
}

/// A page that can be split off.
struct Found {
    key: String,
    /// The key of the address it calls its own.
    address: String,
    told: SplitPage,
}

/// The page of an article under one of these keys, or why it cannot be split off.
fn find(connection: &Connection, article: i64, keys: &[String]) -> Result<Result<Found, Split>, StoreError> {
    let sql = "
        SELECT page.url, page.portal, page.section, page.is_copy, coalesce(copy.address, page.key) AS address, copy.kind
        FROM page LEFT JOIN copy ON copy.page = page.key WHERE page.key = ? AND page.article = ?";
    let mut statement = connection.prepare_cached(sql)?;
    for key in keys {
        let mut found = statement.query(params![key, article])?;
        let Some(row) = found.next()? else { continue };
        let told = SplitPage { url: row.get("url")?, portal: row.get("portal")?, section: row.get("section")? };
        let page = Found { key: key.clone(), address: row.get("address")?, told };
        if !row.get::<_, bool>("is_copy")? {
            return Ok(Err(Split::IsHome));
        }
        let is_led = row.get::<_, Option<String>>("kind")?.as_deref() == Some(MatchKind::Address.as_str());
        return Ok(if is_led && is_home(connection, article, &page.address)? {
            Err(Split::LeadsHome)
        } else {
            Ok(page)
        });
    }
    let sql = "SELECT 1 FROM split WHERE page = ? AND article = ?";
    let mut statement = connection.prepare_cached(sql)?;
    for key in keys {
        if statement.exists(params![key, article])? {
            return Ok(Err(Split::WasSplit));
        }
    }
    Ok(Err(Split::NoSuchPage))
}

fn is_home(connection: &Connection, article: i64, key: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM page WHERE key = ? AND article = ? AND NOT is_copy";
    Ok(connection.prepare_cached(sql)?.exists(params![key, article])?)
}

/// The keys of the copies that call the same address their own, the page itself among them.
fn group(connection: &Connection, article: i64, page: &Found) -> Result<Vec<String>, StoreError> {
    if is_home(connection, article, &page.address)? {
        return Ok(vec![page.key.clone()]);
    }
    let sql = "
        SELECT page.key FROM page LEFT JOIN copy ON copy.page = page.key
        WHERE page.article = ?1 AND page.is_copy AND (page.key = ?2 OR copy.address = ?2)";
    let key = |row: &Row| row.get(0);
    let mut statement = connection.prepare_cached(sql)?;
    let keys = statement.query_map(params![article, page.address], key)?.collect::<Result<_, _>>()?;
    Ok(keys)
}

fn take(connection: &Connection, article: i64, key: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO split (page, article, at) VALUES (?, ?, ?)";
    connection.prepare_cached(sql)?.execute(params![key, article, rows::text(now)])?;
    let sql = "
        UPDATE page SET article = NULL, is_copy = 0, etag = NULL, last_modified = NULL, body_hash = NULL, failures = 0,
            gone_since = NULL, error = NULL, due = iif(body_hash IS NULL, due, ?2)
        WHERE key = ?1";
    connection.prepare_cached(sql)?.execute(params![key, rows::text(now)])?;
    connection.prepare_cached("DELETE FROM copy WHERE page = ?")?.execute([key])?;
    Ok(())
}

/// Takes an article out of the sections that link none of its pages.
fn place_again(connection: &Connection, article: i64) -> Result<(), StoreError> {
    let sql = "
        DELETE FROM placement WHERE article = ?1 AND (portal, section) NOT IN (
            SELECT portal, section FROM page WHERE article = ?1
            UNION SELECT page_section.portal, page_section.section
            FROM page JOIN page_section ON page_section.page = page.key WHERE page.article = ?1
        )";
    connection.prepare_cached(sql)?.execute([article])?;
    Ok(())
}

/// Whether a page was split off an article: its text never tells again what it is.
pub(super) fn is_split(connection: &Connection, key: &str) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached("SELECT 1 FROM split WHERE page = ?")?.exists([key])?)
}

/// Whether a page was split off this very article.
pub(super) fn is_split_off(connection: &Connection, key: &str, article: i64) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM split WHERE page = ? AND article = ?";
    Ok(connection.prepare_cached(sql)?.exists(params![key, article])?)
}

/// The sections of a portal that are known to link a page.
pub(super) fn sections_of(connection: &Connection, portal: &str, key: &str) -> Result<Vec<String>, StoreError> {
    let sql = "
        SELECT section FROM page WHERE key = ?1 AND portal = ?2
        UNION SELECT section FROM page_section WHERE page = ?1 AND portal = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let sections = statement.query_map([key, portal], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(sections)
}
