//! How the pages of each source were read, kept in the transaction that stores the last of a run's pages.

use rusqlite::{Connection, OptionalExtension, params};

use crate::model::drift::{self, Alarm, Tally};
use crate::store::batch::SourceTally;
use crate::store::{StoreError, rows};

/// Takes what a run read of a source into its history; returns what dropped.
pub(super) fn count(connection: &Connection, portal: &str, read: &SourceTally) -> Result<Vec<Alarm>, StoreError> {
    let SourceTally { section, url, tally } = read;
    let sql = "SELECT earlier, latest FROM source_habit WHERE portal = ? AND section = ? AND url = ?";
    let known: Option<(String, String)> = connection
        .prepare_cached(sql)?
        .query_row([portal, section, url], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (mut earlier, mut latest): (Tally, Tally) = match known {
        Some((earlier, latest)) => (rows::from_json(&earlier)?, rows::from_json(&latest)?),
        None => Default::default(),
    };
    let dropped = drift::compare(&mut earlier, &mut latest, *tally);
    let sql = "INSERT OR REPLACE INTO source_habit (portal, section, url, earlier, latest) VALUES (?, ?, ?, ?, ?)";
    let (earlier, latest) = (rows::json(&earlier)?, rows::json(&latest)?);
    connection.prepare_cached(sql)?.execute(params![portal, section, url, earlier, latest])?;
    let alarm = |(field, message)| Alarm {
        portal: portal.to_owned(),
        section: section.clone(),
        source: url.clone(),
        field,
        message,
    };
    Ok(dropped.into_iter().map(alarm).collect())
}
