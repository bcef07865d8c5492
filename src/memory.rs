//! What the allocator may keep for later, and when it gives back what it kept.
//!
//! The C library's allocator is the only one, for SQLite and the codecs use it anyway: what a run needed returns to the
//! system page by page, wherever it lay. An allocator that keeps blocks of one size together holds on to a whole region
//! while one block in it is in use, and after some thousands of articles has twice as much as is used.

/// Blocks of this size and more are the system's, and return to it when they are freed. It asks and clears anew for each,
/// so that they must not be as common as the pages of portals are.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const OWN_BYTES: i32 = 512 * 1024;

/// How much may lie free behind the last block of an arena before that returns at once.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const FREE_BYTES: i32 = 2 * 1024 * 1024;

/// Sets how much the allocator may keep; for a program to call before it starts threads. There are as many arenas as
/// processors: each keeps what is free for its own threads, and by default there may be eight times as many.
#[expect(unsafe_code, reason = "the standard library does not know the C library's allocator")]
pub fn keep_little() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let arenas = i32::try_from(processors).unwrap_or(i32::MAX);
        // SAFETY: each call checks its numbers and stores them under a lock.
        unsafe {
            libc::mallopt(libc::M_ARENA_MAX, arenas);
            libc::mallopt(libc::M_MMAP_THRESHOLD, OWN_BYTES);
            libc::mallopt(libc::M_TRIM_THRESHOLD, FREE_BYTES);
        }
    }
}

/// Gives every page back to the system in which nothing is in use. Takes some milliseconds, in which other threads may
/// wait for memory: for the end of much work, not for each piece of it.
#[expect(unsafe_code, reason = "the standard library does not know the C library's allocator")]
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it takes the locks of the arenas and touches what is free alone.
    unsafe {
        libc::malloc_trim(0);
    }
}
