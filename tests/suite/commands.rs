//! The command line: what people and scripts see of it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use harbinger::sample::SamplePortal;
use harbinger::sample::catalogue::catalogue_toml;
use serde_json::Value;

fn harbinger(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harbinger"));
    command.env_clear().current_dir(folder).args(arguments).output().unwrap()
}

/// The same from a test whose portal runs in this process.
pub async fn run(folder: &Path, arguments: &[&str]) -> Output {
    let (folder, arguments) = (folder.to_owned(), arguments.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
    let work = move || harbinger(&folder, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    tokio::task::spawn_blocking(work).await.unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub fn feeds(folder: &Path, files: &[(String, String)]) {
    fs::create_dir_all(folder.join("feeds")).unwrap();
    for (name, text) in files {
        fs::write(folder.join("feeds").join(name), text).unwrap();
    }
}

#[test]
fn the_shipped_configuration_is_in_order() {
    let output = harbinger(Path::new(env!("CARGO_MANIFEST_DIR")), &["check"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(said.contains("portal hljnews: 黑龙江新闻网, 10 sections"), "{said}");
    assert!(said.contains("event world-mayors-dialogue"), "{said}");
}

#[test]
fn every_mistake_in_every_file_is_named_at_once_with_file_line_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let portal = r#"[portal]
id = "One"
title = "One"
home = "one.example"
language = "zh_CN"
timezone = "Asia/Nowhere"
schedule = "every hour"
colour = "red"
[[section]]
id = "a"
title = "A"
sources = [{ list = "https://one.example/a/", links = "..b" }]
"#;
    let event = "[event]\nid = \"e\"\ntitle = \"E\"\nlanguage = \"en\"\nstarts = 2026-01-08\nends = 2026-01-06\n";
    feeds(
        folder.path(),
        &[
            ("one.toml".into(), portal.into()),
            ("two.toml".into(), event.into()),
            ("three.toml".into(), "[portal".into()),
        ],
    );
    let output = harbinger(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    for expected in [
        "feeds/one.toml:2: portal.id",
        "feeds/one.toml:4: portal.home",
        "feeds/one.toml:5: portal.language",
        "feeds/one.toml:6: portal.timezone",
        "feeds/one.toml:7: portal.schedule",
        "feeds/one.toml:8: portal.colour",
        "feeds/one.toml:12: section[1].sources[1].links",
        "feeds/two.toml:6: event.ends",
        "feeds/three.toml:1",
    ] {
        assert!(said.contains(expected), "no “{expected}” in:\n{said}");
    }
    for command in ["serve", "ingest"] {
        let output = harbinger(folder.path(), &[command]);
        assert_eq!(output.status.code(), Some(2), "{command}");
        assert!(text(&output.stderr).contains("portal.timezone"), "{command}");
    }
}

#[test]
fn what_cannot_start_says_why_and_never_panics() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["serve"][..],
        &["check", "--feeds-dir", "nowhere"],
        &["serve", "--config", "nowhere.toml"],
        &["serve", "--listen", "nonsense"],
        &["ingest", "--section", "a"],
        &["nonsense"],
        &["inspect", "nowhere.html"],
        &["health", "--url", "http://127.0.0.1:1/"],
        &["token", "--data-dir", "/proc/nowhere"],
    ] {
        let output = harbinger(folder.path(), arguments);
        assert!(!output.status.success(), "{arguments:?}");
        let said = text(&output.stderr);
        assert!(!said.is_empty(), "{arguments:?} said nothing");
        assert!(!said.contains("panicked") && !said.contains("Error {"), "{arguments:?}: {said}");
    }
}

#[actix_web::test]
async fn ingest_prints_its_record_and_its_status_tells_how_it_went() {
    let portal = SamplePortal::start("127.0.0.1:0").await.unwrap();
    portal.keep_still();
    let folder = tempfile::tempdir().unwrap();
    feeds(folder.path(), &catalogue_toml(&portal.base_url()));
    let output = run(folder.path(), &["ingest", "--portal", "binghe", "--section", "yw", "--json"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let record: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&record["state"], &record["trigger"]), (&"done".into(), &"cli".into()));
    assert!(record["new"].as_u64().unwrap() > 3);
    assert!(text(&output.stderr).contains("binghe/yw"), "no progress on stderr");
    portal.fail("/ms/", 500);
    let output = run(folder.path(), &["ingest", "--portal", "binghe", "--section", "ms"]).await;
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("500"));
    let output = run(folder.path(), &["ingest", "--portal", "nobody"]).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("known are: binghe"), "{}", text(&output.stderr));
}

#[test]
fn a_token_is_printed_once_and_only_its_hash_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let output = harbinger(folder.path(), &["token"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let token = text(&output.stdout).trim().to_owned();
    assert!(token.starts_with("hbg_") && token.len() > 40, "{token}");
    let again = text(&harbinger(folder.path(), &["token"]).stdout);
    assert_ne!(again.trim(), token);
    for entry in fs::read_dir(folder.path().join("data")).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()));
    }
}

