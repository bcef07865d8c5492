//! The learned way beside the general one: which of them reads a page, and what the page teaches.

use crate::ingest::decode::Page;
use crate::ingest::extract::template::lesson::{self, Lesson, Sight};
use crate::ingest::extract::template::{self, Attempt, Outcome};
use crate::ingest::guard::lexicon::Lexicon;
use crate::ingest::page::{self, Reading};
use crate::model::portal::Portal;
use crate::model::template::{Place, Stage, Template};

/// One page in so many is read both ways, so that a change of the site shows.
const CHECK_EVERY: u64 = 64;

/// Reads a page by what was learned of its portal, or the general way; the error says why there is no article on it.
/// `observes` is asked before the second look that learning costs. Configured selectors win: they leave nothing to
/// learn.
pub fn read(
    page: &Page,
    portal: &Portal,
    lexicon: &Lexicon,
    templates: &[Template],
    observes: &dyn Fn() -> bool,
) -> (Result<Reading, String>, Option<Lesson>) {
    let Some(host) = page.url.host_str().filter(|_| portal.rules.content.is_none()) else {
        return (page::guarded(page, portal, lexicon), None);
    };
    let lesson = |sight| Some(Lesson { host: host.to_owned(), url: page.url.to_string(), sight });
    match template::article(&page.text, &page.url, page::reader(portal, lexicon), templates) {
        Outcome::NoTemplate => {
            let (reading, sight) = general(page, portal, lexicon, observes);
            (reading, sight.and_then(lesson))
        }
        Outcome::Empty(container) => {
            let reading = page::guarded(page, portal, lexicon);
            // A page without any article says nothing about its template.
            let sight = reading.is_ok().then(|| failed(container));
            (reading, sight.and_then(lesson))
        }
        Outcome::Read(attempt) => {
            let known = templates.iter().find(|known| known.host == host && known.container == attempt.template);
            let Some(known) = known else { return (page::guarded(page, portal, lexicon), None) };
            let (reading, sight) = held_against_general(page, portal, lexicon, *attempt, known);
            (reading, lesson(sight))
        }
    }
}

fn general(
    page: &Page,
    portal: &Portal,
    lexicon: &Lexicon,
    observes: &dyn Fn() -> bool,
) -> (Result<Reading, String>, Option<Sight>) {
    let extracted = match page::extracted(page, portal, lexicon) {
        Ok(extracted) => extracted,
        Err(error) => return (Err(error), None),
    };
    let observation = if observes() { template::observe(&page.text, &extracted) } else { None };
    let reading = page::reading(extracted, &page.url, portal, lexicon);
    let language = reading.signs.language.clone();
    let sight = match observation {
        Some(observation) => Sight::Seen { observation: Box::new(observation), language },
        None => Sight::Missed,
    };
    (Ok(reading), Some(sight))
}

/// A template's reading stands if nothing speaks against it. Where something does, and now and then, the general way
/// reads the page as well; what it reads stands where the two differ.
fn held_against_general(
    page: &Page,
    portal: &Portal,
    lexicon: &Lexicon,
    attempt: Attempt,
    known: &Template,
) -> (Result<Reading, String>, Sight) {
    let Attempt { template: container, article, blocks, repeated, is_mostly_repeated } = attempt;
    let mut learned = page::reading(article, &page.url, portal, lexicon);
    learned.template = Some(container.to_string());
    let language = learned.signs.language.clone();
    let is_doubtful = is_mostly_repeated || lesson::doubt(known, &learned.article, &language).is_some();
    let is_tried = known.stage == Stage::Tried;
    if !is_tried && !is_doubtful && !is_checked(page) {
        return (Ok(learned), Sight::Read { container, blocks, language, is_agreed: None });
    }
    let general = page::guarded(page, portal, lexicon);
    let is_agreed = match &general {
        Ok(general) => lesson::agree(&general.article, &learned.article, &repeated),
        Err(_) => false,
    };
    let sight = Sight::Read { container, blocks, language, is_agreed: Some(is_agreed) };
    let is_trusted = !is_tried && !is_mostly_repeated && (is_agreed || general.is_err() && !is_doubtful);
    (if is_trusted { Ok(learned) } else { general }, sight)
}

fn failed(container: Place) -> Sight {
    Sight::Read { container, blocks: Vec::new(), language: String::new(), is_agreed: Some(false) }
}

/// Which pages are checked depends on the page alone, so that a page read twice is read the same way.
fn is_checked(page: &Page) -> bool {
    let mut hasher = blake3::Hasher::new();
    hasher.update(page.url.as_str().as_bytes()).update(&page.text.len().to_le_bytes());
    let [a, b, c, d, e, f, g, h, ..] = *hasher.finalize().as_bytes();
    u64::from_le_bytes([a, b, c, d, e, f, g, h]) % CHECK_EVERY == 0
}
