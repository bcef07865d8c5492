//! What becomes of an event's feed when its rules change: all decisions are made anew, in one transaction, and what
//! that moves is kept for the admin. A preview tells the same beforehand and stores nothing.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use crate::model::event::Decision;
use crate::model::feed::FeedKey;
use crate::model::weighing::{MovedArticle, Movement};
use crate::store::feeds::Touched;
use crate::store::{Store, StoreError, decisions, feeds, rows, standings};

/// What an event's decisions were made under, and what making them moved.
#[derive(Debug, Clone)]
pub struct DecidedEvent {
    /// The event.
    pub event: String,
    /// The fingerprint of its rules.
    pub rules: [u8; 32],
    /// When the archive was decided last; `None` if that was before it was noted.
    pub decided: Option<DateTime<Utc>>,
    /// What that moved.
    pub movement: Option<Movement>,
    /// Articles in its feed.
    pub entries: i64,
}

/// All decisions of an event, under new rules.
#[derive(Debug, Clone)]
pub struct Redecision {
    /// The event.
    pub event: String,
    /// The fingerprint of the rules.
    pub rules: [u8; 32],
    /// The zone of the event's days.
    pub timezone: String,
    /// The most articles of one section and day.
    pub section_cap: Option<u32>,
    /// [`Store::last_change`] before the archive was read; what changed since was decided under these rules already.
    pub since: i64,
    /// The decisions, by the article's row.
    pub decisions: Vec<(i64, Decision)>,
}

impl Store {
    /// What is known of every event that was ever decided.
    pub async fn decided_events(&self) -> Result<Vec<DecidedEvent>, StoreError> {
        self.database.read(decided_events).await
    }

    /// Puts new decisions in the place of all an event had, and moves what they move.
    pub async fn replace_decisions(&self, redecision: Redecision, now: DateTime<Utc>) -> Result<Movement, StoreError> {
        self.database.write(move |transaction| replace(transaction, &redecision, now)).await
    }

    /// What [`Store::replace_decisions`] would move.
    pub async fn preview(&self, redecision: Redecision) -> Result<Movement, StoreError> {
        self.database.read(move |connection| preview(connection, &redecision)).await
    }
}

fn decided_events(connection: &Connection) -> Result<Vec<DecidedEvent>, StoreError> {
    let sql = "
        SELECT id, rules, decided, movement,
            (SELECT count(*) FROM feed JOIN entry ON entry.feed = feed.id WHERE feed.name = 'events/' || event.id)
        FROM event ORDER BY id";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query([])?;
    let mut events = Vec::new();
    while let Some(row) = found.next()? {
        let movement: Option<String> = row.get(3)?;
        events.push(DecidedEvent {
            event: row.get(0)?,
            rules: row.get(1)?,
            decided: rows::time_opt(row.get(2)?)?,
            movement: movement.as_deref().map(rows::from_json).transpose()?,
            entries: row.get(4)?,
        });
    }
    Ok(events)
}

fn replace(connection: &Connection, redecision: &Redecision, now: DateTime<Utc>) -> Result<Movement, StoreError> {
    let before = entries(connection, &redecision.event)?;
    decide(connection, redecision)?;
    let mut touched = Touched::new();
    for article in concerned(connection, &redecision.event)? {
        feeds::enter_alone(connection, article, now, &mut touched)?;
    }
    feeds::announce(connection, &touched, now)?;
    let movement = movement(connection, &before, &entries(connection, &redecision.event)?)?;
    let mut kept = movement.clone();
    kept.articles.truncate(Movement::KEPT_MAX);
    let sql = "UPDATE event SET decided = ?, movement = ? WHERE id = ?";
    connection.prepare_cached(sql)?.execute(params![rows::text(now), rows::json(&kept)?, redecision.event])?;
    Ok(movement)
}

