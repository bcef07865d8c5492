//! What the program does for its users, through the front door: real HTTP, real SQLite, a fake portal over HTTP.

mod house;

mod admin;
mod articles;
mod commands;
mod documents;
mod events;
mod http;
mod layout;
mod recovery;
mod revisions;
mod schedule;
