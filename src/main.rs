//! The program `harbinger`: wiring only.

use std::process::ExitCode;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    keep_pages_small();
    give_memory_back();
    open_as_many_files_as_allowed();
    harbinger::cli::run().await
}

/// With huge pages the allocator's arenas would take two megabytes for every few kilobytes touched, and clearing
/// them would be most of a start.
fn keep_pages_small() {
    // A kernel that does not know huge pages has nothing to switch off.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

/// What a feed needed while it was rendered goes back to the system at once: the allocator keeps it otherwise until it
/// is asked again, which is a sixth of what a program that then only answers readers has.
#[expect(unsafe_code, reason = "the allocator's binding has no safe way to set an option")]
fn give_memory_back() {
    /// `mi_option_purge_delay`, in milliseconds (mimalloc.h).
    const PURGE_DELAY: std::ffi::c_int = 15;
    unsafe extern "C" {
        fn mi_option_set(option: std::ffi::c_int, value: std::ffi::c_long);
    }
    // SAFETY: part of mimalloc, which is linked as the global allocator; it checks the option and stores a number.
    unsafe { mi_option_set(PURGE_DELAY, 0) }
}

/// Each reader is an open file, and the usual soft limit is for programs that use `select`.
fn open_as_many_files_as_allowed() {
    let limit = getrlimit(Resource::Nofile);
    // It stays as it is where the system says no.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}
