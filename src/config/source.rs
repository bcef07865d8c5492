//! The sources of a section: `{ list = "…" }`, `{ feed = "…" }` or `{ sitemap = "…" }`.

use crate::config::document::Table;
use crate::config::values::{selector, text, url, whole};
use crate::model::portal::Source;

/// The keys of a source.
pub const KEYS: &[&str] = &["list", "feed", "sitemap", "links", "pages"];

const EXAMPLE: &str = "{ list = \"https://www.example.com/news/\" }";

/// Reads all sources of a section.
pub fn read_all(section: &Table) -> Vec<Source> {
    section.some_tables("sources", &format!("[{EXAMPLE}]")).iter().filter_map(read).collect()
}

fn read(table: &Table) -> Option<Source> {
    table.only(KEYS);
    let kinds: Vec<&str> = ["list", "feed", "sitemap"].into_iter().filter(|kind| table.has(kind)).collect();
    let links = table.optional("links", text(selector));
    let pages = table.optional("pages", whole(1..=50)).unwrap_or(1) as usize;
    let [kind] = kinds[..] else {
        let found = if kinds.is_empty() { "none of list, feed and sitemap".to_owned() } else { kinds.join(" and ") };
        table.problem_here(format!("{found}; expected exactly one of them, such as {EXAMPLE}"));
        return None;
    };
    if kind != "list" {
        for key in ["links", "pages"].into_iter().filter(|key| table.has(key)) {
            table.problem(key, format!("only a list has it; expected it beside list, not beside {kind}"));
        }
    }
    let url = table.optional(kind, text(url))?;
    Some(match kind {
        "list" => Source::Listing { url, links, pages },
        "feed" => Source::Feed { url },
        _ => Source::Sitemap { url },
    })
}
