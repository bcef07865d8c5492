//! A disk that is full or cannot be written: what was stored stays, feeds are answered, and work goes on once there is
//! room. A limit on the size of files stands for the disk's end, for it meets every write at any byte; a small file system
//! of our own that is filled up is the real thing.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::{Arc, Mutex};

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

use crate::faults::program::{Limit, Program, left_behind};
use crate::faults::site::{self, Site};
use crate::faults::stored::{Stored, stored};
use crate::migrations;

/// Ends of the disk, in blocks of 512 bytes: before the first page, within the log's index, and within the log.
const ENDS: [u64; 10] = [0, 1, 8, 40, 66, 70, 96, 140, 200, 300];
/// Room that is left on a file system, in bytes: none, and some of what a run needs.
const ROOMS: [u64; 6] = [0, 4096, 8192, 16 * 1024, 32 * 1024, 64 * 1024];

#[test]
fn a_run_on_a_full_disk_fails_in_words_and_the_next_makes_it_up() {
    let stories = Arc::new(Mutex::new(3));
    let site = site::growing(&stories);
    let program = Program::with(&[("street.toml", site.file("street", &["news"]))]);
    let (mut before, mut failed) = (Stored::default(), 0);
    for blocks in ENDS {
        *stories.lock().unwrap() += 1;
        let said = program.run(Limit::Full { blocks }, &["ingest"]);
        assert_eq!(said.signal, None, "a full disk ends nothing by itself: {}", said.err);
        if !said.is_fine() {
            failed += 1;
            let told = ["disk", "database", "full", "large"].iter().any(|word| said.err.contains(word));
            assert!(told, "{blocks}: {}", said.err);
        }
        let now = stored(&program.database());
        now.keeps(&before, &format!("end at {blocks}"));
        before = now;
    }
    assert!(failed > ENDS.len() / 2, "only {failed} runs met the end of the disk");
    assert!(program.run(Limit::None, &["ingest"]).is_fine());
    let now = stored(&program.database());
    now.keeps(&before, "the last run");
    assert_eq!(now.ids.len(), *stories.lock().unwrap());
}

#[test]
fn a_backup_on_a_full_disk_keeps_the_copy_of_yesterday_and_a_restore_the_database() {
    let program = Program::alone();
    std::fs::create_dir(program.path("copies")).unwrap();
    migrations::filled(&program.database(), migrations::newest(), 200);
    let before = migrations::kept(&program.database());
    assert!(program.run(Limit::None, &["backup", "copies/copy.db"]).is_fine());
    let yesterday = std::fs::read(program.path("copies/copy.db")).unwrap();
    for share in [0, 1, 2, 3] {
        let limit = Limit::Full { blocks: share * yesterday.len() as u64 / 512 / 4 };
        let said = program.run(limit, &["backup", "copies/copy.db"]);
        assert!(said.code == Some(1) && !said.err.is_empty(), "{said:?}");
        assert!(std::fs::read(program.path("copies/copy.db")).unwrap() == yesterday);
        let said = program.run(limit, &["restore", "copies/copy.db"]);
        assert!(said.code == Some(1) && !said.err.is_empty(), "{said:?}");
        assert_eq!(migrations::kept(&program.database()), before);
        assert_eq!((left_behind(&program.path("copies")), left_behind(&program.data())), (vec![], vec![]));
    }
    assert!(program.run(Limit::None, &["restore", "copies/copy.db"]).is_fine());
    assert_eq!(migrations::kept(&program.database()), before);
}

#[test]
fn a_migration_on_a_full_disk_leaves_the_old_format_and_is_made_up() {
    let program = Program::alone();
    for blocks in ENDS {
        let _ = std::fs::remove_dir_all(program.data());
        std::fs::create_dir(program.data()).unwrap();
        migrations::filled(&program.database(), 1, 120);
        let before = migrations::kept(&program.database());
        let said = program.run(Limit::Full { blocks }, &["token", "list"]);
        assert!(said.code == Some(1) && said.err.contains("cannot open the tokens"), "{blocks}: {said:?}");
        assert_eq!(migrations::kept(&program.database()), before);
        assert!(program.run(Limit::None, &["token", "list"]).is_fine());
        assert_eq!(migrations::kept(&program.database()), before);
    }
}

