//! Where an export goes, as it is named on the command line.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::export::path::FilePath;

/// How the address of a bucket begins.
const SCHEME: &str = "s3://";
/// The length of a bucket's name in bytes (S3).
const BUCKET_BYTES: std::ops::RangeInclusive<usize> = 3..=63;

/// A folder or a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A part of a bucket.
    Bucket {
        /// Its name.
        bucket: String,
        /// What every key begins with, with its final slash; empty for all of the bucket.
        prefix: String,
    },
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Place, String> {
        let Some(address) = text.strip_prefix(SCHEME) else {
            return match text.split_once("://") {
                Some(_) => Err(format!("expected a folder or {SCHEME}BUCKET/PREFIX")),
                None => Ok(Place::Folder(text.into())),
            };
        };
        let (bucket, prefix) = address.split_once('/').unwrap_or((address, ""));
        let is_known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
        if !BUCKET_BYTES.contains(&bucket.len()) || !bucket.bytes().all(is_known) || bucket.contains("..") {
            return Err(format!("{bucket:?} is no name of a bucket; expected {SCHEME}BUCKET/PREFIX"));
        }
        let prefix = prefix.trim_end_matches('/');
        if prefix.is_empty() {
            return Ok(Place::Bucket { bucket: bucket.to_owned(), prefix: String::new() });
        }
        let prefix = FilePath::try_from(prefix.to_owned()).map_err(|_| {
            format!("{prefix:?} cannot be the beginning of keys; expected letters, digits, `.`, `-`, `_` and `/`")
        })?;
        Ok(Place::Bucket { bucket: bucket.to_owned(), prefix: format!("{prefix}/") })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Folder(path) => path.display().fmt(f),
            Place::Bucket { bucket, prefix } => write!(f, "{SCHEME}{bucket}/{prefix}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_folder_or_a_part_of_a_bucket() {
        let check = |text: &str, expected: &str| assert_eq!(text.parse::<Place>().unwrap().to_string(), expected);
        check("site", "site");
        check("/srv/www", "/srv/www");
        check("s3://news", "s3://news/");
        check("s3://news/", "s3://news/");
        check("s3://news.example/feeds/v1/", "s3://news.example/feeds/v1/");
        for wrong in [
            "s3://",
            "s3:///a",
            "s3://ab",
            "s3://News/a",
            "s3://a..b",
            "s3://news/../x",
            "s3://news/a?b",
            "gs://news/a",
        ] {
            assert!(wrong.parse::<Place>().is_err(), "{wrong}");
        }
    }
}
