//! Captions that stand as short paragraphs under their photos.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::ingest::extract::block::{Block, BlockKind};
use crate::ingest::removed::Removed;
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
    let gallery = gallery(blocks);
    let (mut at, mut gone) = (0, 0);
    while at < blocks.len() {
        let before = at.checked_sub(1).map(|before| &blocks[before]).filter(|block| block.kind == BlockKind::Picture);
        let bare = before.filter(|block| block.images.iter().all(|image| image.caption.is_none()));
        let block = &blocks[at];
        let is_orphan = block.kind == BlockKind::Paragraph
            && chars(block) <= CREDITED_CHARS_MAX
            && (block.is_credit && are_named || is_credited(&block.text, before.is_some()));
        let is_gallery = gallery.contains(&(at + gone));
        if bare.is_some_and(|photo| is_orphan || is_gallery || is_caption(block, photo.is_centred)) {
            caption(blocks, at);
            gone += 1;
        } else if is_orphan {
            gone += 1;
            removed.push(Removed::new(&blocks.remove(at).text, "a caption apart from its photo"));
        } else {
            at += 1;
        }
    }
}

/// Where the captions of a gallery stand: photos and short paragraphs in turns, several times on end.
fn gallery(blocks: &[Block]) -> HashSet<usize> {
    const TURNS_MIN: usize = 3;
    let is_photo =
        |block: &Block| block.kind == BlockKind::Picture && block.images.iter().all(|image| image.caption.is_none());
    let is_short = |block: &Block| {
        let chars = block.text.chars().count();
        // Western pages tell stories in such turns.
        let is_han = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}');
        let is_kana = |c: char| matches!(c, '\u{3040}'..='\u{30ff}');
        block.kind == BlockKind::Paragraph
            && (2..=CENTRED_CHARS_MAX).contains(&chars)
            && !block.is_links()
            && block.text.contains(is_han)
            && !block.text.contains(is_kana)
    };
    let mut captions = HashSet::new();
    let mut at = 0;
    while at < blocks.len() {
        let turns = blocks[at..].chunks_exact(2).take_while(|pair| is_photo(&pair[0]) && is_short(&pair[1])).count();
        if turns >= TURNS_MIN {
            captions.extend((0..turns).map(|turn| at + 2 * turn + 1));
        }
        at += (2 * turns).max(1);
    }
    captions
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
    /// The longest caption that ends with an agency's name, in characters.
    const AGENCY_CHARS_MAX: usize = 270;
    static BRACKETED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)[(\[](?:(?:file )?photos?(?: by| courtesy| provided|:|/)|ap photo|images?(?: credit| courtesy)?:|(?:photo )?credits?:|foto:|bild:|picture:|©|[^()]{0,40}/(?:getty|reuters|afp|ap|epa)(?-u:\b))[^()]{0,90}[)\]]\W*$")
            .expect("a constant expression")
    });
    static CREDIT_LINE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^(?:photos?|images?|foto|bild|picture|file photo|crédit photo|фото)(?: credit| courtesy| by)?\s?[:|].{2,80}$|^©.{2,60}$")
            .expect("a constant expression")
    });
    static AGENCY_LAST: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)(?:getty images|shutterstock|istock|/\s?(?:reuters|afp|ap|epa|dpa))\)?$")
            .expect("a constant expression")
    });
    let is_alone = || text.chars().count() <= SPOKEN_CHARS_MAX && !text.ends_with(['.', '。']);
    let is_bare =
        || CREDIT_LINE.is_match(text) || AGENCY_LAST.is_match(text) && text.chars().count() <= AGENCY_CHARS_MAX;
    text.contains(['(', '[']) && BRACKETED.is_match(text) || (is_beside_photo || is_alone()) && is_bare()
}

fn is_caption(block: &Block, is_photo_centred: bool) -> bool {
    /// The longest name of an agency, in characters.
    const AGENCY_CHARS_MAX: usize = 31;
    static SPOKEN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^(?:[▲△↑]|图为|圖為|图[①-⑳\d一二三四]?[：:]|资料图|photo(?::| by)|фото[: ]|사진\s?[=:])")
            .expect("a constant expression")
    });
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)(?:[摄攝]影?|供图|供圖|资料图片?|資料圖片?|사진=.{1,20}|фото.{0,30})\s*[)）]?$|[(（]?(?:photo|image|picture)s?\s?(?:by|:).{2,40}[)）]?$")
            .expect("a constant expression")
    });
    // The agency and the photographer of a wire's photo: (River Wire/Jane Doe).
    static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\((\p{Lu}[\p{L}.&' -]+)/\p{Lu}[^()/]{2,40}\)\W*$").expect("a constant expression")
    });
    let is_signed = || SIGNED.captures(&block.text).is_some_and(|found| found[1].chars().count() <= AGENCY_CHARS_MAX);
    let chars = block.text.chars().count();
    let is_text = block.kind == BlockKind::Paragraph && chars > 1 && !block.is_links();
    let is_subheading = block.is_bold && !block.is_caption;
    if !is_text || is_subheading {
        return false;
    }
    block.is_caption && chars <= 2 * SPOKEN_CHARS_MAX
        || block.is_centred && is_photo_centred && chars <= CENTRED_CHARS_MAX
        || chars <= SPOKEN_CHARS_MAX && (SPOKEN.is_match(&block.text) || NAMED.is_match(&block.text))
        || chars <= CREDITED_CHARS_MAX && block.text.contains('(') && is_signed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::article::Image;

    #[test]
    fn galleries_and_wire_photos_have_captions() {
        let photo = || {
            let mut photo = Block::new(BlockKind::Picture, String::new());
            photo.images.push(Image { url: "https://news.example/1.jpg".to_owned(), caption: None });
            photo
        };
        let paragraph =
            |text: &str| Block { text: text.to_owned(), ..Block::new(BlockKind::Paragraph, text.to_owned()) };
        let check = |mut blocks: Vec<Block>, expected: &[&str]| {
            assign(&mut blocks, &mut Vec::new());
            let captions: Vec<_> = blocks.iter().filter_map(|block| block.images.first()?.caption.as_deref()).collect();
            assert_eq!(captions, expected);
        };
        let turns = ["爬犁冲过雪坎。", "骑手压低重心。", "观众敲起铜锣。"];
        let gallery = |count: usize| turns.iter().take(count).flat_map(|text| [photo(), paragraph(text)]).collect();
        check(gallery(3), &turns);
        check(gallery(2), &[]);
        let wire = "Jane Doe checks a name on the map, Jan. 5, 2026. (River Wire/John Roe)";
        check(vec![photo(), paragraph(wire)], &[wire]);
        check(vec![photo(), paragraph("The river froze on Tuesday.")], &[]);
    }

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
