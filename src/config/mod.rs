//! What the operator wrote: settings and `feeds/*.toml`, read once at start.
//! Every mistake is found in one go, and each says where it stands and what was expected.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::Path;

use crate::model::catalogue::Catalogue;

pub mod bucket;
pub mod settings;

mod document;
mod environment;
mod event;
mod file;
mod folder;
mod ids;
mod nearest;
mod portal;
mod rules;
mod source;
mod values;

/// Variables by name; only those that begin with `HARBINGER_` are looked at, and those that name a bucket's access.
pub type Environment = BTreeMap<String, OsString>;

/// Our variables, as the process has them.
pub fn environment() -> Environment {
    let variables = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    variables
        .filter(|(name, _)| name.starts_with(environment::PREFIX) || bucket::KNOWN.contains(&name.as_str()))
        .collect()
}

/// The settings, strongest first from flags, environment, `harbinger.toml` and defaults; or every mistake in them.
pub fn settings(flags: &settings::Flags, environment: &Environment) -> Result<settings::Settings, Vec<Problem>> {
    settings::resolve(flags, environment)
}

/// The portals and events of `feeds/*.toml`, and every mistake in those files.
/// What a file with a mistake describes is left out; the other files are read all the same.
pub fn catalogue(feeds_dir: &Path) -> (Catalogue, Vec<Problem>) {
    folder::read(feeds_dir)
}

/// A mistake in what the operator wrote, shown as
/// `feeds/example.toml:12: section[2].title: missing; expected …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file; `environment` or `command line` for what does not stand in one.
    pub file: String,
    /// The line in it, from 1.
    pub line: Option<usize>,
    /// The key, from the top of the file, tables of a list counted from 1; or the name of the variable or flag.
    /// Empty if it is about the file as a whole.
    pub key: String,
    /// What is wrong, and what was expected; one line.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.message)
    }
}

#[cfg(test)]
mod tests;
