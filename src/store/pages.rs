//! The pages we know: what to ask with, and when to look again.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::model::article::Candidate;
use crate::model::copy::Match;
use crate::model::page::{KnownPage, Validators};
use crate::store::batch::PageResult;
use crate::store::{Store, StoreError, rows};

const COLUMNS: &str = "
    SELECT page.key, page.url, page.section, article.title, article.published, page.etag, page.last_modified, page.body_hash,
        page.due, page.failures, (SELECT held FROM quarantine WHERE quarantine.key = page.key) AS held,
        (SELECT json_group_array(placement.section) FROM placement
         WHERE placement.article = page.article AND placement.portal = page.portal) AS sections
    FROM page LEFT JOIN article ON article.id = page.article";

impl Store {
    /// What is known of the pages under these keys.
    pub async fn known_pages(&self, keys: Vec<String>) -> Result<Vec<KnownPage>, StoreError> {
        let read = move |connection: &Connection| {
            let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE page.key = ?"))?;
            let mut known = Vec::new();
            for key in &keys {
                if let Some(row) = statement.query([key])?.next()? {
                    known.push(known_page(row)?);
                }
            }
            Ok(known)
        };
        self.database.read(read).await
    }
}

/// The pages of a section that are due for another look, the longest waiting first, at most `limit`.
pub(super) fn due(
    connection: &Connection,
    portal: &str,
    section: &str,
    limit: usize,
    now: DateTime<Utc>,
) -> Result<Vec<KnownPage>, StoreError> {
    let sql =
        format!("{COLUMNS} WHERE page.portal = ? AND page.section = ? AND page.due <= ? ORDER BY page.due LIMIT ?");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement.query(params![portal, section, rows::text(now), limit as i64])?;
    let mut due = Vec::new();
    while let Some(row) = found.next()? {
        due.push(known_page(row)?);
    }
    Ok(due)
}

fn known_page(row: &Row) -> Result<KnownPage, StoreError> {
    let published = rows::time_opt(row.get("published")?)?;
    Ok(KnownPage {
        key: row.get("key")?,
        url: row.get("url")?,
        section: row.get("section")?,
        has_article: published.is_some(),
        title: row.get("title")?,
        published,
        sections: rows::from_json(&row.get::<_, String>("sections")?)?,
        validators: Validators { etag: row.get("etag")?, last_modified: row.get("last_modified")? },
        body_hash: rows::hash(row.get("body_hash")?),
        due: rows::time_opt(row.get("due")?)?,
        failures: row.get("failures")?,
        held: rows::time_opt(row.get("held")?)?,
    })
}

/// Which article a page tells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    /// The article's row.
    pub(super) article: i64,
    /// Whether the page only repeats a story that has its home elsewhere.
    pub(super) is_copy: bool,
    /// How the page was recognised, where it is not the story's home and this is not noted yet.
    pub(super) how: Option<Match>,
}

impl Told {
    /// Whether a page that tells this may be one that leads to `other`: to the same article, or, for a copy, to one
    /// that has a home of its own by now.
    pub(super) fn leads_to(&self, other: &Told) -> bool {
        self.article == other.article || self.is_copy && !other.is_copy
    }
}

/// The article on a page.
pub(super) fn told_on(connection: &Connection, key: &str) -> Result<Option<Told>, StoreError> {
    let sql = "SELECT article, is_copy FROM page WHERE key = ? AND article IS NOT NULL";
    let told = |row: &Row| Ok(Told { article: row.get(0)?, is_copy: row.get(1)?, how: None });
    Ok(connection.prepare_cached(sql)?.query_row([key], told).optional()?)
}

/// Whether the page under a key was read itself, and is there.
pub(super) fn is_home_read(connection: &Connection, key: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM page WHERE key = ? AND NOT is_copy AND body_hash IS NOT NULL AND gone_since IS NULL";
    Ok(connection.prepare_cached(sql)?.exists([key])?)
}

/// Whether an article has a home that was read and is there, besides the page under this key.
pub(super) fn has_other_home(connection: &Connection, article: i64, key: &str) -> Result<bool, StoreError> {
    let sql = "
        SELECT 1 FROM page
        WHERE article = ? AND key <> ? AND NOT is_copy AND body_hash IS NOT NULL AND gone_since IS NULL";
    Ok(connection.prepare_cached(sql)?.exists(params![article, key])?)
}

/// Makes every page of an article a copy, recognised like this: another one is its home from now on.
pub(super) fn make_copies(connection: &Connection, article: i64, how: Match) -> Result<(), StoreError> {
    connection.prepare_cached("UPDATE page SET is_copy = 1 WHERE article = ?")?.execute([article])?;
    let sql = "
        INSERT INTO copy (page, address, kind, similarity_milli) SELECT key, key, ?2, ?3 FROM page WHERE article = ?1
        ON CONFLICT DO UPDATE SET kind = excluded.kind, similarity_milli = excluded.similarity_milli";
    connection.prepare_cached(sql)?.execute(params![article, how.kind.as_str(), how.similarity_milli])?;
    Ok(())
}

/// Notes how a page was recognised, and the key of the address it calls its own.
fn note_copy(connection: &Connection, key: &str, address: &str, how: Match) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO copy (page, address, kind, similarity_milli) VALUES (?, ?, ?, ?)";
    connection.prepare_cached(sql)?.execute(params![key, address, how.kind.as_str(), how.similarity_milli])?;
    Ok(())
}

