//! Where a file stands in an export. Every path that is written or removed is one of these, whoever named it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest path in bytes: what a bucket takes as a key (S3).
const PATH_BYTES_MAX: usize = 1_024;
/// The longest name in bytes: what file systems take.
const NAME_BYTES_MAX: usize = 255;

/// A relative path without any way out: names of letters, digits, `.`, `-` and `_`, none of them `.` or `..`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct FilePath(String);

/// A path that is none of an export.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no path of an export")]
pub struct PathError(String);

impl FilePath {
    /// The path of an address below the public one: `/feeds/a.rss`.
    pub fn of(address: &str) -> Result<FilePath, PathError> {
        let relative = address.strip_prefix('/').ok_or_else(|| PathError(address.to_owned()))?;
        FilePath::try_from(relative.to_owned())
    }

    /// The path as it stands in keys and messages.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names of the folders it stands in, the outermost first.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        let folders = self.0.rsplit_once('/').map(|(folders, _)| folders);
        folders.into_iter().flat_map(|folders| folders.split('/'))
    }

    /// The name in its folder.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }
}

impl TryFrom<String> for FilePath {
    type Error = PathError;

    fn try_from(path: String) -> Result<FilePath, PathError> {
        let is_plain = |name: &str| {
            let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
            !name.is_empty()
                && name.len() <= NAME_BYTES_MAX
                && name != "."
                && name != ".."
                && name.bytes().all(is_known)
        };
        match path.len() <= PATH_BYTES_MAX && path.split('/').all(is_plain) {
            true => Ok(FilePath(path)),
            false => Err(PathError(path.chars().take(NAME_BYTES_MAX).collect())),
        }
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_an_export_leads_out_in_no_spelling() {
        for path in ["index.html", "feeds/a/b.page-3.atom", ".harbinger-export.json", "assets/feed-0a1b.css", "a/..b"] {
            assert_eq!(FilePath::try_from(path.to_owned()).unwrap().as_str(), path);
        }
        let long = ["a"; 600].join("/");
        let wide = "a".repeat(300);
        for path in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "../a",
            "a/../b",
            "a/..",
            ".",
            "./a",
            "a/./b",
            "a//b",
            "a/",
            "a\\b",
            "C:/a",
            "a\0b",
            "a\nb",
            "a b",
            "%2e%2e/a",
            "ａ/b",
            &long,
            &wide,
        ] {
            assert!(FilePath::try_from(path.to_owned()).is_err(), "{path:?}");
            assert!(serde_json::from_value::<FilePath>(serde_json::json!(path)).is_err(), "{path:?}");
        }
        assert!(FilePath::of("feeds/a.rss").is_err(), "an address begins with a slash");
        assert!(FilePath::of("//a").is_err());
        let path = FilePath::of("/feeds/a/b.rss").unwrap();
        assert_eq!((path.folders().collect::<Vec<_>>(), path.name()), (vec!["feeds", "a"], "b.rss"));
        assert_eq!(FilePath::of("/index.html").unwrap().folders().count(), 0);
    }
}
