//! From lessons to templates: what most pages have in common is learned, what fails is forgotten.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::ingest::extract::template::lesson::{Lesson, Sight};
use crate::ingest::extract::template::observe::Observation;
use crate::ingest::extract::template::{own_chars, place};
use crate::model::template::{Place, Stage, Template};

/// Pages a template is learned from before it is tried.
const PAGES_LEARNED: u32 = 5;
/// Pages in a row on which it must agree with the general way before it reads alone.
const PAGES_TRIED: u32 = 3;
/// Pages in a row on which it may fail before it is forgotten, and learned anew.
const FAILURES_MAX: u32 = 3;
/// Failures of one that is tried before it is refused.
const REFUSALS_MAX: u32 = 3;
/// How long one that was refused is left alone; sites change.
const REFUSED_FOR: TimeDelta = TimeDelta::days(30);
/// Pages of its host in a row without its container, after which it gives its place to another.
const MISSED_MAX: u32 = 30;
/// Templates of one host; a portal has one for stories, one for galleries, one for films, and what a redesign leaves.
const PER_HOST_MAX: usize = 4;
/// Templates of one portal, which may spread over many hosts.
const PER_PORTAL_MAX: usize = 32;
/// Pages after which counts are halved, so that they tell of the recent ones.
const PAGES_MAX: u32 = 64;
/// The most fingerprints, parts and places kept of a template.
const BLOCKS_MAX: usize = 512;
const PARTS_MAX: usize = 256;
const PLACES_MAX: usize = 24;
/// Lengths of bodies kept.
const CHARS_KEPT: usize = 32;
/// Percent of a page's text that earlier pages had, from which on it is a story told again and teaches nothing.
const RETOLD_PERCENT: u32 = 80;
/// Percent of the pages on which a place must stand to be looked for.
const PLACE_PERCENT: u32 = 60;

/// Takes the lessons of some pages, in the order of their addresses.
pub fn take(templates: &mut Vec<Template>, mut lessons: Vec<Lesson>, now: DateTime<Utc>) {
    lessons.sort_by(|one, other| one.url.cmp(&other.url));
    for lesson in lessons {
        match lesson.sight {
            Sight::Seen { observation, language } => {
                miss(templates, &lesson.host, Some(&observation.container));
                see(templates, &lesson.host, &observation, &language, now);
            }
            Sight::Missed => miss(templates, &lesson.host, None),
            Sight::Read { container, blocks, language, is_agreed } => {
                read(templates, (&lesson.host, &container), &blocks, &language, is_agreed, now);
            }
        }
    }
    templates.retain(|template| template.stage != Stage::Refused || now - template.since < REFUSED_FOR);
}

/// Notes that a page of a host was read without its templates.
fn miss(templates: &mut [Template], host: &str, found: Option<&Place>) {
    for template in templates.iter_mut().filter(|template| template.host == host) {
        let is_found = found.is_some_and(|found| place::common(&template.container, found).is_some());
        template.missed = if is_found { 0 } else { template.missed.saturating_add(1) };
    }
}

fn see(templates: &mut Vec<Template>, host: &str, seen: &Observation, language: &str, now: DateTime<Utc>) {
    let known = templates.iter_mut().filter(|template| template.host == host);
    let known = known.into_iter().find_map(|template| {
        let container = place::common(&template.container, &seen.container)?;
        Some((template, container))
    });
    if let Some((template, container)) = known {
        if template.stage != Stage::Learning || is_retold(template, &seen.blocks) {
            return;
        }
        template.container = container;
        count(template, seen, language);
        if template.pages >= PAGES_LEARNED {
            let pages = template.pages;
            template.places.retain(|(_, stood)| stood * 100 >= pages * PLACE_PERCENT);
            template.stage = Stage::Tried;
            template.since = now;
        }
        return;
    }
    if templates.iter().filter(|template| template.host == host).count() >= PER_HOST_MAX
        || templates.len() >= PER_PORTAL_MAX
    {
        // The one that was missed longest makes room.
        let longest = templates.iter().enumerate().max_by_key(|(_, template)| (template.host == host, template.missed));
        match longest {
            Some((at, template)) if template.missed >= MISSED_MAX => drop(templates.remove(at)),
            _ => return,
        }
    }
    let mut template = Template {
        host: host.to_owned(),
        container: seen.container.clone(),
        places: Vec::new(),
        header_chars: 0,
        stage: Stage::Learning,
        pages: 0,
        blocks: BTreeMap::new(),
        parts: BTreeMap::new(),
        chars: Vec::new(),
        languages: BTreeMap::new(),
        agreed: 0,
        failures: 0,
        missed: 0,
        since: now,
    };
    count(&mut template, seen, language);
    templates.push(template);
}

