//! From a source to stored articles: fetch, decode, extract, guard, clean, identify, save.

pub mod clean;
pub mod decode;
pub mod extract;
pub mod fetch;
pub mod guard;
pub mod sources;
