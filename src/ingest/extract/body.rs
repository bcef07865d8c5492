//! The body of an article: the configured element, or what Readability finds.

use std::ops::Range;

use dom_query::{Document, Matcher, NodeRef, Selection};
use dom_smoothie::{Config, ParsePolicy, Readability};
use url::Url;

use crate::ingest::extract::Chosen;
use crate::ingest::extract::block::Block;
use crate::ingest::extract::survey::Survey;
use crate::ingest::extract::writer::{self, Written};
use crate::ingest::removed::Removed;
use crate::model::portal::ArticleRules;
use crate::model::reason::Reason;
use crate::text::script;

/// Beyond this many elements times their depth Readability would take seconds.
pub const WORK_MAX: usize = 1_500_000;

/// Text that is enough for a story, in characters; with less, what was left out as furniture may be the story.
const CHARS_ENOUGH: usize = 500;
/// How many letters say as much as a Chinese character, of which a short story has some 200.
const LETTERS_A_HAN: usize = 3;
/// How Readability looks for a story, one after the other until there is enough text.
const POLICIES: [ParsePolicy; 4] = [ParsePolicy::Strict, ParsePolicy::Moderate, ParsePolicy::Clean, ParsePolicy::Raw];

/// A page to find the body on.
pub struct Source<'a> {
    /// The page, without what strangers put there.
    pub document: Document,
    /// Makes it once more, with the same nodes, for Readability takes it apart.
    pub again: &'a dyn Fn() -> Document,
}

/// The body and where it stands on the page.
pub struct Body {
    /// Its pieces.
    pub blocks: Vec<Block>,
    /// Where it stands in the survey's text.
    pub range: Range<usize>,
    /// How it was found.
    pub origin: String,
}

/// Finds the body.
pub fn read(
    source: Source<'_>,
    survey: &Survey,
    chosen: &Chosen,
    rules: &ArticleRules,
    base: &Url,
    removed: &mut Vec<Removed>,
    warnings: &mut Vec<String>,
) -> Option<Body> {
    let Source { document, again } = source;
    if let Some(id) = chosen.content {
        let node = NodeRef::new(id, &document.tree);
        remove_configured(&Selection::from(node), rules, removed);
        let written = writer::write(&node, base, &survey.centred);
        if !written.blocks.is_empty() {
            let range = survey.content.clone().unwrap_or(0..0);
            removed.extend(written.removed);
            warn_of_cut(written.is_cut, warnings);
            return Some(Body { blocks: written.blocks, range, origin: "the configured selector".to_owned() });
        }
    }
    if let Some(selector) = &rules.content {
        warnings.push(format!("the selector `{selector}` found no text; the body was found automatically"));
    }
    remove_configured(&document.select("html"), rules, removed);
    let again = || {
        let document = again();
        remove_configured(&document.select("html"), rules, &mut Vec::new());
        document
    };
    automatic(document, again, survey, base, removed, warnings)
}

fn warn_of_cut(is_cut: bool, warnings: &mut Vec<String>) {
    if is_cut {
        warnings.push(format!("the body was cut after {} paragraphs", writer::BLOCKS_MAX));
    }
}

/// Takes out what the operator's selectors name.
pub fn remove_configured(within: &Selection<'_>, rules: &ArticleRules, removed: &mut Vec<Removed>) {
    for selector in &rules.remove {
        let Ok(matcher) = Matcher::new(selector) else { continue };
        for node in within.select_matcher(&matcher).nodes() {
            removed.push(Removed::new(&node.text(), Reason::Configured(selector.clone())));
            node.remove_from_parent();
        }
    }
}

fn automatic(
    document: Document,
    again: impl Fn() -> Document,
    survey: &Survey,
    base: &Url,
    removed: &mut Vec<Removed>,
    warnings: &mut Vec<String>,
) -> Option<Body> {
    let mut document = Some(document);
    let mut best: Option<(Written, usize)> = None;
    for policy in POLICIES {
        let Some((written, chars)) = attempt(document.take().unwrap_or_else(&again), survey, base, policy) else {
            continue;
        };
        let han = written.blocks.iter().flat_map(|block| block.text.chars()).filter(|c| script::is_han(*c)).count();
        let is_better = best.as_ref().is_none_or(|(_, most)| chars > *most);
        if is_better && !written.blocks.is_empty() {
            best = Some((written, chars));
        }
        if chars + han * (LETTERS_A_HAN - 1) >= CHARS_ENOUGH {
            break;
        }
    }
    let (written, _) = best?;
    removed.extend(written.removed);
    warn_of_cut(written.is_cut, warnings);
    // Readability moves nodes and renames them, but they keep their ids.
    let (start, last) = written.texts.map_or((0, 0), |(first, last)| survey.positions(first, last));
    let rest = survey.text.get(last..).unwrap_or("");
    let end = rest.find('\n').map_or(survey.text.len(), |length| last + length);
    Some(Body { blocks: written.blocks, range: start..end, origin: "found automatically".to_owned() })
}

/// What Readability takes for the story, and its length in characters.
fn attempt(document: Document, survey: &Survey, base: &Url, policy: ParsePolicy) -> Option<(Written, usize)> {
    show_story(&document, survey);
    let config = Config { keep_classes: true, disable_json_ld: true, ..Config::default() };
    let mut readability = Readability::with_document(document, None, Some(config)).ok()?;
    readability.parse_with_policy(policy).ok()?;
    let root = readability.doc.select_single("#readability-page-1");
    let root = root.nodes().first()?;
    Some((writer::write(root, base, &survey.centred), root.normalized_char_count()))
}

/// Some sites hide the story until a script shows it. Readability leaves out what is hidden.
fn show_story(document: &Document, survey: &Survey) {
    for id in survey.hidden_stories() {
        let node = NodeRef::new(id, &document.tree);
        for name in ["style", "hidden", "aria-hidden"] {
            node.remove_attr(name);
        }
    }
}
