//! The program `harbinger`: wiring only.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    keep_pages_small();
    harbinger::cli::run().await
}

/// With huge pages the allocator's arenas would take two megabytes for every few kilobytes touched, and clearing
/// them would be most of a start.
fn keep_pages_small() {
    // A kernel that does not know huge pages has nothing to switch off.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}
