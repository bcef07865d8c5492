//! How each article was read, and all that is told of one.

use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::model::account::{Account, Asked, CopyPage, EventVerdict};
use crate::model::copy::SAME_MILLI;
use crate::model::event::Decision;
use crate::model::explanation::Explanation;
use crate::store::{Store, StoreError, editors, revisions, rows};

/// The most copies told of one article.
const COPIES_MAX: usize = 100;

impl Store {
    /// All that is told of one article.
    pub async fn account(&self, id: Uuid) -> Result<Asked, StoreError> {
        self.database.read(move |connection| account(connection, id)).await
    }
}

fn account(connection: &Connection, id: Uuid) -> Result<Asked, StoreError> {
    // One transaction, so that the article and what is told of it are of one moment.
    let connection = connection.unchecked_transaction()?;
    let sql = format!(
        "SELECT article.id, article.withdrawn, article.section_label, article.damage, article.is_machine_copy, {},
            explanation.report
        FROM article LEFT JOIN explanation ON explanation.article = article.id WHERE article.guid = ?",
        rows::ARTICLE_COLUMNS
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement.query([id.to_string()])?;
    let Some(row) = found.next()? else { return Ok(Asked::Unknown) };
    if row.get::<_, Option<String>>("withdrawn")?.is_some() {
        return Ok(Asked::Withdrawn);
    }
    let article: i64 = row.get("id")?;
    let report: Option<String> = row.get("report")?;
    Ok(Asked::Here(Box::new(Account {
        article: rows::article(row)?,
        section_label: row.get("section_label")?,
        damage: row.get("damage")?,
        is_machine_copy: row.get("is_machine_copy")?,
        explanation: report.as_deref().map(rows::from_json).transpose()?,
        revisions: revisions::told(&connection, article)?,
        copies: copies(&connection, article)?,
        verdicts: verdicts(&connection, article)?,
    })))
}

fn copies(connection: &Connection, article: i64) -> Result<Vec<CopyPage>, StoreError> {
    let sql = "
        SELECT page.portal, page.url, copy.kind, copy.similarity_milli
        FROM page LEFT JOIN copy ON copy.page = page.key JOIN article ON article.id = page.article
        WHERE page.article = ? AND (page.is_copy OR copy.page IS NOT NULL) AND page.url <> article.url
        ORDER BY page.portal, page.url LIMIT ?";
    let similarity = |milli: Option<u32>| milli.map(|milli| f64::from(milli) / f64::from(SAME_MILLI));
    let copy = |row: &Row| {
        Ok(CopyPage { portal: row.get(0)?, url: row.get(1)?, kind: row.get(2)?, similarity: similarity(row.get(3)?) })
    };
    let mut statement = connection.prepare_cached(sql)?;
    let copies = statement.query_map(params![article, COPIES_MAX as i64], copy)?.collect::<Result<_, _>>()?;
    Ok(copies)
}

fn verdicts(connection: &Connection, article: i64) -> Result<Vec<EventVerdict>, StoreError> {
    let sql = "
        SELECT event, score_milli, is_included, reasons FROM decision WHERE article = ?1
        UNION ALL
        SELECT event, 0, 0, '[]' FROM editor_decision AS word WHERE article = ?1 AND NOT EXISTS (
            SELECT 1 FROM decision WHERE decision.event = word.event AND decision.article = word.article
        )
        ORDER BY 1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query([article])?;
    let mut verdicts = Vec::new();
    while let Some(row) = found.next()? {
        let decision = Decision {
            event: row.get(0)?,
            score_milli: row.get(1)?,
            is_included: row.get(2)?,
            reasons: rows::from_json(&row.get::<_, String>(3)?)?,
        };
        let standing = editors::standing(connection, &decision.event, article)?;
        verdicts.push(EventVerdict { decision, standing });
    }
    Ok(verdicts)
}

/// Keeps how an article was read in the place of what was kept before.
pub(super) fn keep(connection: &Connection, article: i64, explanation: &Explanation) -> Result<(), StoreError> {
    let report = rows::json(explanation)?;
    let sql = "SELECT report = ? FROM explanation WHERE article = ?";
    let is_same = connection.prepare_cached(sql)?.query_row(params![report, article], |row| row.get(0)).optional()?;
    if is_same != Some(true) {
        let sql = "INSERT OR REPLACE INTO explanation (article, report) VALUES (?, ?)";
        connection.prepare_cached(sql)?.execute(params![article, report])?;
    }
    Ok(())
}
