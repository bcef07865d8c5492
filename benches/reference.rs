//! The least a program must do to take a section in, with the same parts as ours: reqwest, flate2, dom_query,
//! dom_smoothie, ammonia and SQLite. No guard, no cleaning, no identity, no events, no feeds.

use std::io::Read;
use std::path::Path;

use anyhow::Context;
use dom_query::Document;
use dom_smoothie::Readability;
use flate2::read::GzDecoder;
use futures_util::{StreamExt, stream};
use reqwest::Client;
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};
use url::Url;

/// Pages in work at once, as in ours.
const PAGES_AT_ONCE: usize = 16;

/// How the reference finds the article of a page.
#[derive(Clone, Copy)]
pub enum Extraction {
    /// By selectors for title, body, date and author.
    Selectors,
    /// By Readability.
    Automatic,
}

/// What is kept of a page.
struct Article {
    url: String,
    title: String,
    published: Option<String>,
    author: Option<String>,
    html: String,
    text: String,
}

/// A client set up as ours is.
pub fn client() -> anyhow::Result<Client> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, br, zstd"));
    Ok(Client::builder().default_headers(headers).no_proxy().build()?)
}

/// Reads the list, then every page it links, and stores the articles in one transaction; returns how many.
pub async fn run(client: &Client, list: &Url, extraction: Extraction, database: &Path) -> anyhow::Result<usize> {
    let page = fetch(client, list.clone()).await?;
    let document = Document::from(page);
    let links: Vec<Url> =
        document.select("ul.list a").iter().filter_map(|link| list.join(&link.attr("href")?).ok()).collect();
    drop(document);
    let pages = links.into_iter().map(|url| async move {
        let page = fetch(client, url.clone()).await?;
        tokio::task::spawn_blocking(move || article(page, url, extraction)).await?
    });
    let articles: Vec<anyhow::Result<Article>> = stream::iter(pages).buffer_unordered(PAGES_AT_ONCE).collect().await;
    let database = database.to_owned();
    tokio::task::spawn_blocking(move || store(articles, &database)).await?
}

async fn fetch(client: &Client, url: Url) -> anyhow::Result<String> {
    let response = client.get(url).send().await?.error_for_status()?;
    let body = response.bytes().await?;
    let mut page = String::with_capacity(body.len() * 4);
    GzDecoder::new(&body[..]).read_to_string(&mut page)?;
    Ok(page)
}

fn article(page: String, url: Url, extraction: Extraction) -> anyhow::Result<Article> {
    let document = Document::from(page);
    let url = url.to_string();
    match extraction {
        Extraction::Selectors => {
            let body = document.select_single(".article-body");
            Ok(Article {
                url,
                title: document.select_single("h1.article-title").text().trim().to_owned(),
                published: Some(document.select_single(".time").text().trim().to_owned()),
                author: Some(document.select_single(".author").text().trim().to_owned()),
                html: ammonia::clean(&body.inner_html()),
                text: body.text().to_string(),
            })
        }
        Extraction::Automatic => {
            let article = Readability::with_document(document, Some(&url), None)?.parse()?;
            Ok(Article {
                url,
                title: article.title,
                published: article.published_time,
                author: article.byline,
                html: ammonia::clean(&article.content),
                text: article.text_content.to_string(),
            })
        }
    }
}

/// An empty database for [`run`], set up as ours is.
pub fn create(database: &Path) -> anyhow::Result<()> {
    let connection = rusqlite::Connection::open(database)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.execute_batch(
        "CREATE TABLE article (url TEXT, title TEXT, published TEXT, author TEXT, html TEXT, text TEXT) STRICT",
    )?;
    Ok(())
}

fn store(articles: Vec<anyhow::Result<Article>>, database: &Path) -> anyhow::Result<usize> {
    let mut connection = rusqlite::Connection::open(database)?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    let transaction = connection.transaction()?;
    let count = articles.len();
    for article in articles {
        let Article { url, title, published, author, html, text } = article.context("a page gave no article")?;
        transaction
            .prepare_cached("INSERT INTO article VALUES (?, ?, ?, ?, ?, ?)")?
            .execute((url, title, published, author, html, text))?;
    }
    transaction.commit()?;
    Ok(count)
}
