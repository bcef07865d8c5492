//! Publishing what was held back.

use chrono::{DateTime, Utc};
use rusqlite::Transaction;

use crate::store::batch::{Batch, Outcome, PageResult};
use crate::store::{Store, StoreError, articles, pages, quarantine, rows};

/// What came of releasing a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Released {
    /// It is published, or brought up to date, as this article.
    Article(String),
    /// It was too long to be kept; the next run reads the page and publishes it.
    ReadAgain,
}

impl Store {
    /// Publishes a page that was held back, as a run would have; `None` if there is none under this number.
    pub async fn release(&self, id: i64, now: DateTime<Utc>) -> Result<Option<Released>, StoreError> {
        let write = move |transaction: &Transaction| {
            let Some(waiting) = quarantine::take(transaction, id)? else { return Ok(None) };
            quarantine::rule(transaction, &waiting.portal, &waiting.content, true, now)?;
            let Some(candidate) = &waiting.candidate else {
                pages::read_again(transaction, &waiting.key, now)?;
                return Ok(Some(Released::ReadAgain));
            };
            let page = PageResult {
                due: waiting.due,
                outcome: Outcome::Article {
                    candidate: Box::new(rows::from_json(candidate)?),
                    validators: waiting.validators,
                    body_hash: waiting.body_hash,
                },
                key: waiting.key,
                url: waiting.url,
                sections: waiting.sections,
            };
            let key = page.key.clone();
            let batch = Batch { portal: waiting.portal, run: waiting.run, pages: vec![page], ..Batch::default() };
            articles::save_batch(transaction, &batch, now)?;
            let sql = "SELECT article.guid FROM page JOIN article ON article.id = page.article WHERE page.key = ?";
            let guid = transaction.prepare_cached(sql)?.query_row([key], |row| row.get(0))?;
            Ok(Some(Released::Article(guid)))
        };
        self.database.write(write).await
    }
}
