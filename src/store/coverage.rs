//! Which sections and languages the articles of a feed come from.

use rusqlite::{Connection, OptionalExtension};

use crate::model::coverage::Coverage;
use crate::model::feed::FeedKey;
use crate::store::{Store, StoreError};

impl Store {
    /// Counts the articles of a feed; nothing of a feed we never published. An article in two sections counts in both.
    pub async fn coverage(&self, key: FeedKey) -> Result<Coverage, StoreError> {
        let read = move |connection: &Connection| {
            let row = connection
                .prepare_cached("SELECT id FROM feed WHERE name = ?")?
                .query_row([key.to_string()], |row| row.get(0))
                .optional()?;
            row.map_or(Ok(Coverage::default()), |feed| of(connection, feed))
        };
        self.database.read(read).await
    }
}

fn of(connection: &Connection, feed: i64) -> Result<Coverage, StoreError> {
    let sections = "
        SELECT placement.portal || '/' || placement.section AS name, count(*) AS articles
        FROM entry JOIN placement ON placement.article = entry.article
        WHERE entry.feed = ? GROUP BY name ORDER BY articles DESC, name";
    let languages = "
        SELECT article.language AS name, count(*) AS articles
        FROM entry JOIN article ON article.id = entry.article
        WHERE entry.feed = ? GROUP BY name ORDER BY articles DESC, name";
    Ok(Coverage { sections: counted(connection, sections, feed)?, languages: counted(connection, languages, feed)? })
}

fn counted(connection: &Connection, sql: &str, feed: i64) -> Result<Vec<(String, u32)>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([feed], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
