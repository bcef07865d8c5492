//! Pages that were held back: kept as they would have been stored, until an editor publishes or drops them.
//! Either word is remembered for the content it was said of, so that nobody is asked twice.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::model::article::Candidate;
use crate::model::page::Validators;
use crate::model::quarantine::HeldPage;
use crate::store::batch::{Batch, PageResult};
use crate::store::{Store, StoreError, rows};

/// The longest candidate kept, in bytes of JSON; a longer one is read again from its page when it is released.
const CANDIDATE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Pages held back in one portal; the oldest give way, for a hijacked portal has no end of them.
const HELD_MAX: i64 = 2_000;
/// What an editor sees of the text.
const EXCERPT_CHARS_MAX: usize = 300;

const COLUMNS: &str = "
    SELECT quarantine.id, quarantine.run, quarantine.portal, quarantine.sections, quarantine.url, quarantine.title,
        quarantine.excerpt, quarantine.reason, quarantine.held, article.guid
    FROM quarantine LEFT JOIN page ON page.key = quarantine.key LEFT JOIN article ON article.id = page.article";

impl Store {
    /// Pages held back, newest first; with `before`, those that came in before that one.
    pub async fn quarantine(&self, limit: usize, before: Option<i64>) -> Result<Vec<HeldPage>, StoreError> {
        let read = move |connection: &Connection| {
            let sql = format!("{COLUMNS} WHERE quarantine.id < ? ORDER BY quarantine.id DESC LIMIT ?");
            let mut statement = connection.prepare_cached(&sql)?;
            let mut found = statement.query(params![before.unwrap_or(i64::MAX), limit as i64])?;
            let mut held = Vec::new();
            while let Some(row) = found.next()? {
                held.push(held_page(row)?);
            }
            Ok(held)
        };
        self.database.read(read).await
    }

    /// Drops a page that was held back; its content is not held again. `false` if there is none under this number.
    pub async fn drop_held(&self, id: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let Some(waiting) = take(transaction, id)? else { return Ok(false) };
            rule(transaction, &waiting.portal, &waiting.content, false, now)?;
            Ok(true)
        };
        self.database.write(write).await
    }
}

fn held_page(row: &Row) -> Result<HeldPage, StoreError> {
    Ok(HeldPage {
        id: row.get("id")?,
        run: row.get("run")?,
        portal: row.get("portal")?,
        sections: rows::from_json(&row.get::<_, String>("sections")?)?,
        url: row.get("url")?,
        title: row.get("title")?,
        excerpt: row.get("excerpt")?,
        reason: row.get("reason")?,
        held: rows::time(&row.get::<_, String>("held")?)?,
        article: row.get("guid")?,
    })
}

/// A page taken out of the quarantine, with what its row in `page` knows.
pub(super) struct Waiting {
    pub(super) run: Option<i64>,
    pub(super) portal: String,
    pub(super) sections: Vec<String>,
    pub(super) key: String,
    pub(super) url: String,
    pub(super) content: [u8; 32],
    pub(super) candidate: Option<String>,
    pub(super) validators: Validators,
    pub(super) body_hash: [u8; 32],
    pub(super) due: Option<DateTime<Utc>>,
}

/// Takes a page out of the quarantine.
pub(super) fn take(connection: &Connection, id: i64) -> Result<Option<Waiting>, StoreError> {
    let sql = "
        SELECT quarantine.run, quarantine.portal, quarantine.sections, quarantine.key, page.url, quarantine.content,
            quarantine.candidate, page.etag, page.last_modified, page.body_hash, page.due
        FROM quarantine JOIN page ON page.key = quarantine.key WHERE quarantine.id = ?";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query([id])?;
    let Some(row) = found.next()? else { return Ok(None) };
    let waiting = Waiting {
        run: row.get("run")?,
        portal: row.get("portal")?,
        sections: rows::from_json(&row.get::<_, String>("sections")?)?,
        key: row.get("key")?,
        url: row.get("url")?,
        content: row.get("content")?,
        candidate: row.get("candidate")?,
        validators: Validators { etag: row.get("etag")?, last_modified: row.get("last_modified")? },
        body_hash: rows::hash(row.get("body_hash")?).unwrap_or_default(),
        due: rows::time_opt(row.get("due")?)?,
    };
    connection.prepare_cached("DELETE FROM quarantine WHERE id = ?")?.execute([id])?;
    Ok(Some(waiting))
}

/// Remembers an editor's word on a content.
pub(super) fn rule(
    connection: &Connection,
    portal: &str,
    content: &[u8; 32],
    is_allowed: bool,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO ruling (portal, content, is_allowed, at) VALUES (?, ?, ?, ?)";
    connection.prepare_cached(sql)?.execute(params![portal, content, is_allowed, rows::text(now)])?;
    Ok(())
}

/// An editor's word on a content, if there is one.
pub(super) fn ruling(connection: &Connection, portal: &str, content: &[u8; 32]) -> Result<Option<bool>, StoreError> {
    let sql = "SELECT is_allowed FROM ruling WHERE portal = ? AND content = ?";
    Ok(connection.prepare_cached(sql)?.query_row(params![portal, content], |row| row.get(0)).optional()?)
}

/// Holds a page back; of a page that waits already, the newer state takes the older one's place.
/// Returns whether there was anything new about it.
pub(super) fn hold(
    connection: &Connection,
    batch: &Batch,
    page: &PageResult,
    candidate: &Candidate,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let waits = "SELECT 1 FROM quarantine WHERE key = ? AND content = ?";
    if connection.prepare_cached(waits)?.exists(params![page.key, candidate.revision_hash])? {
        return Ok(false);
    }
    let article = &candidate.article;
    let kept = rows::json(candidate)?;
    let sql = "
        INSERT INTO quarantine (run, portal, sections, key, url, title, excerpt, reason, held, content, candidate)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET
            run = excluded.run, sections = excluded.sections, url = excluded.url, title = excluded.title,
            excerpt = excluded.excerpt, reason = excluded.reason, content = excluded.content,
            candidate = excluded.candidate";
    connection.prepare_cached(sql)?.execute(params![
        batch.run,
        batch.portal,
        rows::json(&page.sections)?,
        page.key,
        candidate.url.as_str(),
        article.title,
        article.text.chars().take(EXCERPT_CHARS_MAX).collect::<String>(),
        reason,
        rows::text(now),
        candidate.revision_hash,
        Some(kept).filter(|kept| kept.len() <= CANDIDATE_BYTES_MAX),
    ])?;
    let sql = "
        DELETE FROM quarantine WHERE portal = ?1 AND id <=
            (SELECT id FROM quarantine WHERE portal = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";
    connection.prepare_cached(sql)?.execute(params![batch.portal, HELD_MAX])?;
    Ok(true)
}

/// A page that is as it should be, or no longer there, has nothing to wait for.
pub(super) fn forget(connection: &Connection, key: &str) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM quarantine WHERE key = ?")?.execute([key])?;
    Ok(())
}

/// Drops all that a run held back and returns how much that was.
pub(super) fn drop_all_of(connection: &Connection, run: i64, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let sql = "
        INSERT OR REPLACE INTO ruling (portal, content, is_allowed, at)
        SELECT portal, content, 0, ?2 FROM quarantine WHERE run = ?1";
    connection.prepare_cached(sql)?.execute(params![run, rows::text(now)])?;
    Ok(connection.prepare_cached("DELETE FROM quarantine WHERE run = ?")?.execute([run])? as u64)
}
