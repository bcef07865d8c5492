//! What a database holds, as far as it must outlast every fault.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use harbinger::model::change::Cursor;
use harbinger::model::feed::FeedKey;
use harbinger::model::part::Part;
use harbinger::store::Store;
use rusqlite::Connection;
use uuid::Uuid;

/// Each story's id by its address, and the entries of each feed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Stored {
    pub ids: BTreeMap<String, String>,
    pub feeds: BTreeMap<String, BTreeSet<String>>,
}

/// Reads a database and checks that it is whole: no page torn, no story twice, none outside its feeds.
pub fn stored(database: &Path) -> Stored {
    let mut stored = Stored::default();
    if !database.exists() {
        return stored;
    }
    let connection = Connection::open(database).unwrap();
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    // A program that was killed while it made the database leaves none of its tables.
    let Ok(mut statement) = connection.prepare("SELECT url, guid FROM article WHERE withdrawn IS NULL") else {
        return stored;
    };
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let url: String = row.get(0).unwrap();
        let twice = stored.ids.insert(url.clone(), row.get(1).unwrap());
        assert_eq!(twice, None, "{url} is stored twice");
    }
    let sql =
        "SELECT feed.name, article.guid FROM entry JOIN feed ON feed.id = feed JOIN article ON article.id = article";
    let mut statement = connection.prepare(sql).unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (feed, guid): (String, String) = (row.get(0).unwrap(), row.get(1).unwrap());
        assert!(stored.feeds.entry(feed.clone()).or_default().insert(guid.clone()), "{guid} stands twice in {feed}");
    }
    let all: BTreeSet<String> = stored.ids.values().cloned().collect();
    assert_eq!(stored.feeds.get("*").cloned().unwrap_or_default(), all, "what is stored stands in the feed of all");
    let sql = "SELECT count(*) FROM change WHERE kind = 'added' GROUP BY article HAVING count(*) > 1";
    assert_eq!(connection.query_row(sql, [], |row| row.get::<_, i64>(0)).ok(), None, "a story was announced twice");
    stored
}

impl Stored {
    /// Nothing that was stored before is lost or has another id.
    pub fn keeps(&self, before: &Stored, case: &str) {
        for (url, guid) in &before.ids {
            assert_eq!(self.ids.get(url), Some(guid), "{case}: {url} was lost or has another id");
        }
        for (feed, entries) in &before.feeds {
            let now = self.feeds.get(feed).cloned().unwrap_or_default();
            assert!(now.is_superset(entries), "{case}: {feed} lost entries");
        }
    }
}

/// A partner who reads the log on from where he was, and must have what the feed of all portals has.
pub async fn follow(data: &Path, partner: &mut (Cursor, BTreeMap<Uuid, String>)) {
    let store = Store::open(data).unwrap();
    let (cursor, has) = partner;
    loop {
        let stretch = store.changes(FeedKey::All, *cursor, 50).await.unwrap().unwrap();
        for changed in stretch.changes {
            match changed.article {
                Some(article) => has.insert(changed.id, article.title),
                None => has.remove(&changed.id),
            };
        }
        *cursor = stretch.next;
        if !stretch.has_more {
            break;
        }
    }
    let feed = store.feed(FeedKey::All, Part::default(), 10_000).await.unwrap();
    let articles = feed.map(|feed| feed.articles).unwrap_or_default();
    let stands: BTreeMap<Uuid, String> = articles.into_iter().map(|it| (it.id, it.title)).collect();
    assert_eq!(*has, stands);
}
