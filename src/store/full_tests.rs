//! SQLite's own word that the disk is full, at each write of a batch: nothing of the batch is stored, what was stored is
//! read, and the same batch is stored once there is room.

use chrono::{DateTime, Utc};

use crate::model::feed::FeedKey;
use crate::model::part::Part;
use crate::model::run::{Run, RunState, Scope, Trigger};
use crate::store::{Store, StoreError};

fn now() -> DateTime<Utc> {
    "2026-01-06T09:00:00Z".parse().unwrap()
}

/// Leaves the database this many free pages.
async fn leave(store: &Store, pages: i64) {
    let limit = move |transaction: &rusqlite::Transaction| {
        let used: i64 = transaction.pragma_query_value(None, "page_count", |row| row.get(0))?;
        transaction.query_row(&format!("PRAGMA max_page_count = {}", used + pages), [], |_| Ok(()))?;
        Ok(())
    };
    store.database.write(limit).await.unwrap();
}

#[tokio::test]
async fn a_write_that_finds_the_disk_full_stores_nothing_of_it_and_is_made_up() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    store.register(vec![("*".to_owned(), [0; 32])], now()).await.unwrap();
    for pages in 0..3 {
        leave(&store, pages).await;
        let mut made = 0;
        let error = loop {
            let scope = Scope {
                url: Some(format!("https://p.example/{pages}/{made}/{}", "x".repeat(900))),
                ..Scope::default()
            };
            match store.create_run(Trigger::Cli, scope, now()).await {
                Ok((run, is_new)) => assert!(is_new && run.state == RunState::Queued),
                Err(error) => break error,
            }
            made += 1;
        };
        assert!(matches!(error, StoreError::Sqlite(_)) && error.to_string().contains("full"), "{error}");
        let runs = store.runs(1_000, None).await.unwrap();
        let those = format!("https://p.example/{pages}/");
        let is_one = |run: &&Run| run.scope.url.as_deref().is_some_and(|url| url.starts_with(&those));
        assert_eq!(runs.iter().filter(is_one).count(), made);
        assert!(store.feed(FeedKey::All, Part::default(), 10).await.unwrap().is_some(), "readers are answered");
    }
    leave(&store, 1_000_000).await;
    assert!(store.create_run(Trigger::Cli, Scope::default(), now()).await.unwrap().1);
}
