//! Finding articles by words, newest first, and page by page to the oldest.

use rusqlite::{Connection, OptionalExtension, params};

use crate::model::article::Article;
use crate::model::feed::FeedKey;
use crate::model::part::{Neighbours, Part};
use crate::store::feeds::FeedState;
use crate::store::parts::StoredFeed;
use crate::store::{Store, StoreError, feeds, rows, searchable};
use crate::text::search::Query;

/// Articles with the tokens of a query that are looked at for one answer; in a query of usual words nearly all match.
const CANDIDATES_MAX: usize = 2_000;
/// Of these, the texts that are read where the tokens alone do not tell.
const TEXTS_MAX: usize = 300;
/// Candidates from the newest on, below a row. Their order is that of the rows, so that what is found first costs
/// nothing of what comes after.
const OLDER: &str = "
    SELECT search_row.article FROM search JOIN search_row ON search_row.id = search.rowid
    WHERE search MATCH ?1 AND search.rowid < ?2 ORDER BY search.rowid DESC LIMIT ?3";
/// Candidates from a row on upwards.
const NEWER: &str = "
    SELECT search_row.article FROM search JOIN search_row ON search_row.id = search.rowid
    WHERE search MATCH ?1 AND search.rowid >= ?2 ORDER BY search.rowid LIMIT ?3";

/// What is looked for.
struct Wanted<'a> {
    feed: i64,
    expression: String,
    query: &'a Query,
}

/// What was found in one direction.
#[derive(Default)]
struct Found {
    articles: Vec<(i64, Article)>,
    /// Where there is more, or may be: the last article looked at before the next match, and that match, or where the
    /// search ended without one, the last one looked at.
    more: Option<(i64, i64)>,
}

impl Store {
    /// The newest articles of a feed that match a query, or those older than an article, `usual` if `part` does not say
    /// how many, and when that last changed: with the feed or with the index, which is seconds behind. `None` if we
    /// never published the feed, or never had such an article.
    pub async fn search(
        &self,
        key: FeedKey,
        query: Query,
        part: Part,
        usual: usize,
    ) -> Result<Option<StoredFeed>, StoreError> {
        self.database.read(move |connection| found(connection, &key, &query, &part, usual)).await
    }
}

fn found(
    connection: &Connection,
    key: &FeedKey,
    query: &Query,
    part: &Part,
    usual: usize,
) -> Result<Option<StoredFeed>, StoreError> {
    // One transaction, so that feed, index and articles are of one moment.
    let connection = connection.unchecked_transaction()?;
    let Some((feed, state)) = feeds::state_of(&connection, key)? else { return Ok(None) };
    let Some(end) = end_of(&connection, part)? else { return Ok(None) };
    let sql = "SELECT changed FROM search_progress";
    let indexed: String = connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    let state = FeedState { changed: state.changed.max(rows::time(&indexed)?), ..state };
    let wanted = Wanted { feed, expression: expression(key, feed, query), query };
    let limit = part.limit.unwrap_or(usual);
    let Found { mut articles, more } = matching(&connection, &wanted, OLDER, end, limit)?;
    let at = |article: i64| Part { before: Some(article), ..part.first() };
    let mut neighbours = Neighbours { next: more.map(|(last, _)| at(last)), ..Neighbours::default() };
    if part.before.is_some() {
        let newer = matching(&connection, &wanted, NEWER, end, limit)?;
        neighbours.previous = Some(newer.more.map_or_else(|| part.first(), |(_, next)| at(next)));
    }
    articles.sort_by_key(|(row, article)| std::cmp::Reverse((article.published, *row)));
    let articles = articles.into_iter().map(|(_, article)| article).collect();
    Ok(Some(StoredFeed { state, articles, tombstones: Vec::new(), neighbours }))
}

/// The row of the index below which the articles asked for stand; `None` if there never was such an article.
fn end_of(connection: &Connection, part: &Part) -> Result<Option<i64>, StoreError> {
    let Some(article) = part.before else { return Ok(Some(i64::MAX)) };
    let sql = "SELECT id FROM search_row WHERE article = ?";
    let row: Option<i64> = connection.prepare_cached(sql)?.query_row([article], |row| row.get(0)).optional()?;
    if row.is_some() {
        return Ok(row);
    }
    // It was withdrawn. Better to show what came in the same second once more than to miss it.
    let sql = "SELECT published FROM article WHERE id = ?";
    let published: Option<String> =
        connection.prepare_cached(sql)?.query_row([article], |row| row.get(0)).optional()?;
    let Some(published) = published else { return Ok(None) };
    Ok(Some(searchable::rows_of(rows::time(&published)?).end))
}

/// The first matches in one direction.
fn matching(connection: &Connection, wanted: &Wanted, sql: &str, end: i64, limit: usize) -> Result<Found, StoreError> {
    let mut found = Found::default();
    let (mut texts, mut candidates, mut last) = (0, 0, 0);
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![wanted.expression, end, CANDIDATES_MAX as i64])?;
    while let Some(row) = rows.next()? {
        let row: i64 = row.get(0)?;
        candidates += 1;
        if let Some(article) = entry(connection, wanted.feed, row)? {
            let is_told = wanted.query.is_told_by_tokens();
            texts += usize::from(!is_told);
            if is_told || wanted.query.stands_in(&searchable::text(&article)) {
                if found.articles.len() == limit {
                    found.more = Some((last, row));
                    break;
                }
                found.articles.push((row, article));
            }
        }
        last = row;
        if texts == TEXTS_MAX || candidates == CANDIDATES_MAX {
            found.more = Some((row, row));
            break;
        }
    }
    Ok(found)
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
