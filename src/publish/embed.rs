//! The headline box for partner pages: a small page that may stand in a frame anywhere, works without scripts, and is
//! written in the language of its feed; and the markup that puts it there.

use askama::Template;
use url::{Url, form_urlencoded};

use crate::model::addresses::Addresses;
use crate::model::feed::{Entry, Feed, FeedKey};
use crate::publish::pages::language::Language;
use crate::publish::pages::machine;
use crate::publish::{assets, legal};

/// Headlines in a box unless another number is asked for.
pub const HEADLINES: usize = 10;
/// The most headlines in a box.
pub const HEADLINES_MAX: usize = 50;
/// The size of a frame unless another is asked for, in CSS pixels.
pub const FRAME_PX: (u32, u32) = (400, 600);

/// What a box may do: use our stylesheet, and stand in anybody's frame (`Content-Security-Policy`).
pub const CONTENT_SECURITY_POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";

/// The colours of a box.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// As the reader's system says.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    fn class(self) -> Option<&'static str> {
        match self {
            Theme::Auto => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        }
    }
}

/// What is asked of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Asked {
    /// The most headlines.
    pub limit: usize,
    /// The colours.
    pub theme: Theme,
}

impl Default for Asked {
    fn default() -> Asked {
        Asked { limit: HEADLINES, theme: Theme::Auto }
    }
}

impl Asked {
    /// Reads a query; what we do not know changes nothing. The error says what was expected.
    pub fn parse(query: &str) -> Result<Asked, String> {
        let mut asked = Asked::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=HEADLINES_MAX).contains(limit));
                    asked.limit = limit.ok_or(format!("limit must be a whole number from 1 to {HEADLINES_MAX}"))?;
                }
                "theme" => {
                    asked.theme = match &*value {
                        "auto" => Theme::Auto,
                        "light" => Theme::Light,
                        "dark" => Theme::Dark,
                        _ => return Err("theme must be auto, light or dark".to_owned()),
                    };
                }
                _ => {}
            }
        }
        Ok(asked)
    }
}

/// Where the box of a feed stands; all portals together have none.
pub fn path(key: &FeedKey) -> Option<String> {
    (*key != FeedKey::All).then(|| format!("/embed/{key}"))
}

/// The box.
pub fn render(feed: &Feed, asked: Asked) -> Result<String, askama::Error> {
    let page = BoxPage {
        feed,
        entries: &feed.entries[..feed.entries.len().min(asked.limit)],
        theme: asked.theme,
        language: Language::of_tag(&feed.language).unwrap_or(Language::English),
        root: feed.base_url.path().trim_end_matches('/'),
        stylesheet: assets::embed_stylesheet_path(),
    };
    page.render().map(legal::document)
}

/// The markup that shows a feed's box on another page; `None` for all portals together.
pub fn iframe(
    base_url: &Url,
    addresses: Addresses,
    key: &FeedKey,
    title: &str,
    (width, height): (u32, u32),
) -> Option<String> {
    let src = format!("{}{}", base_url.as_str().trim_end_matches('/'), addresses.headline_box(&path(key)?));
    Iframe { src, title, width, height }.render().ok().map(|markup| markup.trim_end().to_owned())
}

/// Where oEmbed consumers ask for that markup.
pub fn oembed_url(base_url: &Url, page_url: &str) -> String {
    let page: String = form_urlencoded::byte_serialize(page_url.as_bytes()).collect();
    format!("{}/oembed?url={page}&format=json", base_url.as_str().trim_end_matches('/'))
}

#[derive(Template)]
#[template(path = "embed.html")]
struct BoxPage<'a> {
    feed: &'a Feed,
    entries: &'a [Entry],
    theme: Theme,
    language: Language,
    root: &'a str,
    stylesheet: &'static str,
}

#[derive(Template)]
#[template(path = "iframe.html")]
struct Iframe<'a> {
    src: String,
    title: &'a str,
    width: u32,
    height: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_asked_for_within_limits() {
        let check = |query: &str, limit: usize, theme: Theme| {
            assert_eq!(Asked::parse(query).unwrap(), Asked { limit, theme }, "{query}");
        };
        check("", HEADLINES, Theme::Auto);
        check("limit=3&theme=dark&utm_source=x", 3, Theme::Dark);
        check("theme=auto&null", HEADLINES, Theme::Auto);
        for query in ["limit=0", "limit=51", "limit=x", "theme=pink"] {
            assert!(Asked::parse(query).is_err(), "{query}");
        }
    }

    #[test]
    fn a_title_cannot_break_out_of_the_frame() {
        let base = Url::parse("https://feeds.example/").unwrap();
        let markup = iframe(&base, Addresses::Queries, &FeedKey::Portal("a".into()), "\"><script>", FRAME_PX).unwrap();
        assert!(markup.starts_with("<iframe src=\"https://feeds.example/embed/a\"") && !markup.contains("<script"));
        assert!(iframe(&base, Addresses::Queries, &FeedKey::All, "", FRAME_PX).is_none());
    }
}
