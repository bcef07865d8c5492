//! Finding articles by words.

use rusqlite::{Connection, params};

use crate::model::article::Article;
use crate::model::feed::FeedKey;
use crate::model::part::Neighbours;
use crate::store::feeds::FeedState;
use crate::store::parts::StoredFeed;
use crate::store::{Store, StoreError, feeds, rows, searchable};
use crate::text::search::Query;

/// Articles with the tokens of a query that are looked at for one answer; in a query of usual words nearly all match.
const CANDIDATES_MAX: usize = 2_000;
/// Of these, the texts that are read where the tokens alone do not tell.
const TEXTS_MAX: usize = 300;

impl Store {
    /// The newest `limit` articles of a feed that match a query, and when that last changed: with the feed or with
    /// the index, which is seconds behind. `None` if we never published the feed.
    pub async fn search(&self, key: FeedKey, query: Query, limit: usize) -> Result<Option<StoredFeed>, StoreError> {
        self.database.read(move |connection| found(connection, &key, &query, limit)).await
    }
}

fn found(
    connection: &Connection,
    key: &FeedKey,
    query: &Query,
    limit: usize,
) -> Result<Option<StoredFeed>, StoreError> {
    // One transaction, so that feed, index and articles are of one moment.
    let connection = connection.unchecked_transaction()?;
    let Some((feed, state)) = feeds::state_of(&connection, key)? else { return Ok(None) };
    let sql = "SELECT changed FROM search_progress";
    let indexed: String = connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    let state = FeedState { changed: state.changed.max(rows::time(&indexed)?), ..state };
    let mut articles = matching(&connection, key, feed, query, limit)?;
    articles.sort_by_key(|(row, article)| std::cmp::Reverse((article.published, *row)));
    let articles = articles.into_iter().map(|(_, article)| article).collect();
    Ok(Some(StoredFeed { state, articles, tombstones: Vec::new(), neighbours: Neighbours::default() }))
}

fn matching(
    connection: &Connection,
    key: &FeedKey,
    feed: i64,
    query: &Query,
    limit: usize,
) -> Result<Vec<(i64, Article)>, StoreError> {
    let mut texts = 0;
    let mut articles = Vec::new();
    // The order is that of the rows, so that what is found first costs nothing of what comes after.
    let sql = "
        SELECT search_row.article FROM search JOIN search_row ON search_row.id = search.rowid
        WHERE search MATCH ? ORDER BY search.rowid DESC LIMIT ?";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query(params![expression(key, feed, query), CANDIDATES_MAX as i64])?;
    while let Some(row) = found.next()? {
        let row: i64 = row.get(0)?;
        let Some(article) = entry(connection, feed, row)? else { continue };
        if !query.is_told_by_tokens() {
            texts += 1;
            if !query.stands_in(&searchable::text(&article)) {
                if texts == TEXTS_MAX { break } else { continue }
            }
        }
        articles.push((row, article));
        if articles.len() == limit || texts == TEXTS_MAX {
            break;
        }
    }
    Ok(articles)
}

/// The query in the language of the index. Tokens are letters and digits alone, so that nothing in them has a meaning.
fn expression(key: &FeedKey, feed: i64, query: &Query) -> String {
    let feed = (*key != FeedKey::All).then(|| searchable::feed_token(feed));
    let tokens = query.tokens().map(str::to_owned).chain(feed);
    tokens.map(|token| format!("\"{token}\"")).collect::<Vec<_>>().join(" AND ")
}

/// An article, if it stands in the feed: the index may be a moment behind.
fn entry(connection: &Connection, feed: i64, article: i64) -> Result<Option<Article>, StoreError> {
    let sql = format!(
        "SELECT {} FROM article JOIN entry ON entry.article = article.id
         WHERE article.id = ? AND entry.feed = ? AND entry.published = article.published",
        rows::ARTICLE_COLUMNS
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query([article, feed])?.next()?.map(rows::article).transpose()
}
