//! What one page shows of its template, seen by what the general way took from it.

use std::collections::HashMap;
use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use dom_query::{Document, NodeData, NodeId, NodeRef};

use crate::ingest::extract::block::Block;
use crate::ingest::extract::mark::Mark;
use crate::ingest::extract::survey::HEADER_CHARS_MAX;
use crate::ingest::extract::template::place;
use crate::ingest::extract::{ExtractedArticle, mark};
use crate::ingest::guard;
use crate::ingest::guard::hiding::Rules;
use crate::model::template::Place;
use crate::model::timezone::Timezone;
use crate::text::{dates, script};

/// Shorter texts stand in many places, in letters and digits.
const TEXT_CHARS_MIN: usize = 6;
/// Percent of the story that its container holds; a lost sentence elsewhere must not widen it.
const HELD_PERCENT: usize = 90;
/// A longer story teaches nothing more, in bytes.
const STORY_BYTES_MAX: usize = 100_000;
/// Texts looked up in the story on a page that may be hostile.
const TEXTS_MAX: usize = 5_000;
/// The most names and labels that are looked up in the texts of a page.
const WORDS_MAX: usize = 24;
/// A longer text is no date, in bytes.
const DATE_BYTES_MAX: usize = 200;
/// How far two readings of one date can be apart whose zone is not known: a day, and the zones on either side.
const ZONE_MAX: TimeDelta = TimeDelta::hours(24 + 14);
/// The most named elements, places and blocks that are noted of a page.
pub const NOTES_MAX: usize = 200;

/// What one page shows of its template.
#[derive(Debug, Clone)]
pub struct Observation {
    /// Where the element stands that holds the body.
    pub container: Place,
    /// Where headline, date, byline and breadcrumb stand.
    pub places: Vec<Place>,
    /// How far before the body its fields begin, those in places aside, in characters without white space.
    pub header_chars: u32,
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
    let mut seen = Seen { story, is_in_place: false, texts: Vec::new(), story_texts: 0, nodes: Vec::new() };
    let total = seen.walk(&document.root()).1;
    let held: HashMap<NodeId, usize> = seen.nodes.iter().map(|node| (node.id, node.story)).collect();
    let is_holding = |node: &NodeRef<'_>| held.get(&node.id).is_some_and(|held| held * 100 >= total * HELD_PERCENT);
    let mut container = document.root();
    while let Some(child) = container.children_it(false).find(is_holding) {
        container = child;
    }
    let container = Some(container).filter(NodeRef::is_element)?;
    let inside = seen.nodes.iter().find(|node| node.id == container.id).map_or(0..0, |node| node.texts.clone());
    let told = seen.told(&inside, &Fields::of(extracted), &document);
    let header_chars = seen.header_chars(&told, inside.start);
    // Most boxes with the name of a byline hold none.
    let tells = |place: &Held| place.is_plain || told[place.texts.clone()].contains(&true);
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
        } else if node.is_place && tells(node) && places.len() < NOTES_MAX {
            places.extend(place::of(&there));
        }
    }
    let blocks = blocks(&extracted.body);
    Some(Observation { container: place::of(&container)?, places, header_chars, parts, blocks })
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
    /// Whether it is a headline or a time, which may tell more than its text.
    is_plain: bool,
    /// Which texts are in it.
    texts: Range<usize>,
}

/// What the general way may have read from the text around the body.
struct Fields {
    /// In letters and digits.
    words: Vec<String>,
    published: Option<DateTime<Utc>>,
}

impl Fields {
    fn of(extracted: &ExtractedArticle) -> Fields {
        let lists = [&extracted.authors, &extracted.photographers].into_iter().flatten();
        let single = [&extracted.editor, &extracted.source, &extracted.section_label, &extracted.subtitle];
        let words = lists.chain(single.into_iter().flatten()).chain([&extracted.title]);
        let words = words.map(|word| squeezed(word).collect::<String>()).filter(|word| !word.is_empty());
        Fields { words: words.take(WORDS_MAX).collect(), published: extracted.published }
    }

    /// Which of them may have been read from a text, a bit each.
    fn read_from(&self, text: &str) -> u32 {
        let squeezed: String = squeezed(text).collect();
        let is_date = |published: DateTime<Utc>| {
            let text = text.trim();
            let is_short = text.len() <= DATE_BYTES_MAX && text.bytes().any(|byte| byte.is_ascii_digit());
            let is_near = |found: &dates::Found| (found.at - published).abs() <= ZONE_MAX;
            is_short && dates::last(text, Timezone::UTC).as_ref().is_some_and(is_near)
        };
        let words = self.words.iter().map(|word| squeezed.contains(word.as_str()));
        let found = [self.published.is_some_and(is_date)].into_iter().chain(words);
        found.enumerate().map(|(bit, is_found)| u32::from(is_found) << bit).sum()
    }
}

