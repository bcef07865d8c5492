//! The folder `feeds/`: one file per portal and one per event.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::Problem;
use crate::config::document::{self, Table};
use crate::config::ids::Ids;
use crate::config::{event, file, portal};
use crate::model::catalogue::Catalogue;
use crate::model::event::Event;
use crate::model::portal::Portal;

/// Reads every `*.toml` of the folder in the order of their names.
pub fn read(feeds_dir: &Path) -> (Catalogue, Vec<Problem>) {
    let mut catalogue = Catalogue::default();
    let mut problems = Vec::new();
    let mut ids = Ids::default();
    let paths = files(feeds_dir).unwrap_or_else(|message| {
        problems.push(whole(feeds_dir, message));
        Vec::new()
    });
    for path in paths {
        let name = path.display().to_string();
        let (described, mistakes) = match file::bytes(&path) {
            Ok(bytes) => document::read(&name, &bytes, |root| describe(root, &mut ids)),
            Err(error) => (None, vec![whole(&path, format!("cannot be read ({error}); expected a readable file"))]),
        };
        match described.filter(|_| mistakes.is_empty()) {
            Some(Described::Portal(portal)) => catalogue.portals.push(*portal),
            Some(Described::Event(event)) => catalogue.events.push(*event),
            None => {}
        }
        problems.extend(mistakes);
    }
    catalogue.portals.sort_by(|a, b| a.id.cmp(&b.id));
    catalogue.events.sort_by(|a, b| a.id.cmp(&b.id));
    (catalogue, problems)
}

enum Described {
    Portal(Box<Portal>),
    Event(Box<Event>),
}

fn describe(root: &Table, ids: &mut Ids) -> Option<Described> {
    match (root.has("portal"), root.has("event")) {
        (true, false) => portal::read(root, ids).map(|portal| Described::Portal(Box::new(portal))),
        (false, true) => event::read(root, ids).map(|event| Described::Event(Box::new(event))),
        (true, true) => {
            root.problem("event", "beside [portal]; expected a file for the portal and another for the event");
            None
        }
        (false, false) => {
            let tables: Vec<&str> = portal::TABLES.iter().chain(event::TABLES).copied().collect();
            root.only(&tables);
            root.problem_here("neither [portal] nor [event]; expected one of them");
            None
        }
    }
}

fn files(feeds_dir: &Path) -> Result<Vec<PathBuf>, String> {
    const EXPECTED: &str = "expected a folder with one *.toml per portal and event; set feeds_dir or --feeds-dir";
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => format!("no such folder; {EXPECTED}"),
        io::ErrorKind::NotADirectory => format!("not a folder; {EXPECTED}"),
        _ => format!("cannot be read ({error}); {EXPECTED}"),
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(feeds_dir).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        // Editors keep their own files beside ours, under names that begin with a dot.
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let path = entry.path();
        if !is_hidden && path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(format!("no *.toml in it; {EXPECTED}"));
    }
    paths.sort();
    Ok(paths)
}

fn whole(path: &Path, message: String) -> Problem {
    Problem { file: path.display().to_string(), line: None, key: String::new(), message }
}
