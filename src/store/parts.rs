//! A part of a feed as it is stored, and where its other parts stand (RFC 5005).
//!
//! Whatever is asked for is found by its place, never by counting from the top: what an answer costs does not depend on
//! how much is older, and no entry is missed while others come and go.

use chrono::TimeDelta;
use rusqlite::{Connection, OptionalExtension, params};

use crate::model::article::Article;
use crate::model::feed::{FeedKey, Tombstone};
use crate::model::part::{LIMITS, Neighbours, Part};
use crate::store::archive::{self, Page, Place};
use crate::store::feeds::{FeedState, id, state};
use crate::store::{Store, StoreError, rows};

/// How long an Atom feed says that an entry left it (RFC 6721), counted back from the last change.
const TOMBSTONE_DAYS: i64 = 30;
/// Tombstones in one document; older ones give way.
const TOMBSTONES_MAX: usize = 100;

/// A part of a feed as it is stored.
#[derive(Debug, Clone)]
pub struct StoredFeed {
    /// Its row; of an archive page, when that changed.
    pub state: FeedState,
    /// Newest first, ties by order of arrival.
    pub articles: Vec<Article>,
    /// What left it of late, newest first.
    pub tombstones: Vec<Tombstone>,
    /// Where the other parts stand.
    pub neighbours: Neighbours,
}

/// The entries of a document and the places of the first and the last.
struct Stretch {
    articles: Vec<Article>,
    ends: Option<(Place, Place)>,
}

impl Store {
    /// A part of a feed, of `usual` entries if it does not say how many; `None` if we never published the feed, or if
    /// it has no such part.
    pub async fn feed(&self, key: FeedKey, part: Part, usual: usize) -> Result<Option<StoredFeed>, StoreError> {
        let read = move |connection: &Connection| {
            // What is read must not change between two statements.
            let transaction = connection.unchecked_transaction()?;
            stored_feed(&transaction, &key, &part, usual)
        };
        self.database.read(read).await
    }
}

