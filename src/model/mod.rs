//! The words all rooms speak, as plain data.
//! Nothing here reads a file, a socket or the clock.

pub mod account;
pub mod addresses;
pub mod article;
pub mod audience;
pub mod catalogue;
pub mod change;
pub mod clock;
pub mod condition;
pub mod copy;
pub mod coverage;
pub mod drift;
pub mod event;
pub mod explanation;
pub mod feed;
pub mod history;
pub mod html;
pub mod page;
pub mod part;
pub mod partner_key;
pub mod portal;
pub mod push;
pub mod quarantine;
pub mod reason;
pub mod retention;
pub mod revision;
pub mod run;
pub mod schedule;
pub mod signs;
pub mod spam_words;
pub mod template;
pub mod timezone;
pub mod token;
pub mod weighing;
