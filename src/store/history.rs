//! What a portal's recent articles were like, as counters: small, and kept in the transaction that stores an article.

use rusqlite::{Connection, OptionalExtension, params};

use crate::model::history::History;
use crate::model::signs::Signs;
use crate::store::{Store, StoreError, rows};

/// A section's counters are halved when they come to so many articles, so that they tell of the recent ones.
const ARTICLES_MAX: i64 = 400;
/// Foreign sites remembered of one article; more tell nothing more.
const SITES_MAX: usize = 50;

impl Store {
    /// Which of these sites no article of the portal ever linked.
    pub async fn unseen_sites(&self, portal: String, mut sites: Vec<String>) -> Result<Vec<String>, StoreError> {
        let read = move |connection: &Connection| {
            let sql = "SELECT 1 FROM linked_site WHERE portal = ? AND site = ?";
            let mut statement = connection.prepare_cached(sql)?;
            let mut unseen = Vec::new();
            for site in sites.drain(..) {
                if !statement.exists([&portal, &site])? {
                    unseen.push(site);
                }
            }
            Ok(unseen)
        };
        self.database.read(read).await
    }
}

/// What a portal's recent articles were like.
pub(super) fn read(connection: &Connection, portal: &str) -> Result<History, StoreError> {
    let sql = "SELECT section, language, articles, linking FROM habit WHERE portal = ? AND articles > 0";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query([portal])?;
    let mut history = History::default();
    while let Some(row) = found.next()? {
        let section = history.0.entry(row.get(0)?).or_default();
        section.languages.insert(row.get(1)?, row.get(2)?);
        section.linking += row.get::<_, u32>(3)?;
    }
    Ok(history)
}

/// Counts an article in a section it was placed in.
pub(super) fn count_in_section(
    connection: &Connection,
    article: i64,
    portal: &str,
    section: &str,
) -> Result<(), StoreError> {
    let (signs, counts) = signs_of(connection, article)?;
    if counts { change_section(connection, portal, section, &signs, 1) } else { Ok(()) }
}

/// Counts the sites a new article links.
pub(super) fn count_sites(connection: &Connection, portal: &str, signs: &Signs) -> Result<(), StoreError> {
    change_sites(connection, portal, signs, 1)
}

/// Counts all an article is, in every section it stands in; for one that comes back.
pub(super) fn remember(connection: &Connection, article: i64) -> Result<(), StoreError> {
    change(connection, article, 1)
}

/// Takes all an article was out of the counters; for one that an admin withdraws, or that is about to change.
pub(super) fn forget(connection: &Connection, article: i64) -> Result<(), StoreError> {
    change(connection, article, -1)
}

/// An article an admin withdrew was no article of the portal's, and counts nowhere.
fn change(connection: &Connection, article: i64, by: i64) -> Result<(), StoreError> {
    let (signs, counts) = signs_of(connection, article)?;
    if !counts {
        return Ok(());
    }
    let mut statement = connection.prepare_cached("SELECT portal, section FROM placement WHERE article = ?")?;
    let places: Vec<(String, String)> =
        statement.query_map([article], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (portal, section) in &places {
        change_section(connection, portal, section, &signs, by)?;
    }
    let portal: String =
        connection.prepare_cached("SELECT portal FROM article WHERE id = ?")?.query_row([article], |row| row.get(0))?;
    change_sites(connection, &portal, &signs, by)
}

/// An article's signs, and whether it counts.
fn signs_of(connection: &Connection, article: i64) -> Result<(Signs, bool), StoreError> {
    let sql = "SELECT signs, withdrawn_by IS NOT 'admin' FROM article WHERE id = ?";
    let (signs, counts): (String, bool) =
        connection.prepare_cached(sql)?.query_row([article], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((rows::from_json(&signs)?, counts))
}

fn change_section(
    connection: &Connection,
    portal: &str,
    section: &str,
    signs: &Signs,
    by: i64,
) -> Result<(), StoreError> {
    let linking = if signs.is_linking() { by } else { 0 };
    let sql = "
        INSERT INTO habit (portal, section, language, articles, linking)
        VALUES (?1, ?2, ?3, max(?4, 0), max(?5, 0))
        ON CONFLICT DO UPDATE SET articles = max(articles + ?4, 0), linking = max(linking + ?5, 0)";
    connection.prepare_cached(sql)?.execute(params![portal, section, signs.language, by, linking])?;
    let sql = "
        UPDATE habit SET articles = articles / 2, linking = linking / 2
        WHERE portal = ?1 AND section = ?2
            AND (SELECT sum(articles) FROM habit WHERE portal = ?1 AND section = ?2) >= ?3";
    connection.prepare_cached(sql)?.execute(params![portal, section, ARTICLES_MAX])?;
    Ok(())
}

fn change_sites(connection: &Connection, portal: &str, signs: &Signs, by: i64) -> Result<(), StoreError> {
    for site in signs.foreign_links.keys().take(SITES_MAX) {
        let sql = "SELECT articles FROM linked_site WHERE portal = ? AND site = ?";
        let known: Option<i64> =
            connection.prepare_cached(sql)?.query_row([portal, site], |row| row.get(0)).optional()?;
        let articles = known.unwrap_or(0) + by;
        if articles > 0 {
            let sql = "INSERT OR REPLACE INTO linked_site (portal, site, articles) VALUES (?, ?, ?)";
            connection.prepare_cached(sql)?.execute(params![portal, site, articles])?;
        } else {
            let sql = "DELETE FROM linked_site WHERE portal = ? AND site = ?";
            connection.prepare_cached(sql)?.execute([portal, site])?;
        }
    }
    Ok(())
}
