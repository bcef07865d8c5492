//! The list of all feeds, for the front page and the OPML.

use chrono::{DateTime, FixedOffset, NaiveDate};
use url::Url;

use crate::model::addresses::Addresses;
use crate::model::catalogue::Catalogue;
use crate::model::event::Event;
use crate::model::feed::{FeedKey, Format};
use crate::model::part::Part;
use crate::model::portal::Portal;
use crate::publish::select;

/// All feeds, grouped by portal.
#[derive(Debug, Clone)]
pub struct Directory {
    /// The public address of the service, with its final slash.
    pub base_url: Url,
    /// How the addresses of pages are written.
    pub addresses: Addresses,
    /// All portals together.
    pub all: Listed,
    /// The events.
    pub events: Vec<Listed>,
    /// The portals.
    pub portals: Vec<ListedPortal>,
}

/// A portal with its feeds.
#[derive(Debug, Clone)]
pub struct ListedPortal {
    /// The feed of the whole portal.
    pub whole: Listed,
    /// Its front page.
    pub home: Url,
    /// Its columns.
    pub sections: Vec<Listed>,
    /// When it was last read without a failure, in its own zone.
    pub last_success: Option<DateTime<FixedOffset>>,
}

/// A feed in the list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Which feed.
    pub key: FeedKey,
    /// Its name within its group.
    pub title: String,
    /// BCP 47 tag.
    pub language: String,
    /// A sentence about it.
    pub description: Option<String>,
    /// An event's first and last day.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// Where an event takes place.
    pub place: Option<String>,
}

impl Directory {
    /// What the operator configured. When a portal was last read is not known from that: see
    /// [`ListedPortal::last_success`].
    pub fn of(catalogue: &Catalogue, base_url: &Url, addresses: Addresses) -> Directory {
        Directory {
            base_url: base_url.clone(),
            addresses,
            all: Listed {
                key: FeedKey::All,
                title: "All portals".to_owned(),
                language: "en".to_owned(),
                description: None,
                days: None,
                place: None,
            },
            events: catalogue.events.iter().map(listed_event).collect(),
            portals: catalogue.portals.iter().map(listed_portal).collect(),
        }
    }

    /// How many feeds there are.
    pub fn len(&self) -> usize {
        let of_portals: usize = self.portals.iter().map(|portal| 1 + portal.sections.len()).sum();
        1 + self.events.len() + of_portals
    }

    /// Never: all portals together are a feed even without a portal.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The whole address of a feed's document.
    pub fn format_url(&self, listed: &Listed, format: Format) -> String {
        let path = match format {
            Format::Html => self.addresses.page(&listed.key, &Part::default(), None),
            _ => listed.key.format_path(format),
        };
        format!("{}{path}", self.base_url.as_str().trim_end_matches('/'))
    }
}

fn listed_event(event: &Event) -> Listed {
    Listed {
        key: FeedKey::Event(event.id.clone()),
        title: event.title.clone(),
        language: event.language.clone(),
        description: event.description.clone(),
        days: Some((event.starts, event.ends)),
        place: select::place(event).map(str::to_owned),
    }
}

fn listed_portal(portal: &Portal) -> ListedPortal {
    let listed = |key, title: &str| Listed {
        key,
        title: title.to_owned(),
        language: portal.language.clone(),
        description: None,
        days: None,
        place: None,
    };
    let key = |section: &str| FeedKey::Section(portal.id.clone(), section.to_owned());
    ListedPortal {
        whole: listed(FeedKey::Portal(portal.id.clone()), &portal.title),
        home: portal.home.clone(),
        sections: portal.sections.iter().map(|section| listed(key(&section.id), &section.title)).collect(),
        last_success: None,
    }
}
