//! An export in a folder. Each name is looked up from the folder it stands in and no link is followed, so nothing outside
//! is reached, whatever somebody puts there meanwhile; each file is replaced at once, by renaming.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use crate::export::path::FilePath;
use crate::export::{ExportError, manifest};

/// A file while it is written; there is never more than one.
const UNFINISHED: &str = ".harbinger-export.tmp";
/// Opens a folder, and nothing that only leads to one.
const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
/// Opens what is there without following a link and without waiting for the other end of a pipe.
const FOUND: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);
/// Makes a file that was not there.
const MADE: OFlags =
    OFlags::WRONLY.union(OFlags::CREATE).union(OFlags::EXCL).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
/// Who may read files and folders is left to the umask.
const FILE_MODE: Mode = Mode::from_raw_mode(0o666);
const FOLDER_MODE: Mode = Mode::from_raw_mode(0o777);

/// A folder that no other export writes into meanwhile.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Locked until this is gone.
    root: File,
}

impl Folder {
    /// Opens a folder, making it if it is not there; an error if another export is at work in it.
    pub fn open(path: &Path) -> Result<Folder, ExportError> {
        let failed = |error| ExportError::Folder(path.to_owned(), error);
        std::fs::create_dir_all(path).map_err(failed)?;
        let root = File::open(path).map_err(failed)?;
        match root.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(ExportError::AtWork(path.display().to_string())),
            Err(std::fs::TryLockError::Error(error)) => return Err(failed(error)),
        }
        let folder = Folder { path: path.to_owned(), root };
        folder.remove_unfinished().map_err(failed)?;
        Ok(folder)
    }

    /// Where it is, for people.
    pub fn place(&self) -> String {
        self.path.display().to_string()
    }

    /// The bytes of the manifest; `None` in an empty folder. An error if something else is in it.
    pub fn manifest(&self) -> Result<Option<Vec<u8>>, ExportError> {
        let failed = |error| ExportError::Folder(self.path.join(manifest::NAME), error);
        match rustix::fs::openat(&self.root, manifest::NAME, FOUND, Mode::empty()) {
            Ok(file) => {
                let mut bytes = Vec::new();
                File::from(file).take(manifest::BYTES_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
                Ok(Some(bytes))
            }
            Err(Errno::NOENT) => {
                let mut found =
                    std::fs::read_dir(&self.path).map_err(|error| ExportError::Folder(self.path.clone(), error))?;
                match found.next() {
                    Some(_) => Err(ExportError::NotOurs(self.path.display().to_string())),
                    None => Ok(None),
                }
            }
            Err(error) => Err(failed(error.into())),
        }
    }

    /// Replaces the manifest.
    pub fn put_manifest(&self, bytes: &[u8]) -> Result<(), ExportError> {
        let failed = |error| ExportError::Folder(self.path.join(manifest::NAME), error);
        let root = self.root.try_clone().map_err(failed)?;
        self.replace(&root.into(), manifest::NAME, bytes).map_err(failed)
    }

    /// Writes a file unless it is there as it should be; whether it was written. What is there must be `ours`.
    pub fn put(&self, path: &FilePath, bytes: &[u8], ours: bool) -> Result<bool, ExportError> {
        let failed = |error: io::Error| ExportError::Folder(self.path.join(path.as_str()), error);
        let folder = self.folder_of(path, true).map_err(failed)?;
        match rustix::fs::openat(&folder, path.name(), FOUND, Mode::empty()) {
            Ok(found) => {
                let found = File::from(found);
                if !found.metadata().map_err(failed)?.is_file() {
                    return Err(failed(in_the_way()));
                }
                if is_same(found, bytes).map_err(failed)? {
                    return Ok(false);
                }
                if !ours {
                    return Err(ExportError::Foreign(self.path.join(path.as_str()).display().to_string()));
                }
            }
            Err(Errno::NOENT) => {}
            // A link; what it leads to is not ours to change, nor is the link.
            Err(Errno::LOOP) => return Err(failed(in_the_way())),
            // A file that we may not read is replaced if it is ours.
            Err(Errno::ACCESS) if ours => {}
            Err(error) => return Err(failed(error.into())),
        }
        self.replace(&folder, path.name(), bytes).map_err(failed)?;
        Ok(true)
    }

    /// Removes a file, and the folders that are empty without it. What is not there, or is no file, stays as it is.
    pub fn remove(&self, path: &FilePath) -> Result<(), ExportError> {
        let failed = |error: io::Error| ExportError::Folder(self.path.join(path.as_str()), error);
        let folder = match self.folder_of(path, false) {
            Ok(folder) => folder,
            Err(error) if is_absent(&error) => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        match rustix::fs::statat(&folder, path.name(), AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) if FileType::from_raw_mode(found.st_mode) == FileType::RegularFile => {}
            Ok(_) | Err(Errno::NOENT) => return Ok(()),
            Err(error) => return Err(failed(error.into())),
        }
        rustix::fs::unlinkat(&folder, path.name(), AtFlags::empty()).map_err(|error| failed(error.into()))?;
        let mut parent = path.as_str();
        while let Some((folders, _)) = parent.rsplit_once('/') {
            parent = folders;
            let Ok(path) = FilePath::try_from(parent.to_owned()) else { break };
            let Ok(above) = self.folder_of(&path, false) else { break };
            if rustix::fs::unlinkat(&above, path.name(), AtFlags::REMOVEDIR).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// The folder a file stands in, reached name by name.
    fn folder_of(&self, path: &FilePath, is_made: bool) -> io::Result<OwnedFd> {
        let mut folder: OwnedFd = self.root.try_clone()?.into();
        for name in path.folders() {
            if is_made {
                match rustix::fs::mkdirat(&folder, name, FOLDER_MODE) {
                    Ok(()) | Err(Errno::EXIST) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            folder = match rustix::fs::openat(&folder, name, FOLDER, Mode::empty()) {
                Ok(folder) => folder,
                // What stands there is a link or a file.
                Err(Errno::LOOP | Errno::NOTDIR) => return Err(in_the_way()),
                Err(error) => return Err(error.into()),
            };
        }
        Ok(folder)
    }

    fn replace(&self, folder: &OwnedFd, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.remove_unfinished()?;
        let mut file = File::from(rustix::fs::openat(&self.root, UNFINISHED, MADE, FILE_MODE)?);
        file.write_all(bytes)?;
        // A power cut leaves the old file or the new one.
        file.sync_data()?;
        rustix::fs::renameat(&self.root, UNFINISHED, folder, name)?;
        Ok(())
    }

    fn remove_unfinished(&self) -> io::Result<()> {
        match rustix::fs::unlinkat(&self.root, UNFINISHED, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Something stands where a file or folder of ours belongs.
fn in_the_way() -> io::Error {
    io::Error::new(
        io::ErrorKind::NotADirectory,
        "a link, or something that is no file, stands in its place, and links are not followed; move it away",
    )
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn is_same(found: File, bytes: &[u8]) -> io::Result<bool> {
    let length = bytes.len() as u64;
    if found.metadata()?.len() != length {
        return Ok(false);
    }
    let mut content = Vec::with_capacity(bytes.len());
    found.take(length + 1).read_to_end(&mut content)?;
    Ok(content == bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn path(path: &str) -> FilePath {
        FilePath::try_from(path.to_owned()).unwrap()
    }

    #[test]
    fn a_file_is_replaced_at_once_and_one_that_is_the_same_is_left_untouched() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(&place.path().join("public/site")).unwrap();
        assert!(folder.put(&path("feeds/a/b.rss"), b"one", true).unwrap());
        let file = place.path().join("public/site/feeds/a/b.rss");
        let reader = File::open(&file).unwrap();
        let before = fs::metadata(&file).unwrap().modified().unwrap();
        assert!(!folder.put(&path("feeds/a/b.rss"), b"one", true).unwrap());
        assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), before);
        assert!(folder.put(&path("feeds/a/b.rss"), b"another", true).unwrap());
        assert_eq!(fs::read(&file).unwrap(), b"another");
        assert_eq!(io::read_to_string(reader).unwrap(), "one", "who had it open reads on what he had");
        folder.remove(&path("feeds/a/b.rss")).unwrap();
        folder.remove(&path("feeds/a/b.rss")).unwrap();
        assert_eq!(fs::read_dir(place.path().join("public/site")).unwrap().count(), 0, "empty folders are left behind");
    }

    #[test]
    fn no_link_inside_an_export_is_followed() {
        let place = tempfile::tempdir().unwrap();
        let (site, outside) = (place.path().join("site"), place.path().join("outside"));
        fs::create_dir_all(outside.join("a")).unwrap();
        fs::write(outside.join("a/b.rss"), "theirs").unwrap();
        let folder = Folder::open(&site).unwrap();
        symlink(&outside, site.join("feeds")).unwrap();
        symlink(outside.join("a/b.rss"), site.join("index.html")).unwrap();
        symlink(outside.join("nowhere"), site.join("new.html")).unwrap();
        for hostile in ["feeds/a/b.rss", "feeds/a/new.rss", "index.html", "new.html"] {
            let error = folder.put(&path(hostile), b"ours", true).unwrap_err().to_string();
            assert!(error.contains("links are not followed"), "{hostile}: {error}");
            folder.remove(&path(hostile)).unwrap();
        }
        // The file that is written first, and the manifest.
        symlink(outside.join("a/b.rss"), site.join(UNFINISHED)).unwrap();
        symlink(outside.join("a/b.rss"), site.join(manifest::NAME)).unwrap();
        assert!(folder.manifest().is_err());
        folder.put(&path("events/c.rss"), b"ours", true).unwrap();
        folder.put_manifest(b"{}").unwrap();
        assert_eq!(fs::read(outside.join("a/b.rss")).unwrap(), b"theirs");
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
        assert_eq!(fs::read_dir(outside.join("a")).unwrap().count(), 1);
        assert!(fs::symlink_metadata(site.join("index.html")).unwrap().is_symlink(), "a link is not ours to remove");
    }

    #[test]
    fn what_another_put_there_is_neither_replaced_nor_removed() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path()).unwrap();
        fs::write(place.path().join("robots.txt"), "theirs").unwrap();
        fs::create_dir(place.path().join("index.html")).unwrap();
        let error = folder.put(&path("robots.txt"), b"ours", false).unwrap_err().to_string();
        assert!(error.contains("robots.txt"), "{error}");
        assert!(!folder.put(&path("robots.txt"), b"theirs", false).unwrap());
        assert!(folder.put(&path("index.html"), b"ours", true).is_err());
        folder.remove(&path("index.html")).unwrap();
        folder.remove(&path("robots.txt/x")).unwrap();
        assert_eq!(fs::read(place.path().join("robots.txt")).unwrap(), b"theirs");
        assert!(place.path().join("index.html").is_dir());
    }

    #[test]
    fn two_exports_do_not_write_into_one_folder_at_once() {
        let place = tempfile::tempdir().unwrap();
        let first = Folder::open(place.path()).unwrap();
        let error = Folder::open(place.path()).unwrap_err().to_string();
        assert!(error.contains("another export"), "{error}");
        drop(first);
        Folder::open(place.path()).unwrap();
    }
}