/// A text of the page.
struct Text {
    id: NodeId,
    /// Its characters that are no white space.
    chars: usize,
    is_in_place: bool,
}

struct Seen {
    story: String,
    is_in_place: bool,
    texts: Vec<Text>,
    story_texts: usize,
    nodes: Vec<Held>,
}

impl Seen {
    /// Counts the text of a node: all of it, and that of the story. The general way has limited the nesting.
    fn walk(&mut self, node: &NodeRef<'_>) -> (usize, usize) {
        enum What {
            Text { squeezed: String, chars: usize },
            Element { is_noted: bool, mark: Option<Mark> },
            Nothing,
        }
        let what = node.query_or(What::Nothing, |tree_node| match &tree_node.data {
            NodeData::Text { contents } => {
                let chars = contents.chars().filter(|c| !c.is_whitespace()).count();
                What::Text { squeezed: squeezed(contents).collect(), chars }
            }
            NodeData::Element(element) => match &*element.name.local {
                "head" | "script" | "style" | "noscript" | "template" | "iframe" | "select" | "textarea" | "svg" => {
                    What::Nothing
                }
                name => What::Element {
                    is_noted: mark::separator(name) == Some('\n') || name == "h1",
                    mark: Mark::of(name, element, false, &Rules::default()),
                },
            },
            NodeData::Document => What::Element { is_noted: false, mark: None },
            _ => What::Nothing,
        });
        let (is_noted, mark) = match what {
            What::Nothing => return (0, 0),
            What::Text { squeezed, chars } => {
                self.texts.push(Text { id: node.id, chars, is_in_place: self.is_in_place });
                let chars = squeezed.chars().count();
                self.story_texts += usize::from(chars >= TEXT_CHARS_MIN);
                let is_story =
                    chars >= TEXT_CHARS_MIN && self.story_texts <= TEXTS_MAX && self.story.contains(&squeezed);
                return (chars, if is_story { chars } else { 0 });
            }
            What::Element { is_noted, mark } => (is_noted, mark),
        };
        let is_plain = matches!(mark, Some(Mark::Heading | Mark::Time));
        let is_place = is_plain || matches!(mark, Some(Mark::Author | Mark::Breadcrumb | Mark::Subtitle));
        let mut sum = (0, 0);
        let first_text = self.texts.len();
        let is_in_place = self.is_in_place || is_place;
        let was_in_place = std::mem::replace(&mut self.is_in_place, is_in_place);
        for child in node.children_it(false) {
            let (chars, story) = self.walk(&child);
            sum = (sum.0 + chars, sum.1 + story);
        }
        self.is_in_place = was_in_place;
        if is_noted || is_place || sum.1 > 0 {
            let texts = first_text..self.texts.len();
            self.nodes.push(Held { id: node.id, chars: sum.0, story: sum.1, is_place, is_plain, texts });
        }
        sum
    }

    /// Which texts fields were read from, as far as one can tell: of all that have it, the nearest before the body, or
    /// else the first behind it. Looked at are those of the header, and of places anywhere; `inside` are the texts of
    /// the body.
    fn told(&self, inside: &Range<usize>, fields: &Fields, document: &Document) -> Vec<bool> {
        let mut told = vec![false; self.texts.len()];
        let (mut found, mut chars, mut looks) = (0, 0, 0);
        for at in (0..inside.start).rev().chain(inside.end..self.texts.len()) {
            let text = &self.texts[at];
            chars += text.chars;
            let is_in_header = at < inside.start && chars <= HEADER_CHARS_MAX;
            if (is_in_header || text.is_in_place) && looks < TEXTS_MAX {
                looks += 1;
                let fields = fields.read_from(&NodeRef::new(text.id, &document.tree).text());
                told[at] = fields & !found != 0;
                found |= fields;
            }
        }
        told
    }

    /// The characters from the first text before `end` that fields were read from. Places are found without.
    fn header_chars(&self, told: &[bool], end: usize) -> u32 {
        let (mut chars, mut farthest) = (0, 0);
        for (text, is_told) in self.texts.iter().zip(told).take(end).rev() {
            chars += text.chars;
            if chars > HEADER_CHARS_MAX {
                break;
            }
            if *is_told && !text.is_in_place {
                farthest = chars;
            }
        }
        u32::try_from(farthest).unwrap_or(u32::MAX)
    }
}
