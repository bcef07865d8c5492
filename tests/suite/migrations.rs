//! A database that grew under each earlier format and was filled under it keeps its articles, ids and feeds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use harbinger::model::change::Cursor;
use harbinger::model::feed::FeedKey;
use harbinger::model::part::Part;
use harbinger::store::{DATABASE_FILE, Store, doctor};
use rusqlite::{Connection, params};

/// The numbered files, in order.
fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The newest format.
pub fn newest() -> usize {
    files().len()
}

/// What each format brought is filled as soon as it is there; the others need no rows of their own.
fn fill(connection: &Connection, format: usize, articles: usize) {
    let all = "SELECT id FROM article";
    match format {
        1 => first(connection, articles),
        2 => run(connection, &format!("INSERT INTO explanation (article, report) SELECT id, '{{}}' FROM ({all})")),
        3 => run(connection, "INSERT INTO template VALUES ('p', 'p.example', '[]', '{}')"),
        4 => run(connection, "INSERT INTO source_habit VALUES ('p', 'a', 'https://p.example/a/', '{}', '{}')"),
        5 => run(
            connection,
            "INSERT INTO token (hash, created, name, role) VALUES (randomblob(32), '2026-01-01T00:00:00Z', 'desk', 'editor');
             INSERT INTO audit (at, token, method, path, status) VALUES ('2026-01-01T00:00:00Z', 'desk', 'POST', '/', 202)",
        ),
        6 => run(
            connection,
            "INSERT INTO page (key, url, portal, section, article, is_copy, checked)
             VALUES ('copy', 'https://p.example/copy', 'p', 'a', 1, 1, '2026-01-01T00:00:00Z');
             INSERT INTO copy (page, address, kind, similarity_milli) VALUES ('copy', 'copy', 'near', 970);
             INSERT INTO split (page, article, at) VALUES ('copy', 2, '2026-01-01T00:00:00Z')",
        ),
        7 => run(
            connection,
            "INSERT INTO change (article, kind, at) VALUES (3, 'updated', '2026-01-03T00:00:00Z');
             INSERT INTO revision (change, article, at, difference)
             SELECT max(seq), 3, '2026-01-03T00:00:00Z', '[]' FROM change",
        ),
        8 => run(connection, "INSERT INTO item (run, items) VALUES (1, '[]')"),
        9 => run(connection, "INSERT INTO moved_portal VALUES ('gone', 1, 1)"),
        10 => run(connection, "INSERT INTO editor_decision VALUES ('e', 4, 1, '2026-01-03T00:00:00Z')"),
        12 => run(
            connection,
            "INSERT INTO subscription (is_hub, topic, path, feed, callback, host, expires, delivered) VALUES
             (0, 'https://f.example/feeds/p.rss', '/feeds/p.rss', 'p', 'https://s.example/', 's.example',
              '2030-01-01T00:00:00Z', '2026-01-01T00:00:00Z')",
        ),
        _ => {}
    }
}

fn run(connection: &Connection, sql: &str) {
    connection.execute_batch(sql).unwrap();
}

/// Articles in two sections, each with its page, its entries and its line in the log; the last one is withdrawn.
fn first(connection: &Connection, articles: usize) {
    for (id, name) in [(1, "*"), (2, "p"), (3, "p/a"), (4, "p/b"), (5, "events/e")] {
        let sql = "INSERT INTO feed (id, name, guid, changed) VALUES (?, ?, ?, '2026-01-02T00:00:00Z')";
        connection.execute(sql, params![id, name, format!("00000000-0000-4000-9000-{id:012}")]).unwrap();
    }
    for id in 1..=articles as i64 {
        let (section, feed) = if id % 2 == 0 { ("a", 3) } else { ("b", 4) };
        let published = format!("2026-01-01T{:02}:{:02}:00Z", id / 60 % 24, id % 60);
        let guid = format!("00000000-0000-4000-8000-{id:012}");
        let url = format!("https://p.example/{section}/{id}.html");
        let html = format!("<p>{}</p>", format!("Story {id} of the archive. ").repeat(40));
        let sql = "
            INSERT INTO article (
                id, guid, portal, url, published, updated, first_seen, title, html, authors, photographers, keywords,
                language, images, is_machine_copy, run, signs, damage, revision_hash
            ) VALUES (?, ?, 'p', ?, ?, ?, ?, ?, ?, '[]', '[]', '[]', 'en', '[]', 0, 1, '{}', 0, x'')";
        let title = format!("Story {id}");
        connection.execute(sql, params![id, guid, url, published, published, published, title, html]).unwrap();
        let sql = "INSERT INTO page (key, url, portal, section, article, checked) VALUES (?, ?, 'p', ?, ?, ?)";
        connection.execute(sql, params![url, url, section, id, published]).unwrap();
        connection.execute("INSERT INTO placement VALUES (?, 'p', ?)", params![id, section]).unwrap();
        connection
            .execute("INSERT INTO change (article, kind, at) VALUES (?, 'added', ?)", params![id, published])
            .unwrap();
        if id == articles as i64 {
            let sql = "UPDATE article SET withdrawn = '2026-01-02T00:00:00Z', withdrawn_by = 'admin' WHERE id = ?";
            connection.execute(sql, [id]).unwrap();
            let sql = "INSERT INTO change (article, kind, at) VALUES (?, 'withdrawn', '2026-01-02T00:00:00Z')";
            connection.execute(sql, [id]).unwrap();
            continue;
        }
        for feed in [1, 2, feed] {
            connection.execute("INSERT INTO entry VALUES (?, ?, ?)", params![feed, published, id]).unwrap();
        }
    }
    run(
        connection,
        "INSERT INTO run (trigger, portal, state, started, finished, report)
         VALUES ('schedule', 'p', 'done', '2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z', '{}');
         INSERT INTO token VALUES (zeroblob(32), '2026-01-01T00:00:00Z');
         INSERT INTO source (portal, section, url, attempted, succeeded)
         VALUES ('p', 'a', 'https://p.example/a/', '2026-01-02T00:00:00Z', '2026-01-02T00:00:00Z');
         INSERT INTO habit VALUES ('p', 'a', 'en', 10, 0);
         INSERT INTO linked_site VALUES ('p', 's.example', 3);
         INSERT INTO event (id, rules) VALUES ('e', x'00')",
    );
}

