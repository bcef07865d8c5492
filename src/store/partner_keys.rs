//! Partner keys and what they are signed with, and how often each was used.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, params};

use crate::model::partner_key::{KeyId, PartnerKey};
use crate::store::{Store, StoreError, rows};

/// What keys are signed with, in bytes: as many as the hash has.
pub const SECRET_BYTES: usize = 32;

/// How a key was used since that was last written down.
#[derive(Debug, Clone)]
pub struct Used {
    /// Which key.
    pub id: KeyId,
    /// How often.
    pub uses: u64,
    /// The last time.
    pub last: DateTime<Utc>,
}

impl Store {
    /// What keys are signed with: `fresh` if there is nothing yet, for ever.
    pub async fn key_secret(&self, fresh: [u8; SECRET_BYTES]) -> Result<[u8; SECRET_BYTES], StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let sql = "INSERT OR IGNORE INTO key_secret (id, secret) VALUES (1, ?)";
            transaction.prepare_cached(sql)?.execute([fresh])?;
            Ok(transaction.prepare_cached("SELECT secret FROM key_secret")?.query_row([], |row| row.get(0))?)
        };
        self.database.write(write).await
    }

    /// Keeps a new key; `false` if there is one of that name.
    pub async fn add_partner_key(&self, key: PartnerKey) -> Result<bool, StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let sql = "
                INSERT INTO partner_key (id, name, feeds, created, expires) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (name) DO NOTHING";
            let (created, expires) = (rows::text(key.created), key.expires.map(rows::text));
            let values = params![key.id, key.name, rows::json(&key.feeds)?, created, expires];
            Ok(transaction.prepare_cached(sql)?.execute(values)? > 0)
        };
        self.database.write(write).await
    }

    /// All keys by name, also those that have ended.
    pub async fn partner_keys(&self) -> Result<Vec<PartnerKey>, StoreError> {
        let read = |connection: &Connection| {
            let sql = "SELECT id, name, feeds, created, expires, last_used, uses FROM partner_key ORDER BY name";
            let mut statement = connection.prepare_cached(sql)?;
            let mut found = statement.query([])?;
            let mut keys = Vec::new();
            while let Some(row) = found.next()? {
                keys.push(key(row)?);
            }
            Ok(keys)
        };
        self.database.read(read).await
    }

    /// Ends a key; `false` if there is none of that name.
    pub async fn revoke_partner_key(&self, name: String) -> Result<bool, StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            Ok(transaction.prepare_cached("DELETE FROM partner_key WHERE name = ?")?.execute([name])? > 0)
        };
        self.database.write(write).await
    }

    /// Adds to how often keys were used; those that were revoked meanwhile are passed over.
    pub async fn note_key_uses(&self, used: Vec<Used>) -> Result<(), StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let sql = "
                UPDATE partner_key SET uses = uses + ?2, last_used = max(coalesce(last_used, ''), ?3) WHERE id = ?1";
            let mut statement = transaction.prepare_cached(sql)?;
            for Used { id, uses, last } in &used {
                statement.execute(params![id, i64::try_from(*uses).unwrap_or(i64::MAX), rows::text(*last)])?;
            }
            Ok(())
        };
        self.database.write(write).await
    }
}

fn key(row: &Row) -> Result<PartnerKey, StoreError> {
    Ok(PartnerKey {
        id: row.get(0)?,
        name: row.get(1)?,
        feeds: rows::from_json(&row.get::<_, String>(2)?)?,
        created: rows::time(&row.get::<_, String>(3)?)?,
        expires: rows::time_opt(row.get(4)?)?,
        last_used: rows::time_opt(row.get(5)?)?,
        uses: u64::try_from(row.get::<_, i64>(6)?).unwrap_or_default(),
    })
}