fn count(template: &mut Template, seen: &Observation, language: &str) {
    for place in &seen.places {
        if let Some((_, pages)) = template.places.iter_mut().find(|(known, _)| known == place) {
            *pages += 1;
        } else if template.places.len() < PLACES_MAX {
            template.places.push((place.clone(), 1));
        }
    }
    template.header_chars = template.header_chars.max(seen.header_chars);
    for (name, is_kept) in &seen.parts {
        if template.parts.len() < PARTS_MAX || template.parts.contains_key(name) {
            let part = template.parts.entry(name.clone()).or_default();
            part.pages += 1;
            part.kept += u32::from(*is_kept);
        }
    }
    count_body(template, &seen.blocks, language);
}

fn count_body(template: &mut Template, blocks: &[(u64, u32)], language: &str) {
    let chars = own_chars(template, blocks);
    template.chars.push(chars);
    template.chars.drain(..template.chars.len().saturating_sub(CHARS_KEPT));
    template.pages += 1;
    *template.languages.entry(language.to_owned()).or_default() += 1;
    let mut counted: Vec<u64> = blocks.iter().map(|(hash, _)| *hash).collect();
    counted.sort_unstable();
    counted.dedup();
    for hash in counted {
        *template.blocks.entry(hash).or_default() += 1;
    }
    if template.blocks.len() > BLOCKS_MAX {
        template.blocks.retain(|_, pages| *pages > 1);
    }
    while template.blocks.len() > BLOCKS_MAX {
        template.blocks.pop_first();
    }
    if template.pages >= PAGES_MAX {
        halve(template);
    }
}

fn halve(template: &mut Template) {
    template.pages /= 2;
    template.blocks.values_mut().chain(template.languages.values_mut()).for_each(|pages| *pages /= 2);
    template.blocks.retain(|_, pages| *pages > 0);
    template.languages.retain(|_, pages| *pages > 0);
}

/// Whether most of a page is text of earlier pages.
fn is_retold(template: &Template, blocks: &[(u64, u32)]) -> bool {
    let total: u32 = blocks.iter().map(|(_, chars)| chars).sum();
    let known: u32 = blocks.iter().filter(|(hash, _)| template.blocks.contains_key(hash)).map(|(_, chars)| chars).sum();
    known.saturating_mul(100) > total.saturating_mul(RETOLD_PERCENT)
}

fn read(
    templates: &mut Vec<Template>,
    (host, container): (&str, &Place),
    blocks: &[(u64, u32)],
    language: &str,
    is_agreed: Option<bool>,
    now: DateTime<Utc>,
) {
    for template in templates.iter_mut().filter(|template| template.host == host) {
        template.missed = template.missed.saturating_add(1);
    }
    let Some(at) = templates.iter().position(|one| one.host == host && one.container == *container) else { return };
    let template = &mut templates[at];
    template.missed = 0;
    match is_agreed {
        Some(false) => {
            template.failures += 1;
            template.agreed = 0;
        }
        Some(true) => {
            template.failures = 0;
            template.agreed += 1;
        }
        None => {}
    }
    match template.stage {
        Stage::Tried if template.failures >= REFUSALS_MAX => {
            template.stage = Stage::Refused;
            template.since = now;
        }
        Stage::Tried if template.agreed >= PAGES_TRIED => {
            template.stage = Stage::Used;
            template.since = now;
        }
        Stage::Used if template.failures >= FAILURES_MAX => {
            templates.remove(at);
            return;
        }
        _ => {}
    }
    if is_agreed != Some(false) && !is_retold(template, blocks) {
        count_body(template, blocks, language);
    }
}
