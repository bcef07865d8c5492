//! What one page shows of its template, seen by what the general way took from it.

use std::collections::HashMap;

use dom_query::{Document, NodeData, NodeId, NodeRef};

use crate::ingest::extract::block::Block;
use crate::ingest::extract::mark::Mark;
use crate::ingest::extract::template::place;
use crate::ingest::extract::{ExtractedArticle, mark};
use crate::ingest::guard;
use crate::ingest::guard::hiding::Rules;
use crate::model::template::Place;
use crate::text::script;

/// Shorter texts stand in many places, in letters and digits.
const TEXT_CHARS_MIN: usize = 6;
/// Percent of the story that its container holds; a lost sentence elsewhere must not widen it.
const HELD_PERCENT: usize = 90;
/// A longer story teaches nothing more, in bytes.
const STORY_BYTES_MAX: usize = 100_000;
/// Texts looked up in the story on a page that may be hostile.
const TEXTS_MAX: usize = 5_000;
/// The most named elements, places and blocks that are noted of a page.
pub const NOTES_MAX: usize = 200;

/// What one page shows of its template.
#[derive(Debug, Clone)]
pub struct Observation {
    /// Where the element stands that holds the body.
    pub container: Place,
    /// Where headline, date, byline and breadcrumb stand.
    pub places: Vec<Place>,
    /// Named elements of the container that hold text, and whether it is part of the story.
    pub parts: Vec<(String, bool)>,
    /// Fingerprints and characters of the body's blocks.
    pub blocks: Vec<(u64, u32)>,
}

/// Looks at a page again; `None` if no single element holds its story.
pub fn page(html: &str, extracted: &ExtractedArticle) -> Option<Observation> {
    let document = Document::from(guard::without_tail(html, &mut Vec::new()));
    let story: String = extracted.body.iter().flat_map(|block| squeezed(&block.text)).collect();
    if story.is_empty() || story.len() > STORY_BYTES_MAX {
        return None;
    }
    let mut seen = Seen { story, texts: 0, nodes: Vec::new() };
    let total = seen.walk(&document.root()).1;
    let held: HashMap<NodeId, usize> = seen.nodes.iter().map(|node| (node.id, node.story)).collect();
    let is_holding = |node: &NodeRef<'_>| held.get(&node.id).is_some_and(|held| held * 100 >= total * HELD_PERCENT);
    let mut container = document.root();
    while let Some(child) = container.children_it(false).find(is_holding) {
        container = child;
    }
    let container = Some(container).filter(NodeRef::is_element)?;
    let mut places = Vec::new();
    let mut parts: Vec<(String, bool)> = Vec::new();
    for node in &seen.nodes {
        let there = NodeRef::new(node.id, &document.tree);
        let is_inside = there.ancestors_it(None).any(|ancestor| ancestor.id == container.id);
        if is_inside && node.chars > 0 {
            let Some(name) = there.element_ref().and_then(|element| place::name(&element)) else { continue };
            let is_kept = node.story > 0;
            if let Some(part) = parts.iter_mut().find(|(known, _)| *known == name) {
                part.1 |= is_kept;
            } else if parts.len() < NOTES_MAX {
                parts.push((name, is_kept));
            }
        } else if node.is_place && places.len() < NOTES_MAX {
            places.extend(place::of(&there));
        }
    }
    Some(Observation { container: place::of(&container)?, places, parts, blocks: blocks(&extracted.body) })
}

/// Fingerprints of blocks, whatever their markup, and their lengths in characters.
pub fn blocks(body: &[Block]) -> Vec<(u64, u32)> {
    body.iter().take(NOTES_MAX).filter_map(block).collect()
}

/// Fingerprint and length of a block; `None` for one without text and pictures.
pub fn block(block: &Block) -> Option<(u64, u32)> {
    let mut text = String::with_capacity(block.text.len());
    let chars = squeezed(&block.text).inspect(|c| text.push(*c)).count();
    let hashed = if chars == 0 { block.images.first()?.url.as_bytes() } else { text.as_bytes() };
    let [a, b, c, d, e, f, g, h, ..] = *blake3::hash(hashed).as_bytes();
    Some((u64::from_be_bytes([a, b, c, d, e, f, g, h]), u32::try_from(chars).unwrap_or(u32::MAX)))
}

fn squeezed(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| script::is_alphanumeric(*c))
}

/// An element and the text in it, in letters and digits.
struct Held {
    id: NodeId,
    chars: usize,
    /// Of these, those of the story.
    story: usize,
    is_place: bool,
}

struct Seen {
    story: String,
    texts: usize,
    nodes: Vec<Held>,
}

impl Seen {
    /// Counts the text of a node: all of it, and that of the story. The general way has limited the nesting.
    fn walk(&mut self, node: &NodeRef<'_>) -> (usize, usize) {
        enum What {
            Text(String),
            Element { is_noted: bool, is_place: bool },
            Nothing,
        }
        let what = node.query_or(What::Nothing, |tree_node| match &tree_node.data {
            NodeData::Text { contents } => What::Text(squeezed(contents).collect()),
            NodeData::Element(element) => match &*element.name.local {
                "head" | "script" | "style" | "noscript" | "template" | "iframe" | "select" | "textarea" | "svg" => {
                    What::Nothing
                }
                name => What::Element {
                    is_noted: mark::separator(name) == Some('\n') || name == "h1",
                    is_place: matches!(
                        Mark::of(name, element, false, &Rules::default()),
                        Some(Mark::Heading | Mark::Time | Mark::Author | Mark::Breadcrumb | Mark::Subtitle)
                    ),
                },
            },
            NodeData::Document => What::Element { is_noted: false, is_place: false },
            _ => What::Nothing,
        });
        let (is_noted, is_place) = match what {
            What::Nothing => return (0, 0),
            What::Text(text) => {
                let chars = text.chars().count();
                self.texts += usize::from(chars >= TEXT_CHARS_MIN);
                let is_story = chars >= TEXT_CHARS_MIN && self.texts <= TEXTS_MAX && self.story.contains(&text);
                return (chars, if is_story { chars } else { 0 });
            }
            What::Element { is_noted, is_place } => (is_noted, is_place),
        };
        let mut sum = (0, 0);
        for child in node.children_it(false) {
            let (chars, story) = self.walk(&child);
            sum = (sum.0 + chars, sum.1 + story);
        }
        if is_noted || is_place || sum.1 > 0 {
            self.nodes.push(Held { id: node.id, chars: sum.0, story: sum.1, is_place });
        }
        sum
    }
}
