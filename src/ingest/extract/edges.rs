//! The edges of a body: the headline repeated, lines with date and source before the text, editors behind it.

use std::sync::LazyLock;

use regex::Regex;

use crate::ingest::extract::Removed;
use crate::ingest::extract::block::{Block, BlockKind};
use crate::text::{byline, dates};

/// How many blocks at either end may be such lines.
const EDGE_BLOCKS_MAX: usize = 6;
/// The longest such line, in characters.
const LINE_CHARS_MAX: usize = 150;

/// Lines that went from the body's edges into header and footer.
#[derive(Debug, Default)]
pub struct Edges {
    /// From its beginning.
    pub head: Vec<String>,
    /// From its end.
    pub tail: Vec<String>,
}

impl Edges {
    /// Takes these lines out of the body, and what stands behind the editor's line.
    pub fn take(blocks: &mut Vec<Block>, title: &str, removed: &mut Vec<Removed>) -> Edges {
        let mut edges = Edges::default();
        cut_above_headline(blocks, title, removed);
        cut_behind_editor(blocks, removed);
        let mut at = 0;
        for _ in 0..EDGE_BLOCKS_MAX {
            let Some(block) = blocks.get(at) else { break };
            if block.kind == BlockKind::Picture {
                at += 1;
            } else if squeezed(&block.text) == squeezed(title) {
                removed.push(Removed::new(&block.text, "the headline, repeated"));
                blocks.remove(at);
            } else if is_header(block) {
                removed.push(Removed::new(&block.text, "a byline, read into the fields"));
                edges.head.push(blocks.remove(at).text);
            } else {
                break;
            }
        }
        for _ in 0..EDGE_BLOCKS_MAX {
            let Some(at) = blocks.iter().rposition(|block| block.kind != BlockKind::Picture) else { break };
            if blocks.len() < 2 || !is_footer(&blocks[at]) {
                break;
            }
            removed.push(Removed::new(&blocks[at].text, "a byline, read into the fields"));
            edges.tail.insert(0, blocks.remove(at).text);
        }
        edges
    }
}

/// What stands above the headline belongs to the page, not to the story.
fn cut_above_headline(blocks: &mut Vec<Block>, title: &str, removed: &mut Vec<Removed>) {
    /// How far down the headline is looked for, in blocks and in characters of text above it.
    const BLOCKS_MAX: usize = 12;
    const TEXT_CHARS_MAX: usize = 200;
    let headline = squeezed(title);
    let found = blocks.iter().take(BLOCKS_MAX).position(|block| squeezed(&block.text) == headline);
    let text = |blocks: &[Block]| {
        blocks.iter().filter(|block| !block.is_links()).map(|block| block.text.chars().count()).sum::<usize>()
    };
    if let Some(at) = found.filter(|at| text(&blocks[..*at]) <= TEXT_CHARS_MAX) {
        let above = blocks.drain(..at).filter(|block| !block.text.is_empty());
        removed.extend(above.map(|block| Removed::new(&block.text, "stood above the headline")));
    }
}

/// An editor signs at the end of a story; what follows belongs to other stories.
fn cut_behind_editor(blocks: &mut Vec<Block>, removed: &mut Vec<Removed>) {
    /// The least text above the line, in characters.
    const STORY_CHARS_MIN: usize = 200;
    let total: usize = blocks.iter().map(|block| block.text.chars().count()).sum();
    let mut chars = 0;
    let signed = blocks.iter().position(|block| {
        chars += block.text.chars().count();
        chars >= STORY_CHARS_MIN
            && chars * 3 >= total
            && byline::is_byline(&block.text)
            && byline::read(&block.text).editor.is_some()
    });
    if let Some(at) = signed {
        let behind = blocks.split_off(at + 1);
        removed.extend(
            behind
                .iter()
                .filter(|block| !block.text.is_empty())
                .map(|block| Removed::new(&block.text, "stood behind the editor's line")),
        );
    }
}

/// Whether a block holds names, or a date, and nothing else.
fn is_footer(block: &Block) -> bool {
    let is_signature = block.text.starts_with(['（', '(']) && !byline::signature(&block.text).is_empty();
    is_signature || !block.text.is_empty() && block.text.lines().all(byline::is_byline)
}

/// Whether a block holds date, source or names, and hardly anything else.
fn is_header(block: &Block) -> bool {
    /// What may stand beside a date alone, and beside a date and labels, in letters and digits.
    const BESIDE_DATE_MAX: usize = 10;
    const BESIDE_LABELS_MAX: usize = 60;
    static WORDS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)published|updated|posted|last modified|发布时间|發佈時間|更新时间|时间|日期|\d{1,2}:\d{2}(?::\d{2})?|(?-u:\b)(?:[ap]\.?m\.?|[a-z]{1,2}[sd]t|(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun|at|on)\b")
            .expect("a constant expression")
    });
    let chars = block.text.chars().count();
    if chars > LINE_CHARS_MAX || matches!(block.kind, BlockKind::Heading(_) | BlockKind::Table) || block.text.is_empty()
    {
        return false;
    }
    if block.text.lines().all(byline::is_byline) {
        return true;
    }
    let is_sentence = block.text.contains(['。', '！', '？', '；']) || block.text.ends_with('.');
    let Some(date) = dates::first(&block.text, chrono_tz::UTC).filter(|_| !is_sentence) else { return false };
    let beside = format!("{} {}", &block.text[..date.range.start], &block.text[date.range.end..]);
    let count = WORDS.replace_all(&beside, "").chars().filter(|c| c.is_alphanumeric()).count();
    count <= BESIDE_DATE_MAX || count <= BESIDE_LABELS_MAX && !byline::read(&block.text).is_empty()
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}
