//! The pages for people: the front page and one for each feed, in each language of ours. They work without scripts.
//!
//! Links within a page leave out the host, so that they (and the stylesheet) work under whatever name the service was
//! opened; addresses to copy are whole and public. Pages ask no other site for anything: pictures of articles are in
//! the feeds, where readers want them, but a page that showed them would tell each portal who looks at it.

use askama::Template;
use chrono::{DateTime, FixedOffset, SecondsFormat};
use url::Url;

use crate::model::addresses::Addresses;
use crate::model::feed::{Entry, Feed, FeedKey, Format};
use crate::model::part::Part;
use crate::publish::directory::{Directory, Listed};
use crate::publish::pages::language::{Language, autonym};
use crate::publish::pages::look::Look;
use crate::publish::pages::words::Words;
use crate::publish::{GENERATOR, assets, embed, legal};
use crate::text::search::QUERY_CHARS_MAX;

pub mod language;
pub mod look;
pub mod refusal;
pub mod words;

mod readers;

/// The most headlines the front page shows.
pub const HEADLINES_MAX: usize = 15;

/// A headline on the front page.
#[derive(Debug, Clone)]
pub struct Headline {
    /// The article's address.
    pub url: String,
    /// Plain text, one line.
    pub title: String,
    /// BCP 47 tag.
    pub language: String,
    /// In the portal's zone.
    pub published: DateTime<FixedOffset>,
    /// The portal's name.
    pub portal: String,
    /// BCP 47 tag of that name.
    pub portal_language: String,
}

/// The front page: all feeds, how to subscribe, the newest articles, when each portal was last read.
pub fn index(directory: &Directory, latest: &[Headline], look: Look) -> Result<String, askama::Error> {
    let latest = &latest[..latest.len().min(HEADLINES_MAX)];
    let place = (&FeedKey::All, &Part::default());
    let frame = Frame::of(&directory.base_url, place, directory.addresses, look);
    let page = IndexPage { frame, directory, latest };
    page.render().map(legal::document)
}

/// A feed's page: how to subscribe, and its entries; of an event also what it is and where its coverage comes from.
pub fn feed(feed: &Feed, look: Look) -> Result<String, askama::Error> {
    let frame = Frame::of(&feed.base_url, (&feed.key, &feed.part), feed.addresses, look);
    FeedPage { frame, feed }.render().map(legal::document)
}

/// What every page has around it.
struct Frame {
    look: Look,
    words: &'static Words,
    /// Scheme and host of the service.
    origin: String,
    /// The path the service stands under, without its final slash.
    root: String,
    /// The path of the page, below the root, without a query.
    path: String,
    /// Whose page it is.
    feed: FeedKey,
    /// Which part of the feed is on it.
    part: Part,
    /// How addresses are written.
    addresses: Addresses,
    stylesheet: &'static str,
    script: &'static str,
    generator: &'static str,
}

impl Frame {
    fn of(base_url: &Url, (feed, part): (&FeedKey, &Part), addresses: Addresses, look: Look) -> Frame {
        Frame {
            look,
            words: look.language.words(),
            origin: base_url.origin().ascii_serialization(),
            root: base_url.path().trim_end_matches('/').to_owned(),
            path: feed.format_path(Format::Html),
            feed: feed.clone(),
            part: part.clone(),
            addresses,
            stylesheet: assets::stylesheet_path(),
            script: assets::script_path(),
            generator: GENERATOR,
        }
    }

    /// The front page; in the language of this one if the reader chose it.
    fn home(&self) -> String {
        self.link(&FeedKey::All)
    }

    /// A feed's page, likewise.
    fn link(&self, feed: &FeedKey) -> String {
        self.link_to(feed, &Part::default())
    }

    /// The page of a part of a feed, likewise.
    fn link_to(&self, feed: &FeedKey, part: &Part) -> String {
        let language = self.look.is_chosen.then(|| self.look.language.tag());
        format!("{}{}", self.root, self.addresses.page(feed, part, language))
    }

    /// This page in each language.
    fn languages(&self) -> [(Language, String); 3] {
        Language::ALL.map(|language| {
            let path = self.addresses.page(&self.feed, &self.part, Some(language.tag()));
            (language, format!("{}{path}", self.root))
        })
    }
}

/// A document a page offers: its kind, its name for people and its whole address.
struct Offer {
    media_type: &'static str,
    name: &'static str,
    id: &'static str,
    url: String,
}

impl Offer {
    fn all(url: impl Fn(Format) -> String) -> [Offer; 3] {
        let offer = |format, name, id, media_type| Offer { media_type, name, id, url: url(format) };
        [
            offer(Format::Rss, "RSS", "rss", "application/rss+xml"),
            offer(Format::Atom, "Atom", "atom", "application/atom+xml"),
            offer(Format::Json, "JSON", "json", "application/feed+json"),
        ]
    }

