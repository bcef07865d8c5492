//! Captions that stand as short paragraphs under their photos.

use std::sync::LazyLock;

use regex::Regex;

use crate::ingest::extract::Removed;
use crate::ingest::extract::block::{Block, BlockKind};
use crate::text::plain;

/// A caption in the middle of the line, in characters.
const CENTRED_CHARS_MAX: usize = 80;
/// A caption that only its words give away, in characters.
const SPOKEN_CHARS_MAX: usize = 120;
/// A caption that ends with an agency's credit, in characters.
const CREDITED_CHARS_MAX: usize = 400;

/// Moves captions from the paragraphs under photos into the photos; captions whose photo is gone go too.
pub fn assign(blocks: &mut Vec<Block>, removed: &mut Vec<Removed>) {
    let chars = |block: &Block| block.text.chars().count();
    let total: usize = blocks.iter().map(chars).sum();
    let named: usize = blocks.iter().filter(|block| block.is_credit).map(chars).sum();
    // A body in an element named for captions is no caption.
    let are_named = named * 2 <= total;
    let mut at = 0;
    while at < blocks.len() {
        let before = at.checked_sub(1).map(|before| &blocks[before]).filter(|block| block.kind == BlockKind::Picture);
        let bare = before.filter(|block| block.images.iter().all(|image| image.caption.is_none()));
        let block = &blocks[at];
        let is_orphan = block.kind == BlockKind::Paragraph
            && chars(block) <= CREDITED_CHARS_MAX
            && (block.is_credit && are_named || is_credited(&block.text, before.is_some()));
        if bare.is_some_and(|photo| is_orphan || is_caption(block, photo.is_centred)) {
            caption(blocks, at);
        } else if is_orphan {
            removed.push(Removed::new(&blocks.remove(at).text, "a caption apart from its photo"));
        } else {
            at += 1;
        }
    }
}

/// Makes a paragraph the caption of the photo before it.
fn caption(blocks: &mut Vec<Block>, at: usize) {
    let block = blocks.remove(at);
    let caption = plain::line(block.text.trim_start_matches(['▲', '△', '↑', '▼', '图', '：']));
    let photo = &mut blocks[at - 1];
    if !block.is_credit && caption.contains(|c| matches!(c, '\u{4e00}'..='\u{9fff}')) {
        photo.text.clone_from(&caption);
    }
    if let Some(image) = photo.images.first_mut() {
        image.caption = Some(caption).filter(|caption| !caption.is_empty());
    }
}

/// Whether a text ends with the credit of a Western photo; beside a photo, a credit without brackets is one too.
fn is_credited(text: &str, is_beside_photo: bool) -> bool {
    static BRACKETED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)[(\[](?:(?:file )?photos?(?: by| courtesy|:|/)|ap photo|images?(?: credit| courtesy)?:|(?:photo )?credits?:|foto:|bild:|picture:|©|[^()]{0,40}/(?:getty|reuters|afp|ap|epa)(?-u:\b))[^()]{0,90}[)\]]\W*$")
            .expect("a constant expression")
    });
    static BARE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^.{0,250}(?:/|via |[|] ?|\()?(?:getty images|shutterstock|istock|/\s?(?:reuters|afp|ap|epa|dpa))\)?$|^(?:photos?|images?|foto|bild|picture|file photo|crédit photo|фото)(?: credit| courtesy| by)?\s?[:|].{2,80}$|^©.{2,60}$")
            .expect("a constant expression")
    });
    let is_alone = || text.chars().count() <= SPOKEN_CHARS_MAX && !text.ends_with(['.', '。']);
    BRACKETED.is_match(text) || (is_beside_photo || is_alone()) && BARE.is_match(text)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::article::Image;

    #[test]
    fn captions_go_to_their_photos_and_do_not_stay_without_them() {
        let photo = || {
            let mut photo = Block::new(BlockKind::Picture, String::new());
            photo.images.push(Image { url: "https://news.example/1.jpg".to_owned(), caption: None });
            photo
        };
        let paragraph = |text: &str| {
            let mut block = Block::new(BlockKind::Paragraph, text.to_owned());
            block.text = text.to_owned();
            block
        };
        let named = Block { is_credit: true, ..paragraph("Skaters on the river.") };
        let story = "Ice covered the river from bank to bank on Tuesday, and the first skaters came at noon.";
        let mut blocks = vec![
            photo(),
            paragraph("江上的冰灯。何山 摄"),
            paragraph(story),
            named,
            photo(),
            paragraph("Skaters at noon. (AP Photo/Jane Doe)"),
            paragraph("Photo: Jane Doe, River Daily"),
            paragraph(story),
        ];
        let mut removed = Vec::new();
        assign(&mut blocks, &mut removed);
        let captions: Vec<_> = blocks.iter().filter_map(|block| block.images.first()?.caption.as_deref()).collect();
        assert_eq!(captions, ["江上的冰灯。何山 摄", "Skaters at noon. (AP Photo/Jane Doe)"]);
        assert_eq!((blocks.len(), removed.len()), (4, 2));
        assert_eq!(blocks[0].text, "江上的冰灯。何山 摄");
    }
}
