//! Whether a story is stored already under another address: by the hash of its folded text, then by its
//! fingerprint, through an index of bands.

use std::cmp::Reverse;

use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::model::article::Candidate;
use crate::model::copy::{Match, MatchKind, SAME_MILLI};
use crate::model::html::SafeHtml;
use crate::store::{Store, StoreError, portals};
use crate::text::fingerprint::{self, Fingerprint, Likeness};
use crate::text::fold;

/// Articles with one pair of minima that are looked at, the newest; a form that more stories share tells little.
const BAND_ARTICLES_MAX: i64 = 32;
/// Articles whose fingerprints are compared, those that share most minima with the candidate as far as the index
/// tells: a copy shares ten or more of them, and what stock phrases bring along shares two or three.
const COMPARED_MAX: usize = 24;

impl Store {
    /// The article whose story a candidate tells by its text, and how it was recognised; stores nothing.
    pub async fn find_copy(&self, candidate: Candidate) -> Result<Option<(Uuid, Match)>, StoreError> {
        let read = move |connection: &Connection| {
            let Some((article, how)) = find(connection, &candidate)? else { return Ok(None) };
            let sql = "SELECT guid FROM article WHERE id = ?";
            let guid: String = connection.prepare_cached(sql)?.query_row([article], |row| row.get(0))?;
            let id = guid.parse().map_err(|_| StoreError::Damaged(format!("“{guid}” is not an id")))?;
            Ok(Some((id, how)))
        };
        self.database.read(read).await
    }
}

/// The stored article that tells a candidate's story, if there is one, and how it was recognised.
pub(super) fn find(connection: &Connection, candidate: &Candidate) -> Result<Option<(i64, Match)>, StoreError> {
    if let Some(article) = same_text(connection, candidate)? {
        return Ok(Some((article, Match { kind: MatchKind::Text, similarity_milli: Some(SAME_MILLI) })));
    }
    let Some(fingerprint) = candidate.fingerprint.as_deref().and_then(Fingerprint::from_bytes) else {
        return Ok(None);
    };
    let mut best: Option<(f64, i64)> = None;
    for (article, bytes) in neighbours(connection, &fingerprint)? {
        let Some(stored) = Fingerprint::from_bytes(&bytes) else { continue };
        let likeness = fingerprint.likeness(&stored);
        if likeness.is_copy()
            && best.is_none_or(|(similarity, _)| likeness.similarity > similarity)
            && is_kept(connection, article)?
            && may_share(connection, candidate, article)?
            && !is_other_bulletin(connection, candidate, article)?
        {
            best = Some((likeness.similarity, article));
        }
    }
    Ok(best.map(|(similarity, article)| {
        (article, Match { kind: MatchKind::Near, similarity_milli: Some(milli(similarity)) })
    }))
}

/// Whether a candidate may become a copy of an article, or its home: both are of one portal, or neither is private.
pub(super) fn may_share(connection: &Connection, candidate: &Candidate, article: i64) -> Result<bool, StoreError> {
    let sql = "SELECT portal FROM article WHERE id = ?";
    let portal: String = connection.prepare_cached(sql)?.query_row([article], |row| row.get(0))?;
    portals::may_share(connection, &candidate.portal, &portal)
}

/// Whether a candidate's text is a copy of an article's.
pub(super) fn is_copy_of(connection: &Connection, candidate: &Candidate, article: i64) -> Result<bool, StoreError> {
    let likeness = likeness(connection, candidate, article)?;
    Ok(likeness.is_some_and(Likeness::is_copy))
}

/// How alike a candidate's text and an article's are, in thousandths; `None` where one is too short to tell.
pub(super) fn similarity_milli(
    connection: &Connection,
    candidate: &Candidate,
    article: i64,
) -> Result<Option<u32>, StoreError> {
    let likeness = likeness(connection, candidate, article)?;
    Ok(likeness.map(|likeness| milli(likeness.similarity)))
}

fn likeness(connection: &Connection, candidate: &Candidate, article: i64) -> Result<Option<Likeness>, StoreError> {
    let sql = "SELECT minima FROM fingerprint WHERE article = ?";
    let stored: Option<Vec<u8>> = connection.prepare_cached(sql)?.query_row([article], |row| row.get(0)).optional()?;
    let stored = stored.as_deref().and_then(Fingerprint::from_bytes);
    let ours = candidate.fingerprint.as_deref().and_then(Fingerprint::from_bytes);
    Ok(ours.zip(stored).map(|(ours, stored)| ours.likeness(&stored)))
}

fn milli(similarity: f64) -> u32 {
    (similarity * f64::from(SAME_MILLI)).round() as u32
}

/// Whether a candidate is a better home for the story than the page it was stored from: an original for what only
/// a machine's copy told us.
pub(super) fn is_better_home(connection: &Connection, candidate: &Candidate, article: i64) -> Result<bool, StoreError> {
    let sql = "SELECT is_machine_copy FROM article WHERE id = ?";
    let is_stored_copy: bool = connection.prepare_cached(sql)?.query_row([article], |row| row.get(0))?;
    Ok(is_stored_copy && !candidate.article.is_machine_copy)
}

