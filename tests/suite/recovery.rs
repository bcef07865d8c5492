//! Whatever ends the program, nothing stored is lost and nothing is published twice.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use harbinger::model::change::Cursor;
use harbinger::model::feed::FeedKey;
use harbinger::model::part::Part;
use harbinger::sample::SamplePortal;
use harbinger::sample::catalogue::catalogue_toml;
use harbinger::store::Store;
use rusqlite::Connection;
use uuid::Uuid;

/// A folder with the sample portal's files, for the program itself.
async fn folder(portal: &SamplePortal) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let feeds = folder.path().join("feeds");
    std::fs::create_dir(&feeds).unwrap();
    for (name, text) in catalogue_toml(&portal.base_url()) {
        std::fs::write(feeds.join(name), text).unwrap();
    }
    folder
}

fn ingest(folder: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harbinger"));
    command.current_dir(folder).arg("ingest").stdout(Stdio::null()).stderr(Stdio::null());
    command.env_clear().spawn().unwrap()
}

/// Waits without holding up the portal, which runs in this process.
async fn wait(mut child: Child) {
    tokio::task::spawn_blocking(move || child.wait()).await.unwrap().unwrap();
}

fn articles(folder: &Path) -> BTreeMap<String, String> {
    let Ok(connection) = Connection::open(folder.join("data/harbinger.db")) else { return BTreeMap::new() };
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let Ok(mut statement) = connection.prepare("SELECT url, guid FROM article") else { return BTreeMap::new() };
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

/// A partner who reads the log on from where he was, and has what the feed of all portals has.
async fn follow(folder: &Path, partner: &mut (Cursor, BTreeMap<Uuid, String>)) {
    let store = Store::open(&folder.join("data")).unwrap();
    let (cursor, has) = partner;
    loop {
        let stretch = store.changes(FeedKey::All, *cursor, 7).await.unwrap().unwrap();
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
    let feed = store.feed(FeedKey::All, Part::default(), 1_000).await.unwrap();
    let articles = feed.map(|feed| feed.articles).unwrap_or_default();
    let stands: BTreeMap<Uuid, String> = articles.into_iter().map(|it| (it.id, it.title)).collect();
    assert_eq!(*has, stands);
}

#[actix_web::test]
async fn a_run_killed_at_any_point_is_made_up_by_the_next() {
    let portal = SamplePortal::start("127.0.0.1:0").await.unwrap();
    portal.keep_still();
    let whole = folder(&portal).await;
    wait(ingest(whole.path())).await;
    assert!(!articles(whole.path()).is_empty());
    let expected: Vec<String> = articles(whole.path()).into_keys().collect();
    let killed = folder(&portal).await;
    let mut before = BTreeMap::new();
    let mut partner = Default::default();
    for pause_ms in [5, 20, 40, 80, 120, 160, 240] {
        let mut child = ingest(killed.path());
        tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let after = articles(killed.path());
        for (url, guid) in &before {
            assert_eq!(after.get(url), Some(guid), "{url} was lost or got another id");
        }
        before = after;
        follow(killed.path(), &mut partner).await;
    }
    wait(ingest(killed.path())).await;
    let after: Vec<String> = articles(killed.path()).into_keys().collect();
    assert_eq!(after, expected);
    follow(killed.path(), &mut partner).await;
    assert!(partner.1.len() >= expected.len(), "{} of {}", partner.1.len(), expected.len());
}
