//! What each edit of an article changed, kept for those who ask.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, params};

use crate::model::account::Revision;
use crate::model::article::{CleanArticle, Image};
use crate::model::html::SafeHtml;
use crate::model::revision::{Change, Difference};
use crate::store::{StoreError, rows};
use crate::text::{address, difference};

/// Edits kept of one article, the newest; a page that changes more often is a live ticker.
const KEPT_MAX: i64 = 50;
/// How long an edit is kept; whoever asks about a correction asks within two years.
const KEPT_DAYS: i64 = 730;
/// Edits that have stood so long are forgotten when another is kept, a few at a time, so that no write is long.
const FORGOTTEN_AT_ONCE: i64 = 20;
/// The longest text of which the pieces are kept, in bytes: some thirty pages of a newspaper.
const TEXT_BYTES_MAX: usize = 100_000;
/// The most that is told of what happened to one article.
const TOLD_MAX: i64 = 100;

/// An article before an edit.
pub(super) struct Before {
    title: String,
    html: SafeHtml,
    authors: Vec<String>,
    images: Vec<Image>,
}

/// An article as it stands.
pub(super) fn before(connection: &Connection, article: i64) -> Result<Before, StoreError> {
    let sql = "SELECT title, html, authors, images FROM article WHERE id = ?";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query([article])?;
    let row = found.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    Ok(Before {
        title: row.get("title")?,
        html: SafeHtml::from_store(row.get("html")?),
        authors: rows::from_json(&row.get::<_, String>("authors")?)?,
        images: rows::from_json(&row.get::<_, String>("images")?)?,
    })
}

/// Keeps what an edit changed, under the number it has in the log.
pub(super) fn keep(
    connection: &Connection,
    change: i64,
    article: i64,
    before: Before,
    after: &CleanArticle,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let difference = rows::json(&differences(before, after))?;
    let sql = "INSERT INTO revision (change, article, at, difference) VALUES (?, ?, ?, ?)";
    connection.prepare_cached(sql)?.execute(params![change, article, rows::text(now), difference])?;
    let sql = "
        DELETE FROM revision WHERE article = ?1 AND change <=
            (SELECT change FROM revision WHERE article = ?1 ORDER BY change DESC LIMIT 1 OFFSET ?2)";
    connection.prepare_cached(sql)?.execute(params![article, KEPT_MAX])?;
    let sql = "DELETE FROM revision WHERE change IN (SELECT change FROM revision WHERE at < ? ORDER BY at LIMIT ?)";
    let oldest = rows::text(now - TimeDelta::days(KEPT_DAYS));
    connection.prepare_cached(sql)?.execute(params![oldest, FORGOTTEN_AT_ONCE])?;
    Ok(())
}

fn differences(before: Before, after: &CleanArticle) -> Difference {
    let (old, new) = (before.html.text(), after.html.text());
    let is_body_too_long = old.len().max(new.len()) > TEXT_BYTES_MAX && old != new;
    Difference {
        title: changed(before.title, &after.title),
        authors: changed(before.authors, &after.authors),
        body: if is_body_too_long { Vec::new() } else { difference::of(&old, &new) },
        images_added: missing(&after.images, &before.images),
        images_removed: missing(&before.images, &after.images),
        is_body_too_long,
    }
}

fn changed<T: PartialEq + Clone>(before: T, after: &T) -> Option<Change<T>> {
    (before != *after).then(|| Change { before, after: after.clone() })
}

/// The addresses of the pictures that are not among the others.
fn missing(images: &[Image], others: &[Image]) -> Vec<String> {
    let others: BTreeSet<&str> = others.iter().map(|image| address::picture(&image.url)).collect();
    let images = images.iter().filter(|image| !others.contains(address::picture(&image.url)));
    images.map(|image| image.url.clone()).collect()
}

/// What happened to an article, oldest first; of much, the newest.
pub(super) fn told(connection: &Connection, article: i64) -> Result<Vec<Revision>, StoreError> {
    let sql = "
        SELECT change.at, change.kind, revision.difference FROM change LEFT JOIN revision ON revision.change = change.seq
        WHERE change.article = ? AND change.kind <> 'moved' ORDER BY change.seq DESC LIMIT ?";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query(params![article, TOLD_MAX])?;
    let mut revisions = Vec::new();
    while let Some(row) = found.next()? {
        let difference: Option<String> = row.get("difference")?;
        revisions.push(Revision {
            at: rows::time(&row.get::<_, String>("at")?)?,
            change: row.get("kind")?,
            difference: difference.as_deref().map(rows::from_json).transpose()?,
        });
    }
    revisions.reverse();
    Ok(revisions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_kept_within_their_limits() {
        let directory = tempfile::tempdir().unwrap();
        crate::store::Store::open(directory.path()).unwrap();
        let connection = Connection::open(directory.path().join(crate::store::DATABASE_FILE)).unwrap();
        connection.pragma_update(None, "foreign_keys", false).unwrap();
        let edit = |change: i64, article: i64, at: &str| {
            let before = Before {
                title: "旧".into(),
                html: SafeHtml::from_store(String::new()),
                authors: Vec::new(),
                images: Vec::new(),
            };
            let after: CleanArticle = serde_json::from_str(
                "{\"title\": \"新\", \"html\": \"\", \"text\": \"\", \"authors\": [], \"photographers\": [], \"keywords\": [], \
                 \"language\": \"zh\", \"images\": [], \"is_machine_copy\": false}",
            )
            .unwrap();
            keep(&connection, change, article, before, &after, at.parse().unwrap()).unwrap();
        };
        let count = |article: i64| -> i64 {
            let sql = "SELECT count(*) FROM revision WHERE article = ?";
            connection.query_row(sql, [article], |row| row.get(0)).unwrap()
        };
        edit(1, 1, "2026-01-01T00:00:00Z");
        (2..=61).for_each(|change| edit(change, 2, "2027-12-01T00:00:00Z"));
        assert_eq!((count(1), count(2)), (1, KEPT_MAX));
        edit(62, 3, "2028-01-02T00:00:00Z");
        assert_eq!((count(1), count(3)), (0, 1), "after two years an edit is forgotten");
    }
}
