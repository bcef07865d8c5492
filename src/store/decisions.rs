//! What the events' rules say of each article, and under which rules they said it.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use crate::model::event::Decision;
use crate::model::feed::FeedKey;
use crate::model::html::SafeHtml;
use crate::store::feeds::Touched;
use crate::store::{Store, StoreError, feeds, rows};

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
    /// Under which rules each event's decisions were made.
    pub async fn event_rules(&self) -> Result<HashMap<String, [u8; 32]>, StoreError> {
        let read = |connection: &Connection| {
            let mut statement = connection.prepare_cached("SELECT id, rules FROM event")?;
            let rules = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
            Ok(rules)
        };
        self.database.read(read).await
    }

    /// Up to `limit` articles published within a time, oldest first, after the given one.
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
                SELECT article.id, article.title, article.html, article.published
                FROM feed JOIN entry ON entry.feed = feed.id JOIN article ON article.id = entry.article
                WHERE feed.name = ?1 AND (entry.published, entry.article) > (?2, ?3) AND entry.published <= ?4
                ORDER BY entry.published, entry.article LIMIT ?5";
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

    /// Puts new decisions in the place of all an event had; returns how many articles entered or left its feed.
    pub async fn replace_decisions(
        &self,
        event: String,
        rules: [u8; 32],
        decisions: Vec<(i64, Decision)>,
        now: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let before = included(transaction, &event)?;
            transaction.prepare_cached("DELETE FROM decision WHERE event = ?")?.execute([&event])?;
            for (article, decision) in &decisions {
                keep(transaction, *article, decision)?;
            }
            let after = included(transaction, &event)?;
            let mut touched = Touched::new();
            let moved: Vec<i64> = before.symmetric_difference(&after).copied().collect();
            for article in &moved {
                feeds::enter(transaction, *article, now, &mut touched)?;
            }
            feeds::announce(transaction, &touched, now)?;
            let sql = "INSERT OR REPLACE INTO event (id, rules) VALUES (?, ?)";
            transaction.prepare_cached(sql)?.execute(params![event, rules])?;
            Ok(moved.len())
        };
        self.database.write(write).await
    }
}

fn included(connection: &Connection, event: &str) -> Result<BTreeSet<i64>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT article FROM decision WHERE event = ? AND is_included")?;
    let articles = statement.query_map([event], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(articles)
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
