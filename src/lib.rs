//! Harbinger: a syndication service for news portals.
//!
//! This file is the map. The rooms stand in import order: **a module imports only modules above it**.
//! `ingest` and `publish` never import each other; they meet in the store. ARCHITECTURE.md tells the rest.

/// The words all rooms speak, as plain data.
pub mod model;

/// What the program counts while it works.
pub mod signals;

/// What the allocator keeps, and when it gives that back.
pub mod memory;

/// Threads for work that no reader waits for.
pub mod background;

/// Settings and `feeds/*.toml`, with every mistake reported.
pub mod config;

/// Pure functions on strings: folding, addresses, language, dates, bylines.
pub mod text;

/// An event's rules, applied to an article.
pub mod events;

/// All SQL: articles, feeds, changes, runs, tokens.
pub mod store;

/// Who may read what is private: partner keys, checked in memory.
pub mod keys;

/// The HTTP clients that everything goes out through.
pub mod outside;

/// Runs as traces for an OpenTelemetry Collector.
pub mod traces;

/// From a source to stored articles: fetch, decode, extract, clean, identify, save.
pub mod ingest;

/// From stored entries to ready bytes, in every format.
pub mod publish;

/// The public face as static files.
pub mod export;

/// The only place that asks what time it is.
pub mod clock;

/// What is due, and the queue of runs.
pub mod scheduler;

/// The HTTP routes.
pub mod server;

/// The rooms wired into one running service.
pub mod service;

/// The invented portal that `demo`, tests and benches read; outside the rooms.
pub mod sample;

/// One file a command; words for people.
pub mod cli;
