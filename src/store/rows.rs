//! Columns to values and back.

use chrono::{DateTime, SubsecRound, Utc};
use rusqlite::Row;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::model::article::Article;
use crate::model::html::SafeHtml;
use crate::store::StoreError;

/// A time as it is stored: UTC, full seconds, so that text sorts as time.
pub(super) fn text(time: DateTime<Utc>) -> String {
    time.trunc_subsecs(0).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A stored time.
pub(super) fn time(text: &str) -> Result<DateTime<Utc>, StoreError> {
    text.parse().map_err(|_| StoreError::Damaged(format!("“{text}” is not a time")))
}

/// A stored time that may be absent.
pub(super) fn time_opt(text: Option<String>) -> Result<Option<DateTime<Utc>>, StoreError> {
    text.as_deref().map(time).transpose()
}

/// A value as JSON text.
pub(super) fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// A value stored as JSON text.
pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("unreadable JSON: {error}")))
}

/// A stored hash.
pub(super) fn hash(bytes: Option<Vec<u8>>) -> Option<[u8; 32]> {
    bytes.and_then(|bytes| bytes.try_into().ok())
}

/// The columns [`article`] reads, of a table named `article`.
pub(super) const ARTICLE_COLUMNS: &str = "article.guid, article.id AS number, article.portal, article.url, article.published, \
    article.updated, article.first_seen, article.title, article.subtitle, article.summary, \
    article.html, article.retention IS NOT NULL AS is_aged, \
    article.authors, article.photographers, article.editor, article.source, article.keywords, article.language, \
    article.images, (SELECT json_group_array(portal || '/' || section) FROM placement \
    WHERE placement.article = article.id) AS sections";

/// An article from [`ARTICLE_COLUMNS`]; its sections are written `portal/section`.
pub(super) fn article(row: &Row) -> Result<Article, StoreError> {
    let guid: String = row.get("guid")?;
    Ok(Article {
        id: guid.parse().map_err(|_| StoreError::Damaged(format!("“{guid}” is not an article's id")))?,
        number: row.get("number")?,
        portal: row.get("portal")?,
        sections: from_json(row.get_ref("sections")?.as_str().unwrap_or("[]"))?,
        url: row.get("url")?,
        published: time(&row.get::<_, String>("published")?)?,
        updated: time(&row.get::<_, String>("updated")?)?,
        first_seen: time(&row.get::<_, String>("first_seen")?)?,
        title: row.get("title")?,
        subtitle: row.get("subtitle")?,
        summary: row.get("summary")?,
        html: SafeHtml::from_store(row.get("html")?),
        is_aged: row.get("is_aged")?,
        authors: from_json(&row.get::<_, String>("authors")?)?,
        photographers: from_json(&row.get::<_, String>("photographers")?)?,
        editor: row.get("editor")?,
        source: row.get("source")?,
        keywords: from_json(&row.get::<_, String>("keywords")?)?,
        language: row.get("language")?,
        images: from_json(&row.get::<_, String>("images")?)?,
    })
}
