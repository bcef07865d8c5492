//! The learned way: over its first pages a portal's template is learned, and later pages are read by it.
//!
//! Learned is where the body stands, which parts of its container are none of the story, which blocks repeat on most
//! pages, and where headline, date and byline stand. A template that is new is first tried: it reads pages beside the
//! general way, and must agree with it on each. One in use is checked now and then, and gives way whenever its page
//! comes out unlike the pages before it.

pub mod lesson;

mod attributes;
mod cut;
mod kinds;
mod learn;
mod observe;
mod outline;
mod place;
mod tidy;
mod trail;

use std::borrow::Cow;

use dom_query::{Document, NodeId, NodeRef};
use url::Url;

pub use learn::take;
pub use observe::{Observation, page as observe};

use crate::ingest::extract::block::Block;
use crate::ingest::extract::body::Body;
use crate::ingest::extract::fields::{self, Found};
use crate::ingest::extract::skim;
use crate::ingest::extract::survey::Survey;
use crate::ingest::extract::{Chosen, ExtractedArticle, Reader, body, flat, writer};
use crate::ingest::guard;
use crate::ingest::guard::hiding::Rules;
use crate::ingest::removed::Removed;
use crate::model::portal::ArticleRules;
use crate::model::template::{Place, Stage, Template};
use cut::Suspicion;
use outline::Outline;

/// Pages of a template on which a block must have stood before it can be furniture.
const BLOCK_PAGES_MIN: u32 = 4;
/// Percent of the pages on which a block must stand to be furniture.
const BLOCK_PERCENT: u32 = 60;
/// Percent of the body that repeats at most; more is a story told again, or a template that is none.
const REPEATED_PERCENT_MAX: usize = 50;

/// An article read by a template.
pub struct Attempt {
    /// The container of the template that read it.
    pub template: Place,
    /// The article.
    pub article: ExtractedArticle,
    /// The blocks it had with all that repeats.
    pub blocks: Vec<(u64, u32)>,
    /// The lines that left it because they stand on most pages.
    pub repeated: Vec<String>,
    /// Whether so much of it repeats that it may not be the story.
    pub is_mostly_repeated: bool,
}

/// What came of reading a page by a template.
pub enum Outcome {
    /// No template in use has its container on the page.
    NoTemplate,
    /// The container of this template is there, and no article is in it.
    Empty(Place),
    /// An article.
    Read(Box<Attempt>),
}

/// Reads a page by the first template in use, or tried, whose container it has.
pub fn article(html: &str, url: &Url, reader: Reader<'_>, templates: &[Template]) -> Outcome {
    let is_candidate = |template: &&Template| {
        Some(template.host.as_str()) == url.host_str() && matches!(template.stage, Stage::Used | Stage::Tried)
    };
    let mut candidates: Vec<&Template> = templates.iter().filter(is_candidate).collect();
    candidates.sort_by_key(|template| template.stage == Stage::Tried);
    if candidates.is_empty() {
        return Outcome::NoTemplate;
    }
    let mut removed = Vec::new();
    let full = guard::without_tail(html, &mut removed);
    let hidden = Rules::read(full);
    let suspicion = Suspicion { url, hidden: &hidden, lexicon: reader.lexicon };
    let cut = cut(full, &candidates, &suspicion, reader.rules);
    let html = cut.map_or_else(|| skim::page(full, url).html, Cow::Owned);
    if flat::why(&html).is_some() {
        return Outcome::NoTemplate;
    }
    let document = Document::from(&*html);
    let mut found = candidates.into_iter().map(|template| (template, place::find(&document, &template.container)));
    let found = found.find_map(|(template, container)| Some((template, container?)));
    let Some((template, container)) = found else { return Outcome::NoTemplate };
    let page = Page { document, full, hidden: &hidden, container, url };
    match read(page, reader, template, removed) {
        Some(attempt) => Outcome::Read(Box::new(attempt)),
        None => Outcome::Empty(template.container.clone()),
    }
}

/// The page without what the first of these templates whose container it has knows to be none of the article. Where
/// selectors are configured all of it stays, for they may choose anything.
fn cut(html: &str, candidates: &[&Template], suspicion: &Suspicion<'_>, rules: &ArticleRules) -> Option<String> {
    if *rules != ArticleRules::default() {
        return None;
    }
    let outline = Outline::of(html)?;
    candidates.iter().find_map(|template| cut::page(&outline, template, suspicion))
}

