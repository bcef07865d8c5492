//! What the files in `feeds/` become, and that no file breaks the reading of the others.

mod event_file;
mod portal_file;

use super::*;

use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;

use crate::config::{event, portal, rules, source};

const PORTAL: &str = r#"[portal]
id = "example"
title = "Example"
home = "https://www.example.com/"
language = "en"
timezone = "Europe/Berlin"
schedule = "*/10 * * * *"
[[section]]
id = "news"
title = "News"
sources = [{ list = "https://www.example.com/news/" }]
"#;

const EVENT: &str = r#"[event]
id = "fair"
title = "Book Fair"
language = "en"
starts = 2026-03-01
ends = 2026-03-03
"#;

/// What is found in a folder with these files; lines without the folder's path.
fn read(files: &[(&str, &str)]) -> (Catalogue, Vec<String>) {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let (catalogue, problems) = catalogue(folder.path());
    let prefix = format!("{}/", folder.path().display());
    (catalogue, problems.iter().map(|problem| problem.to_string().replace(&prefix, "")).collect())
}

/// The mistakes in a file, each without `x.toml:`.
fn check(text: &str, expected: &[&str]) {
    let (catalogue, problems) = read(&[("x.toml", text)]);
    let problems: Vec<&str> = problems.iter().map(|problem| problem.trim_start_matches("x.toml:")).collect();
    assert_eq!(problems, expected, "{text}");
    assert!(catalogue.portals.is_empty() && catalogue.events.is_empty(), "a file with a mistake is left out");
}

#[test]
fn a_file_that_is_neither_is_named() {
    let neither = "neither [portal] nor [event]; expected one of them";
    check("", &[&format!("1: {neither}")]);
    let unknown = "1: portl: unknown key; did you mean portal? expected one of portal, article, section, event, name, evidence, exclude";
    check("[portl]\n", &[unknown, &format!("1: {neither}")]);
    let both = "beside [portal]; expected a file for the portal and another for the event";
    check(&format!("{PORTAL}{EVENT}"), &[&format!("12: event: {both}")]);
    check(
        "a = \nb = 'x\nc = 1\nc = 2",
        &[
            "1: string values must be quoted, expected literal string",
            "2: invalid literal string, expected `'`",
            "4: duplicate key; expected each key and table once",
        ],
    );
    check(&"#".repeat(1024 * 1024 + 1), &[" larger than 1 MiB; expected a smaller file"]);
}

#[test]
fn all_mistakes_of_all_files_are_reported_together() {
    let other = PORTAL.replace("\"en\"", "\"zh_TW\"").replace("*/10 * * * *", "61 * * * *").replace("{ list", "{ link");
    let (catalogue, problems) = read(&[("a.toml", "x"), ("b.toml", PORTAL), ("c.toml", &other), ("d.toml", EVENT)]);
    assert_eq!(problems.len(), 6, "{problems:#?}");
    assert!(problems[0].starts_with("a.toml:1: "), "{}", problems[0]);
    assert_eq!(
        problems[1],
        "c.toml:2: portal.id: \"example\" is also the id of the portal at b.toml:2; expected another id"
    );
    assert_eq!(problems[2], "c.toml:5: portal.language: \"zh_TW\" is not a language tag; expected \"zh-Hant\"");
    assert!(problems[3].starts_with("c.toml:7: portal.schedule: minute \"61\" is not understood"), "{}", problems[3]);
    assert!(problems[4].starts_with("c.toml:11: section[1].sources[1].link: unknown key; did you mean links?"));
    assert!(problems[5].starts_with("c.toml:11: section[1].sources[1]: none of list, feed and sitemap"));
    assert_eq!((catalogue.portals.len(), catalogue.events.len()), (1, 1), "the good files are read all the same");
}

#[test]
fn a_folder_that_is_missing_or_empty_is_a_problem() {
    let expected = "expected a folder with one *.toml per portal and event; set feeds_dir or --feeds-dir";
    let folder = TempDir::new().unwrap();
    let check = |path: &Path, what: &str| {
        let (_, problems) = catalogue(path);
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(lines, [format!("{}: {what}; {expected}", path.display())]);
    };
    check(folder.path(), "no *.toml in it");
    check(&folder.path().join("nowhere"), "no such folder");
    fs::write(folder.path().join("file"), "").unwrap();
    check(&folder.path().join("file"), "not a folder");
    fs::create_dir(folder.path().join("x.toml")).unwrap();
    let (_, problems) = catalogue(folder.path());
    assert!(problems[0].to_string().ends_with("x.toml: cannot be read (not a file); expected a readable file"));
    fs::write(folder.path().join("y.toml"), b"# a\n# \xb9\xfe").unwrap();
    let (_, problems) = catalogue(folder.path());
    assert!(problems[1].to_string().ends_with("y.toml:2: not UTF-8; expected the file to be saved as UTF-8"));
}

#[test]
fn the_shipped_files_are_right_and_the_readme_lists_every_key() {
    let feeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("feeds");
    let (catalogue, problems) = catalogue(&feeds);
    assert_eq!(problems, []);
    assert_eq!(catalogue.portal("hljnews").unwrap().sections.len(), 10);
    assert_eq!(catalogue.portal("hljnews").unwrap().section("ljxw").unwrap().title, "龙江新闻");
    assert!(catalogue.event("world-mayors-dialogue").unwrap().rules.names.len() > 1);
    let readme = fs::read_to_string(feeds.join("README.md")).unwrap();
    let keys = [
        portal::KEYS,
        portal::FETCH_KEYS,
        portal::RETENTION_KEYS,
        portal::ARTICLE_KEYS,
        portal::SECTION_KEYS,
        source::KEYS,
        event::KEYS,
        rules::EVIDENCE_KEYS,
        rules::EXCLUDE_KEYS,
    ];
    for key in keys.concat() {
        assert!(readme.contains(&format!("| `{key}` |")), "{key} is not in feeds/README.md");
    }
}

#[test]
fn the_short_files_of_the_readme_are_right() {
    let readme = include_str!("../../../feeds/README.md");
    let blocks = readme.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let files: Vec<&str> =
        blocks.filter(|block| block.starts_with("[portal]") || block.starts_with("[event]")).collect();
    let (catalogue, problems) = read(&[("portal.toml", files[0]), ("event.toml", files[1])]);
    assert_eq!(problems, [""; 0]);
    assert_eq!((catalogue.portals.len(), catalogue.events.len()), (1, 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_file_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        mistakes(&bytes);
    }

    #[test]
    fn no_change_to_a_good_file_makes_it_panic(at in 0.0..1.0, length in 0..20usize, patch in "[\\[\\]{}='\",.\\n0-9a-z世\0]{0,8}") {
        for text in [PORTAL, EVENT, include_str!("../../../feeds/world-mayors-dialogue.toml")] {
            let chars: Vec<char> = text.chars().collect();
            let start = (at * chars.len() as f64) as usize;
            let end = (start + length).min(chars.len());
            let changed: String = chars[..start].iter().chain(patch.chars().collect::<Vec<_>>().iter()).chain(&chars[end..]).collect();
            mistakes(changed.as_bytes());
        }
    }
}

/// Every line of which must be one line, and say what was expected.
fn mistakes(bytes: &[u8]) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("x.toml"), bytes).unwrap();
    for problem in catalogue(folder.path()).1 {
        let line = problem.to_string();
        assert!(line.contains("expected") && !line.contains(char::is_control), "{line:?}");
    }
}
