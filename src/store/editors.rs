//! The word of an editor on an article in an event: it stands over the rules until it is taken back.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::model::article::Article;
use crate::model::feed::FeedKey;
use crate::model::weighing::{EditorWord, Standing};
use crate::store::feeds::Touched;
use crate::store::{Store, StoreError, feeds, rows, standings};

/// An article and where it stands in an event.
#[derive(Debug, Clone)]
pub struct Placed {
    /// The article.
    pub article: Article,
    /// Whether it is withdrawn, so that it stands nowhere.
    pub is_withdrawn: bool,
    /// Where it stands.
    pub standing: Standing,
}

impl Store {
    /// An article and where it stands in an event; `None` if there is no such article.
    pub async fn placed(&self, event: String, id: Uuid) -> Result<Option<Placed>, StoreError> {
        self.database.read(move |connection| placed(connection, &event, id)).await
    }

    /// Keeps an editor's word, or takes it back where there is none; the feeds follow in the same transaction. A
    /// withdrawn article is left as it is; `None` if there is no such article.
    pub async fn speak(
        &self,
        event: String,
        id: Uuid,
        is_included: Option<bool>,
        now: DateTime<Utc>,
    ) -> Result<Option<Placed>, StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let sql = "SELECT id FROM article WHERE guid = ? AND withdrawn IS NULL";
            let row = transaction.prepare_cached(sql)?.query_row([id.to_string()], |row| row.get(0)).optional()?;
            if let Some(article) = row {
                keep(transaction, &event, article, is_included, now)?;
            }
            placed(transaction, &event, id)
        };
        self.database.write(write).await
    }

    /// The article told at an address, as its key; see [`crate::text::address::key`].
    pub async fn article_at(&self, key: String) -> Result<Option<Uuid>, StoreError> {
        let read = move |connection: &Connection| {
            let sql = "SELECT article.guid FROM page JOIN article ON article.id = page.article WHERE page.key = ?";
            let guid: Option<String> = connection.prepare_cached(sql)?.query_row([key], |row| row.get(0)).optional()?;
            guid.map(|guid| guid.parse().map_err(|_| StoreError::Damaged(format!("“{guid}” is not an id")))).transpose()
        };
        self.database.read(read).await
    }
}

fn keep(
    connection: &Connection,
    event: &str,
    article: i64,
    is_included: Option<bool>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    match is_included {
        None => {
            let sql = "DELETE FROM editor_decision WHERE event = ? AND article = ?";
            connection.prepare_cached(sql)?.execute(params![event, article])?;
        }
        // The same word again changes nothing, nor since when it stands.
        Some(is_included) => {
            let sql = "
                INSERT INTO editor_decision (event, article, is_included, at) VALUES (?, ?, ?, ?)
                ON CONFLICT (event, article) DO UPDATE SET is_included = excluded.is_included, at = excluded.at
                WHERE is_included <> excluded.is_included";
            connection.prepare_cached(sql)?.execute(params![event, article, is_included, rows::text(now)])?;
        }
    }
    let mut touched = Touched::new();
    feeds::enter_alone(connection, article, now, &mut touched)?;
    feeds::make_room(connection, article, now, &mut touched)?;
    feeds::announce(connection, &touched, now)
}

fn placed(connection: &Connection, event: &str, id: Uuid) -> Result<Option<Placed>, StoreError> {
    // Within a write this is part of its transaction; a read takes several statements of one moment.
    let _moment = connection.is_autocommit().then(|| connection.unchecked_transaction()).transpose()?;
    let sql = format!("SELECT article.id, article.withdrawn, {} FROM article WHERE guid = ?", rows::ARTICLE_COLUMNS);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement.query([id.to_string()])?;
    let Some(row) = found.next()? else { return Ok(None) };
    let article: i64 = row.get("id")?;
    Ok(Some(Placed {
        is_withdrawn: row.get::<_, Option<String>>("withdrawn")?.is_some(),
        article: rows::article(row)?,
        standing: standing(connection, event, article)?,
    }))
}

/// Where an article stands in an event.
pub(super) fn standing(connection: &Connection, event: &str, article: i64) -> Result<Standing, StoreError> {
    let sql = "SELECT is_included, at FROM editor_decision WHERE event = ? AND article = ?";
    let word: Option<(bool, String)> = connection
        .prepare_cached(sql)?
        .query_row(params![event, article], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let sql = "
        SELECT 1 FROM article JOIN feed JOIN entry
            ON entry.feed = feed.id AND entry.published = article.published AND entry.article = article.id
        WHERE article.id = ? AND feed.name = ?";
    let feed = FeedKey::Event(event.to_owned()).to_string();
    Ok(Standing {
        word: word.map(|(is_included, at)| rows::time(&at).map(|at| EditorWord { is_included, at })).transpose()?,
        is_in_feed: connection.prepare_cached(sql)?.exists(params![article, feed])?,
        is_crowded_out: !standings::has_room(connection, event, article)?,
    })
}
