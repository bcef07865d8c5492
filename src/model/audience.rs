//! Who may know of what: the one place that decides what is public.
//!
//! Everything that leaves the house is made of a catalogue. What anybody may read is made of [`Audiences::public`], in
//! which private portals and events do not exist; so whatever looks something up there finds nothing of theirs.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::catalogue::Catalogue;
use crate::model::feed::FeedKey;

/// The operator's portals and events, as each audience may know of them.
#[derive(Debug, Clone)]
pub struct Audiences {
    whole: Arc<Catalogue>,
    public: Arc<Catalogue>,
    /// What the readers of each private portal or event know: what is public, and this.
    invited: HashMap<FeedKey, Arc<Catalogue>>,
    /// The private portal or event by each of its names, its former ones too.
    locks: HashMap<String, FeedKey>,
}

impl Audiences {
    /// Those of a catalogue.
    pub fn of(whole: Arc<Catalogue>) -> Audiences {
        let mut locks = HashMap::new();
        for portal in whole.portals.iter().filter(|portal| portal.is_private) {
            let names = portal.aliases.iter().chain([&portal.id]);
            locks.extend(names.map(|name| (name.clone(), FeedKey::Portal(portal.id.clone()))));
        }
        for event in whole.events.iter().filter(|event| event.is_private) {
            let names = event.aliases.iter().chain([&event.id]);
            locks.extend(names.map(|name| (format!("events/{name}"), FeedKey::Event(event.id.clone()))));
        }
        let seen = |invited: Option<&FeedKey>| {
            let is_seen = |key: FeedKey, is_private: bool| !is_private || invited == Some(&key);
            let mut seen = Catalogue::clone(&whole);
            seen.portals.retain(|portal| is_seen(FeedKey::Portal(portal.id.clone()), portal.is_private));
            seen.events.retain(|event| is_seen(FeedKey::Event(event.id.clone()), event.is_private));
            Arc::new(seen)
        };
        let public = if locks.is_empty() { Arc::clone(&whole) } else { seen(None) };
        let invited = locks.values().map(|lock| (lock.clone(), seen(Some(lock)))).collect();
        Audiences { whole, public, invited, locks }
    }

    /// All there is, for the operator.
    pub fn whole(&self) -> &Arc<Catalogue> {
        &self.whole
    }

    /// What anybody may know.
    pub fn public(&self) -> &Arc<Catalogue> {
        &self.public
    }

    /// What those may know who read a feed.
    pub fn readers_of(&self, feed: &FeedKey) -> &Arc<Catalogue> {
        self.lock(feed).and_then(|lock| self.invited.get(lock)).unwrap_or(&self.public)
    }

    /// The private portal or event a feed belongs to; `None` for a public feed.
    pub fn lock(&self, feed: &FeedKey) -> Option<&FeedKey> {
        match feed {
            FeedKey::All => None,
            FeedKey::Portal(portal) | FeedKey::Section(portal, _) => self.locks.get(portal),
            FeedKey::Event(_) => self.locks.get(&feed.to_string()),
        }
    }

    /// The same of a feed's name as the API writes it, whether or not there is such a feed.
    pub fn lock_named(&self, name: &str) -> Option<&FeedKey> {
        if self.locks.is_empty() {
            return None;
        }
        if name.starts_with("events/") {
            return self.locks.get(name);
        }
        self.locks.get(name.split('/').next().unwrap_or_default())
    }

    /// The same of whatever stands at a path, or would if it were there.
    pub fn lock_at(&self, path: &str) -> Option<&FeedKey> {
        let name =
            path.strip_prefix("/feeds/").or_else(|| path.strip_prefix('/').filter(|it| it.starts_with("events/")));
        self.lock_named(name?.split('.').next().unwrap_or_default())
    }

    /// Whether anything is private.
    pub fn has_locks(&self) -> bool {
        !self.locks.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::portal::{Portal, Section};

    fn portal(id: &str, is_private: bool) -> Portal {
        let section = Section {
            id: "news".to_owned(),
            aliases: Vec::new(),
            title: "News".to_owned(),
            schedule: None,
            sources: Vec::new(),
        };
        let unknown = Portal::unknown("https://news.example/".parse().unwrap()).unwrap();
        let aliases = vec![format!("old-{id}")];
        Portal { id: id.to_owned(), aliases, is_private, sections: vec![section], ..unknown }
    }

    fn audiences() -> Audiences {
        let portals = vec![portal("hill", true), portal("lake", true), portal("river", false)];
        Audiences::of(Arc::new(Catalogue { portals, ..Catalogue::default() }))
    }

    #[test]
    fn nothing_private_exists_for_the_public_and_nothing_of_others_for_the_invited() {
        let audiences = audiences();
        let ids = |catalogue: &Catalogue| {
            catalogue.portals.iter().map(|portal| portal.id.clone()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(ids(audiences.public()), "river");
        assert_eq!(ids(audiences.whole()), "hill lake river");
        for (feed, expected) in [
            (FeedKey::All, "river"),
            (FeedKey::Portal("river".into()), "river"),
            (FeedKey::Portal("hill".into()), "hill river"),
            (FeedKey::Section("hill".into(), "news".into()), "hill river"),
            (FeedKey::Event("hill".into()), "river"),
        ] {
            assert_eq!(ids(audiences.readers_of(&feed)), expected, "{feed}");
        }
    }

    #[test]
    fn a_private_portal_is_locked_at_every_address_below_it_also_those_that_are_not_there() {
        let audiences = audiences();
        let check = |path: &str, expected: Option<&str>| {
            let lock = audiences.lock_at(path).map(FeedKey::to_string);
            assert_eq!(lock.as_deref(), expected, "{path}");
        };
        for path in
            ["/feeds/hill", "/feeds/hill.rss", "/feeds/hill/news.atom", "/feeds/hill/none", "/feeds/old-hill.json"]
        {
            check(path, Some("hill"));
        }
        for path in ["/", "/feeds/river.rss", "/feeds/hills.rss", "/events/hill.rss", "/feed.xml", "/hill", "/feeds/"] {
            check(path, None);
        }
    }
}
