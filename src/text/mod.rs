//! Pure functions on strings.

pub mod address;
pub mod byline;
pub mod dates;
pub mod fold;
pub mod language;
pub mod plain;
