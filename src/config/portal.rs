//! A portal's file.

use std::collections::HashMap;
use std::time::Duration;

use crate::config::document::Table;
use crate::config::ids::Ids;
use crate::config::source;
use crate::config::values::{
    host, id, language, pattern, schedule, selector, text, timezone, title, truth, url, whole, word,
};
use crate::model::portal::{ArticleRules, ContentLevel, FetchRules, Portal, Section};
use crate::model::retention::{Retention, Then};

/// The tables of a portal's file.
pub const TABLES: &[&str] = &["portal", "article", "section"];

/// The keys of `[portal]`.
pub const KEYS: &[&str] = &[
    "id",
    "title",
    "home",
    "hosts",
    "aliases",
    "private",
    "language",
    "timezone",
    "schedule",
    "content",
    "rights",
    "article_url",
    "retention",
    "fetch",
];

/// The keys of `[portal.retention]`.
pub const RETENTION_KEYS: &[&str] = &["after_days", "then"];

/// The keys of `[portal.fetch]`.
pub const FETCH_KEYS: &[&str] =
    &["concurrency", "delay_ms", "timeout_s", "allow_private_addresses", "obey_robots", "max_page_mb"];

/// The keys of `[article]`.
pub const ARTICLE_KEYS: &[&str] = &["title", "content", "published", "author", "remove"];

/// The keys of `[[section]]`.
pub const SECTION_KEYS: &[&str] = &["id", "aliases", "title", "schedule", "sources"];

const CONTENT_LEVELS: &[(&str, ContentLevel)] =
    &[("full", ContentLevel::Full), ("summary", ContentLevel::Summary), ("headline", ContentLevel::Headline)];

const THEN: &[(&str, Option<Then>)] = &[("keep", None), ("archive", Some(Then::Archive)), ("drop", Some(Then::Drop))];

/// The most days an article can be kept before its text goes: a century.
const AFTER_DAYS_MAX: u32 = 36_500;

/// `events/ID` names an event's feed wherever a feed is named, so no portal can be called that.
const PORTAL_ID_RESERVED: &str = "events";

/// Reads it; `None` if something it cannot do without is missing or wrong.
pub fn read(root: &Table, ids: &mut Ids) -> Option<Portal> {
    root.only(TABLES);
    let rules = root.table("article").map(|table| article_rules(&table)).unwrap_or_default();
    let sections = sections(root);
    let table = root.table("portal")?;
    table.only(KEYS);
    let portal_id = table.required("id", "a short name such as \"example\"", text(portal_id));
    if let Some(id) = &portal_id {
        ids.claim("portal", id, &table);
    }
    let title = table.required("title", "the portal's name", text(title));
    let home = table.required("home", "its front page, such as \"https://www.example.com/\"", text(url));
    let hosts = table.list("hosts", text(host));
    let aliases = table.list("aliases", text(self::portal_id));
    ids.claim_aliases("portal", &aliases, &table);
    let is_private = table.optional("private", truth).unwrap_or(false);
    let language = table.required("language", "a BCP 47 tag such as \"zh-Hans\"", text(language));
    let timezone = table.required("timezone", "an IANA name such as \"Asia/Shanghai\"", text(timezone));
    let schedule = table.required("schedule", "a cron line such as \"*/10 * * * *\"", text(schedule));
    let content = table.optional("content", word(CONTENT_LEVELS)).unwrap_or(ContentLevel::Summary);
    let rights = table.optional("rights", text(self::title));
    let article_url = table.optional("article_url", text(pattern));
    let retention = table.table("retention").and_then(|table| retention(&table));
    let fetch = table.table("fetch").map(|table| fetch_rules(&table)).unwrap_or_default();
    Some(Portal {
        id: portal_id?,
        title: title?,
        home: home?,
        hosts,
        aliases,
        is_private,
        language: language?,
        timezone: timezone?,
        schedule: schedule?,
        content,
        retention,
        rights,
        article_url,
        fetch,
        rules,
        sections,
    })
}

fn portal_id(text: &str) -> Result<String, String> {
    match id(text)? {
        id if id == PORTAL_ID_RESERVED => {
            Err("\"events\" is taken by the events' feeds; expected another id".to_owned())
        }
        id => Ok(id),
    }
}

/// What becomes of old articles; nothing where they are kept.
fn retention(table: &Table) -> Option<Retention> {
    table.only(RETENTION_KEYS);
    let after_days = table.required("after_days", "the age in days, such as 365", whole(1..=AFTER_DAYS_MAX));
    let then = table.required("then", "\"keep\", \"archive\" or \"drop\"", word(THEN))?;
    Some(Retention { after_days: after_days?, then: then? })
}

fn fetch_rules(table: &Table) -> FetchRules {
    table.only(FETCH_KEYS);
    let mut rules = FetchRules::default();
    if let Some(concurrency) = table.optional("concurrency", whole(1..=32)) {
        rules.concurrency = concurrency as usize;
    }
    if let Some(delay_ms) = table.optional("delay_ms", whole(0..=60_000)) {
        rules.delay = Duration::from_millis(delay_ms.into());
    }
    if let Some(timeout_s) = table.optional("timeout_s", whole(1..=300)) {
        rules.timeout = Duration::from_secs(timeout_s.into());
    }
    if let Some(is_allowed) = table.optional("allow_private_addresses", truth) {
        rules.allow_private_addresses = is_allowed;
    }
    if let Some(is_obeyed) = table.optional("obey_robots", truth) {
        rules.obey_robots = is_obeyed;
    }
    if let Some(max_page_mb) = table.optional("max_page_mb", whole(1..=100)) {
        rules.page_bytes_max = max_page_mb as usize * 1024 * 1024;
    }
    rules
}

fn article_rules(table: &Table) -> ArticleRules {
    table.only(ARTICLE_KEYS);
    ArticleRules {
        title: table.optional("title", text(selector)),
        content: table.optional("content", text(selector)),
        published: table.optional("published", text(selector)),
        author: table.optional("author", text(selector)),
        remove: table.list("remove", text(selector)),
    }
}

fn sections(root: &Table) -> Vec<Section> {
    let mut lines = HashMap::new();
    let tables = root.some_tables("section", "[[section]] with id, title and sources");
    tables.iter().filter_map(|table| section(table, &mut lines)).collect()
}

fn section(table: &Table, lines: &mut HashMap<String, usize>) -> Option<Section> {
    table.only(SECTION_KEYS);
    let id = table.required("id", "a short name such as \"news\"", text(id));
    if let Some(id) = &id {
        if let Some(line) = lines.get(id) {
            table.problem("id", format!("\"{id}\" is also the id of the section in line {line}; expected another id"));
        }
        lines.entry(id.clone()).or_insert_with(|| table.line_of("id"));
    }
    let aliases = table.list("aliases", text(self::id));
    for alias in &aliases {
        if let Some(line) = lines.get(alias) {
            table.problem(
                "aliases",
                format!("\"{alias}\" is also a name of the section in line {line}; expected another id"),
            );
        }
        lines.entry(alias.clone()).or_insert_with(|| table.line_of("aliases"));
    }
    let title = table.required("title", "the section's name", text(title));
    let schedule = table.optional("schedule", text(schedule));
    let sources = source::read_all(table);
    Some(Section { id: id?, aliases, title: title?, schedule, sources })
}