    /// The address that opens in the feed reader of the system. Not `feed:https://…`, which HTML validators reject.
    fn app_url(&self) -> String {
        let (_, rest) = self.url.split_once("://").unwrap_or(("", &self.url));
        format!("feed://{rest}")
    }
}

#[derive(Template)]
#[template(path = "index.html")]
struct IndexPage<'a> {
    frame: Frame,
    directory: &'a Directory,
    latest: &'a [Headline],
}

impl IndexPage<'_> {
    fn offers(&self, listed: &Listed) -> [Offer; 3] {
        Offer::all(|format| self.directory.format_url(listed, format))
    }

    fn path(&self, listed: &Listed) -> String {
        self.frame.link(&listed.key)
    }

    fn search_label(&self) -> &'static str {
        self.frame.words.search_all
    }

    fn words_asked(&self) -> &'static str {
        ""
    }

    fn partner_key(&self) -> Option<&'static str> {
        None
    }

    fn days(&self, listed: &Listed) -> Option<String> {
        listed.days.map(|(first, last)| self.frame.look.language.days(first, last))
    }
}

#[derive(Template)]
#[template(path = "feed.html")]
struct FeedPage<'a> {
    frame: Frame,
    feed: &'a Feed,
}

impl FeedPage<'_> {
    fn offers(&self) -> [Offer; 3] {
        Offer::all(|format| self.feed.format_url(format))
    }

    /// Its name. That of all portals is ours, so it is in the language of the page.
    fn title(&self) -> &str {
        match self.feed.key {
            FeedKey::All => self.frame.words.all_portals,
            _ => &self.feed.title,
        }
    }

    /// What stands below the name, likewise.
    fn description(&self) -> &str {
        match self.feed.key {
            FeedKey::All => self.frame.words.front_description,
            _ => &self.feed.description,
        }
    }

    /// The language of the two: BCP 47 tag.
    fn heading_language(&self) -> &str {
        match self.feed.key {
            FeedKey::All => self.frame.look.language.tag(),
            _ => &self.feed.language,
        }
    }

    /// Readers on the web, each with the address that subscribes to the feed there.
    fn readers(&self) -> Vec<(&'static str, String)> {
        if self.feed.is_private {
            // They read for many: a key is not for them.
            return Vec::new();
        }
        readers::links(&self.feed.base_url, &self.feed.format_url(Format::Rss))
    }

    /// The markup that shows the feed's headlines on another page.
    fn embed(&self) -> Option<String> {
        if self.feed.is_private {
            return None;
        }
        let Feed { base_url, addresses, key, title, .. } = self.feed;
        embed::iframe(base_url, *addresses, key, title, embed::FRAME_PX)
    }

    /// The page with another part of the feed, in the language of this one if the reader chose it.
    fn part_path(&self, part: &Part) -> String {
        self.frame.link_to(&self.feed.key, part)
    }

    /// Where the markup of the headline box is asked for; `None` for a feed without one, and where nobody answers.
    fn oembed_url(&self) -> Option<String> {
        embed::path(&self.feed.key).filter(|_| !self.feed.is_private && !self.feed.addresses.are_files())?;
        Some(embed::oembed_url(&self.feed.base_url, &self.feed.page_url()))
    }

    /// What the field for words is called.
    fn search_label(&self) -> &'static str {
        match self.feed.key {
            FeedKey::All => self.frame.words.search_all,
            _ => self.frame.words.search,
        }
    }

    /// The key the page was opened with.
    fn partner_key(&self) -> Option<&str> {
        self.feed.part.key.as_deref()
    }

    /// The words looked for.
    fn words_asked(&self) -> &str {
        self.feed.part.q.as_deref().unwrap_or_default()
    }

    /// The page of the portal a section belongs to.
    fn portal_path(&self) -> Option<String> {
        match &self.feed.key {
            FeedKey::Section(portal, _) => {
                let whole = Part { key: self.feed.part.key.clone(), ..Part::default() };
                Some(self.frame.link_to(&FeedKey::Portal(portal.clone()), &whole))
            }
            _ => None,
        }
    }

    /// Who wrote it and where the portal took it from, each once.
    fn byline(&self, entry: &Entry) -> String {
        let source = entry.source.iter().filter(|source| !entry.authors.contains(source));
        let words: Vec<&str> = entry.authors.iter().chain(source).map(String::as_str).collect();
        words.join(" · ")
    }
}

/// A time for machines.
pub(super) fn machine(time: &DateTime<FixedOffset>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, false)
}
