//! Brings a database up to date: the numbered files in `migrations/`, forward only.

use include_dir::{Dir, include_dir};
use rusqlite::{Connection, TransactionBehavior};

use crate::store::StoreError;

static MIGRATIONS: Dir = include_dir!("$CARGO_MANIFEST_DIR/migrations");

/// Runs what is missing, all in one transaction; refuses a database that a newer program wrote.
pub(super) fn run(connection: &mut Connection) -> Result<(), StoreError> {
    let mut files: Vec<_> = MIGRATIONS.files().collect();
    files.sort_by_key(|file| file.path());
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    let found = check(&transaction)?;
    if found == files.len() {
        return Ok(());
    }
    for file in files.iter().skip(found) {
        transaction.execute_batch(file.contents_utf8().expect("migrations are UTF-8, a test reads each"))?;
    }
    transaction.pragma_update(None, "user_version", files.len() as i64)?;
    transaction.commit()?;
    Ok(())
}

/// The format of a database, which is the number of migrations it has seen; an error if a newer program wrote it.
pub(super) fn check(connection: &Connection) -> Result<usize, StoreError> {
    let known = MIGRATIONS.files().count();
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let found = usize::try_from(found).unwrap_or_default();
    if found > known { Err(StoreError::Newer { found, known }) } else { Ok(found) }
}

/// Whether a database is of this program's format; an error if a newer program wrote it.
pub(super) fn is_current(connection: &Connection) -> Result<bool, StoreError> {
    Ok(check(connection)? == MIGRATIONS.files().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fingerprint::Fingerprint;
    use crate::text::fold;

    #[test]
    fn every_migration_is_text_and_numbered_without_a_gap() {
        let mut names: Vec<_> = MIGRATIONS.files().map(|file| file.path().display().to_string()).collect();
        names.sort();
        for (index, name) in names.iter().enumerate() {
            assert!(name.starts_with(&format!("{:04}_", index + 1)), "{name}");
        }
        assert!(MIGRATIONS.files().all(|file| file.contents_utf8().is_some()));
    }

    #[test]
    fn articles_stored_before_explanations_stay_and_have_none() {
        let mut connection = Connection::open_in_memory().unwrap();
        let first = MIGRATIONS.get_file("0001_initial.sql").unwrap().contents_utf8().unwrap();
        connection.execute_batch(first).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        let article = "
            INSERT INTO article (
                id, guid, portal, url, published, updated, first_seen, title, html, authors, photographers, keywords,
                language, images, is_machine_copy, signs, damage, revision_hash
            ) VALUES (7, 'g', 'p', 'u', '', '', '', 't', '', '[]', '[]', '[]', 'zh', '[]', 0, '{}', 0, x'');
            INSERT INTO change (article, kind, at) VALUES (7, 'added', '');";
        connection.execute_batch(article).unwrap();
        run(&mut connection).unwrap();
        let sql =
            "SELECT count(article.id), count(explanation.report) FROM article LEFT JOIN explanation ON article = id";
        let counts = connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(counts, (1, 0));
    }

    #[test]
    fn sections_that_only_a_copy_brought_are_not_counted_as_the_homes() {
        let mut connection = Connection::open_in_memory().unwrap();
        for name in ["0001_initial.sql", "0002_explanations.sql", "0003_templates.sql", "0004_alarms.sql"] {
            connection.execute_batch(MIGRATIONS.get_file(name).unwrap().contents_utf8().unwrap()).unwrap();
        }
        connection.pragma_update(None, "user_version", 4).unwrap();
        let filled = "
            INSERT INTO article (
                id, guid, portal, url, published, updated, first_seen, title, html, authors, photographers, keywords,
                language, images, is_machine_copy, signs, damage, revision_hash
            ) VALUES (7, 'g', 'p', 'u', '', '', '', 't', '', '[]', '[]', '[]', 'zh', '[]', 0, '{}', 0, x'');
            INSERT INTO page (key, url, portal, section, article, is_copy, checked)
            VALUES ('home', 'u', 'p', 'first', 7, 0, ''), ('copy', 'v', 'p', 'brought', 7, 1, '');
            INSERT INTO placement (article, portal, section)
            VALUES (7, 'p', 'first'), (7, 'p', 'second'), (7, 'p', 'brought');";
        connection.execute_batch(filled).unwrap();
        run(&mut connection).unwrap();
        let sql = "SELECT group_concat(page || ' ' || section) FROM page_section";
        let linked: String = connection.query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(linked, "home second");
    }

    #[test]
    fn fingerprints_stored_before_there_were_pairs_are_found_by_them() {
        let mut connection = Connection::open_in_memory().unwrap();
        let before = MIGRATIONS.files().filter(|file| file.path().as_os_str() < "0014");
        let mut before: Vec<_> = before.collect();
        before.sort_by_key(|file| file.path());
        for file in &before {
            connection.execute_batch(file.contents_utf8().unwrap()).unwrap();
        }
        connection.pragma_update(None, "user_version", before.len() as i64).unwrap();
        let text = "江城的早市搬进了新棚。天还没亮，卖豆腐的老秦已经把炉子点着，蒸汽顺着棚顶的缝往外冒。他说，露天摆了二十年，\
            冬天手指冻得伸不直，如今棚里有暖气，顾客愿意多站一会儿。";
        let fingerprint = Fingerprint::of(&fold::folded(text)).unwrap();
        let article = "
            INSERT INTO article (
                id, guid, portal, url, published, updated, first_seen, title, html, authors, photographers, keywords,
                language, images, is_machine_copy, signs, damage, revision_hash
            ) VALUES (7, 'g', 'p', 'u', '', '', '', 't', '', '[]', '[]', '[]', 'zh', '[]', 0, '{}', 0, x'');
            INSERT INTO band (hash, article) VALUES (1, 7)";
        connection.execute_batch(article).unwrap();
        let sql = "INSERT INTO fingerprint (article, minima) VALUES (7, ?)";
        connection.execute(sql, [fingerprint.to_bytes()]).unwrap();
        run(&mut connection).unwrap();
        let mut expected = fingerprint.bands().map(|band| (band.pair.to_vec(), band.tags.to_vec())).to_vec();
        expected.sort();
        let mut statement = connection.prepare("SELECT pair, tags FROM band WHERE article = 7 ORDER BY pair").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(rows.collect::<Result<Vec<(Vec<u8>, Vec<u8>)>, _>>().unwrap(), expected);
    }

    #[test]
    fn a_database_of_a_newer_program_is_refused_and_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 999).unwrap();
        let error = run(&mut connection).unwrap_err();
        assert!(error.to_string().contains("newer"), "{error}");
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        assert_eq!(tables, 0);
    }
}
