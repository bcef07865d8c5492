//! Reading a file that someone else wrote.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// The largest file read, in bytes; the largest written by hand has a hundredth of it.
pub const FILE_BYTES_MAX: usize = 1024 * 1024;

/// The bytes of a file, one more than allowed at most.
pub fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    // Opening a pipe would wait for its writer.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
