//! An event's file.

use crate::config::document::Table;
use crate::config::ids::Ids;
use crate::config::rules;
use crate::config::values::{day, id, language, text, timezone, title, truth, url};
use crate::model::event::Event;
use crate::model::timezone::Timezone;

/// The tables of an event's file.
pub const TABLES: &[&str] = &["event", "name", "evidence", "exclude"];

/// The keys of `[event]`.
pub const KEYS: &[&str] = &[
    "id",
    "aliases",
    "private",
    "title",
    "description",
    "home",
    "language",
    "starts",
    "ends",
    "timezone",
    "days_before",
    "days_after",
    "threshold",
    "section_cap",
    "places",
];

/// Reads it; `None` if something it cannot do without is missing or wrong.
pub fn read(root: &Table, ids: &mut Ids) -> Option<Event> {
    root.only(TABLES);
    let table = root.table("event")?;
    table.only(KEYS);
    let id = table.required("id", "a short name such as \"book-fair\"", text(id));
    if let Some(id) = &id {
        ids.claim("event", id, &table);
    }
    let aliases = table.list("aliases", text(self::id));
    ids.claim_aliases("event", &aliases, &table);
    let is_private = table.optional("private", truth).unwrap_or(false);
    let title = table.required("title", "the event's name", text(title));
    let description = table.optional("description", text(self::title));
    let home = table.optional("home", text(url));
    let language = table.required("language", "a BCP 47 tag such as \"zh-Hans\"", text(language));
    let starts = table.required("starts", "its first day, such as 2026-01-06", day);
    let ends = table.required("ends", "its last day, such as 2026-01-08", day);
    if let (Some(starts), Some(ends)) = (starts, ends)
        && ends < starts
    {
        table.problem("ends", format!("{ends} is before starts; expected {starts} or later"));
    }
    let timezone = table.optional("timezone", text(timezone)).unwrap_or(Timezone::UTC);
    let rules = rules::read(root, &table, title.as_deref().unwrap_or_default());
    Some(Event {
        id: id?,
        aliases,
        is_private,
        title: title?,
        description,
        home,
        language: language?,
        starts: starts?,
        ends: ends?,
        timezone,
        rules,
    })
}
