//! What the events' rules say of each article.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use crate::model::event::Decision;
use crate::model::feed::FeedKey;
use crate::model::html::SafeHtml;
use crate::store::{Store, StoreError, rows};

/// An article as far as an event's rules need it.
#[derive(Debug)]
pub struct DecidedArticle {
    /// Its row.
    pub row: i64,
    /// The headline.
    pub title: String,
    /// The body.
    pub html: SafeHtml,
    /// When it was published.
    pub published: DateTime<Utc>,
}

impl Store {
    /// The number of the last change of any article: what was decided after it is newer than an archive read now.
    pub async fn last_change(&self) -> Result<i64, StoreError> {
        let read = |connection: &Connection| {
            let sql = "SELECT coalesce(max(seq), 0) FROM change";
            Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
        };
        self.database.read(read).await
    }

    /// Up to `limit` articles published within a time, oldest first, after the given one; withdrawn ones too, for
    /// they may come back.
    pub async fn published_between(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        after: Option<(DateTime<Utc>, i64)>,
        limit: usize,
    ) -> Result<Vec<DecidedArticle>, StoreError> {
        let read = move |connection: &Connection| {
            let (start, row) = after.unwrap_or((from, 0));
            let sql = "
                SELECT article.id, article.title, article.html, entry.published
                FROM feed JOIN entry ON entry.feed = feed.id JOIN article ON article.id = entry.article
                WHERE feed.name = ?1 AND article.retention IS NOT 'dropped' AND (entry.published, entry.article) > (?2, ?3) AND entry.published <= ?4
                UNION ALL
                SELECT id, title, html, published FROM article
                WHERE withdrawn IS NOT NULL AND retention IS NOT 'dropped' AND (published, id) > (?2, ?3) AND published <= ?4
                ORDER BY 4, 1 LIMIT ?5";
            let mut statement = connection.prepare_cached(sql)?;
            let (start, end) = (rows::text(start), rows::text(to));
            let mut found = statement.query(params![FeedKey::All.to_string(), start, row, end, limit as i64])?;
            let mut articles = Vec::new();
            while let Some(row) = found.next()? {
                articles.push(DecidedArticle {
                    row: row.get(0)?,
                    title: row.get(1)?,
                    html: SafeHtml::from_store(row.get(2)?),
                    published: rows::time(&row.get::<_, String>(3)?)?,
                });
            }
            Ok(articles)
        };
        self.database.read(read).await
    }
}

/// Keeps a decision; none is kept where nothing speaks for the event.
pub(super) fn keep(connection: &Connection, article: i64, decision: &Decision) -> Result<(), StoreError> {
    if decision.reasons.is_empty() {
        return Ok(());
    }
    let sql = "INSERT INTO decision (event, article, score_milli, is_included, reasons) VALUES (?, ?, ?, ?, ?)";
    connection.prepare_cached(sql)?.execute(params![
        decision.event,
        article,
        decision.score_milli,
        decision.is_included,
        rows::json(&decision.reasons)?,
    ])?;
    Ok(())
}
