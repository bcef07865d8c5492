//! The learned way on single pages: each stands for its template.

use std::hint::black_box;

use chrono::{DateTime, Utc};
use harbinger::ingest::extract::template::lesson::{Lesson, Sight};
use harbinger::ingest::extract::{self, Reader, template};
use harbinger::ingest::guard::lexicon::Lexicon;
use harbinger::ingest::{decode, learned, page};
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
    let (reading, _) = learned::read(&page, portal, Lexicon::shipped(), &templates, false);
    reading.ok()?.template.is_some().then_some(templates)
}

/// How well the learned way reads these pages, and how well the general way does.
pub fn scores(cases: &[Case], learned: &[Learned]) -> String {
    let (mut by_template, mut general) = (Means::default(), Means::default());
    let mut agreed = 0;
    for Learned { case, templates } in learned {
        let case = &cases[*case];
        let page = decode::bytes(case.url.clone(), None, case.body.clone());
        let (reading, _) = learned::read(&page, &case.portal, Lexicon::shipped(), templates, false);
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

/// Seconds of processor time both ways: learned, general.
pub fn turn(cases: &[Case], learned: &[Learned]) -> (f64, f64) {
    let bodies = || learned.iter().map(|one| cases[one.case].body.clone()).collect::<Vec<_>>();
    let (first, second) = (bodies(), bodies());
    let start = cpu();
    for (Learned { case, templates }, body) in learned.iter().zip(first) {
        let case = &cases[*case];
        let page = decode::bytes(case.url.clone(), None, body);
        let _ = black_box(learned::read(&page, &case.portal, Lexicon::shipped(), templates, false));
    }
    let middle = cpu();
    for (Learned { case, .. }, body) in learned.iter().zip(second) {
        let case = &cases[*case];
        let page = decode::bytes(case.url.clone(), None, body);
        let _ = black_box(page::read(&page, &case.portal));
    }
    ((middle - start).as_secs_f64(), (cpu() - middle).as_secs_f64())
}