/// Tables of the connection alone stand before those of the file, so that what is decided there is seen by the same
/// statements, and the file stays as it is.
fn preview(connection: &Connection, redecision: &Redecision) -> Result<Movement, StoreError> {
    // Statements made before would go on reading the tables of the file, and those made now the others.
    connection.flush_prepared_statement_cache();
    connection.execute_batch(
        "PRAGMA temp_store = MEMORY;
        BEGIN;
        CREATE TEMP TABLE decision AS SELECT * FROM main.decision WHERE event = '';
        CREATE UNIQUE INDEX temp.preview ON decision (event, article);
        CREATE INDEX temp.preview_article ON decision (article);
        CREATE TEMP TABLE event (id TEXT PRIMARY KEY, rules, timezone, section_cap);",
    )?;
    let told = told(connection, redecision);
    connection.flush_prepared_statement_cache();
    connection.execute_batch("ROLLBACK")?;
    told
}

fn told(connection: &Connection, redecision: &Redecision) -> Result<Movement, StoreError> {
    let before = entries(connection, &redecision.event)?;
    decide(connection, redecision)?;
    let mut after = BTreeSet::new();
    for article in concerned(connection, &redecision.event)? {
        let sql = "SELECT 1 FROM article WHERE id = ? AND withdrawn IS NULL";
        let is_live = connection.prepare_cached(sql)?.exists([article])?;
        if is_live && standings::events_of(connection, article)?.contains(&redecision.event) {
            after.insert(article);
        }
    }
    movement(connection, &before, &after)
}

fn decide(connection: &Connection, redecision: &Redecision) -> Result<(), StoreError> {
    let Redecision { event, rules, timezone, section_cap, since, decisions } = redecision;
    let sql = "
        INSERT INTO event (id, rules, timezone, section_cap) VALUES (?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET
            rules = excluded.rules, timezone = excluded.timezone, section_cap = excluded.section_cap";
    connection.prepare_cached(sql)?.execute(params![event, rules, timezone, section_cap])?;
    let sql = "
        DELETE FROM decision WHERE event = ?1 AND NOT EXISTS (
            SELECT 1 FROM change WHERE change.article = decision.article AND change.seq > ?2
        ) AND NOT EXISTS (
            -- What was decided while there was a text stands.
            SELECT 1 FROM article WHERE article.id = decision.article AND article.retention = 'dropped'
        )";
    connection.prepare_cached(sql)?.execute(params![event, since])?;
    let newer = "SELECT 1 FROM change WHERE article = ? AND seq > ? AND kind IN ('added', 'updated')";
    let mut newer = connection.prepare_cached(newer)?;
    for (article, decision) in decisions {
        if !newer.exists(params![article, since])? {
            connection
                .prepare_cached("DELETE FROM decision WHERE event = ? AND article = ?")?
                .execute(params![event, article])?;
            decisions::keep(connection, *article, decision)?;
        }
    }
    Ok(())
}

/// The articles that may stand in an event's feed, and those that do.
fn concerned(connection: &Connection, event: &str) -> Result<BTreeSet<i64>, StoreError> {
    let sql = "
        SELECT article FROM decision WHERE event = ?1 AND is_included
        UNION SELECT article FROM editor_decision WHERE event = ?1 AND is_included";
    let mut statement = connection.prepare_cached(sql)?;
    let mut articles: BTreeSet<i64> = statement.query_map([event], |row| row.get(0))?.collect::<Result<_, _>>()?;
    articles.extend(entries(connection, event)?);
    Ok(articles)
}

fn entries(connection: &Connection, event: &str) -> Result<BTreeSet<i64>, StoreError> {
    let sql = "SELECT entry.article FROM feed JOIN entry ON entry.feed = feed.id WHERE feed.name = ?";
    let mut statement = connection.prepare_cached(sql)?;
    let name = FeedKey::Event(event.to_owned()).to_string();
    let articles = statement.query_map([name], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(articles)
}

fn movement(connection: &Connection, before: &BTreeSet<i64>, after: &BTreeSet<i64>) -> Result<Movement, StoreError> {
    let mut movement = Movement::default();
    let sql = "SELECT guid, title, url FROM article WHERE id = ?";
    let mut statement = connection.prepare_cached(sql)?;
    for article in before.symmetric_difference(after) {
        let found = statement.query_row([article], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
        let Some((id, title, url)) = found else { continue };
        movement.add(MovedArticle { id, title, url, entered: after.contains(article) });
    }
    Ok(movement)
}
