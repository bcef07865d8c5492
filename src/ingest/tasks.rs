//! Which pages a run looks at: each once, with all the sections that link it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use url::Url;

use crate::ingest::listed::Listed;
use crate::ingest::{Ingest, Part};
use crate::model::page::KnownPage;
use crate::model::portal::Section;
use crate::store::StoreError;
use crate::store::batch::{Outcome, PageResult};
use crate::text::address;

/// Second looks in one run of a section; the others wait for the next run.
pub(super) const SECOND_LOOKS_MAX: usize = 100;

/// A page to look at.
pub(super) struct Task<'a> {
    /// The key of its address.
    pub(super) key: String,
    /// Its address.
    pub(super) url: Url,
    /// The sections that link it.
    pub(super) sections: Vec<String>,
    /// The source that listed it first, for the progress shown.
    pub(super) listed_by: (&'a Section, usize),
    /// What we remember of it; `None` if it is new.
    pub(super) known: Option<KnownPage>,
}

impl Task<'_> {
    /// New, or due for another look.
    pub(super) fn is_due(&self, now: DateTime<Utc>) -> bool {
        self.known.as_ref().is_none_or(|known| known.due.is_some_and(|due| due <= now))
    }

    /// A page we know and need not read, where a section links it that did not before.
    pub(super) fn linked(self) -> Option<PageResult> {
        let known = self.known?;
        if !known.has_article || self.sections.iter().all(|section| known.sections.contains(section)) {
            return None;
        }
        let (key, url, sections) = (self.key, self.url.into(), self.sections);
        Some(PageResult { key, url, sections, due: known.due, outcome: Outcome::Linked })
    }
}

/// Each page once, with all its sections and what is known of it; then those of each section that are `due` for a
/// second look.
pub(super) async fn all<'a>(
    ingest: &Ingest,
    part: &Part<'a>,
    listed: &[(&'a Section, usize, Listed)],
    due: Vec<Vec<KnownPage>>,
) -> Result<Vec<Task<'a>>, StoreError> {
    let mut tasks: Vec<Task> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (section, source, listed) in listed {
        for link in &listed.links {
            let key = address::portal_key(part.portal, &link.url);
            let place = *places.entry(key.clone()).or_insert_with(|| {
                let listed_by = (*section, *source);
                tasks.push(Task { key, url: link.url.clone(), sections: Vec::new(), listed_by, known: None });
                tasks.len() - 1
            });
            if !tasks[place].sections.contains(&section.id) {
                tasks[place].sections.push(section.id.clone());
            }
        }
    }
    if !tasks.is_empty() {
        let keys = tasks.iter().map(|task| task.key.clone()).collect();
        for known in ingest.store.known_pages(keys).await? {
            if let Some(place) = places.get(&known.key) {
                let task = &mut tasks[*place];
                // The address may have moved for good since the list was written.
                task.url = known.url.parse().unwrap_or_else(|_| task.url.clone());
                task.known = Some(known);
            }
        }
    }
    for (section, due) in part.sections.iter().zip(due) {
        for known in due {
            let Ok(url) = known.url.parse() else { continue };
            if places.insert(known.key.clone(), tasks.len()).is_none() {
                let sections = vec![section.id.clone()];
                tasks.push(Task { key: known.key.clone(), url, sections, listed_by: (section, 0), known: Some(known) });
            }
        }
    }
    Ok(tasks)
}

/// The one page a run was ordered for.
pub(super) async fn single<'a>(ingest: &Ingest, part: &Part<'a>, url: &Url) -> Result<Vec<Task<'a>>, StoreError> {
    let key = address::portal_key(part.portal, url);
    let known = ingest.store.known_pages(vec![key.clone()]).await?.pop();
    let sections = part.sections.iter().map(|section| section.id.clone()).collect();
    let Some(section) = part.sections.first() else { return Ok(Vec::new()) };
    Ok(vec![Task { key, url: url.clone(), sections, listed_by: (section, 0), known }])
}
