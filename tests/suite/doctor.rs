//! What the doctor finds in a database, and mends without losing anything.

use std::process::{Command, Output};

use rusqlite::Connection;

use crate::house::House;

async fn doctor(house: &House, arguments: &[&str]) -> (Output, String) {
    let data_dir = house.data_dir().to_owned();
    let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
    let work = move || {
        std::fs::create_dir_all(data_dir.join("feeds")).unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_harbinger"));
        let program = program.env_clear().current_dir(&data_dir).arg("doctor").arg("--data-dir").arg(&data_dir);
        program.args(arguments).output().unwrap()
    };
    let output = tokio::task::spawn_blocking(work).await.unwrap();
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    (output, said)
}

#[actix_web::test]
async fn a_sound_house_has_nothing_to_mend_also_while_it_works() {
    let house = House::with_articles().await;
    let (_, said) = doctor(&house, &[]).await;
    assert!(said.contains("database: in order"), "{said}");
}

#[actix_web::test]
async fn entries_that_got_lost_or_astray_are_put_right_under_their_ids() {
    let mut house = House::with_articles().await;
    let before = house.items("feeds/binghe/yw").await;
    house.stop().await;
    let database = Connection::open(house.data_dir().join("harbinger.db")).unwrap();
    database
        .execute_batch(
            "PRAGMA foreign_keys = off;
             DELETE FROM entry WHERE article = (SELECT max(article) FROM placement WHERE section = 'yw');
             UPDATE entry SET published = '2020-01-01T00:00:00Z' WHERE article =
                 (SELECT min(article) FROM placement WHERE section = 'yw');
             INSERT INTO placement (article, portal, section) VALUES (999999, 'binghe', 'yw');",
        )
        .unwrap();
    drop(database);
    let (_, said) = doctor(&house, &[]).await;
    assert!(said.contains("2 articles do not stand in the feeds they belong in"), "{said}");
    assert!(said.contains("1 rows of “placement”") && said.contains("--fix"), "{said}");
    let (_, said) = doctor(&house, &["--fix"]).await;
    assert!(said.contains("2 of 2 findings are mended"), "{said}");
    house.restart().await;
    house.settle().await;
    let ids = |items: &[serde_json::Value]| items.iter().map(|item| item["id"].to_string()).collect::<Vec<_>>();
    assert_eq!(ids(&house.items("feeds/binghe/yw").await), ids(&before));
}

#[actix_web::test]
async fn a_torn_database_is_told_and_left_as_it_is() {
    let mut house = House::with_articles().await;
    house.stop().await;
    let path = house.data_dir().join("harbinger.db");
    let database = Connection::open(&path).unwrap();
    database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(database);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0xA5);
    std::fs::write(&path, &bytes).unwrap();
    let (output, said) = doctor(&house, &["--fix"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("harbinger restore FILE"), "{said}");
    assert!(std::fs::read(&path).unwrap() == bytes, "not a byte of it was touched");
}
