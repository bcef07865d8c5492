//! What the documents promise is proved by tests that exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The functions of all files below a folder.
fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let names = text.split("fn ").skip(1).filter_map(|rest| Some(rest.split_once("()")?.0.to_owned()));
            found.extend(names.filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')));
        }
    }
}

/// The names in the last cell of each row of a document's tables.
fn named(document: &str) -> Vec<String> {
    let rows = document.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    let cells = rows.filter_map(|line| line.trim_end_matches(" |").rsplit(" | ").next());
    let names = cells.flat_map(|cell| cell.split(", "));
    names.map(|name| name.trim_matches(|c| c == '`' || c == ' ').to_owned()).collect()
}

#[test]
fn every_test_that_a_document_names_exists() {
    let mut known = BTreeSet::new();
    functions(&root().join("src"), &mut known);
    functions(&root().join("tests"), &mut known);
    for (document, least) in [("docs/faults.md", 30), ("SECURITY.md", 40)] {
        let names = named(&fs::read_to_string(root().join(document)).unwrap());
        assert!(names.len() >= least, "{document} names {} tests", names.len());
        let missing: Vec<&String> = names.iter().filter(|name| !known.contains(*name)).collect();
        assert!(missing.is_empty(), "{document} names tests that are not there: {missing:#?}");
    }
}
