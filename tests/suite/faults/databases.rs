//! A database that is newer, older, locked, torn, without its log, or wanted by two.

use std::fs::File;
use std::sync::{Arc, Mutex};

use rusqlite::Connection;

use crate::faults::program::{Limit, Program};
use crate::faults::site::{self, Site};
use crate::faults::stored::stored;
use crate::migrations;

const FEED: &str = "/feeds/street/news.atom";

fn reader() -> (Arc<Mutex<usize>>, Site, Program) {
    let stories = Arc::new(Mutex::new(5));
    let site = site::growing(&stories);
    let program = Program::with(&[("street.toml", site.file("street", &["news"]))]);
    assert!(program.run(Limit::None, &["ingest"]).is_fine());
    (stories, site, program)
}

#[test]
fn a_database_newer_than_the_program_is_refused_in_a_clear_line_by_every_command() {
    let program = Program::alone();
    migrations::filled(&program.database(), migrations::newest(), 20);
    assert!(program.run(Limit::None, &["backup", "older.db"]).is_fine());
    Connection::open(program.database()).unwrap().pragma_update(None, "user_version", 999).unwrap();
    std::fs::copy(program.database(), program.path("newer.db")).unwrap();
    let bytes = std::fs::read(program.database()).unwrap();
    for arguments in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["ingest"],
        &["token"],
        &["doctor", "--fix"],
        &["backup", "copy.db"],
        &["restore", "newer.db"],
        &["events", "preview"],
    ] {
        let said = program.run(Limit::None, arguments);
        let text = format!("{}{}", said.out, said.err);
        assert!(said.code.is_some_and(|code| code > 0), "{arguments:?}: {text}");
        assert!(text.contains("newer than this program (its format is 999"), "{arguments:?}: {text}");
        assert!(std::fs::read(program.database()).unwrap() == bytes, "{arguments:?}");
    }
    assert!(program.run(Limit::None, &["restore", "older.db"]).is_fine(), "the way back is a backup");
}

#[test]
fn no_command_beside_a_running_server_changes_the_format_under_it() {
    let program = Program::alone();
    migrations::filled(&program.database(), 1, 20);
    let bytes = std::fs::read(program.database()).unwrap();
    let server = File::create(program.path("data/harbinger.lock")).unwrap();
    server.lock().unwrap();
    for arguments in
        [&["token"][..], &["token", "list"], &["doctor"], &["ingest"], &["serve", "--listen", "127.0.0.1:0"]]
    {
        let said = program.run(Limit::None, arguments);
        let text = format!("{}{}", said.out, said.err);
        assert!(text.contains("another harbinger is using data"), "{arguments:?}: {text}");
        assert!(std::fs::read(program.database()).unwrap() == bytes, "{arguments:?}");
    }
    drop(server);
    assert!(program.run(Limit::None, &["token", "list"]).is_fine());
}

#[test]
fn two_programs_never_work_in_one_folder() {
    let (_stories, _site, program) = reader();
    assert!(program.run(Limit::None, &["backup", "copy.db"]).is_fine());
    let server = program.serve();
    let before = server.get(FEED);
    for arguments in [&["ingest"][..], &["serve", "--listen", "127.0.0.1:0"], &["restore", "copy.db"]] {
        let said = program.run(Limit::None, arguments);
        assert!(said.code.is_some_and(|code| code > 0), "{arguments:?}");
        assert!(said.err.contains("another harbinger is using data"), "{arguments:?}: {}", said.err);
    }
    assert!(program.run(Limit::None, &["backup", "copy.db"]).is_fine(), "a copy can be made beside it");
    assert!(server.get(FEED).2 == before.2);
    server.kill();
    assert!(program.run(Limit::None, &["ingest"]).is_fine(), "a program that was killed holds no lock");
}

#[test]
fn a_database_that_another_holds_for_too_long_stops_runs_but_no_reader() {
    let (stories, _site, program) = reader();
    let server = program.serve();
    let before = server.get(FEED);
    *stories.lock().unwrap() += 1;
    let other = Connection::open(program.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(server.ingest().0, 503);
    for path in [FEED, "/feeds/street/news.rss?limit=2", "/api/v1/headlines", "/readyz"] {
        assert_eq!(server.get(path).0, 200, "{path}");
    }
    assert!(server.get(FEED).2 == before.2);
    other.execute_batch("ROLLBACK").unwrap();
    let (status, said) = server.ingest();
    assert!(status == 202 && said.contains("\"state\":\"done\""), "{status}: {said}");
    server.get_with(FEED, &site::title(6));
}

#[test]
fn a_torn_database_stops_runs_but_no_reader_and_a_backup_brings_all_ids_back() {
    let (stories, _site, program) = reader();
    let whole = stored(&program.database());
    assert!(program.run(Limit::None, &["backup", "copy.db"]).is_fine());
    let server = program.serve();
    let before = server.get(FEED);
    let size = std::fs::metadata(program.database()).unwrap().len() as usize;
    let mut bytes = std::fs::read(program.database()).unwrap();
    bytes[8192..size].fill(0xA5);
    std::fs::write(program.database(), bytes).unwrap();
    *stories.lock().unwrap() += 1;
    let (status, said) = server.ingest();
    assert!(status >= 500 || said.contains("\"state\":\"failed\""), "{status}: {said}");
    assert_eq!(server.get(FEED).0, 200);
    assert!(server.get(FEED).2 == before.2, "the last good copy");
    server.kill();
    let said = program.run(Limit::None, &["doctor"]);
    assert!(said.code == Some(1) && said.out.contains("harbinger restore FILE"), "{said:?}");
    let said = program.run(Limit::None, &["backup", "copy.db"]);
    assert_eq!(said.code, Some(1), "a torn database does not replace a good copy: {said:?}");
    assert!(program.run(Limit::None, &["restore", "copy.db"]).is_fine());
    stored(&program.database()).keeps(&whole, "after the restore");
    assert!(program.run(Limit::None, &["ingest"]).is_fine());
    let now = stored(&program.database());
    now.keeps(&whole, "after the next run");
    assert_eq!(now.ids.len(), 6);
}

#[test]
fn a_log_that_is_cut_torn_or_lost_leaves_a_whole_database_and_the_next_run_makes_it_up() {
    for harm in 0..5_usize {
        let (stories, _site, program) = reader();
        let before = stored(&program.database());
        // What was not yet written into the database stands in the log alone.
        let server = program.serve();
        *stories.lock().unwrap() += 2;
        assert_eq!(server.ingest().0, 202);
        server.kill();
        let log = program.path("data/harbinger.db-wal");
        let mut bytes = std::fs::read(&log).unwrap();
        assert!(bytes.len() > 3 * 4096, "there is something to lose");
        match harm {
            0 => bytes.truncate(10),
            1 => bytes.truncate(32 + 24 + 2048),
            2 => bytes.truncate(bytes.len() / 2 + 100),
            3 => {
                let middle = bytes.len() / 2;
                bytes[middle..middle + 64].fill(0xA5);
            }
            _ => bytes.clear(),
        }
        std::fs::write(&log, bytes).unwrap();
        if harm == 4 {
            std::fs::remove_file(&log).unwrap();
        }
        let said = program.run(Limit::None, &["ingest"]);
        assert!(said.is_fine(), "{harm}: {}", said.err);
        let now = stored(&program.database());
        now.keeps(&before, &format!("harm {harm}"));
        assert_eq!(now.ids.len(), 7, "harm {harm}");
    }
}