/// A page whose container was found.
struct Page<'a> {
    document: Document,
    /// The page with its scripts and styles.
    full: &'a str,
    hidden: &'a Rules,
    container: NodeId,
    url: &'a Url,
}

fn read(page: Page<'_>, reader: Reader<'_>, template: &Template, mut removed: Vec<Removed>) -> Option<Attempt> {
    let Page { document, full, hidden, container, url } = page;
    let Reader { rules, lexicon, .. } = reader;
    let chosen = Chosen::read(&document, rules);
    let node = NodeRef::new(container, &document.tree);
    let survey = Survey::read(&document, None, hidden).ok()?;
    let base = survey.base.as_deref().and_then(|base| url.join(base).ok()).unwrap_or_else(|| url.clone());
    guard::remove_injected(&document, &survey.suspects(), url, lexicon, &mut removed);
    body::remove_configured(&node.into(), rules, &mut removed);
    tidy::container(&node, template, hidden, &mut removed);
    let written = writer::write(&node, &base, &survey.centred);
    if written.blocks.is_empty() {
        return None;
    }
    removed.extend(written.removed);
    let (start, last) = written.texts.map_or((0, 0), |(first, last)| survey.positions(first, last));
    let origin = format!("the learned template {}", template.container);
    let body = Body { blocks: written.blocks, range: start..survey.end_of_line(last), origin };
    let (mut blocks, mut repeated, mut is_mostly_repeated) = (Vec::new(), Vec::new(), false);
    let prune = |body: &mut Vec<Block>, removed: &mut Vec<Removed>| {
        let noted: Vec<Option<(u64, u32)>> = body.iter().map(observe::block).collect();
        let is_repeated: Vec<bool> =
            noted.iter().map(|block| block.is_some_and(|block| is_repeated(template, block))).collect();
        blocks = noted.into_iter().take(observe::NOTES_MAX).flatten().collect();
        match drop_repeated(body, &is_repeated, removed) {
            Some(dropped) => repeated = dropped,
            None => is_mostly_repeated = true,
        }
    };
    let found = Found { html: full, survey, chosen, body, base, removed, warnings: Vec::new() };
    let article = fields::read(found, url, reader, None, prune).ok()?;
    Some(Attempt { template: template.container.clone(), article, blocks, repeated, is_mostly_repeated })
}

/// Drops the blocks that are marked, for they stand on most pages, and returns their lines; `None` if they are most of
/// the body, which is then left alone.
fn drop_repeated(body: &mut Vec<Block>, is_repeated: &[bool], removed: &mut Vec<Removed>) -> Option<Vec<String>> {
    let chars = |block: &Block| block.text.chars().count();
    let total: usize = body.iter().map(chars).sum();
    let repeated: usize = body.iter().zip(is_repeated).filter(|(_, is)| **is).map(|(block, _)| chars(block)).sum();
    if repeated * 100 > total * REPEATED_PERCENT_MAX {
        return None;
    }
    let mut lines = Vec::new();
    let mut at = 0;
    body.retain(|block| {
        let leaves = is_repeated[at];
        at += 1;
        if leaves {
            let what = block.images.first().map_or("", |image| &image.url);
            let what = if block.text.is_empty() { what } else { &block.text };
            lines.extend(block.text.lines().map(str::to_owned));
            removed.push(Removed::new(what, "stands on most pages of this template"));
        }
        !leaves
    });
    Some(lines)
}

fn is_repeated(template: &Template, (hash, _): (u64, u32)) -> bool {
    let pages = template.blocks.get(&hash).copied().unwrap_or(0);
    pages >= BLOCK_PAGES_MIN && pages * 100 >= template.pages * BLOCK_PERCENT
}

/// The blocks of a page that do not stand on most pages: their length in characters.
pub fn own_chars(template: &Template, blocks: &[(u64, u32)]) -> u32 {
    let own = blocks.iter().filter(|block| !is_repeated(template, **block));
    own.map(|(_, chars)| chars).sum()
}

#[cfg(test)]
mod outline_tests;
#[cfg(test)]
mod tests;
