//! From what the store keeps of a feed to the feed we publish: what the operator's files say is added here.

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset, Offset, TimeZone, Utc};
use url::Url;
use uuid::Uuid;

use crate::model::addresses::Addresses;
use crate::model::article::Article;
use crate::model::catalogue::Catalogue;
use crate::model::coverage::{Contribution, Coverage, Presented};
use crate::model::event::Event;
use crate::model::feed::{self, Category, Entry, Feed, FeedKey, Format, Origin};
use crate::model::part::Part;
use crate::model::portal::{Portal, Section};
use crate::model::timezone::Timezone;
use crate::publish::{GENERATOR, specimen};
use crate::store::parts::StoredFeed;

/// The longest a feed may be kept by default, in seconds.
const MAX_AGE_S: i64 = 300;
/// Nobody is asked to read more often than this, in minutes.
const TTL_MINUTES_MIN: i64 = 5;

/// The ids of all feeds by name, for entries that name the section feed they come from.
pub type FeedIds = HashMap<String, Uuid>;

/// What is the same for every entry of a feed.
struct Context<'a> {
    catalogue: &'a Catalogue,
    base_url: &'a Url,
    ids: &'a FeedIds,
    is_wide: bool,
    /// The sections its entries stand in, by name; `None` is one that the files do not name.
    places: HashMap<String, Option<Place>>,
}

/// What a section gives to each entry that stands in it.
struct Place {
    category: Category,
    /// Set in wide feeds.
    origin: Option<Origin>,
}

/// The feed as it is published; `None` if the operator's files do not name it.
pub fn feed(
    catalogue: &Catalogue,
    base_url: &Url,
    ids: &FeedIds,
    key: &FeedKey,
    stored: StoredFeed,
    part: Part,
) -> Option<Feed> {
    let mut heading = heading(catalogue, key)?;
    // At the address of a version that has passed stands what is there now, and not for good.
    let part = Part { version: part.version.filter(|version| stored.neighbours.version == Some(*version)), ..part };
    let mut id = stored.state.id;
    if let Some(q) = &part.q {
        // What matches is a feed of its own, and as lasting as the words.
        id = Uuid::new_v5(&id, q.as_bytes());
        heading.title = format!("{q} · {}", heading.title);
    }
    let interval = interval_s(catalogue, key);
    let is_wide = !matches!(key, FeedKey::Section(..));
    let mut context = Context { catalogue, base_url, ids, is_wide, places: HashMap::new() };
    Some(Feed {
        key: key.clone(),
        id,
        title: heading.title,
        description: heading.description,
        language: heading.language,
        rights: heading.rights,
        base_url: base_url.clone(),
        part,
        is_private: catalogue.is_private(key),
        addresses: Addresses::Queries,
        is_alias: false,
        hub: None,
        max_age_s: u32::try_from(interval.min(MAX_AGE_S)).unwrap_or_default(),
        ttl_minutes: u32::try_from((interval / 60).max(TTL_MINUTES_MIN)).unwrap_or_default(),
        changed: stored.state.changed,
        entries: stored.articles.into_iter().filter_map(|article| entry(&mut context, article)).collect(),
        tombstones: stored.tombstones,
        event: None,
        neighbours: stored.neighbours,
    })
}

/// What the page of an event says of it; `None` for other feeds.
pub fn presented(catalogue: &Catalogue, key: &FeedKey, coverage: Coverage) -> Option<Presented> {
    let FeedKey::Event(id) = key else { return None };
    let event = catalogue.event(id)?;
    let contribution = |(name, articles): (String, u32)| {
        let (portal, section) = name.split_once('/')?;
        let key = FeedKey::Section(portal.to_owned(), section.to_owned());
        let Heading { title, language, .. } = heading(catalogue, &key)?;
        Some(Contribution { key, title, language, articles })
    };
    Some(Presented {
        starts: event.starts,
        ends: event.ends,
        place: place(event).map(str::to_owned),
        home: event.home.clone(),
        sections: coverage.sections.into_iter().filter_map(contribution).collect(),
        languages: coverage.languages,
    })
}

/// The name of a feed; `None` if the operator's files do not name it.
pub fn title(catalogue: &Catalogue, key: &FeedKey) -> Option<String> {
    heading(catalogue, key).map(|heading| heading.title)
}

/// Where an event takes place: the first spelling of the first place its rules ask for.
pub fn place(event: &Event) -> Option<&str> {
    event.rules.places.first()?.spellings.first().map(String::as_str)
}

/// Hash of all that a feed says besides its articles, and of the way it is said.
pub fn settings_hash(catalogue: &Catalogue, base_url: &Url, hub: &str, key: &FeedKey) -> [u8; 32] {
    let heading = heading(catalogue, key);
    // The content level and names of every portal can stand in any wide feed.
    let portals = catalogue.portals.iter().map(|portal| {
        let sections: Vec<_> = portal.sections.iter().map(|section| (&section.id, &section.title)).collect();
        (&portal.id, &portal.title, portal.content, portal.timezone, &portal.rights, sections)
    });
    let event = match key {
        FeedKey::Event(id) => catalogue.event(id).map(|event| (event.starts, event.ends, place(event), &event.home)),
        _ => None,
    };
    let settings = format!(
        "{GENERATOR} {:?} {base_url} {hub} {key} {heading:?} {event:?} {} {} {:?}",
        specimen::hash(),
        catalogue.is_private(key),
        interval_s(catalogue, key),
        portals.collect::<Vec<_>>()
    );
    *blake3::hash(settings.as_bytes()).as_bytes()
}