/// Notes the sections that link a page besides the first.
pub(super) fn link(connection: &Connection, portal: &str, page: &PageResult) -> Result<(), StoreError> {
    let sql = "
        INSERT OR IGNORE INTO page_section (page, portal, section)
        SELECT key, ?2, ?3 FROM page WHERE key = ?1 AND (portal, section) <> (?2, ?3)";
    let mut statement = connection.prepare_cached(sql)?;
    for section in &page.sections {
        statement.execute(params![page.key, portal, section])?;
    }
    Ok(())
}

/// A page that was read, and what it tells.
pub(super) fn save_read(
    connection: &Connection,
    portal: &str,
    page: &PageResult,
    told: Option<Told>,
    validators: &Validators,
    body_hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "
        INSERT INTO page (key, url, portal, section, article, is_copy, etag, last_modified, body_hash, checked, due)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET
            url = excluded.url, article = coalesce(excluded.article, article),
            is_copy = iif(excluded.article IS NULL, is_copy, excluded.is_copy),
            etag = excluded.etag, last_modified = excluded.last_modified, body_hash = excluded.body_hash,
            checked = excluded.checked, due = excluded.due, failures = 0, gone_since = NULL, error = NULL";
    connection.prepare_cached(sql)?.execute(params![
        page.key,
        page.url,
        portal,
        page.sections.first(),
        told.map(|told| told.article),
        told.is_some_and(|told| told.is_copy),
        validators.etag,
        validators.last_modified,
        body_hash,
        rows::text(now),
        page.due.map(rows::text),
    ])?;
    Ok(())
}

/// How a page tells an article whose home it is not, and the address it calls its own.
pub(super) fn save_way(
    connection: &Connection,
    portal: &str,
    page: &PageResult,
    candidate: &Candidate,
    told: Told,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if candidate.url_key != page.key {
        save_alias(connection, portal, page, candidate, told, now)?;
    }
    if let Some(how) = told.how {
        note_copy(connection, &page.key, &candidate.url_key, how)?;
    }
    Ok(())
}

/// The address an article calls its own, where the link led elsewhere: the same article under both keys.
fn save_alias(
    connection: &Connection,
    portal: &str,
    page: &PageResult,
    candidate: &Candidate,
    told: Told,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "
        INSERT INTO page (key, url, portal, section, article, is_copy, checked)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET article = excluded.article, is_copy = excluded.is_copy WHERE article IS NULL";
    let is_new = connection.prepare_cached(sql)?.execute(params![
        candidate.url_key,
        candidate.url.as_str(),
        portal,
        page.sections.first(),
        told.article,
        told.is_copy,
        rows::text(now),
    ])?;
    if let Some(how) = told.how.filter(|_| told.is_copy && is_new > 0) {
        note_copy(connection, &candidate.url_key, &candidate.url_key, how)?;
    }
    Ok(())
}

/// A page that answered as before.
pub(super) fn save_checked(
    connection: &Connection,
    page: &PageResult,
    validators: Option<&Validators>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "
        UPDATE page SET url = ?, checked = ?, due = ?, failures = 0, gone_since = NULL, error = NULL WHERE key = ?";
    connection.prepare_cached(sql)?.execute(params![page.url, rows::text(now), page.due.map(rows::text), page.key])?;
    if let Some(validators) = validators {
        let sql = "UPDATE page SET etag = ?, last_modified = ? WHERE key = ?";
        connection.prepare_cached(sql)?.execute(params![validators.etag, validators.last_modified, page.key])?;
    }
    Ok(())
}

/// A page that could not be read, or holds no article.
pub(super) fn save_error(
    connection: &Connection,
    portal: &str,
    page: &PageResult,
    error: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "
        INSERT INTO page (key, url, portal, section, checked, due, failures, error) VALUES (?, ?, ?, ?, ?, ?, 1, ?)
        ON CONFLICT (key) DO UPDATE SET
            checked = excluded.checked, due = excluded.due, failures = failures + 1, error = excluded.error";
    connection.prepare_cached(sql)?.execute(params![
        page.key,
        page.url,
        portal,
        page.sections.first(),
        rows::text(now),
        page.due.map(rows::text),
        error,
    ])?;
    Ok(())
}

/// Lets the next run read a page in full.
pub(super) fn read_again(connection: &Connection, key: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    let sql = "UPDATE page SET etag = NULL, last_modified = NULL, body_hash = NULL, due = ? WHERE key = ?";
    connection.prepare_cached(sql)?.execute(params![rows::text(now), key])?;
    Ok(())
}

/// Notes that a page is gone and returns since when, as noted at an earlier look.
pub(super) fn save_gone(
    connection: &Connection,
    key: &str,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let sql = "SELECT gone_since FROM page WHERE key = ?";
    let since: Option<String> =
        connection.prepare_cached(sql)?.query_row([key], |row| row.get(0)).optional()?.flatten();
    if since.is_none() {
        let sql = "UPDATE page SET gone_since = ? WHERE key = ?";
        connection.prepare_cached(sql)?.execute(params![rows::text(now), key])?;
    }
    rows::time_opt(since)
}
