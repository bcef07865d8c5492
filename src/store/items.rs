//! What came of each page in a run, kept with the batch that stored it.

use rusqlite::{Connection, params};

use crate::model::run::{Item, ItemOutcome};
use crate::store::batch::{Outcome, PageResult};
use crate::store::{Store, StoreError, rows};

/// Runs whose pages are kept; of older ones only the record stays.
const RUNS_KEPT: i64 = 2_000;

impl Store {
    /// Keeps the items of a run that stored nothing else.
    pub async fn keep_items(&self, run: Option<i64>, items: Vec<Item>) -> Result<(), StoreError> {
        self.database.write(move |transaction| keep(transaction, run, &items)).await
    }

    /// The items of a run in the order they were stored: at most `limit`, after the first `skipped`.
    pub async fn items(&self, run: i64, skipped: usize, limit: usize) -> Result<Vec<Item>, StoreError> {
        let read = move |connection: &Connection| {
            let mut statement = connection.prepare_cached("SELECT items FROM item WHERE run = ? ORDER BY id")?;
            let mut found = statement.query([run])?;
            let (mut items, mut passed) = (Vec::new(), 0);
            while let Some(row) = found.next()? {
                let batch: Vec<Item> = rows::from_json(row.get_ref(0)?.as_str().unwrap_or("[]"))?;
                let begin = skipped.saturating_sub(passed).min(batch.len());
                passed += batch.len();
                items.extend(batch.into_iter().skip(begin).take(limit - items.len()));
                if items.len() == limit {
                    break;
                }
            }
            Ok(items)
        };
        self.database.read(read).await
    }
}

/// Keeps what came of a batch.
pub(super) fn keep(connection: &Connection, run: Option<i64>, items: &[Item]) -> Result<(), StoreError> {
    let Some(run) = run.filter(|_| !items.is_empty()) else { return Ok(()) };
    let sql = "INSERT INTO item (run, items) VALUES (?, ?)";
    connection.prepare_cached(sql)?.execute(params![run, rows::json(&items)?])?;
    connection.prepare_cached("DELETE FROM item WHERE run <= ?")?.execute([run - RUNS_KEPT])?;
    Ok(())
}

/// What came of a page, given whether storing it brought something new, a copy or an update; nothing of a page
/// that was not looked at.
pub(super) fn of(page: &PageResult, [is_new, is_copy, is_updated]: [bool; 3]) -> Option<Item> {
    let stored = || match (is_new, is_copy, is_updated) {
        (true, ..) => ItemOutcome::New,
        (_, true, _) => ItemOutcome::Copy,
        (.., true) => ItemOutcome::Updated,
        _ => ItemOutcome::Unchanged,
    };
    let (outcome, reason) = match &page.outcome {
        Outcome::Linked => return None,
        Outcome::Article { .. } => (stored(), None),
        // An editor may have allowed it.
        Outcome::Held { .. } if is_new || is_copy || is_updated => (stored(), None),
        Outcome::Held { reason, .. } => (ItemOutcome::Quarantined, Some(reason)),
        Outcome::Unchanged { .. } => (ItemOutcome::NotModified, None),
        Outcome::NoArticle { error, .. } | Outcome::Failed { error } => (ItemOutcome::Failed, Some(error)),
        Outcome::Gone { error } => (ItemOutcome::Gone, Some(error)),
    };
    Some(Item { url: page.url.clone(), sections: page.sections.clone(), outcome, reason: reason.cloned() })
}
