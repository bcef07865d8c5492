//! The list of feeds as OPML 2.0, which feed readers import; grouped by portal, each feed once.
//!
//! `xmlUrl` is the RSS, for that is what `type="rss"` says and what every reader takes.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::model::feed::Format;
use crate::publish::directory::{Directory, Listed};
use crate::publish::{legal, rss};

/// Its `Content-Type`.
pub const CONTENT_TYPE: &str = "text/x-opml; charset=utf-8";

/// The list; `changed` is when it last changed.
pub fn render(directory: &Directory, changed: DateTime<Utc>) -> Result<String, askama::Error> {
    let opml = Opml { directory, changed: rss::date(&changed) };
    opml.render().map(legal::document)
}

#[derive(Template)]
#[template(path = "feeds.xml")]
struct Opml<'a> {
    directory: &'a Directory,
    changed: String,
}

impl Opml<'_> {
    fn xml_url(&self, listed: &Listed) -> String {
        self.directory.format_url(listed, Format::Rss)
    }

    fn html_url(&self, listed: &Listed) -> String {
        self.directory.format_url(listed, Format::Html)
    }
}