fn same_text(connection: &Connection, candidate: &Candidate) -> Result<Option<i64>, StoreError> {
    let Some(hash) = candidate.text_hash else { return Ok(None) };
    // What an admin withdrew stays withdrawn under another address too.
    let sql = "
        SELECT id FROM article WHERE text_hash = ? AND (withdrawn IS NULL OR withdrawn_by = 'admin')
        ORDER BY withdrawn IS NOT NULL, id LIMIT ?";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query(params![hash, COMPARED_MAX as i64])?;
    while let Some(row) = found.next()? {
        let article = row.get(0)?;
        if may_share(connection, candidate, article)? {
            return Ok(Some(article));
        }
    }
    Ok(None)
}

/// Whether an article is one that copies belong to; what an admin withdrew stays withdrawn under another address too.
fn is_kept(connection: &Connection, article: i64) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM article WHERE id = ? AND (withdrawn IS NULL OR withdrawn_by = 'admin')";
    Ok(connection.prepare_cached(sql)?.exists([article])?)
}

/// The articles that share most with a fingerprint, each with its own; of those that share as much, the newest first.
fn neighbours(connection: &Connection, fingerprint: &Fingerprint) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let mut shared: Vec<(i64, usize)> = Vec::new();
    let sql = "SELECT article, tags FROM band WHERE pair = ? ORDER BY article DESC LIMIT ?";
    let mut statement = connection.prepare_cached(sql)?;
    for band in fingerprint.bands() {
        let mut found = statement.query(params![band.pair, BAND_ARTICLES_MAX])?;
        while let Some(row) = found.next()? {
            let tags = row.get_ref(1)?.as_blob().unwrap_or_default();
            shared.push((row.get(0)?, 2 + band.shared_tags(tags)));
        }
    }
    shared.sort_unstable_by_key(|(article, _)| *article);
    let sum = |rows: &[(i64, usize)]| (rows[0].0, rows.iter().map(|(_, minima)| minima).sum::<usize>());
    let mut articles: Vec<(i64, usize)> = shared.chunk_by(|a, b| a.0 == b.0).map(sum).collect();
    articles.sort_unstable_by_key(|(article, minima)| (Reverse(*minima), Reverse(*article)));
    articles.truncate(COMPARED_MAX);
    let mut statement = connection.prepare_cached("SELECT minima FROM fingerprint WHERE article = ?")?;
    let mut neighbours = Vec::with_capacity(articles.len());
    for (article, _) in articles {
        if let Some(minima) = statement.query_row([article], |row| row.get(0)).optional()? {
            neighbours.push((article, minima));
        }
    }
    Ok(neighbours)
}

/// Bulletins of one form, such as the weather's, differ only in their numbers.
fn is_other_bulletin(connection: &Connection, candidate: &Candidate, article: i64) -> Result<bool, StoreError> {
    let sql = "SELECT html FROM article WHERE id = ?";
    let html: String = connection.prepare_cached(sql)?.query_row([article], |row| row.get(0))?;
    let stored = fold::folded(&SafeHtml::from_store(html).text());
    Ok(fingerprint::are_different_bulletins(&fold::folded(&candidate.article.text), &stored))
}

/// Keeps the fingerprint of an article's present text in the place of the one before.
pub(super) fn keep(connection: &Connection, article: i64, candidate: &Candidate) -> Result<(), StoreError> {
    let sql = "SELECT minima FROM fingerprint WHERE article = ?";
    let before: Option<Vec<u8>> = connection.prepare_cached(sql)?.query_row([article], |row| row.get(0)).optional()?;
    if before == candidate.fingerprint {
        return Ok(());
    }
    if let Some(before) = before.as_deref().and_then(Fingerprint::from_bytes) {
        let mut statement = connection.prepare_cached("DELETE FROM band WHERE pair = ? AND article = ?")?;
        for band in before.bands() {
            statement.execute(params![band.pair, article])?;
        }
        connection.prepare_cached("DELETE FROM fingerprint WHERE article = ?")?.execute([article])?;
    }
    let Some(bytes) = &candidate.fingerprint else { return Ok(()) };
    let Some(fingerprint) = Fingerprint::from_bytes(bytes) else { return Ok(()) };
    connection
        .prepare_cached("INSERT INTO fingerprint (article, minima) VALUES (?, ?)")?
        .execute(params![article, bytes])?;
    let sql = "INSERT OR IGNORE INTO band (pair, article, tags) VALUES (?, ?, ?)";
    let mut statement = connection.prepare_cached(sql)?;
    for band in fingerprint.bands() {
        statement.execute(params![band.pair, article, band.tags])?;
    }
    Ok(())
}
