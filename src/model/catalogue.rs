//! Everything the operator said of what is ingested: the portals and events of `feeds/`, and words of spam.

use crate::model::event::Event;
use crate::model::feed::FeedKey;
use crate::model::portal::Portal;
use crate::model::spam_words::SpamWords;

/// The portals and events, each sorted by id, and words of spam.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// The portals.
    pub portals: Vec<Portal>,
    /// The events.
    pub events: Vec<Event>,
    /// Words of spam besides those we know.
    pub spam_words: SpamWords,
}

impl Catalogue {
    /// The portal with this id.
    pub fn portal(&self, id: &str) -> Option<&Portal> {
        self.portals.iter().find(|portal| portal.id == id)
    }

    /// The event with this id.
    pub fn event(&self, id: &str) -> Option<&Event> {
        self.events.iter().find(|event| event.id == id)
    }

    /// Those sections, each written `portal/section`, whose portals are in it.
    pub fn known_sections<'a>(&self, sections: &'a [String]) -> Vec<&'a str> {
        let is_known = |name: &&str| self.portal(name.split('/').next().unwrap_or_default()).is_some();
        sections.iter().map(String::as_str).filter(is_known).collect()
    }

    /// Whether a feed is for those alone who hold a key.
    pub fn is_private(&self, feed: &FeedKey) -> bool {
        match feed {
            FeedKey::All => false,
            FeedKey::Portal(id) | FeedKey::Section(id, _) => self.portal(id).is_some_and(|portal| portal.is_private),
            FeedKey::Event(id) => self.event(id).is_some_and(|event| event.is_private),
        }
    }

    /// The private feed of a name as the API writes it; the error says what is wrong with the name.
    pub fn private_feed(&self, name: &str) -> Result<FeedKey, String> {
        let feed = self.feeds().into_iter().find(|feed| feed.to_string() == name);
        let feed =
            feed.ok_or_else(|| format!("there is no feed {name}; expected a portal, portal/section or events/ID"))?;
        if self.is_private(&feed) {
            return Ok(feed);
        }
        Err(format!("{name} is public and needs no key; `private = true` in its file in feeds/ makes it private"))
    }

    /// The feed that had this name before its portal, section or event got another id.
    pub fn renamed(&self, name: &str) -> Option<FeedKey> {
        let is_called = |id: &str, aliases: &[String], name: &str| id == name || aliases.iter().any(|it| it == name);
        let (first, section) = name.split_once('/').map_or((name, None), |(first, rest)| (first, Some(rest)));
        if let ("events", Some(id)) = (first, section) {
            let event = self.events.iter().find(|event| is_called(&event.id, &event.aliases, id))?;
            return Some(FeedKey::Event(event.id.clone()));
        }
        let portal = self.portals.iter().find(|portal| is_called(&portal.id, &portal.aliases, first))?;
        let Some(section) = section else { return Some(FeedKey::Portal(portal.id.clone())) };
        let section = portal.sections.iter().find(|it| is_called(&it.id, &it.aliases, section))?;
        Some(FeedKey::Section(portal.id.clone(), section.id.clone()))
    }

    /// The names a feed had before its portal, section or event got another id.
    pub fn former(&self, feed: &FeedKey) -> Vec<FeedKey> {
        let named = |id: &str, aliases: &[String]| -> Vec<String> {
            [id.to_owned()].into_iter().chain(aliases.iter().cloned()).collect()
        };
        let of_portal = |id: &str| self.portal(id).map(|portal| named(id, &portal.aliases)).unwrap_or_default();
        let names = match feed {
            FeedKey::All => Vec::new(),
            FeedKey::Portal(id) => of_portal(id).into_iter().map(FeedKey::Portal).collect(),
            FeedKey::Section(id, section) => {
                let found = self.portal(id).and_then(|portal| portal.section(section));
                let sections = found.map(|found| named(section, &found.aliases)).unwrap_or_default();
                let portals = of_portal(id).into_iter();
                let each = |portal: String| sections.iter().map(move |it| FeedKey::Section(portal.clone(), it.clone()));
                portals.flat_map(each).collect()
            }
            FeedKey::Event(id) => {
                let event = self.event(id).map(|event| named(id, &event.aliases));
                event.unwrap_or_default().into_iter().map(FeedKey::Event).collect()
            }
        };
        names.into_iter().filter(|name| name != feed).collect()
    }

    /// Every feed we publish: all together, then portals with their sections, then events.
    pub fn feeds(&self) -> Vec<FeedKey> {
        let mut keys = vec![FeedKey::All];
        for portal in &self.portals {
            keys.push(FeedKey::Portal(portal.id.clone()));
            let sections = portal.sections.iter();
            keys.extend(sections.map(|section| FeedKey::Section(portal.id.clone(), section.id.clone())));
        }
        keys.extend(self.events.iter().map(|event| FeedKey::Event(event.id.clone())));
        keys
    }
}