/// A database as a program of that format would have left it.
pub fn filled(database: &Path, format: usize, articles: usize) {
    let connection = Connection::open(database).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.execute_batch("BEGIN").unwrap();
    for (index, file) in files().iter().take(format).enumerate() {
        run(&connection, &std::fs::read_to_string(file).unwrap());
        fill(&connection, index + 1, articles);
    }
    connection.pragma_update(None, "user_version", format as i64).unwrap();
    connection.execute_batch("COMMIT").unwrap();
}

/// What no format may change: ids by address, the entries of each feed in order, the log, and who may do what.
#[derive(Debug, PartialEq, Eq)]
pub struct Kept {
    ids: BTreeMap<String, String>,
    feeds: Vec<(String, String, String)>,
    log: Vec<(i64, i64, String)>,
    tokens: Vec<Vec<u8>>,
}

pub fn kept(database: &Path) -> Kept {
    let connection = Connection::open(database).unwrap();
    fn rows<T>(connection: &Connection, sql: &str, read: impl Fn(&rusqlite::Row) -> T) -> Vec<T> {
        let mut statement = connection.prepare(sql).unwrap();
        statement.query_map([], |row| Ok(read(row))).unwrap().map(Result::unwrap).collect()
    }
    let text = |row: &rusqlite::Row, column: usize| row.get::<_, String>(column).unwrap();
    let ids = rows(&connection, "SELECT url, guid FROM article", |row| (text(row, 0), text(row, 1)));
    let feeds = "
        SELECT feed.name, feed.guid, article.guid FROM entry JOIN feed ON feed.id = feed
        JOIN article ON article.id = article ORDER BY feed, entry.published, article";
    Kept {
        ids: ids.into_iter().collect(),
        feeds: rows(&connection, feeds, |row| (text(row, 0), text(row, 1), text(row, 2))),
        log: rows(&connection, "SELECT seq, article, kind FROM change ORDER BY seq", |row| {
            (row.get(0).unwrap(), row.get(1).unwrap(), text(row, 2))
        }),
        tokens: rows(&connection, "SELECT hash FROM token ORDER BY hash", |row| row.get(0).unwrap()),
    }
}

#[actix_web::test]
async fn a_filled_database_of_each_earlier_format_keeps_its_articles_ids_and_feeds() {
    const ARTICLES: usize = 130;
    for format in 1..=newest() {
        let data = tempfile::tempdir().unwrap();
        let database = data.path().join(DATABASE_FILE);
        filled(&database, format, ARTICLES);
        let before = kept(&database);
        let store = Store::open(data.path()).unwrap();
        assert_eq!(kept(&database), before, "format {format}");
        assert_eq!(before.ids.len(), ARTICLES);
        for key in [FeedKey::All, FeedKey::Portal("p".into()), FeedKey::Section("p".into(), "a".into())] {
            let feed = store.feed(key.clone(), Part::default(), 1_000).await.unwrap().unwrap();
            let read: Vec<String> = feed.articles.iter().rev().map(|article| article.id.to_string()).collect();
            let expected = before.feeds.iter().filter(|(name, ..)| *name == key.to_string());
            assert_eq!(read, expected.map(|(_, _, id)| id.clone()).collect::<Vec<_>>(), "format {format}: {key}");
            let told = store.changes(key.clone(), Cursor::default(), 500).await.unwrap().unwrap();
            let known = told.changes.iter().filter(|change| change.article.is_some()).count();
            assert_eq!(known, read.len(), "format {format}: a partner gets what stands in {key}");
        }
        drop(store);
        assert_eq!(doctor::examine(data.path()).unwrap(), [], "format {format}");
    }
}
