//! Admin tokens, of which only hashes are kept, and the log of what was ordered with them.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, Row, params};

use crate::model::token::{Deed, Token};
use crate::store::{Store, StoreError, rows};

/// How exactly the last use of a token is known: a write for every request would tell nobody more.
const LAST_USED_STEP: TimeDelta = TimeDelta::minutes(1);
/// Deeds kept; older ones are forgotten when a new one is written.
const DEEDS_KEPT: i64 = 100_000;

impl Store {
    /// Keeps a new token; `false` if there is one of that name.
    pub async fn add_token(&self, token: Token) -> Result<bool, StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let sql = "
                INSERT INTO token (hash, created, name, role, expires) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (name) DO NOTHING";
            let (created, expires) = (rows::text(token.created), token.expires.map(rows::text));
            let values = params![token.hash, created, token.name, token.role.as_str(), expires];
            Ok(transaction.prepare_cached(sql)?.execute(values)? > 0)
        };
        self.database.write(write).await
    }

    /// All tokens by name, also those that have ended.
    pub async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        let read = |connection: &Connection| {
            let sql = "SELECT name, role, created, expires, last_used, hash FROM token ORDER BY name";
            let mut statement = connection.prepare_cached(sql)?;
            let mut found = statement.query([])?;
            let mut tokens = Vec::new();
            while let Some(row) = found.next()? {
                tokens.push(token(row)?);
            }
            Ok(tokens)
        };
        self.database.read(read).await
    }

    /// Ends a token at once; `false` if there is none of that name.
    pub async fn revoke_token(&self, name: String) -> Result<bool, StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            Ok(transaction.prepare_cached("DELETE FROM token WHERE name = ?")?.execute([name])? > 0)
        };
        self.database.write(write).await
    }

    /// Notes that a token was used, unless that was noted a moment ago.
    pub async fn note_use(&self, token: &Token, now: DateTime<Utc>) -> Result<(), StoreError> {
        if token.last_used.is_some_and(|last| (now - last).abs() < LAST_USED_STEP) {
            return Ok(());
        }
        let hash = token.hash;
        let write = move |transaction: &rusqlite::Transaction| {
            let sql = "UPDATE token SET last_used = ? WHERE hash = ?";
            transaction.prepare_cached(sql)?.execute(params![rows::text(now), hash])?;
            Ok(())
        };
        self.database.write(write).await
    }

    /// Writes down what was ordered; the number of the deed is given here.
    pub async fn note_deed(&self, deed: Deed) -> Result<(), StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let sql = "INSERT INTO audit (at, token, method, path, status, result) VALUES (?, ?, ?, ?, ?, ?)";
            let values = params![rows::text(deed.at), deed.token, deed.method, deed.path, deed.status, deed.result];
            transaction.prepare_cached(sql)?.execute(values)?;
            let oldest = transaction.last_insert_rowid() - DEEDS_KEPT;
            transaction.prepare_cached("DELETE FROM audit WHERE id <= ?")?.execute([oldest])?;
            Ok(())
        };
        self.database.write(write).await
    }

    /// What was ordered, newest first; with `before`, what is older than that number.
    pub async fn deeds(&self, limit: usize, before: Option<i64>) -> Result<Vec<Deed>, StoreError> {
        let read = move |connection: &Connection| {
            let sql = "
                SELECT id, at, token, method, path, status, result FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?";
            let mut statement = connection.prepare_cached(sql)?;
            let mut found = statement.query(params![before.unwrap_or(i64::MAX), limit as i64])?;
            let mut deeds = Vec::new();
            while let Some(row) = found.next()? {
                deeds.push(Deed {
                    id: row.get(0)?,
                    at: rows::time(&row.get::<_, String>(1)?)?,
                    token: row.get(2)?,
                    method: row.get(3)?,
                    path: row.get(4)?,
                    status: row.get(5)?,
                    result: row.get(6)?,
                });
            }
            Ok(deeds)
        };
        self.database.read(read).await
    }
}

fn token(row: &Row) -> Result<Token, StoreError> {
    Ok(Token {
        name: row.get(0)?,
        role: rows::from_json(&format!("\"{}\"", row.get::<_, String>(1)?))?,
        created: rows::time(&row.get::<_, String>(2)?)?,
        expires: rows::time_opt(row.get(3)?)?,
        last_used: rows::time_opt(row.get(4)?)?,
        hash: row.get(5)?,
    })
}