#[derive(Debug)]
struct Heading {
    title: String,
    description: String,
    language: String,
    rights: Option<String>,
}

fn heading(catalogue: &Catalogue, key: &FeedKey) -> Option<Heading> {
    Some(match key {
        FeedKey::All => {
            let mut languages: Vec<_> = catalogue.portals.iter().map(|portal| portal.language.as_str()).collect();
            languages.dedup();
            let titles: Vec<_> = catalogue.portals.iter().map(|portal| portal.title.as_str()).collect();
            Heading {
                title: format!("{} · Harbinger", titles.join(", ")),
                description: format!("All articles of {}", titles.join(", ")),
                // RFC 5646 §4.1: “mul” is content in several languages.
                language: if let [language] = languages[..] { language } else { "mul" }.to_owned(),
                rights: None,
            }
        }
        FeedKey::Portal(id) => {
            let portal = catalogue.portal(id)?;
            Heading {
                title: portal.title.clone(),
                description: format!("{} ({})", portal.title, host(portal)),
                language: portal.language.clone(),
                rights: portal.rights.clone(),
            }
        }
        FeedKey::Section(id, section) => {
            let portal = catalogue.portal(id)?;
            let section = portal.section(section)?;
            Heading {
                title: format!("{} · {}", section.title, portal.title),
                description: format!("{}, {} ({})", section.title, portal.title, host(portal)),
                language: portal.language.clone(),
                rights: portal.rights.clone(),
            }
        }
        FeedKey::Event(id) => {
            let event = catalogue.event(id)?;
            let days = format!("{}, {} – {}", event.title, event.starts, event.ends);
            Heading {
                title: event.title.clone(),
                description: event.description.clone().unwrap_or(days),
                language: event.language.clone(),
                rights: None,
            }
        }
    })
}

fn host(portal: &Portal) -> &str {
    portal.home.host_str().unwrap_or_default()
}

/// The shortest pause between two runs of any section that feeds this feed, in seconds.
fn interval_s(catalogue: &Catalogue, key: &FeedKey) -> i64 {
    let of = |portal: &Portal, section: &Section| portal.schedule_of(section).interval().num_seconds();
    let of_portal = |portal: &Portal| portal.sections.iter().map(|section| of(portal, section)).min();
    let interval = match key {
        FeedKey::Section(id, section) => {
            catalogue.portal(id).and_then(|portal| portal.section(section).map(|section| of(portal, section)))
        }
        FeedKey::Portal(id) => catalogue.portal(id).and_then(of_portal),
        FeedKey::All | FeedKey::Event(_) => catalogue.portals.iter().filter_map(of_portal).min(),
    };
    interval.unwrap_or(MAX_AGE_S)
}

fn entry(context: &mut Context, article: Article) -> Option<Entry> {
    let portal = context.catalogue.portal(&article.portal)?;
    let (summary, html) = feed::shown(portal.content.of(article.is_aged), article.summary, article.html);
    for name in &article.sections {
        if !context.places.contains_key(name) {
            context.places.insert(name.clone(), placed(context, name));
        }
    }
    let places = || article.sections.iter().filter_map(|name| context.places.get(name)?.as_ref());
    let keywords = article.keywords.into_iter().map(|word| Category { term: word.clone(), label: word });
    let origin = places().next().and_then(|place| place.origin.clone());
    Some(Entry {
        id: article.id,
        portal: article.portal,
        url: article.url,
        title: article.title,
        summary,
        html,
        authors: article.authors,
        photographers: article.photographers,
        source: article.source,
        categories: places().map(|place| place.category.clone()).chain(keywords).collect(),
        language: article.language,
        images: article.images,
        published: in_zone(article.published, portal.timezone),
        updated: in_zone(article.updated, portal.timezone),
        rights: portal.rights.clone(),
        origin,
    })
}

/// A section as it is named `portal/section`.
fn placed(context: &Context, name: &str) -> Option<Place> {
    let (id, section) = name.split_once('/')?;
    let portal = context.catalogue.portal(id)?;
    let section = portal.section(section)?;
    let origin = if context.is_wide { origin(context, portal, section) } else { None };
    Some(Place { category: Category { term: section.id.clone(), label: section.title.clone() }, origin })
}

/// The section feed an entry comes from.
fn origin(context: &Context, portal: &Portal, section: &Section) -> Option<Origin> {
    let key = FeedKey::Section(portal.id.clone(), section.id.clone());
    let base = context.base_url.as_str().trim_end_matches('/');
    Some(Origin {
        id: *context.ids.get(&key.to_string())?,
        title: heading(context.catalogue, &key)?.title,
        url: format!("{base}{}{}", key.path(), Format::Atom.suffix()),
    })
}

/// A time as the clocks of a zone show it.
pub fn in_zone(time: DateTime<Utc>, zone: Timezone) -> DateTime<FixedOffset> {
    time.with_timezone(&zone.offset_from_utc_datetime(&time.naive_utc()).fix())
}
