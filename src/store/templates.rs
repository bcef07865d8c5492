//! What was learned of a portal's pages.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, params};

use crate::model::template::Template;
use crate::store::{DATABASE_FILE, StoreError, rows};

/// The templates of a portal in the database of a data directory, read beside a program that may be using it.
/// Nothing is made or changed; there are none where there is no database yet.
pub fn stored(data_dir: &Path, portal: &str) -> Result<Vec<Template>, StoreError> {
    let path = data_dir.join(DATABASE_FILE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |cause| StoreError::Open { path: path.clone(), cause };
    let connection = Connection::open_with_flags(&path, flags).map_err(failed)?;
    // A database of an older program has learned nothing.
    let has_table = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'template'";
    let is_known = connection.prepare(has_table).and_then(|mut statement| statement.exists([])).map_err(failed)?;
    if is_known { read(&connection, portal) } else { Ok(Vec::new()) }
}

/// The templates learned of a portal's pages.
pub(super) fn read(connection: &Connection, portal: &str) -> Result<Vec<Template>, StoreError> {
    let sql = "SELECT learned FROM template WHERE portal = ? ORDER BY host, container";
    let mut statement = connection.prepare_cached(sql)?;
    let learned: Vec<String> = statement.query_map([portal], |row| row.get(0))?.collect::<Result<_, _>>()?;
    learned.iter().map(|learned| rows::from_json(learned)).collect()
}

/// Puts what is now known in the place of what was.
pub(super) fn replace(connection: &Connection, portal: &str, templates: &[Template]) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM template WHERE portal = ?")?.execute([portal])?;
    let sql = "INSERT OR REPLACE INTO template (portal, host, container, learned) VALUES (?, ?, ?, ?)";
    let mut statement = connection.prepare_cached(sql)?;
    for template in templates {
        let container = rows::json(&template.container)?;
        statement.execute(params![portal, template.host, container, rows::json(template)?])?;
    }
    Ok(())
}
