//! The newest articles of all portals, as far as the news sitemap needs them.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use crate::model::feed::FeedKey;
use crate::store::{Store, StoreError, rows};

/// What was published of late.
#[derive(Debug, Clone, Default)]
pub struct Recent {
    /// Newest first.
    pub articles: Vec<RecentArticle>,
    /// When the oldest article of the time asked for was published, whether or not it is among those.
    pub oldest: Option<DateTime<Utc>>,
    /// When the newest article before that time was published.
    pub before: Option<DateTime<Utc>>,
    /// When the feed of all articles last changed; `None` if there is none yet.
    pub changed: Option<DateTime<Utc>>,
}

/// An article with no more than its headline.
#[derive(Debug, Clone)]
pub struct RecentArticle {
    /// Its page.
    pub url: String,
    /// Its headline.
    pub title: String,
    /// BCP 47 tag.
    pub language: String,
    /// Its portal's id.
    pub portal: String,
    /// When it was published.
    pub published: DateTime<Utc>,
}

impl Store {
    /// The newest articles published after `since`, at most `limit`.
    pub async fn recent(&self, since: DateTime<Utc>, limit: usize) -> Result<Recent, StoreError> {
        self.database.read(move |connection| recent(connection, &rows::text(since), limit)).await
    }
}

fn recent(connection: &Connection, since: &str, limit: usize) -> Result<Recent, StoreError> {
    let sql = "SELECT id, changed FROM feed WHERE name = ?";
    let feed: Option<(i64, String)> = connection
        .prepare_cached(sql)?
        .query_row([FeedKey::All.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((feed, changed)) = feed else { return Ok(Recent::default()) };
    let sql = "
        SELECT url, title, language, portal, entry.published
        FROM entry JOIN article ON article.id = entry.article
        WHERE entry.feed = ? AND entry.published > ?
        ORDER BY entry.published DESC, entry.article DESC LIMIT ?";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query(params![feed, since, limit as i64])?;
    let mut articles = Vec::new();
    while let Some(row) = found.next()? {
        articles.push(RecentArticle {
            url: row.get(0)?,
            title: row.get(1)?,
            language: row.get(2)?,
            portal: row.get(3)?,
            published: rows::time(&row.get::<_, String>(4)?)?,
        });
    }
    let at = |sql: &str| -> Result<Option<DateTime<Utc>>, StoreError> {
        rows::time_opt(connection.prepare_cached(sql)?.query_row(params![feed, since], |row| row.get(0))?)
    };
    Ok(Recent {
        articles,
        oldest: at("SELECT min(published) FROM entry WHERE feed = ? AND published > ?")?,
        before: at("SELECT max(published) FROM entry WHERE feed = ? AND published <= ?")?,
        changed: Some(rows::time(&changed)?),
    })
}