pub(super) fn stored_feed(
    connection: &Connection,
    key: &FeedKey,
    part: &Part,
    usual: usize,
) -> Result<Option<StoredFeed>, StoreError> {
    let sql = "SELECT id, guid, changed, described, entries FROM feed WHERE name = ?";
    let row = connection
        .prepare_cached(sql)?
        .query_row([key.to_string()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
        .optional()?;
    let Some((feed, guid, changed, described, entries)): Option<(i64, String, String, String, i64)> = row else {
        return Ok(None);
    };
    let state = state(&guid, &changed)?;
    match part.page {
        Some(number) => archive_page(connection, feed, part, number, (state, rows::time(&described)?)),
        None => stretch_of(connection, feed, part, (entries, usual), state),
    }
}

/// The newest entries, or those older than an article.
fn stretch_of(
    connection: &Connection,
    feed: i64,
    part: &Part,
    (entries, usual): (i64, usize),
    state: FeedState,
) -> Result<Option<StoredFeed>, StoreError> {
    let limit = part.limit.unwrap_or(usual);
    let Some(end) = end_of(connection, part)? else { return Ok(None) };
    let stretch = stretch(connection, feed, (&Place::lowest(), &end), limit)?;
    if stretch.ends.is_none() && !part.is_newest() {
        return Ok(None);
    }
    let mut neighbours = Neighbours::default();
    if let Some((_, last)) = &stretch.ends {
        let next = older(connection, feed, last)?;
        neighbours.next = next.as_ref().map(|_| Part { before: Some(last.article), ..part.first() });
        if part.is_newest()
            && let Some(next) = &next
        {
            neighbours.prev_archive = archived(connection, feed, part, (last, next))?;
        }
    }
    if !part.is_newest() {
        neighbours.previous = Some(newer(connection, feed, part, &end, limit)?);
    }
    if neighbours != Neighbours::default() {
        neighbours.last = Some(oldest(connection, feed, part, entries, limit)?);
    }
    let tombstones = match part.is_newest() {
        true => tombstones(connection, feed, (&Place::lowest(), &end), &state)?,
        false => Vec::new(),
    };
    Ok(Some(StoredFeed { state, articles: stretch.articles, tombstones, neighbours }))
}

/// An archive page, or what is older in it than an article.
fn archive_page(
    connection: &Connection,
    feed: i64,
    part: &Part,
    number: i64,
    (state, described): (FeedState, chrono::DateTime<chrono::Utc>),
) -> Result<Option<StoredFeed>, StoreError> {
    let Some(page) = archive::numbered(connection, feed, number)? else { return Ok(None) };
    let above = archive::above(connection, feed, &page.start)?;
    let top = above.as_ref().map_or(Place::highest(), |above| above.start.clone());
    let Some(end) = end_of(connection, part)?.map(|end| end.min(top)) else { return Ok(None) };
    let limit = part.limit.unwrap_or(*LIMITS.end());
    let stretch = stretch(connection, feed, (&page.start, &end), limit)?;
    let rest = match &stretch.ends {
        Some((_, last)) => older(connection, feed, last)?.filter(|next| *next >= page.start).map(|_| last.article),
        None => None,
    };
    let at = |page: &Page| Part { page: Some(page.number), before: None, ..part.unversioned() };
    let prev_archive = match rest {
        Some(last) => Some(Part { before: Some(last), ..part.unversioned() }),
        None => match archive::below(connection, feed, &page.start)? {
            Some(below) => Some(versioned(connection, feed, &below, at(&below))?),
            None => None,
        },
    };
    let is_archive = above.is_some() && rest.is_none() && part.limit.is_none() && part.before.is_none();
    let version = if is_archive { archive::version(connection, feed, &page)? } else { None };
    let next_archive = above.filter(|_| part.before.is_none()).as_ref().map(at);
    let neighbours = Neighbours {
        next: prev_archive.clone(),
        previous: next_archive.clone(),
        last: None,
        prev_archive,
        next_archive,
        is_archive,
        version,
    };
    let state = FeedState { changed: page.changed.max(described), ..state };
    let tombstones = tombstones(connection, feed, (&page.start, &end), &state)?;
    Ok(Some(StoredFeed { state, articles: stretch.articles, tombstones, neighbours }))
}

/// The place below which the entries asked for stand; `None` if there never was such an article.
fn end_of(connection: &Connection, part: &Part) -> Result<Option<Place>, StoreError> {
    let Some(article) = part.before else { return Ok(Some(Place::highest())) };
    let sql = "SELECT published FROM article WHERE id = ?";
    let published = connection.prepare_cached(sql)?.query_row([article], |row| row.get(0)).optional()?;
    Ok(published.map(|published| Place { published, article }))
}

/// The newest entries at or above one place and below another.
fn stretch(
    connection: &Connection,
    feed: i64,
    (start, end): (&Place, &Place),
    limit: usize,
) -> Result<Stretch, StoreError> {
    let sql = format!(
        "SELECT {}, entry.published AS place, entry.article AS row FROM entry JOIN article ON article.id = entry.article
         WHERE entry.feed = ? AND (entry.published, entry.article) >= (?, ?)
           AND (entry.published, entry.article) < (?, ?)
         ORDER BY entry.published DESC, entry.article DESC LIMIT ?",
        rows::ARTICLE_COLUMNS
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let values = params![feed, start.published, start.article, end.published, end.article, limit as i64];
    let mut found = statement.query(values)?;
    let (mut articles, mut ends) = (Vec::with_capacity(limit.min(64)), None);
    while let Some(row) = found.next()? {
        let place = Place { published: row.get("place")?, article: row.get("row")? };
        ends = Some((ends.map_or_else(|| place.clone(), |(first, _)| first), place));
        articles.push(rows::article(row)?);
    }
    Ok(Stretch { articles, ends })
}

/// The place of the entry below this place.
fn older(connection: &Connection, feed: i64, place: &Place) -> Result<Option<Place>, StoreError> {
    let sql = "
        SELECT published, article FROM entry WHERE feed = ? AND (published, article) < (?, ?)
        ORDER BY published DESC, article DESC LIMIT 1";
    one(connection, sql, params![feed, place.published, place.article])
}

/// The part that ends where this one begins: just above `end`.
fn newer(connection: &Connection, feed: i64, part: &Part, end: &Place, limit: usize) -> Result<Part, StoreError> {
    let sql = "
        SELECT published, article FROM entry WHERE feed = ? AND (published, article) >= (?, ?)
        ORDER BY published, article LIMIT 1 OFFSET ?";
    let above = one(connection, sql, params![feed, end.published, end.article, limit as i64])?;
    Ok(Part { before: above.map(|place| place.article), ..part.first() })
}

/// The part that is left if all are as long as this one, counted from the newest.
fn oldest(connection: &Connection, feed: i64, part: &Part, entries: i64, limit: usize) -> Result<Part, StoreError> {
    if entries <= limit as i64 {
        return Ok(part.first());
    }
    let left = (entries - 1) % limit as i64 + 1;
    let sql = "SELECT published, article FROM entry WHERE feed = ? ORDER BY published, article LIMIT 1 OFFSET ?";
    let above = one(connection, sql, params![feed, left])?;
    Ok(Part { before: above.map(|place| place.article), ..part.first() })
}

/// The archive page with the next older entries after the newest ones; what stands in both is left out of it.
fn archived(
    connection: &Connection,
    feed: i64,
    part: &Part,
    (last, next): (&Place, &Place),
) -> Result<Option<Part>, StoreError> {
    let Some(page) = archive::page_of(connection, feed, next)? else { return Ok(None) };
    let is_shared = archive::above(connection, feed, &page.start)?.is_none_or(|above| *last < above.start);
    let at = Part { page: Some(page.number), before: is_shared.then_some(last.article), ..part.clone() };
    Ok(Some(versioned(connection, feed, &page, at)?))
}

/// The address of a page below another one: it names the version, unless only a part of the page stands there.
fn versioned(connection: &Connection, feed: i64, page: &Page, at: Part) -> Result<Part, StoreError> {
    let is_whole = at.limit.is_none() && at.before.is_none();
    Ok(Part { version: if is_whole { archive::version(connection, feed, page)? } else { None }, ..at })
}

/// What left between two places in the last days before the last change.
fn tombstones(
    connection: &Connection,
    feed: i64,
    (start, end): (&Place, &Place),
    state: &FeedState,
) -> Result<Vec<Tombstone>, StoreError> {
    let since = rows::text(state.changed - TimeDelta::days(TOMBSTONE_DAYS));
    let sql = "
        SELECT article.guid, tombstone.at FROM tombstone JOIN article ON article.id = tombstone.article
        WHERE tombstone.feed = ? AND tombstone.at >= ?
          AND (article.published, article.id) >= (?, ?) AND (article.published, article.id) < (?, ?)
        ORDER BY tombstone.at DESC, article.id DESC LIMIT ?";
    let mut statement = connection.prepare_cached(sql)?;
    let values =
        params![feed, since, start.published, start.article, end.published, end.article, TOMBSTONES_MAX as i64];
    let mut found = statement.query(values)?;
    let mut tombstones = Vec::new();
    while let Some(row) = found.next()? {
        let when = rows::time(&row.get::<_, String>(1)?)?;
        tombstones.push(Tombstone { id: id(&row.get::<_, String>(0)?)?, when });
    }
    Ok(tombstones)
}

fn one(connection: &Connection, sql: &str, values: impl rusqlite::Params) -> Result<Option<Place>, StoreError> {
    let read = |row: &rusqlite::Row| Ok(Place { published: row.get(0)?, article: row.get(1)? });
    Ok(connection.prepare_cached(sql)?.query_row(values, read).optional()?)
}
