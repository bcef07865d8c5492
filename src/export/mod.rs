//! The public face as static files, in a folder. Older entries are written before what leads to them, nothing is
//! removed before all is written, and the manifest comes last: an export that is interrupted takes nothing from readers.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::export::folder::Folder;
use crate::export::manifest::Manifest;
use crate::export::path::{FilePath, PathError};
use crate::model::feed::FeedKey;
use crate::publish::PublishError;
use crate::publish::site::{File, Site};

pub mod folder;
pub mod manifest;
pub mod path;

/// How often a feed is read anew whose archive changes while it is read.
const FEED_TRIES: usize = 5;

/// Why an export ended. What was exported before still stands, and the next export makes up what is missing.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A file or folder.
    #[error("cannot write {0}: {1}")]
    Folder(PathBuf, io::Error),
    /// Another export writes there.
    #[error("another export is writing into {0}; wait until it is done")]
    AtWork(String),
    /// Something is there that no export wrote.
    #[error(
        "{0} is not empty and has no {name}, so what is in it may be somebody else's; choose an empty place",
        name = manifest::NAME
    )]
    NotOurs(String),
    /// The same of one file.
    #[error("{0} was not written by an export; move it away, or choose another place")]
    Foreign(String),
    /// The manifest cannot be trusted.
    #[error("{name} in {place} cannot be used: {reason}; empty that place by hand and export again", name = manifest::NAME)]
    Manifest {
        /// Where it is.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A mistake of ours.
    #[error("{0}; please report this")]
    Path(#[from] PathError),
    /// What there is to export.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

/// What an export did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Files that are new or changed.
    pub written: usize,
    /// Files that are as they were.
    pub unchanged: usize,
    /// Files that are no more.
    pub removed: usize,
}

/// An export at work.
struct Export<'a> {
    site: &'a Site<'a>,
    folder: &'a Folder,
    /// What was ours when it began.
    before: Manifest,
    manifest: Manifest,
    wanted: BTreeSet<FilePath>,
    report: Report,
}

/// Brings a folder up to what is published at `now`.
pub async fn run(site: &Site<'_>, folder: &Folder, now: DateTime<Utc>) -> Result<Report, ExportError> {
    let before = manifest_of(folder)?;
    let (manifest, wanted) = (before.clone(), BTreeSet::new());
    let mut export = Export { site, folder, before, manifest, wanted, report: Report::default() };
    export.write(site.lasting().await?)?;
    for key in site.feeds() {
        export.feed(&key).await?;
    }
    export.write(site.front(now).await?)?;
    export.finish()
}

fn manifest_of(folder: &Folder) -> Result<Manifest, ExportError> {
    let Some(bytes) = folder.manifest()? else { return Ok(Manifest::new()) };
    let damaged = |reason| ExportError::Manifest { place: folder.place(), reason };
    if bytes.len() as u64 > manifest::BYTES_MAX {
        return Err(damaged(format!("it is longer than {} bytes", manifest::BYTES_MAX)));
    }
    Manifest::parse(&bytes).map_err(damaged)
}

impl Export<'_> {
    /// A feed from its very first entry on; read anew if its archive pages change meanwhile.
    async fn feed(&mut self, key: &FeedKey) -> Result<(), ExportError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.feed_once(key).await {
                Err(ExportError::Publish(PublishError::Moved(_))) if tries < FEED_TRIES => {}
                other => return other,
            }
        }
    }

    async fn feed_once(&mut self, key: &FeedKey) -> Result<(), ExportError> {
        let archive = self.site.archive(key).await?;
        let paths = self.site.paths(&archive);
        self.claim(paths.iter().map(|path| FilePath::of(path)).collect::<Result<Vec<_>, _>>()?)?;
        for at in (0..archive.len()).rev() {
            let files = self.site.files(&archive, at).await?;
            self.put(files)?;
        }
        Ok(())
    }

    /// Files that belong to no feed.
    fn write(&mut self, files: Vec<File>) -> Result<(), ExportError> {
        self.claim(files.iter().map(|file| FilePath::of(&file.path)).collect::<Result<Vec<_>, _>>()?)?;
        self.put(files)
    }

    /// Notes that files are wanted, and ours before they are there.
    fn claim(&mut self, paths: Vec<FilePath>) -> Result<(), ExportError> {
        let is_news = self.manifest.claim(&paths);
        self.wanted.extend(paths);
        if is_news { self.folder.put_manifest(&self.manifest.to_json()) } else { Ok(()) }
    }

    fn put(&mut self, files: Vec<File>) -> Result<(), ExportError> {
        for file in files {
            let path = FilePath::of(&file.path)?;
            match self.folder.put(&path, &file.bytes, self.before.has(&path))? {
                true => self.report.written += 1,
                false => self.report.unchanged += 1,
            }
        }
        Ok(())
    }

    /// Removes what is published no more, once all that is stands there.
    fn finish(mut self) -> Result<Report, ExportError> {
        for path in self.manifest.beside(&self.wanted) {
            self.folder.remove(&path)?;
            self.manifest.forget(&path);
            self.report.removed += 1;
        }
        if self.manifest != self.before {
            self.folder.put_manifest(&self.manifest.to_json())?;
        }
        Ok(self.report)
    }
}
