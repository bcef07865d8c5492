//! `harbinger events explain`: all that counts for and against an article, and what decides.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde::Serialize;
use url::Url;
use uuid::Uuid;

use crate::cli::inspect::{self, Question};
use crate::clock::Clock;
use crate::config::settings::Settings;
use crate::events::explain::{self, Explained};
use crate::events::rules::Rules;
use crate::events::subject::Subject;
use crate::model::catalogue::Catalogue;
use crate::model::weighing::points;
use crate::store::{Store, StoreError};
use crate::text::address;

/// What is printed as JSON: the answer of the admin API, and whether the article is stored.
#[derive(Serialize)]
struct Told {
    article: Article,
    is_stored: bool,
    is_withdrawn: bool,
    #[serde(flatten)]
    explained: Explained,
}

#[derive(Serialize)]
struct Article {
    /// Null for a page that is not stored.
    id: Option<String>,
    url: String,
    title: String,
    published: DateTime<Utc>,
}

pub(super) async fn tell(
    settings: &Settings,
    catalogue: &Catalogue,
    event: &str,
    article: &str,
    url: Option<Url>,
    json: bool,
) -> anyhow::Result<String> {
    let (events, place) = super::rules(catalogue, event)?;
    let rules = &events[place];
    let told = match stored(settings, rules, article).await? {
        Some(told) => told,
        None => read(settings, catalogue, rules, article, url).await?,
    };
    if json { Ok(serde_json::to_string_pretty(&told)? + "\n") } else { Ok(text(&told)) }
}

/// The explanation of a stored article; `None` where there is none at this address, or it is a file.
async fn stored(settings: &Settings, rules: &Rules, article: &str) -> anyhow::Result<Option<Told>> {
    let (id, address) = (article.parse::<Uuid>().ok(), web_address(article));
    if id.is_none() && address.is_none() {
        return Ok(None);
    }
    let store = match Store::beside(&settings.data_dir) {
        Ok(store) => store,
        // An address is read from the portal where nothing is stored yet.
        Err(StoreError::Absent(_)) if id.is_none() => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let id = match (id, address) {
        (None, Some(url)) => store.article_at(address::key(&url)).await?,
        (id, _) => id,
    };
    let Some(id) = id else { return Ok(None) };
    let placed = store.placed(rules.event.clone(), id).await?;
    let missing = || anyhow::anyhow!("there is no article {id} in {}; give its address", settings.data_dir.display());
    let placed = placed.ok_or_else(missing)?;
    let article = placed.article;
    let subject = Subject::new(&article.title, &article.html.text(), article.published);
    Ok(Some(Told {
        explained: explain::explain(rules, &subject, Some(&placed.standing)),
        is_stored: true,
        is_withdrawn: placed.is_withdrawn,
        article: Article {
            id: Some(article.id.to_string()),
            url: article.url,
            title: article.title,
            published: article.published,
        },
    }))
}

/// The explanation of a page that is not stored, read as `inspect` reads it.
async fn read(
    settings: &Settings,
    catalogue: &Catalogue,
    rules: &Rules,
    page: &str,
    url: Option<Url>,
) -> anyhow::Result<Told> {
    let question = Question { page: page.to_owned(), portal: None, url, json: false };
    let seen = inspect::look(settings, catalogue, &question).await?;
    let article = seen.reading.article;
    let published = article.published.unwrap_or_else(|| Clock::system().now());
    let subject = Subject::new(&article.title, &article.text, published);
    Ok(Told {
        explained: explain::explain(rules, &subject, None),
        is_stored: false,
        is_withdrawn: false,
        article: Article { id: None, url: seen.url, title: article.title, published },
    })
}

fn web_address(text: &str) -> Option<Url> {
    text.parse::<Url>().ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

fn text(told: &Told) -> String {
    let Told { article, is_stored, is_withdrawn, explained } = told;
    let mut out = String::new();
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(out, "{name:<14}{value}");
    };
    row("Title", &article.title);
    row("Address", &article.url);
    row("Event", &explained.event);
    row(
        "In the feed",
        match (is_stored, is_withdrawn, explained.in_feed) {
            (false, ..) => "no: it is not stored; a run brings it in if one of its sections lists it",
            (_, true, _) => "no: it is withdrawn, so it is in no feed",
            (_, _, true) => "yes",
            (_, _, false) => "no",
        },
    );
    row("Why", &explained.why);
    row(
        "Editor",
        &match explained.decided {
            Some(at) => format!("{}, since {}", explained.decision, at.format("%Y-%m-%d %H:%M UTC")),
            None => "no word; the rules decide".to_owned(),
        },
    );
    let window = &explained.window;
    row("Published", &format!("{}; coverage is from {} to {}", window.published, window.from, window.to));
    row("Score", &format!("{} of {}", explained.score, explained.threshold));
    for reason in &explained.reasons {
        let _ = writeln!(out, "  {:>6}  {}", points((reason.weight * 1000.0).round() as i64), reason.what);
    }
    if !explained.obstacles.is_empty() {
        let _ = writeln!(out, "Whatever its score, this keeps it out");
    }
    for obstacle in &explained.obstacles {
        let _ = writeln!(out, "  - {obstacle}");
    }
    out
}
