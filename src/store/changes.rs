//! The log of what happened to each article, written in the transaction that did it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::model::article::Article;
use crate::model::change::{ChangeKind, Cursor};
use crate::model::feed::FeedKey;
use crate::store::{Store, StoreError, rows};

/// A stretch of the log, as one feed sees it.
#[derive(Debug, Clone)]
pub struct Stretch {
    /// Each article once, in the order of its last change.
    pub changes: Vec<Changed>,
    /// The last change looked at: what comes next is behind it.
    pub next: Cursor,
    /// Whether more is in the log.
    pub has_more: bool,
}

/// An article that changed.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The article.
    pub id: Uuid,
    /// When it changed last in this stretch.
    pub at: DateTime<Utc>,
    /// Whether it was added in this stretch.
    pub is_new: bool,
    /// As it now stands in the feed; `None` if it left it.
    pub article: Option<Article>,
}

impl Store {
    /// What happened behind a cursor in a feed: at most `limit` changes of the log are looked at. `None` if the cursor is
    /// not of this log, but of another database or of a time that a backup took back.
    pub async fn changes(&self, feed: FeedKey, after: Cursor, limit: usize) -> Result<Option<Stretch>, StoreError> {
        self.database.read(move |connection| stretch(connection, &feed, after, limit)).await
    }
}

fn stretch(
    connection: &Connection,
    feed: &FeedKey,
    cursor: Cursor,
    limit: usize,
) -> Result<Option<Stretch>, StoreError> {
    // One transaction, so that the log and the feed are of one moment.
    let connection = connection.unchecked_transaction()?;
    let after = cursor.seq;
    let newest: i64 =
        connection.prepare_cached("SELECT coalesce(max(seq), 0) FROM change")?.query_row([], |row| row.get(0))?;
    // Changes are never deleted, so a number that is not there was handed out by another database.
    let known = seal(&connection, after)?;
    if after != 0 && known.is_none() || cursor.seal.is_some() && cursor.seal != known {
        return Ok(None);
    }
    let sql = "SELECT seq, article, kind, at FROM change WHERE seq > ? ORDER BY seq LIMIT ?";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query(params![after, limit as i64])?;
    // By article: the number and the time of its last change, and whether it was added.
    let mut latest: BTreeMap<i64, (i64, String, bool)> = BTreeMap::new();
    let mut last = after;
    while let Some(row) = found.next()? {
        last = row.get(0)?;
        let is_added = row.get_ref(2)?.as_str().is_ok_and(|kind| kind == ChangeKind::Added.as_str());
        let is_new = is_added || latest.get(&row.get(1)?).is_some_and(|(_, _, is_new)| *is_new);
        latest.insert(row.get(1)?, (last, row.get(3)?, is_new));
    }
    let feed: Option<i64> = connection
        .prepare_cached("SELECT id FROM feed WHERE name = ?")?
        .query_row([feed.to_string()], |row| row.get(0))
        .optional()?;
    let mut latest: Vec<(i64, (i64, String, bool))> = latest.into_iter().collect();
    latest.sort_by_key(|(_, (seq, _, _))| *seq);
    let mut changes = Vec::new();
    for (article, (_, at, is_new)) in latest {
        let Some(feed) = feed else { break };
        changes.extend(changed(&connection, feed, article, rows::time(&at)?, is_new)?);
    }
    let next = Cursor { seq: last, seal: seal(&connection, last)? };
    Ok(Some(Stretch { changes, next, has_more: last < newest }))
}

/// What a change was, as a hash; `None` if there is none under this number.
fn seal(connection: &Connection, seq: i64) -> Result<Option<u32>, StoreError> {
    let sql = "
        SELECT article.guid || change.kind || change.at FROM change JOIN article ON article.id = change.article
        WHERE change.seq = ?";
    let told: Option<String> = connection.prepare_cached(sql)?.query_row([seq], |row| row.get(0)).optional()?;
    let seal = |told: String| {
        let hash = blake3::hash(told.as_bytes());
        let [first, second, third, fourth, ..] = *hash.as_bytes();
        u32::from_be_bytes([first, second, third, fourth])
    };
    Ok(told.map(seal))
}

/// An article as it stands in a feed, or that it left it; `None` if it never was in it.
fn changed(
    connection: &Connection,
    feed: i64,
    article: i64,
    at: DateTime<Utc>,
    is_new: bool,
) -> Result<Option<Changed>, StoreError> {
    let sql = format!(
        "SELECT {} FROM article JOIN entry ON entry.article = article.id
         WHERE article.id = ? AND entry.feed = ? AND entry.published = article.published",
        rows::ARTICLE_COLUMNS
    );
    let mut statement = connection.prepare_cached(&sql)?;
    if let Some(article) = statement.query([article, feed])?.next()?.map(rows::article).transpose()? {
        return Ok(Some(Changed { id: article.id, at, is_new, article: Some(article) }));
    }
    let sql = "
        SELECT article.guid FROM tombstone JOIN article ON article.id = tombstone.article
        WHERE tombstone.feed = ? AND tombstone.article = ?";
    let left: Option<String> =
        connection.prepare_cached(sql)?.query_row([feed, article], |row| row.get(0)).optional()?;
    let Some(guid) = left else { return Ok(None) };
    let id = guid.parse().map_err(|_| StoreError::Damaged(format!("“{guid}” is not an id")))?;
    Ok(Some(Changed { id, at, is_new: false, article: None }))
}

/// Notes what happened to an article and returns the number it has in the log.
pub(super) fn log(
    connection: &Connection,
    article: i64,
    kind: ChangeKind,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let sql = "INSERT INTO change (article, kind, at) VALUES (?, ?, ?)";
    connection.prepare_cached(sql)?.execute(params![article, kind.as_str(), rows::text(now)])?;
    Ok(connection.last_insert_rowid())
}
