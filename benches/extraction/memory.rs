//! How much memory the work on one page takes: the program's allocator, counted.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

use harbinger::ingest::{decode, page};

use crate::Case;

/// The program's allocator, with a count of what this thread holds.
pub struct Counted;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    let held = HELD.get() + bytes;
    HELD.set(held);
    if held > MOST.get() {
        MOST.set(held);
    }
}

#[expect(unsafe_code, reason = "an allocator is unsafe by its nature; this one only counts")]
// SAFETY: every call is handed on as it came.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize);
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// The most memory held while a page is read, as a multiple of the page's size: the median of the pages and the most.
pub fn line(cases: &[Case]) -> String {
    let mut multiples: Vec<f64> = cases.iter().map(multiple).collect();
    multiples.sort_by(f64::total_cmp);
    let median = multiples.get(multiples.len() / 2).copied().unwrap_or(0.0);
    let most = multiples.last().copied().unwrap_or(0.0);
    format!("memory of the work on a page: × {median:.1} its size in the median, at most × {most:.1}")
}

fn multiple(case: &Case) -> f64 {
    // What is made once for all pages is no page's.
    let read = || black_box(page::read(&decode::bytes(case.url.clone(), None, case.body.clone()), &case.portal));
    drop(read());
    let before = HELD.get();
    MOST.set(before);
    drop(read());
    (MOST.get() - before) as f64 / case.body.len().max(1) as f64
}
