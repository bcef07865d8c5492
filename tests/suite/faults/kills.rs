//! `kill -9` at more than two hundred points, found by dice whose seed is printed: at requests the portal sees, at bytes
//! that are written, at deliveries and in the middle of an answer. `FAULT_SEED` takes other dice.

use std::sync::{Arc, Mutex};

use harbinger::sample::words::Dice;

use crate::faults::program::{Limit, Program, left_behind};
use crate::faults::site::{self, Kill, Site};
use crate::faults::stored::{Stored, follow, stored};
use crate::{export, migrations};

/// Kills of each kind; together more than two hundred.
const AT_REQUESTS: usize = 60;
const AT_WRITES: usize = 50;
const IN_MIGRATIONS: usize = 40;
const IN_BACKUPS: usize = 30;
const IN_EXPORTS: usize = 12;
const AT_DELIVERIES: usize = 15;
const IN_ANSWERS: usize = 15;

/// A run that nobody kills comes before each of so many kills, or what is missing would grow with every one.
const FREE_EVERY: usize = 5;

/// The dice of a test.
fn dice(test: u64) -> Dice {
    let seed = std::env::var("FAULT_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1_u64);
    println!("FAULT_SEED={seed}");
    Dice::new(seed * 100 + test)
}

/// A program that reads a portal of as many stories as the counter says.
fn reader() -> (Arc<Mutex<usize>>, Site, Program) {
    let stories = Arc::new(Mutex::new(3));
    let site = site::growing(&stories);
    let program = Program::with(&[("street.toml", site.file("street", &["news"]))]);
    (stories, site, program)
}

#[actix_web::test]
async fn a_run_killed_at_any_request_loses_nothing_and_repeats_nothing() {
    let (mut dice, (stories, site, program)) = (dice(1), reader());
    let (mut before, mut partner, mut killed) = (Stored::default(), Default::default(), 0);
    for kill in 0..AT_REQUESTS {
        *stories.lock().unwrap() += 1;
        if kill % FREE_EVERY == 0 {
            assert!(program.run(Limit::None, &["ingest"]).is_fine());
            *stories.lock().unwrap() += 1;
        }
        let (after, is_answered) = (dice.below(3), dice.below(2) == 0);
        let mut child = program.spawn(Limit::None, &["ingest"]);
        site.kills(Some(Kill { victim: rustix::process::Pid::from_child(&child), after, is_answered }));
        killed += usize::from(!child.wait().unwrap().success());
        site.kills(None);
        let now = stored(&program.database());
        now.keeps(&before, &format!("kill {kill} at request {after}"));
        before = now;
    }
    assert!(killed >= AT_REQUESTS - 2, "only {killed} were killed");
    assert!(program.run(Limit::None, &["ingest"]).is_fine());
    let now = stored(&program.database());
    now.keeps(&before, "the last run");
    assert_eq!(now.ids.len(), *stories.lock().unwrap(), "the next run makes up what was missing");
    follow(&program.data(), &mut partner).await;
}

#[actix_web::test]
async fn a_run_killed_at_any_write_loses_nothing_and_repeats_nothing() {
    let (mut dice, (stories, _site, program)) = (dice(2), reader());
    let (mut before, mut partner, mut killed) = (Stored::default(), Default::default(), 0);
    for kill in 0.. {
        if killed == AT_WRITES {
            break;
        }
        if kill % FREE_EVERY == 0 {
            assert!(program.run(Limit::None, &["ingest"]).is_fine());
        }
        *stories.lock().unwrap() += 1;
        // Most of them beyond the size of the shared index of the log, which is written first.
        let blocks = if dice.below(8) == 0 { dice.below(66) } else { 66 + dice.below(200) } as u64;
        let status = program.spawn(Limit::Dead { blocks }, &["ingest"]).wait().unwrap();
        killed += usize::from(!status.success());
        assert!(kill < 4 * AT_WRITES, "only {killed} were killed");
        let now = stored(&program.database());
        now.keeps(&before, &format!("kill {kill} at block {blocks}"));
        if kill % FREE_EVERY == 0 {
            follow(&program.data(), &mut partner).await;
        }
        before = now;
    }
    assert!(program.run(Limit::None, &["ingest"]).is_fine());
    assert_eq!(stored(&program.database()).ids.len(), *stories.lock().unwrap());
    follow(&program.data(), &mut partner).await;
}

#[test]
fn a_migration_killed_at_any_write_leaves_the_old_format_or_the_new_one() {
    let mut dice = dice(3);
    let program = Program::alone();
    let mut killed = 0;
    for kill in 0.. {
        if killed == IN_MIGRATIONS {
            break;
        }
        let _ = std::fs::remove_dir_all(program.data());
        std::fs::create_dir(program.data()).unwrap();
        let format = 1 + dice.below(migrations::newest() - 1);
        migrations::filled(&program.database(), format, 60);
        let before = migrations::kept(&program.database());
        let blocks = 66 + dice.below(400) as u64;
        let status = program.spawn(Limit::Dead { blocks }, &["token", "list"]).wait().unwrap();
        killed += usize::from(!status.success());
        assert!(kill < 4 * IN_MIGRATIONS, "only {killed} were killed");
        let case = format!("kill {kill} at block {blocks}, from format {format}");
        assert_eq!(migrations::kept(&program.database()), before, "{case}");
        let said = program.run(Limit::None, &["token", "list"]);
        assert!(said.is_fine(), "{case}: {}", said.err);
        assert_eq!(migrations::kept(&program.database()), before, "{case}");
        let said = program.run(Limit::None, &["doctor"]);
        assert!(said.out.contains("database: in order"), "{case}: {}", said.out);
    }
}

#[test]
fn a_backup_killed_at_any_write_leaves_the_copy_of_yesterday_and_no_litter() {
    let mut dice = dice(4);
    let program = Program::alone();
    migrations::filled(&program.database(), migrations::newest(), 200);
    let copy = program.path("copies/copy.db");
    std::fs::create_dir(program.path("copies")).unwrap();
    let before = migrations::kept(&program.database());
    assert!(program.run(Limit::None, &["backup", "copies/copy.db"]).is_fine());
    let yesterday = std::fs::read(&copy).unwrap();
    let mut killed = 0;
    for kill in 0.. {
        if killed == IN_BACKUPS {
            break;
        }
        let blocks = 1 + dice.below(yesterday.len() / 512) as u64;
        let status = program.spawn(Limit::Dead { blocks }, &["backup", "copies/copy.db"]).wait().unwrap();
        killed += usize::from(!status.success());
        assert!(kill < 4 * IN_BACKUPS, "only {killed} were killed");
        assert!(std::fs::read(&copy).unwrap() == yesterday, "kill {kill} at block {blocks}");
        assert_eq!(migrations::kept(&program.database()), before);
        // The copy that was not finished, and its journal.
        assert!(left_behind(&program.path("copies")).len() <= 2, "what earlier kills left behind is removed");
    }
    assert!(program.run(Limit::None, &["backup", "copies/copy.db"]).is_fine());
    assert_eq!(left_behind(&program.path("copies")), Vec::<String>::new());
    assert_eq!(migrations::kept(&copy), before);
}

#[test]
fn an_export_killed_at_any_write_leads_readers_on_and_is_made_up() {
    let (mut dice, (stories, _site, program)) = (dice(7), reader());
    std::fs::write(program.path("harbinger.toml"), format!("base_url = \"{}\"", export::BASE)).unwrap();
    *stories.lock().unwrap() = 130;
    assert!(program.run(Limit::None, &["ingest"]).is_fine());
    assert!(program.run(Limit::None, &["export", "site"]).is_fine());
    let site = program.path("site");
    let largest = export::files(&site).values().map(|path| path.metadata().unwrap().len()).max().unwrap();
    // All of them beyond the size of the shared index of the database's log.
    let blocks = largest as usize / 512 - 66;
    let mut killed = 0;
    for kill in 0.. {
        if killed == IN_EXPORTS {
            break;
        }
        *stories.lock().unwrap() += 1;
        assert!(program.run(Limit::None, &["ingest"]).is_fine());
        let blocks = 66 + dice.below(blocks) as u64;
        let status = program.spawn(Limit::Dead { blocks }, &["export", "site"]).wait().unwrap();
        killed += usize::from(!status.success());
        assert!(kill < 4 * IN_EXPORTS, "only {killed} were killed");
        assert!(export::every_link_leads_to_a_file(&site) > 100);
        let (ids, _) = export::walk(&site, "feeds/street/news.atom", "prev-archive");
        assert!(ids.len() >= 130, "kill {kill} at block {blocks}: {} entries", ids.len());
    }
    assert!(program.run(Limit::None, &["export", "site"]).is_fine());
    assert!(program.run(Limit::None, &["export", "fresh"]).is_fine());
    let content = |place: &str| -> Vec<(String, Vec<u8>)> {
        let read = |(name, path): (String, std::path::PathBuf)| (name, std::fs::read(path).unwrap());
        export::files(&program.path(place)).into_iter().map(read).collect()
    };
    assert!(content("site") == content("fresh"), "an export that was interrupted leaves nothing behind");
    let (ids, _) = export::walk(&site, "feeds/street/news.atom", "prev-archive");
    assert_eq!(ids.len(), *stories.lock().unwrap());
}

#[test]
fn a_hub_killed_at_deliveries_still_owes_them_after_the_next_start() {
    let (stories, _portal, program) = reader();
    assert!(program.run(Limit::None, &["ingest"]).is_fine());
    let (tell, told) = std::sync::mpsc::channel();
    let subscriber = Site::answering(move |asked| {
        let challenge = asked.path.split_once("hub.challenge=").and_then(|(_, rest)| rest.split('&').next());
        tell.send(asked.method.clone()).unwrap();
        site::answer("200 OK", "", challenge.unwrap_or_default().as_bytes())
    });
    let server = program.serve();
    // The topics stand under the address it is served at.
    let base = server.base.clone();
    let topic = format!("{base}/feeds/street/news.rss");
    let form = [("hub.mode", "subscribe"), ("hub.topic", &topic), ("hub.callback", &subscriber.url("/call"))];
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    assert_eq!(server.post("/hub", "application/x-www-form-urlencoded", &form).0, 202);
    assert_eq!(told.recv().unwrap(), "GET");
    assert_eq!(server.stop(), Some(0));
    *stories.lock().unwrap() += 1;
    assert!(program.run(Limit::None, &["ingest"]).is_fine());
    let again = ["serve", "--listen", base.trim_start_matches("http://")];
    for kill in 0..AT_DELIVERIES {
        if kill % 5 == 4 {
            *stories.lock().unwrap() += 1;
            assert!(program.run(Limit::None, &["ingest"]).is_fine());
        }
        let mut child = program.spawn(Limit::None, &again);
        let victim = rustix::process::Pid::from_child(&child);
        subscriber.kills(Some(Kill { victim, after: 0, is_answered: false }));
        assert!(!child.wait().unwrap().success(), "it is killed at a delivery");
    }
    subscriber.kills(None);
    subscriber.asked();
    let mut child = program.spawn(Limit::None, &again);
    assert_eq!(told.recv().unwrap(), "POST");
    let sent = subscriber.asked();
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::TERM).unwrap();
    assert!(child.wait().unwrap().success());
    let newest = String::from_utf8_lossy(&sent[0].body).into_owned();
    assert!(newest.contains(&site::title(*stories.lock().unwrap())), "the newest version is sent: {newest}");
    // Once it is delivered and noted, no start sends it again.
    let mut child = program.spawn(Limit::None, &again);
    let health = format!("{base}/readyz");
    while !program.run(Limit::None, &["health", "--url", &health]).is_fine() {}
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::TERM).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(subscriber.asked().is_empty(), "a delivery was repeated");
}

#[test]
fn a_server_killed_while_it_renders_and_answers_gives_the_same_feed_after_the_next_start() {
    let (mut dice, (_stories, _site, program)) = (dice(6), reader());
    assert!(program.run(Limit::None, &["ingest"]).is_fine());
    let path = "/feeds/street/news.atom";
    let server = Program::serve(&program);
    let base = server.base.clone();
    let (_, fields, body) = server.get(path);
    let etag = |fields: &str| fields.lines().find(|line| line.starts_with("etag:")).map(str::to_owned);
    drop(server);
    for kill in 0..IN_ANSWERS {
        let server = program.serve_at(&base);
        let mut stream = server.connect();
        std::io::Write::write_all(&mut stream, format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes()).unwrap();
        let mut read = vec![0; dice.below(body.len())];
        std::io::Read::read_exact(&mut stream, &mut read).unwrap();
        server.kill();
        stored(&program.database());
        let server = program.serve_at(&base);
        let (status, now, again) = server.get(path);
        assert_eq!((status, etag(&now)), (200, etag(&fields)), "kill {kill} after {} bytes", read.len());
        assert!(again == body, "kill {kill}: other bytes under the same address");
    }
}
