//! The public face as files, for a host that only hands out files. What such a host cannot answer is not named in them:
//! no hub, no search, no API; older entries and other languages have files of their own instead of queries.
//!
//! Such a host cannot look at what language a reader likes either. So each page has a file in every language of ours, and
//! the one without a language in its name is in the language of the portals.

use actix_web::web::Bytes;
use chrono::{DateTime, Utc};

use crate::model::addresses::Addresses;
use crate::model::catalogue::Catalogue;
use crate::model::feed::{Feed, FeedKey, Format};
use crate::model::part::{Neighbours, Part};
use crate::publish::document::{self, Document};
use crate::publish::front::{self, Front};
use crate::publish::pages::language::Language;
use crate::publish::pages::look::Look;
use crate::publish::publisher::Publisher;
use crate::publish::{PublishError, browser, embed, headline_box, rendered, sitemap};

/// The most archive pages of one feed: a chain that is longer leads in a circle.
const PAGES_MAX: usize = 100_000;

/// A file of the public face.
#[derive(Debug, Clone)]
pub struct File {
    /// Where it stands below the public address, with a slash in front: `/feeds/hljnews.rss`.
    pub path: String,
    /// Its content.
    pub bytes: Bytes,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// `Cache-Control`.
    pub cache_control: String,
}

/// The public face of what a publisher publishes.
pub struct Site<'a> {
    publisher: &'a Publisher,
    addresses: Addresses,
    /// The language of pages without one in their names.
    language: Language,
}

/// A feed to its very first entry: the newest entries, and the archive pages below them.
pub struct Archive {
    newest: Feed,
    /// Where its documents stand, the newest first.
    parts: Vec<Part>,
}

impl Archive {
    /// How many documents there are: one and every archive page.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Never: a feed without entries is a document too.
    pub fn is_empty(&self) -> bool {
        false
    }
}

/// What stands in a file of a feed.
enum Kind {
    Feed(Format),
    Alias,
    Page(Look),
    HeadlineBox,
}

impl Site<'_> {
    /// The site of a publisher; nothing private is in it.
    pub fn of(publisher: &Publisher) -> Site<'_> {
        let language = usual_language(publisher.audiences().public());
        Site { publisher, addresses: Addresses::Files { language: language.tag() }, language }
    }

    /// The feeds in it.
    pub fn feeds(&self) -> Vec<FeedKey> {
        self.publisher.audiences().public().feeds()
    }

    /// What changes only with the operator's files: the list of feeds, robots.txt, stylesheets, scripts, pictures.
    pub async fn lasting(&self) -> Result<Vec<File>, PublishError> {
        let listed =
            self.publisher.listed().await?.ok_or_else(|| PublishError::Unregistered(front::NAME.to_owned()))?;
        let catalogue = self.publisher.audiences().public();
        let documents = front::lasting(catalogue, self.publisher.base_url(), self.addresses, listed)?;
        Ok(documents.into_iter().map(|(path, document)| file(path, &document)).collect())
    }

    /// The front page in each language, and the news sitemap as it is at `now`.
    pub async fn front(&self, now: DateTime<Utc>) -> Result<Vec<File>, PublishError> {
        let (catalogue, base_url) = (self.publisher.audiences().public(), self.publisher.base_url());
        let (key, headlines) = front::LATEST;
        let latest = self.feed(&key, Part::newest(headlines)).await?;
        let read = self.publisher.read().await?;
        let front = Front { changed: latest.changed, latest: Some(latest), read: &read };
        let recent = sitemap::recent(self.publisher.store(), now).await?;
        let sitemap = sitemap::document(catalogue, &recent, recent.changed.unwrap_or(front.changed))?;
        let mut files = vec![file(sitemap::PATH.to_owned(), &sitemap)];
        for look in self.looks() {
            let page = front::page(catalogue, base_url, self.addresses, &front, look)?;
            let path = self.addresses.page(&key, &Part::default(), Some(look.language.tag()));
            files.push(File {
                path,
                bytes: page.into(),
                content_type: Format::Html.content_type(),
                cache_control: document::cache_control(document::PAGE_AGE_S),
            });
        }
        Ok(files)
    }

    /// A feed with all its archive pages. What is newer than its newest entry is left for the next time.
    pub async fn archive(&self, key: &FeedKey) -> Result<Archive, PublishError> {
        let newest = self.feed(key, Part::default()).await?;
        let mut parts = vec![Part::default()];
        let mut below = newest.neighbours.prev_archive.clone();
        while let Some(part) = below {
            let page = self.feed(key, part.unversioned()).await?;
            below = page.neighbours.prev_archive;
            parts.push(page.part);
            if parts.len() > PAGES_MAX {
                return Err(PublishError::Moved(key.to_string()));
            }
        }
        Ok(Archive { newest, parts })
    }

    /// The paths of all files of a feed.
    pub fn paths(&self, archive: &Archive) -> Vec<String> {
        let files = archive.parts.iter().flat_map(|part| self.places(&archive.newest, part));
        files.map(|(_, path)| path).collect()
    }

    /// The files of one document of a feed, the newest being at 0; [`PublishError::Moved`] if a page was divided since the
    /// archive was walked.
    pub async fn files(&self, archive: &Archive, at: usize) -> Result<Vec<File>, PublishError> {
        let Archive { newest, parts } = archive;
        let feed = match at {
            0 => newest.clone(),
            _ => self.feed(&newest.key, parts[at].clone()).await?,
        };
        let page_below = |part: Option<&Part>| part.and_then(|part| part.page);
        if page_below(feed.neighbours.prev_archive.as_ref()) != page_below(parts.get(at + 1)) {
            return Err(PublishError::Moved(newest.key.to_string()));
        }
        let feed = Feed { neighbours: neighbours(&feed, parts, at), ..feed };
        self.places(&feed, &parts[at]).into_iter().map(|(kind, path)| self.written(&feed, kind, path)).collect()
    }

    /// A part of a feed as files tell of it.
    async fn feed(&self, key: &FeedKey, part: Part) -> Result<Feed, PublishError> {
        let feed = self.publisher.feed(key, part).await.map_err(|error| match error {
            PublishError::Absent => PublishError::Unregistered(key.to_string()),
            other => other,
        })?;
        Ok(Feed { addresses: self.addresses, hub: None, ..feed })
    }

    /// Each file of a part of a feed.
    fn places(&self, feed: &Feed, part: &Part) -> Vec<(Kind, String)> {
        let (key, is_newest) = (&feed.key, part.is_newest());
        let format = |format| (Kind::Feed(format), self.addresses.document(&key.format_path(format), part));
        let mut places = vec![format(Format::Rss), format(Format::Atom), format(Format::Json)];
        if *key == FeedKey::All {
            // Its page is the front page.
            let alias = Feed { is_alias: true, ..feed.clone() };
            places.extend(is_newest.then(|| (Kind::Alias, alias.format_path(Format::Rss))));
            return places;
        }
        let page = |key: &FeedKey, look: Look| self.addresses.page(key, part, Some(look.language.tag()));
        places.extend(self.looks().map(|look| (Kind::Page(look), page(key, look))));
        if is_newest {
            // A static host cannot lead on from an address that a feed had before, so the feed stands there too; its links
            // name the present one.
            for former in self.publisher.audiences().public().former(key) {
                let formats = [Format::Rss, Format::Atom, Format::Json];
                places.extend(formats.map(|format| (Kind::Feed(format), former.format_path(format))));
                places.extend(self.looks().map(|look| (Kind::Page(look), page(&former, look))));
            }
        }
        let headlines = embed::path(key).filter(|_| is_newest);
        places.extend(headlines.map(|path| (Kind::HeadlineBox, self.addresses.headline_box(&path))));
        places
    }

    fn written(&self, feed: &Feed, kind: Kind, path: String) -> Result<File, PublishError> {
        let written = |feed: &Feed, format: Format, look: Look| {
            let bytes = rendered(feed, format, look)?;
            let bytes = match format.is_xml() {
                true => browser::with_stylesheet(&bytes, self.publisher.base_url()),
                false => bytes,
            };
            Ok(File {
                path: path.clone(),
                bytes: bytes.into(),
                content_type: format.content_type(),
                cache_control: document::cache_control(document::max_age_s(feed, format)),
            })
        };
        match kind {
            Kind::Feed(format) => written(feed, format, Look::default()),
            Kind::Alias => written(&Feed { is_alias: true, ..feed.clone() }, Format::Rss, Look::default()),
            Kind::Page(look) => written(feed, Format::Html, look),
            Kind::HeadlineBox => Ok(file(path, &headline_box(feed, embed::Asked::default())?)),
        }
    }

    /// Each page in each language. A page in another than the usual one leads to others in its own.
    fn looks(&self) -> impl Iterator<Item = Look> {
        let usual = self.language;
        Language::ALL.into_iter().map(move |language| Look { language, is_chosen: language != usual })
    }
}

