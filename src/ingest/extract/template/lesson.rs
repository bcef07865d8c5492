//! What a page teaches about its template, and whether two ways of reading it agree.

use std::collections::HashMap;

use crate::ingest::extract::template::observe::Observation;
use crate::model::article::CleanArticle;
use crate::model::template::{Place, Template};

/// Percent of the text that two ways of reading must share.
const SHARED_PERCENT: usize = 90;
/// A body with fewer of the usual characters is unlike the pages before it, in percent.
const SHORT_PERCENT: u32 = 25;
/// A body with more of the usual characters is unlike the pages before it, in percent.
const LONG_PERCENT: u32 = 500;

/// What one page teaches.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// The host it comes from.
    pub host: String,
    /// Its address, by which lessons are put in order.
    pub url: String,
    /// What was seen on it.
    pub sight: Sight,
}

/// What was seen on a page.
#[derive(Debug, Clone)]
pub enum Sight {
    /// The general way read it, and this is its template.
    Seen {
        /// The template.
        observation: Box<Observation>,
        /// The language of its body.
        language: String,
    },
    /// The container of no template in use was there.
    Missed,
    /// A template read it.
    Read {
        /// The template's container.
        container: Place,
        /// Its blocks.
        blocks: Vec<(u64, u32)>,
        /// The language of its body.
        language: String,
        /// Whether the general way read the same; `None` if it was not asked.
        is_agreed: Option<bool>,
    },
}

/// Why a template must not be trusted with a page; `None` for a page like those before it.
pub fn doubt(template: &Template, article: &CleanArticle, language: &str) -> Option<&'static str> {
    let chars = u32::try_from(article.text.chars().count()).unwrap_or(u32::MAX);
    let usual = template.usual_chars();
    if chars.saturating_mul(100) < usual.saturating_mul(SHORT_PERCENT) {
        return Some("its body is much shorter than those before it");
    }
    if chars.saturating_mul(100) > usual.saturating_mul(LONG_PERCENT) {
        return Some("its body is much longer than those before it");
    }
    (!template.languages.contains_key(language)).then_some("its body is in another language than those before it")
}

/// Whether the learned way read what the general way reads, but for the lines that repeat on most pages.
pub fn agree(general: &CleanArticle, learned: &CleanArticle, repeated: &[String]) -> bool {
    let fields = |article: &CleanArticle| {
        (
            article.title.clone(),
            article.published,
            article.authors.clone(),
            article.editor.clone(),
            article.source.clone(),
            article.section_label.clone(),
        )
    };
    fields(general) == fields(learned) && share_text(&general.text, &learned.text, repeated)
}

fn share_text(general: &str, learned: &str, repeated: &[String]) -> bool {
    let chars = |line: &str| line.chars().filter(|c| c.is_alphanumeric()).count();
    let is_repeated = |line: &str| repeated.iter().any(|one| one.as_str() == line);
    let lines = |text: &'_ str| text.lines().map(chars).sum::<usize>();
    let mut left: HashMap<&str, usize> = HashMap::new();
    for line in general.lines() {
        *left.entry(line).or_default() += 1;
    }
    let mut shared = 0;
    for line in learned.lines() {
        if let Some(count) = left.get_mut(line).filter(|count| **count > 0) {
            *count -= 1;
            shared += chars(line);
        }
    }
    let lost: usize = left.iter().filter(|(line, _)| !is_repeated(line)).map(|(line, count)| chars(line) * count).sum();
    let is_whole = lost * 100 <= (lost + shared) * (100 - SHARED_PERCENT);
    is_whole && shared * 100 >= lines(learned) * SHARED_PERCENT
}