#[test]
fn a_server_whose_disk_fills_up_in_a_run_answers_on_and_reads_again_once_there_is_room() {
    let stories = Arc::new(Mutex::new(3));
    let (known, victim) = (Arc::clone(&stories), Arc::new(Mutex::new(None::<Pid>)));
    let full = Arc::clone(&victim);
    // The disk is full from the moment the list is read: the run is begun, and cannot be ended.
    let site = Site::answering(move |asked| {
        if let Some(number) = site::number(&asked.path) {
            return site::html(&site::story(number));
        }
        if let Some(pid) = *full.lock().unwrap() {
            let limit = Rlimit { current: Some(0), ..getrlimit(Resource::Fsize) };
            prlimit(Some(pid), Resource::Fsize, limit).unwrap();
        }
        site::html(&site::list("news", 1..*known.lock().unwrap() + 1))
    });
    let program = Program::with(&[("street.toml", site.file("street", &["news"]))]);
    assert!(program.run(Limit::None, &["ingest"]).is_fine());
    let server = program.serve_on_small_disk();
    let path = "/feeds/street/news.atom";
    let before = server.get(path);
    assert_eq!(before.0, 200);
    *stories.lock().unwrap() += 1;
    *victim.lock().unwrap() = Some(server.pid());
    let (status, said) = server.ingest();
    assert!(status == 202 && said.contains("\"state\":\"failed\""), "{status}: {said}");
    *victim.lock().unwrap() = None;
    for path in [path, "/feeds/street/news.rss?limit=2", "/readyz", "/healthz", "/"] {
        assert_eq!(server.get(path).0, 200, "{path}");
    }
    assert!(server.get(path).2 == before.2, "the last good copy");
    assert_eq!(server.ingest().0, 503, "what cannot be kept is not ordered");
    server.has_room_for(None);
    let (status, said) = server.ingest();
    assert!(status == 202 && said.contains("\"state\":\"done\""), "{status}: {said}");
    server.get_with(path, &site::title(4));
    assert_eq!(server.stop(), Some(0));
    assert_eq!(stored(&program.database()).ids.len(), 4);
}

/// Large enough for some dozens of stories with their log; small enough to be filled in a moment.
const VOLUME_BYTES: u64 = 8 * 1024 * 1024;

#[test]
fn a_file_system_that_is_full_to_the_last_byte_loses_nothing_and_work_goes_on_once_there_is_room() {
    let stories = Arc::new(Mutex::new(3));
    let site = site::growing(&stories);
    let mut program = Program::with(&[("street.toml", site.file("street", &["news"]))]);
    if !program.has_volume(VOLUME_BYTES) {
        return;
    }
    let (volume, copy) = (program.volume(), program.path("copy"));
    assert!(program.run(Limit::None, &["ingest"]).is_fine());
    let mut before = stored(&volume.copy_out(&copy));
    assert_eq!(before.ids.len(), 3);
    let server = program.serve();
    let path = "/feeds/street/news.atom";
    let good = server.get(path).2;
    let mut failed = 0;
    for room in ROOMS {
        volume.fill_but(room);
        *stories.lock().unwrap() += 1;
        let (status, said) = server.ingest();
        let is_stored = status == 202 && said.contains("\"state\":\"done\"");
        assert!(is_stored || status == 503 || said.contains("\"state\":\"failed\""), "{room}: {status}: {said}");
        failed += usize::from(!is_stored);
        for path in [path, "/feeds/street/news.rss?limit=2", "/readyz", "/healthz", "/"] {
            assert_eq!(server.get(path).0, 200, "{room}: {path}");
        }
        assert!(is_stored || server.get(path).2 == good, "{room}: the last good copy");
    }
    assert!(failed > 0, "no run met the end of the file system");
    server.kill();
    let now = stored(&volume.copy_out(&copy));
    now.keeps(&before, "killed on a full file system");
    before = now;
    // Also what is started there answers with what it has.
    volume.fill();
    let server = program.serve();
    assert_eq!(server.get(path).0, 200, "started on a full file system");
    volume.clear();
    let (status, said) = server.ingest();
    assert!(status == 202 && said.contains("\"state\":\"done\""), "{status}: {said}");
    server.get_with(path, &site::title(*stories.lock().unwrap()));
    assert_eq!(server.stop(), Some(0));
    let now = stored(&volume.copy_out(&copy));
    now.keeps(&before, "there is room again");
    assert_eq!(now.ids.len(), *stories.lock().unwrap());
}

#[test]
fn a_folder_that_cannot_be_written_is_named_and_nothing_in_it_changes() {
    let program = Program::alone();
    migrations::filled(&program.database(), migrations::newest() - 1, 20);
    let bytes = std::fs::read(program.database()).unwrap();
    let mode = |path: &std::path::Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    // Nobody holds root back, so root asks as nobody; and nobody may not reach every folder a build is made in.
    let is_root = rustix::process::geteuid().is_root();
    let executable = program.path("harbinger");
    std::fs::copy(env!("CARGO_BIN_EXE_harbinger"), &executable).unwrap();
    mode(program.folder.path(), 0o755);
    mode(&program.database(), 0o444);
    mode(&program.data(), 0o555);
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["ingest"], &["token"], &["doctor"]] {
        let mut command = Command::new(&executable);
        command.env_clear().current_dir(program.folder.path()).args(arguments);
        if is_root {
            command.uid(65534).gid(65534);
        }
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(!output.status.success() && output.status.code().is_some(), "{arguments:?}: {said}");
        assert!(said.contains("data") && !said.contains("panicked"), "{arguments:?}: {said}");
        assert!(std::fs::read(program.database()).unwrap() == bytes, "{arguments:?}");
    }
    mode(&program.data(), 0o755);
}
