//! Pure functions on strings.

pub mod address;
pub mod byline;
pub mod dates;
pub mod difference;
pub mod fingerprint;
pub mod fold;
pub mod gloss;
pub mod language;
pub mod plain;
pub mod script;
pub mod search;
pub mod simplified;
