//! The program `harbinger`: wiring only.

use std::process::ExitCode;

use harbinger::memory;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

fn main() -> ExitCode {
    keep_pages_small();
    memory::keep_little();
    open_as_many_files_as_allowed();
    work()
}

/// Starts the threads, and does what the command line says.
#[tokio::main]
async fn work() -> ExitCode {
    harbinger::cli::run().await
}

/// With huge pages the allocator's arenas would take two megabytes for every few kilobytes touched.
fn keep_pages_small() {
    // A kernel that does not know huge pages has nothing to switch off.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

/// Each reader is an open file, and the usual soft limit is for programs that use `select`.
fn open_as_many_files_as_allowed() {
    let limit = getrlimit(Resource::Nofile);
    // It stays as it is where the system says no.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}
