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
