//! The index of words, brought up to date behind what is stored: a batch at a time, so that nothing waits for it.
//! Where it was is kept with it, so that it goes on after a crash where it stood.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use crate::model::article::Article;
use crate::store::{Store, StoreError, rows};
use crate::text::fold::{self, Folded};
use crate::text::search;

/// Articles indexed in one transaction: the writer is free again after some milliseconds.
const ARTICLES_AT_ONCE: i64 = 24;
/// The text of one article that can be searched, in bytes folded; the rest of a longer one is not found.
const TEXT_BYTES_MAX: usize = 128 * 1024;
/// Rows for the articles of one second; more of one second take those of the next ones.
const ROWS_A_SECOND: i64 = 16;

/// What is to be indexed next.
struct Batch {
    seq: i64,
    below: i64,
    articles: Vec<Waiting>,
}

/// An article and its tokens; none if it is withdrawn.
struct Waiting {
    row: i64,
    published: DateTime<Utc>,
    tokens: Option<String>,
}

impl Store {
    /// Indexes some of what is not indexed yet; `false` if there is nothing.
    pub async fn index_some(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        // Two at once could write what the one read after what the other read later.
        let _turn = self.database.indexing.lock().await;
        // Folding happens here, off the writer's thread.
        let Some(batch) = self.database.read(waiting).await? else { return Ok(false) };
        self.database.write(move |transaction| keep(transaction, &batch, now)).await?;
        Ok(true)
    }

    /// Returns after something was stored; also at once if that was since it was asked last.
    pub async fn written(&self) {
        self.database.written.notified().await;
    }
}

/// What of an article can be searched.
pub(super) fn text(article: &Article) -> Folded {
    let mut text = article.title.clone();
    let mut line = |part: &str| {
        text.push('\n');
        text.push_str(part);
    };
    article.subtitle.iter().chain(&article.source).for_each(|part| line(part));
    article.authors.iter().chain(&article.photographers).chain(&article.keywords).for_each(|part| line(part));
    line(&article.html.text());
    let mut folded = fold::folded(&text);
    if folded.text.len() > TEXT_BYTES_MAX {
        folded.text.truncate(folded.text.floor_char_boundary(TEXT_BYTES_MAX));
    }
    folded
}

/// The token of a feed; a private character before it keeps it apart from all words.
pub(super) fn feed_token(feed: i64) -> String {
    format!("\u{e000}{feed}")
}

/// The rows of the index that articles of one second have, as long as they are enough.
pub(super) fn rows_of(published: DateTime<Utc>) -> Range<i64> {
    let first = published.timestamp().max(0) * ROWS_A_SECOND;
    first..first + ROWS_A_SECOND
}

fn waiting(connection: &Connection) -> Result<Option<Batch>, StoreError> {
    let connection = connection.unchecked_transaction()?;
    let (seq, below): (i64, i64) = connection
        .prepare_cached("SELECT seq, below FROM search_progress")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let sql = "SELECT seq, article FROM change WHERE seq > ? ORDER BY seq LIMIT ?";
    let changes: Vec<(i64, i64)> = connection
        .prepare_cached(sql)?
        .query_map([seq, ARTICLES_AT_ONCE], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    if let Some((last, _)) = changes.last() {
        let mut rows: Vec<i64> = changes.iter().map(|(_, article)| *article).collect();
        rows.sort_unstable();
        rows.dedup();
        let articles = rows.into_iter().map(|row| read(&connection, row)).collect::<Result<_, _>>()?;
        return Ok(Some(Batch { seq: *last, below, articles }));
    }
    let sql = "SELECT id FROM article WHERE id < ? ORDER BY id DESC LIMIT ?";
    let rows: Vec<i64> = connection
        .prepare_cached(sql)?
        .query_map([below, ARTICLES_AT_ONCE], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let Some(below) = rows.last().copied() else { return Ok(None) };
    let articles = rows.into_iter().map(|row| read(&connection, row)).collect::<Result<_, _>>()?;
    Ok(Some(Batch { seq, below, articles }))
}

fn read(connection: &Connection, article: i64) -> Result<Waiting, StoreError> {
    let sql = format!("SELECT article.withdrawn, {} FROM article WHERE id = ?", rows::ARTICLE_COLUMNS);
    let (told, is_withdrawn) = connection
        .prepare_cached(&sql)?
        .query_row([article], |row| Ok((rows::article(row), row.get::<_, Option<String>>("withdrawn")?.is_some())))?;
    let told = told?;
    let published = told.published;
    if is_withdrawn {
        return Ok(Waiting { row: article, published, tokens: None });
    }
    let folded = text(&told);
    let mut tokens = search::tokens(&folded).into_iter().collect::<Vec<_>>().join(" ");
    let mut statement = connection.prepare_cached("SELECT feed FROM entry WHERE article = ?")?;
    let mut feeds = statement.query([article])?;
    while let Some(row) = feeds.next()? {
        tokens.push(' ');
        tokens.push_str(&feed_token(row.get(0)?));
    }
    Ok(Waiting { row: article, published, tokens: Some(tokens) })
}

fn keep(connection: &Connection, batch: &Batch, now: DateTime<Utc>) -> Result<(), StoreError> {
    for article in &batch.articles {
        index(connection, article)?;
    }
    let sql = "SELECT max(changed, (SELECT coalesce(max(changed), '') FROM feed)) FROM search_progress";
    let changed: String = connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    // A reader that compares times must see every change, also one in the second in which the feed changed.
    let changed = now.max(rows::time(&changed)? + TimeDelta::seconds(1));
    let sql = "UPDATE search_progress SET seq = ?, below = ?, changed = ?";
    connection.prepare_cached(sql)?.execute(params![batch.seq, batch.below, rows::text(changed)])?;
    Ok(())
}

fn index(connection: &Connection, article: &Waiting) -> Result<(), StoreError> {
    let sql = "SELECT id FROM search_row WHERE article = ?";
    let known: Option<i64> = connection.prepare_cached(sql)?.query_row([article.row], |row| row.get(0)).optional()?;
    if let Some(id) = known {
        connection.prepare_cached("DELETE FROM search WHERE rowid = ?")?.execute([id])?;
    }
    let Some(tokens) = &article.tokens else {
        connection.prepare_cached("DELETE FROM search_row WHERE article = ?")?.execute([article.row])?;
        return Ok(());
    };
    let id = match known {
        Some(id) => id,
        None => new_row(connection, article)?,
    };
    connection.prepare_cached("INSERT INTO search (rowid, tokens) VALUES (?, ?)")?.execute(params![id, tokens])?;
    Ok(())
}

/// The first free row of the second in which an article was published, or behind it.
fn new_row(connection: &Connection, article: &Waiting) -> Result<i64, StoreError> {
    let mut second = rows_of(article.published).start;
    let sql = "SELECT coalesce(max(id) + 1, ?1) FROM search_row WHERE id >= ?1 AND id < ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let id = loop {
        let id: i64 = statement.query_row([second, second + ROWS_A_SECOND], |row| row.get(0))?;
        if id < second + ROWS_A_SECOND {
            break id;
        }
        second += ROWS_A_SECOND;
    };
    connection.prepare_cached("INSERT INTO search_row (id, article) VALUES (?, ?)")?.execute([id, article.row])?;
    Ok(id)
}
