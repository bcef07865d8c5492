//! The learned way on single pages: each stands for its template.

use std::hint::black_box;

use chrono::{DateTime, Utc};
use harbinger::ingest::extract::template::lesson::{Lesson, Sight};
use harbinger::ingest::extract::{self, Reader, template};
use harbinger::ingest::guard::lexicon::Lexicon;
use harbinger::ingest::page::{self, Context};
use harbinger::ingest::{decode, learned};
use harbinger::model::template::{Stage, Template};

use crate::score::{self, Means};
use crate::{Case, cpu};

/// Lessons after which every template is in use.
const LESSONS: u64 = 12;

/// A page whose template could be learned.
pub struct Learned {
    /// Which of the cases.
    case: usize,
    templates: Vec<Template>,
}

/// Learns the template of each page from the page itself.
pub fn cases(cases: &[Case]) -> Vec<Learned> {
    let learn = |(case, one)| Some(Learned { case, templates: templates(one)? });
    cases.iter().enumerate().filter_map(learn).collect()
}

fn templates(case: &Case) -> Option<Vec<Template>> {
    let page = decode::bytes(case.url.clone(), None, case.body.clone());
    let (portal, host) = (&case.portal, page.url.host_str()?.to_owned());
    let extracted = extract::article(
        &page.text,
        &page.url,
        Reader { rules: &portal.rules, timezone: portal.timezone, lexicon: Lexicon::shipped() },
    )
    .ok()?;
    let observation = template::observe(&page.text, &extracted)?;
    let language = page::read(&page, portal).ok()?.signs.language;
    let mut templates: Vec<Template> = Vec::new();
    for number in 0..LESSONS {
        let mut observation = observation.clone();
        // Other stories than this one.
        observation.blocks.iter_mut().for_each(|(hash, _)| *hash ^= number + 1);
        let sight = match templates.first().map(|template| template.stage) {
            Some(Stage::Tried | Stage::Used) => Sight::Read {
                container: observation.container,
                blocks: observation.blocks,
                language: language.clone(),
                is_agreed: Some(true),
            },
            _ => Sight::Seen { observation: Box::new(observation), language: language.clone() },
        };
        let lesson = Lesson { host: host.clone(), url: page.url.to_string(), sight };
        template::take(&mut templates, vec![lesson], DateTime::<Utc>::UNIX_EPOCH);
    }
    let (reading, _) = learned::read(&page, portal, Lexicon::shipped(), &templates, &|| false);
    reading.ok()?.template.is_some().then_some(templates)
}

/// How well the learned way reads these pages, and how well the general way does.
pub fn scores(cases: &[Case], learned: &[Learned]) -> String {
    let (mut by_template, mut general) = (Means::default(), Means::default());
    let mut agreed = 0;
    for Learned { case, templates } in learned {
        let case = &cases[*case];
        let page = decode::bytes(case.url.clone(), None, case.body.clone());
        let (reading, _) = learned::read(&page, &case.portal, Lexicon::shipped(), templates, &|| false);
        let both = reading.ok().zip(page::read(&page, &case.portal).ok());
        let Some((one, other)) = both else { continue };
        agreed += usize::from(template::lesson::agree(&other.article, &one.article, &[]));
        by_template.add(score::text(&case.truth.text, &one.article.text));
        general.add(score::text(&case.truth.text, &other.article.text));
    }
    format!(
        "{} of {} pages by learned templates: F1 {:.3}, the general way on the same pages {:.3}; {agreed} agree",
        learned.len(),
        cases.len(),
        by_template.f1(),
        general.f1()
    )
}

/// Seconds of processor time.
pub struct Turn {
    /// For reading by templates.
    pub learned_s: f64,
    /// For reading the general way.
    pub general_s: f64,
    /// For the keys of what was read, fingerprint among them.
    pub keys_s: f64,
}

/// Reads the pages both ways, and makes the keys of what was read.
pub fn turn(cases: &[Case], learned: &[Learned]) -> Turn {
    let pages = || learned.iter().map(|one| cases[one.case].body.clone()).collect::<Vec<_>>();
    let (first, second) = (pages(), pages());
    let mut read = Vec::with_capacity(learned.len());
    let start = cpu();
    for (Learned { case, templates }, body) in learned.iter().zip(first) {
        let case = &cases[*case];
        let page = decode::bytes(case.url.clone(), None, body);
        let (reading, _) = black_box(learned::read(&page, &case.portal, Lexicon::shipped(), templates, &|| false));
        read.push((case, reading));
    }
    let middle = cpu();
    for (case, reading) in read {
        let now = DateTime::<Utc>::UNIX_EPOCH;
        let (portal, asked, lexicon) = (&case.portal, &case.url, Lexicon::shipped());
        let context = Context { portal, asked, events: &[], lexicon, published: None, now };
        let _ = black_box(reading.map(|reading| page::candidate(reading, asked, &context)));
    }
    let keyed = cpu();
    for (Learned { case, .. }, body) in learned.iter().zip(second) {
        let case = &cases[*case];
        let page = decode::bytes(case.url.clone(), None, body);
        let _ = black_box(page::read(&page, &case.portal));
    }
    let seconds = |from: std::time::Duration, to: std::time::Duration| (to - from).as_secs_f64();
    Turn { learned_s: seconds(start, middle), general_s: seconds(keyed, cpu()), keys_s: seconds(middle, keyed) }
}
