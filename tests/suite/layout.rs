//! The house keeps its rules: what ARCHITECTURE.md says of the rooms is held here.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The rooms in the order of lib.rs.
fn rooms() -> Vec<String> {
    let map = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let names = map.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    names.map(str::to_owned).collect()
}

/// The rooms a file names after `crate::`, also inside braces.
fn imports(source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, rest) in source.match_indices("crate::").map(|(at, word)| (at, &source[at + word.len()..])) {
        let names = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or_default().split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        for name in names {
            let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
            found.insert(name[..end].to_owned());
        }
    }
    found
}

#[test]
fn a_room_imports_only_rooms_above_it() {
    let rooms = rooms();
    let order = |name: &str| rooms.iter().position(|room| room == name);
    let mut wrong = Vec::new();
    for file in rust_files(&root().join("src")) {
        let path = file.strip_prefix(root().join("src")).unwrap();
        let room = path.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
        let Some(own) = order(&room) else { continue };
        for import in imports(&fs::read_to_string(&file).unwrap()) {
            if order(&import).is_some_and(|place| place > own) {
                wrong.push(format!("{} imports {import}, which stands below {room}", path.display()));
            }
            if (room.as_str(), import.as_str()) == ("publish", "ingest") {
                wrong.push(format!("{} imports ingest: the two meet in the store", path.display()));
            }
        }
    }
    assert!(rooms.len() > 10, "lib.rs is not read any more: {rooms:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_store_speaks_sql_and_only_fetch_push_and_export_touch_the_network() {
    let mut wrong = Vec::new();
    for file in rust_files(&root().join("src")) {
        let path = file.strip_prefix(root().join("src")).unwrap().display().to_string();
        let source = fs::read_to_string(&file).unwrap();
        if source.contains("rusqlite") && !path.starts_with("store/") {
            wrong.push(format!("{path} uses rusqlite outside the store"));
        }
        let is_test = path.ends_with("tests.rs");
        // `outside` has the clients; the others use them.
        let touches_network = ["outside/", "traces/", "ingest/fetch/", "publish/push/", "export/bucket/"];
        if source.contains("reqwest") && !is_test && !touches_network.iter().any(|place| path.starts_with(place)) {
            wrong.push(format!("{path} uses the HTTP client"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_has_one_purpose_and_a_readable_length() {
    let mut wrong = Vec::new();
    for file in rust_files(&root().join("src")) {
        let source = fs::read_to_string(&file).unwrap();
        let path = file.strip_prefix(root()).unwrap().display().to_string();
        if source.lines().count() > 400 {
            wrong.push(format!("{path}: {} lines, more than 400", source.lines().count()));
        }
        if !source.starts_with("//! ") {
            wrong.push(format!("{path}: does not begin with what it is for"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_map_in_the_architecture_names_every_room() {
    let document = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for room in rooms() {
        assert!(document.contains(&format!("`{room}`")), "ARCHITECTURE.md does not name `{room}`");
    }
}
