//! In which events' feeds an article belongs: an editor's word first, then the rules', within the cap of its sections.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use crate::model::feed::FeedKey;
use crate::model::timezone::Timezone;
use crate::store::{StoreError, rows};

/// An event that takes so many articles of one section and day.
struct Cap {
    event: String,
    articles: i64,
    timezone: Timezone,
}

/// The articles one section printed on one day of an event: a stretch of the section's feed.
struct Group {
    feed: i64,
    from: String,
    to: String,
}

/// The events in whose feeds an article belongs.
pub(super) fn events_of(connection: &Connection, article: i64) -> Result<Vec<String>, StoreError> {
    let mut events = Vec::new();
    let sql = "
        SELECT event, 1 FROM editor_decision WHERE article = ?1 AND is_included
        UNION ALL
        SELECT event, 0 FROM decision WHERE article = ?1 AND is_included AND NOT EXISTS (
            SELECT 1 FROM editor_decision AS word WHERE word.event = decision.event AND word.article = decision.article
        )";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query([article])?;
    while let Some(row) = found.next()? {
        let (event, is_editors): (String, bool) = (row.get(0)?, row.get(1)?);
        if is_editors || has_room(connection, &event, article)? {
            events.push(event);
        }
    }
    Ok(events)
}

/// Whether one of an article's sections has room for it in an event: fewer than its cap come before it on that day.
/// Those an editor included come first, then the higher score, then what we had earlier.
pub(super) fn has_room(connection: &Connection, event: &str, article: i64) -> Result<bool, StoreError> {
    let Some(cap) = caps(connection)?.into_iter().find(|cap| cap.event == event) else { return Ok(true) };
    let sql = "SELECT score_milli FROM decision WHERE event = ? AND article = ?";
    let score: Option<i64> =
        connection.prepare_cached(sql)?.query_row(params![event, article], |row| row.get(0)).optional()?;
    let sql = "
        SELECT count(*) FROM entry
        LEFT JOIN decision ON decision.event = ?1 AND decision.article = entry.article
        LEFT JOIN editor_decision AS word ON word.event = ?1 AND word.article = entry.article
        WHERE entry.feed = ?2 AND entry.published >= ?3 AND entry.published < ?4
            AND coalesce(word.is_included, decision.is_included, 0)
            AND (coalesce(word.is_included, 0), coalesce(decision.score_milli, 0), -entry.article) > (0, ?5, -?6)";
    let mut statement = connection.prepare_cached(sql)?;
    let groups = groups(connection, article, cap.timezone)?;
    for group in &groups {
        let values = params![event, group.feed, group.from, group.to, score.unwrap_or_default(), article];
        if statement.query_row(values, |row| row.get::<_, i64>(0))? < cap.articles {
            return Ok(true);
        }
    }
    Ok(groups.is_empty())
}

/// The articles whose room in an event may depend on this one.
pub(super) fn neighbours(connection: &Connection, article: i64) -> Result<BTreeSet<i64>, StoreError> {
    let mut neighbours = BTreeSet::new();
    let sql = "
        SELECT entry.article FROM entry
        JOIN decision ON decision.event = ?1 AND decision.article = entry.article
        WHERE entry.feed = ?2 AND entry.published >= ?3 AND entry.published < ?4 AND decision.is_included
            AND entry.article <> ?5";
    let mut statement = connection.prepare_cached(sql)?;
    for cap in caps(connection)? {
        for group in groups(connection, article, cap.timezone)? {
            let mut found = statement.query(params![cap.event, group.feed, group.from, group.to, article])?;
            while let Some(row) = found.next()? {
                neighbours.insert(row.get(0)?);
            }
        }
    }
    Ok(neighbours)
}

fn caps(connection: &Connection) -> Result<Vec<Cap>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT id, section_cap, timezone FROM event WHERE section_cap IS NOT NULL")?;
    let mut found = statement.query([])?;
    let mut caps = Vec::new();
    while let Some(row) = found.next()? {
        let zone: String = row.get(2)?;
        let timezone = zone.parse().map_err(|_| StoreError::Damaged(format!("“{zone}” is not a time zone")))?;
        caps.push(Cap { event: row.get(0)?, articles: row.get(1)?, timezone });
    }
    Ok(caps)
}

/// For each section an article stands in, the stretch of its feed that is the article's day in a zone.
fn groups(connection: &Connection, article: i64, timezone: Timezone) -> Result<Vec<Group>, StoreError> {
    let sql = "SELECT published FROM article WHERE id = ?";
    let published: String = connection.prepare_cached(sql)?.query_row([article], |row| row.get(0))?;
    let day = rows::time(&published)?.with_timezone(&timezone).date_naive();
    let from = rows::text(midnight(day, timezone));
    let to = rows::text(midnight(day.checked_add_days(Days::new(1)).unwrap_or(day), timezone));
    let sql = "SELECT portal, section FROM placement WHERE article = ?";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query([article])?;
    let mut groups = Vec::new();
    while let Some(row) = found.next()? {
        let name = FeedKey::Section(row.get(0)?, row.get(1)?).to_string();
        let sql = "SELECT id FROM feed WHERE name = ?";
        let feed = connection.prepare_cached(sql)?.query_row([name], |row| row.get(0)).optional()?;
        groups.extend(feed.map(|feed| Group { feed, from: from.clone(), to: to.clone() }));
    }
    Ok(groups)
}

/// The beginning of a day in a zone; where the clocks skip midnight, the day begins a little differently.
fn midnight(day: NaiveDate, timezone: Timezone) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    timezone.from_local_datetime(&midnight).earliest().map_or(midnight.and_utc(), |time| time.to_utc())
}
