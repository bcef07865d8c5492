//! What the program does for its users, through the front door: real HTTP, real SQLite, a fake portal over HTTP.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod house;

mod admin;
mod articles;
mod backup;
mod bucket;
mod changes;
mod codings;
mod commands;
mod copies;
mod coverage;
mod dashboard;
mod delta;
mod doctor;
mod documents;
mod drift;
mod editors;
mod embed;
mod event_commands;
mod events;
mod explain;
mod export;
mod extraction;
mod faults;
mod headlines;
mod http;
mod hub;
mod identity;
mod layout;
mod metrics;
mod migrations;
mod openapi;
mod pages;
mod paging;
mod private;
mod properties;
mod push;
mod quarantine;
mod retention;
mod revisions;
mod runs;
mod schedule;
mod search;
mod security;
mod sitemap;
mod split_articles;
mod subscriber;
mod supervision;
mod templates;
mod tokens;
#[cfg(feature = "otel")]
mod traces;
mod withdrawals;
