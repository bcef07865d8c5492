//! The `feeds/*.toml` files under which the sample portal is ingested.

use url::Url;

use crate::sample::sections::{SECTIONS, SourceKind};
use crate::sample::template::absolute;

/// The id of the portal.
pub const PORTAL: &str = "binghe";

/// The files: their names and what is in them, for a portal that is reached at `base`.
pub fn catalogue_toml(base: &Url) -> Vec<(String, String)> {
    let contest = include_str!("../../sample/feeds/binghe-snow-sculpture.toml");
    let dialogue = include_str!("../../feeds/world-mayors-dialogue.toml");
    vec![
        (format!("{PORTAL}.toml"), portal_toml(base)),
        ("binghe-snow-sculpture.toml".to_owned(), contest.to_owned()),
        ("world-mayors-dialogue.toml".to_owned(), dialogue.to_owned()),
    ]
}

fn portal_toml(base: &Url) -> String {
    let mut text = include_str!("../../sample/feeds/binghe.toml").replace("{{home}}", base.as_str());
    for section in &SECTIONS {
        text.push_str(&format!("\n[[section]]\nid = \"{}\"\ntitle = \"{}\"\n", section.id, section.title));
        if let Some(schedule) = section.schedule {
            text.push_str(&format!("schedule = \"{schedule}\"\n"));
        }
        let folder = absolute(base, &format!("/{}/", section.id));
        let source = match section.source {
            SourceKind::List => format!("list = \"{folder}\""),
            SourceKind::PagedList => format!("list = \"{folder}\", links = \"ul.list a\", pages = 2"),
            SourceKind::Feed => format!("feed = \"{folder}rss.xml\""),
            SourceKind::NewsSitemap => format!("sitemap = \"{folder}news-sitemap.xml\""),
        };
        text.push_str(&format!("sources = [{{ {source} }}]\n"));
    }
    text
}