#[actix_web::test]
async fn inspect_shows_every_field_and_what_was_removed() {
    let portal = SamplePortal::start("127.0.0.1:0").await.unwrap();
    portal.keep_still();
    let folder = tempfile::tempdir().unwrap();
    feeds(folder.path(), &catalogue_toml(&portal.base_url()));
    let truth = harbinger::sample::truth::truth().into_iter().find(|truth| truth.path.contains("300101")).unwrap();
    let url = portal.base_url().join(&truth.path).unwrap();
    let output = run(folder.path(), &["inspect", url.as_str(), "--json"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["title"], truth.title);
    for key in [
        "url",
        "canonical_url",
        "title",
        "author",
        "editor",
        "source",
        "published",
        "updated",
        "language",
        "section",
        "images",
        "html",
        "text",
        "removed",
        "warnings",
    ] {
        assert!(report.get(key).is_some(), "{key} is missing");
    }
    assert!(!folder.path().join("data").exists(), "inspect stores nothing");
    let output = run(folder.path(), &["inspect", url.as_str()]).await;
    assert!(text(&output.stdout).contains(&truth.title));
    let page = folder.path().join("page.html");
    fs::write(&page, "<html><body><p>nothing here</p></body></html>").unwrap();
    let output = run(folder.path(), &["inspect", page.to_str().unwrap(), "--url", url.as_str()]).await;
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn words_of_spam_that_the_operator_adds_are_heeded_and_their_mistakes_named() {
    let folder = tempfile::tempdir().unwrap();
    let story = "一夜大雪之后，清雪队凌晨出动，到早晨七点主要街道都已经通车，公交车按时发出了首班车。";
    let spam = "雪国骰宝,冰湖轮盘,今晚开奖";
    let html = format!(
        "<title>江城迎来今冬第一场雪</title><h1>江城迎来今冬第一场雪</h1><p>{story}</p><p>{story}</p><p>{spam}</p><p>{story}</p>"
    );
    fs::write(folder.path().join("page.html"), html).unwrap();
    let inspect =
        || harbinger(folder.path(), &["inspect", "page.html", "--url", "https://news.example/1.html", "--json"]);
    let report: Value = serde_json::from_slice(&inspect().stdout).unwrap();
    assert!(report["text"].as_str().unwrap().contains(spam), "{report}");
    let settings =
        |words: &str| fs::write(folder.path().join("harbinger.toml"), format!("[spam_words]\n{words}\n")).unwrap();
    settings("strong = [\"雪国骰宝\", \"冰湖轮盘\"]\nweak = [\"开奖\"]");
    let report: Value = serde_json::from_slice(&inspect().stdout).unwrap();
    assert!(!report["text"].as_str().unwrap().contains(spam), "{report}");
    assert_eq!((&report["findings"]["injected"], &report["removed"][0]["what"]), (&1.into(), &spam.into()));
    settings("strong = [\"雪\"]");
    let output = harbinger(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("harbinger.toml:2: spam_words.strong[1]: "), "{}", text(&output.stderr));
}

/// The program as a server on any free port; ends with the test.
pub struct Server(pub std::process::Child, pub String);

impl Server {
    pub fn start(folder: &Path) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_harbinger"));
        command.env_clear().current_dir(folder).args(["serve", "--listen", "127.0.0.1:0"]);
        let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
        let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().unwrap()));
        let base = lines.find_map(|line| Some(line.unwrap().split_once("serving ")?.1.split(' ').next()?.to_owned()));
        // What it says later must go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        Server(child, base.unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[actix_web::test]
async fn a_server_is_healthy_until_it_is_told_to_stop_and_keeps_its_data_to_itself() {
    let portal = SamplePortal::start("127.0.0.1:0").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    feeds(folder.path(), &catalogue_toml(&portal.base_url()));
    let mut server = Server::start(folder.path());
    let output = run(folder.path(), &["health", "--url", &server.1]).await;
    assert_eq!(text(&output.stdout), "ready\n", "{}", text(&output.stderr));
    let output = run(folder.path(), &["ingest"]).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("another harbinger is using data"), "{}", text(&output.stderr));
    let output = run(folder.path(), &["token"]).await;
    assert!(output.status.success(), "a token can be made while serving");
    let pid = server.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let status = tokio::task::spawn_blocking(move || server.0.wait().unwrap()).await.unwrap();
    assert_eq!(status.code(), Some(0));
}
