//! What an export wrote, so that the next one knows what is its own: only that is ever replaced or removed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::export::path::FilePath;

/// Its name in the export.
pub const NAME: &str = ".harbinger-export.json";
/// The longest manifest that is read, in bytes: some hundred thousand files.
pub const BYTES_MAX: u64 = 64 * 1024 * 1024;
/// The shape of the file.
const VERSION: u32 = 1;

/// The files of an export; a file stands here before it is written and until after it was removed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    version: u32,
    /// Each file with the mark that tells its content, where the place it is kept in has none to compare.
    files: BTreeMap<FilePath, Option<String>>,
}

impl Manifest {
    /// That of an export without files.
    pub fn new() -> Manifest {
        Manifest { version: VERSION, files: BTreeMap::new() }
    }

    /// Reads one back. The error says what is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Manifest, String> {
        let manifest: Manifest = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        match manifest.version {
            VERSION => Ok(manifest),
            other => Err(format!("it is of version {other}, this program knows {VERSION}")),
        }
    }

    /// The file, one line for each path.
    pub fn to_json(&self) -> Vec<u8> {
        let mut json = serde_json::to_vec_pretty(self).expect("paths and marks are texts");
        json.push(b'\n');
        json
    }

    /// Whether a file is ours.
    pub fn has(&self, path: &FilePath) -> bool {
        self.files.contains_key(path)
    }

    /// The mark of a file as it was last written.
    pub fn mark(&self, path: &FilePath) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Says that these files are ours, before they are written; whether any was not before.
    pub fn claim<'a>(&mut self, paths: impl IntoIterator<Item = &'a FilePath>) -> bool {
        let before = self.files.len();
        for path in paths {
            self.files.entry(path.clone()).or_insert(None);
        }
        self.files.len() > before
    }

    /// Notes how a file was written.
    pub fn note(&mut self, path: FilePath, mark: Option<String>) {
        self.files.insert(path, mark);
    }

    /// The files that are ours and not among these.
    pub fn beside(&self, wanted: &BTreeSet<FilePath>) -> Vec<FilePath> {
        self.files.keys().filter(|path| !wanted.contains(path)).cloned().collect()
    }

    /// Forgets a file that was removed.
    pub fn forget(&mut self, path: &FilePath) {
        self.files.remove(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_that_names_anything_but_files_of_an_export_is_refused_as_a_whole() {
        let check = |text: &str, expected: &str| {
            let error = Manifest::parse(text.as_bytes()).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        };
        check(r#"{"version": 1, "files": {"index.html": null, "../secret": null}}"#, "\"../secret\" is no path");
        check(r#"{"version": 1, "files": {"/etc/passwd": null}}"#, "is no path");
        check(r#"{"version": 1, "files": {"a/../../b": "mark"}}"#, "is no path");
        check(r#"{"version": 2, "files": {}}"#, "version 2");
        check(r#"{"version": 1, "files": {}, "more": 1}"#, "unknown field");
        check("", "EOF");
        let mut manifest = Manifest::new();
        assert!(manifest.claim([&FilePath::of("/a/b.rss").unwrap()]));
        manifest.note(FilePath::of("/index.html").unwrap(), Some("7".to_owned()));
        assert_eq!(Manifest::parse(&manifest.to_json()).unwrap(), manifest);
    }
}
