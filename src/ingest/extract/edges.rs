//! The edges of a body: the headline repeated, lines with date and source before the text, editors behind it.

use std::sync::LazyLock;

use regex::Regex;

use crate::ingest::extract::Removed;
use crate::ingest::extract::block::{Block, BlockKind};
use crate::text::byline;

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

/// Takes these lines out of the body.
pub fn take(blocks: &mut Vec<Block>, title: &str, removed: &mut Vec<Removed>) -> Edges {
    let mut edges = Edges::default();
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
        if blocks.len() < 2 || !blocks[at].text.lines().all(byline::is_byline) {
            break;
        }
        removed.push(Removed::new(&blocks[at].text, "a byline, read into the fields"));
        edges.tail.insert(0, blocks.remove(at).text);
    }
    edges
}

/// Whether a block holds date, source or names, and hardly anything else.
fn is_header(block: &Block) -> bool {
    static DATE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:19|20)\d{2}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?").expect("a constant expression")
    });
    let chars = block.text.chars().count();
    if chars > LINE_CHARS_MAX || matches!(block.kind, BlockKind::Heading(_) | BlockKind::Table) {
        return false;
    }
    if block.text.lines().all(byline::is_byline) {
        return true;
    }
    let Some(date) = DATE.find(&block.text) else { return false };
    let rest = chars - date.as_str().chars().count();
    let is_sentence = block.text.contains(['。', '！', '？', '；']) || block.text.ends_with('.');
    !is_sentence && (rest <= 12 || rest <= 60 && !byline::read(&block.text).is_empty())
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}