/// The links of the document at a place: all of them lead to files.
fn neighbours(feed: &Feed, parts: &[Part], at: usize) -> Neighbours {
    let below = parts.get(at + 1).cloned();
    let above = at.checked_sub(1).map(|above| parts[above].clone());
    Neighbours {
        next: below.clone(),
        last: (parts.len() > 1).then(|| parts.last().cloned()).flatten(),
        prev_archive: below,
        next_archive: above.clone().filter(|part| part.page.is_some()),
        previous: above,
        is_archive: feed.neighbours.is_archive,
        version: None,
    }
}

/// The language of the portals if they share one that we write, else English.
fn usual_language(catalogue: &Catalogue) -> Language {
    let mut languages = catalogue.portals.iter().map(|portal| Language::of_tag(&portal.language));
    let first = languages.next().flatten();
    first.filter(|first| languages.all(|language| language == Some(*first))).unwrap_or(Language::English)
}

fn file(path: String, document: &Document) -> File {
    File {
        path,
        bytes: document.identity.clone(),
        content_type: document.content_type,
        cache_control: document.cache_control.to_str().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::portal::Portal;

    #[test]
    fn pages_are_in_the_language_that_all_portals_share() {
        let check = |tags: &[&str], expected: Language| {
            let portal = |tag: &&str| {
                let portal = Portal::unknown("https://news.example/".parse().unwrap()).unwrap();
                Portal { language: (*tag).to_owned(), ..portal }
            };
            let catalogue = Catalogue { portals: tags.iter().map(portal).collect(), ..Catalogue::default() };
            assert_eq!(usual_language(&catalogue), expected, "{tags:?}");
        };
        check(&["zh-Hans", "zh-CN"], Language::Simplified);
        check(&["zh-Hant-HK"], Language::Traditional);
        check(&["zh-Hans", "zh-Hant"], Language::English);
        check(&["ru"], Language::English);
        check(&["ru", "zh-Hans"], Language::English);
        check(&[], Language::English);
    }
}
