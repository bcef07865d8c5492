//! Captions that stand as short paragraphs under their photos.

use std::sync::LazyLock;

use regex::Regex;

use crate::ingest::extract::block::{Block, BlockKind};
use crate::text::plain;

/// A caption in the middle of the line, in characters.
const CENTRED_CHARS_MAX: usize = 80;
/// A caption that only its words give away, in characters.
const SPOKEN_CHARS_MAX: usize = 120;

/// Moves captions from the paragraphs under photos into the photos.
pub fn assign(blocks: &mut Vec<Block>) {
    let mut at = 1;
    while at < blocks.len() {
        let is_photo = blocks[at - 1].kind == BlockKind::Picture
            && blocks[at - 1].images.iter().all(|image| image.caption.is_none());
        if is_photo && is_caption(&blocks[at], blocks[at - 1].is_centred) {
            let caption = plain::line(blocks.remove(at).text.trim_start_matches(['▲', '△', '↑', '▼', '图', '：']));
            if let Some(image) = blocks[at - 1].images.first_mut() {
                image.caption = Some(caption).filter(|caption| !caption.is_empty());
            }
        } else {
            at += 1;
        }
    }
}

fn is_caption(block: &Block, is_photo_centred: bool) -> bool {
    static SPOKEN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^(?:[▲△↑]|图为|圖為|图[①-⑳\d一二三四]?[：:]|资料图|photo(?::| by)|фото[: ]|사진\s?[=:])|(?:[摄攝]影?|供图|供圖|资料图片?|資料圖片?|사진=.{1,20}|фото.{0,30})\s*[)）]?$|[(（]?(?:photo|image|picture)s?\s?(?:by|:).{2,40}[)）]?$")
            .expect("a constant expression")
    });
    let chars = block.text.chars().count();
    let is_text = block.kind == BlockKind::Paragraph && chars > 1 && !block.is_links();
    let is_subheading = block.is_bold && !block.is_caption;
    if !is_text || is_subheading {
        return false;
    }
    block.is_caption && chars <= 2 * SPOKEN_CHARS_MAX
        || block.is_centred && is_photo_centred && chars <= CENTRED_CHARS_MAX
        || chars <= SPOKEN_CHARS_MAX && SPOKEN.is_match(&block.text)
}
