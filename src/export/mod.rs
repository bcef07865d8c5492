//! The public face as static files, in a folder or a bucket. Older entries are written before what leads to them, nothing is
//! removed before all is written, and the manifest comes last: an export that is interrupted takes nothing from readers.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::export::bucket::Bucket;
use crate::export::folder::Folder;
use crate::export::manifest::Manifest;
use crate::export::path::{FilePath, PathError};
use crate::model::feed::FeedKey;
use crate::publish::PublishError;
use crate::publish::site::{File, Site};

pub mod bucket;
pub mod folder;
pub mod manifest;
pub mod path;
pub mod place;

/// How often a feed is read anew whose archive changes while it is read.
const FEED_TRIES: usize = 5;

/// Why an export ended. What was exported before still stands, and the next export makes up what is missing.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A file or folder.
    #[error("cannot write {0}: {1}")]
    Folder(PathBuf, io::Error),
    /// A bucket, or an object in it.
    #[error("{0}: {1}")]
    Bucket(String, String),
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

/// Where an export goes.
pub enum Target {
    /// A folder.
    Folder(Folder),
    /// A bucket.
    Bucket(Box<Bucket>),
}

/// What became of a file.
#[derive(Debug)]
pub struct Put {
    /// Which file.
    pub path: FilePath,
    /// What the manifest is to keep of it.
    pub mark: Option<String>,
    /// Whether it was not there as it should be.
    pub is_written: bool,
}

/// An export at work.
struct Export<'a> {
    site: &'a Site<'a>,
    target: &'a Target,
    /// What was ours when it began.
    before: Manifest,
    manifest: Manifest,
    wanted: BTreeSet<FilePath>,
    report: Report,
}

/// Brings a place up to what is published at `now`.
pub async fn run(site: &Site<'_>, target: &Target, now: DateTime<Utc>) -> Result<Report, ExportError> {
    let before = target.read_manifest().await?;
    let (manifest, wanted) = (before.clone(), BTreeSet::new());
    let mut export = Export { site, target, before, manifest, wanted, report: Report::default() };
    export.write(site.lasting().await?).await?;
    for key in site.feeds() {
        export.feed(&key).await?;
    }
    export.write(site.front(now).await?).await?;
    export.finish().await
}

impl Target {
    async fn read_manifest(&self) -> Result<Manifest, ExportError> {
        let (bytes, place) = match self {
            Target::Folder(folder) => (folder.manifest()?, folder.place()),
            Target::Bucket(bucket) => (bucket.manifest().await?, bucket.place()),
        };
        bytes.map_or_else(|| Ok(Manifest::new()), |bytes| manifest_of(&bytes, place))
    }

    async fn put_manifest(&self, manifest: &Manifest) -> Result<(), ExportError> {
        let bytes = manifest.to_json();
        match self {
            Target::Folder(folder) => folder.put_manifest(&bytes),
            Target::Bucket(bucket) => bucket.put_manifest(bytes).await,
        }
    }

    async fn put(&self, files: Vec<(FilePath, File)>, before: &Manifest) -> Result<Vec<Put>, ExportError> {
        let folder = match self {
            Target::Bucket(bucket) => return bucket.put(files, before).await,
            Target::Folder(folder) => folder,
        };
        let put = |(path, file): (FilePath, File)| {
            let is_written = folder.put(&path, &file.bytes, before.has(&path))?;
            Ok(Put { path, mark: None, is_written })
        };
        files.into_iter().map(put).collect()
    }

    async fn remove(&self, paths: &[FilePath]) -> Result<(), ExportError> {
        match self {
            Target::Folder(folder) => paths.iter().try_for_each(|path| folder.remove(path)),
            Target::Bucket(bucket) => bucket.remove(paths).await,
        }
    }
}

fn manifest_of(bytes: &[u8], place: String) -> Result<Manifest, ExportError> {
    let damaged = |reason| ExportError::Manifest { place, reason };
    if bytes.len() as u64 > manifest::BYTES_MAX {
        return Err(damaged(format!("it is longer than {} bytes", manifest::BYTES_MAX)));
    }
    Manifest::parse(bytes).map_err(damaged)
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
        self.claim(paths.iter().map(|path| FilePath::of(path)).collect::<Result<Vec<_>, _>>()?).await?;
        for at in (0..archive.len()).rev() {
            let files = self.site.files(&archive, at).await?;
            self.put(files).await?;
        }
        Ok(())
    }

    /// Files that belong to no feed.
    async fn write(&mut self, files: Vec<File>) -> Result<(), ExportError> {
        self.claim(files.iter().map(|file| FilePath::of(&file.path)).collect::<Result<Vec<_>, _>>()?).await?;
        self.put(files).await
    }

    /// Notes that files are wanted, and ours before they are there.
    async fn claim(&mut self, paths: Vec<FilePath>) -> Result<(), ExportError> {
        let is_news = self.manifest.claim(&paths);
        self.wanted.extend(paths);
        if is_news { self.target.put_manifest(&self.manifest).await } else { Ok(()) }
    }

    async fn put(&mut self, files: Vec<File>) -> Result<(), ExportError> {
        let named = |file: File| Ok((FilePath::of(&file.path)?, file));
        let files = files.into_iter().map(named).collect::<Result<Vec<_>, PathError>>()?;
        for Put { path, mark, is_written } in self.target.put(files, &self.before).await? {
            self.manifest.note(path, mark);
            match is_written {
                true => self.report.written += 1,
                false => self.report.unchanged += 1,
            }
        }
        Ok(())
    }

    /// Removes what is published no more, once all that is stands there.
    async fn finish(mut self) -> Result<Report, ExportError> {
        let left = self.manifest.beside(&self.wanted);
        self.target.remove(&left).await?;
        self.report.removed = left.len();
        left.iter().for_each(|path| self.manifest.forget(path));
        if self.manifest != self.before {
            self.target.put_manifest(&self.manifest).await?;
        }
        Ok(self.report)
    }
}
