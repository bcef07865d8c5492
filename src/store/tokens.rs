//! Admin tokens: only their hashes are kept.

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use crate::store::{Store, StoreError, rows};

impl Store {
    /// Keeps the hash of a new token.
    pub async fn add_token(&self, hash: [u8; 32], now: DateTime<Utc>) -> Result<(), StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let sql = "INSERT INTO token (hash, created) VALUES (?, ?)";
            transaction.prepare_cached(sql)?.execute(rusqlite::params![hash, rows::text(now)])?;
            Ok(())
        };
        self.database.write(write).await
    }

    /// All hashes, for a comparison whose time tells nothing.
    pub async fn token_hashes(&self) -> Result<Vec<[u8; 32]>, StoreError> {
        let read = |connection: &Connection| {
            let mut statement = connection.prepare_cached("SELECT hash FROM token ORDER BY hash")?;
            let hashes = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(hashes)
        };
        self.database.read(read).await
    }
}
