//! Lines of a page that are no part of the story: sharing, printing, rights, related stories.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use crate::ingest::clean::lines;
use crate::ingest::extract::{Block, BlockKind};
use crate::ingest::removed::Removed;
use crate::text::byline;

/// The longest editor's line, in characters.
const EDITOR_CHARS_MAX: usize = 120;
/// Shorter paragraphs may say the same twice, in bytes.
const REPEATED_BYTES_MIN: usize = 20;

/// What galleries put behind a caption to fold it again.
const UNFOLDED: &str = " less";

/// Drops such lines and lists of related stories; records each. `url` is the page's address.
pub fn drop(blocks: &mut Vec<Block>, url: &Url, removed: &mut Vec<Removed>) {
    let count = blocks.len();
    let mut before = String::new();
    let mut is_related = false;
    let mut at = 0;
    blocks.retain(|block| {
        at += 1;
        let place = Place { is_last: at == count, is_late: at * 2 > count };
        let why = why(block, place.is_last).or_else(|| leads_elsewhere(block, url));
        let why = why.or_else(|| (is_related && is_listing(block, place.is_late)).then_some("related"));
        // Galleries repeat the captions of their pictures.
        let is_text = !matches!(block.kind, BlockKind::Picture | BlockKind::Media | BlockKind::Table);
        let is_repeated = block.text.len() >= REPEATED_BYTES_MIN && block.text == before.trim_end_matches(UNFOLDED);
        let why = why.or_else(|| (is_text && is_repeated).then_some("the same words again"));
        before.clone_from(&block.text);
        is_related = why == Some("related");
        removed.extend(why.map(|why| Removed::new(&block.text, format!("boilerplate: {why}"))));
        why.is_none()
    });
    cut_links_behind(blocks, removed);
    // A list of links behind the text leads elsewhere.
    while blocks.len() > 1 && blocks.last().is_some_and(|block| block.kind == BlockKind::List && block.is_links()) {
        removed.extend(blocks.pop().map(|block| Removed::new(&block.text, "boilerplate: links behind the text")));
    }
}

/// What stands behind the last sentence and consists of links and their titles is a side column of the page.
fn cut_links_behind(blocks: &mut Vec<Block>, removed: &mut Vec<Removed>) {
    /// The fewest lists of links that make a side column.
    const LISTS_MIN: usize = 2;
    /// A sentence of the story, in characters.
    const SENTENCE_CHARS_MIN: usize = 30;
    let is_story = |block: &Block| {
        block.kind != BlockKind::List
            && !block.is_links()
            && block.text.ends_with(['.', '。', '！', '？', '!', '?', '”', '」', '"'])
            && block.text.chars().count() >= SENTENCE_CHARS_MIN
    };
    let Some(last) = blocks.iter().rposition(is_story) else { return };
    let behind = &blocks[last + 1..];
    let links: usize = behind.iter().map(|block| block.link_chars).sum();
    let chars: usize = behind.iter().map(|block| block.text.chars().count()).sum();
    let lists = behind.iter().filter(|block| block.kind == BlockKind::List && block.link_chars > 0).count();
    if lists < LISTS_MIN || links * 4 < chars {
        return;
    }
    let behind = blocks.split_off(last + 1);
    let behind = behind.iter().filter(|block| !block.text.is_empty());
    removed.extend(behind.map(|block| Removed::new(&block.text, "boilerplate: a side column behind the text")));
}

struct Place {
    is_last: bool,
    is_late: bool,
}

fn why(block: &Block, is_last: bool) -> Option<&'static str> {
    if matches!(block.kind, BlockKind::Picture | BlockKind::Media) {
        return None;
    }
    if is_pager(block) {
        return Some("the pages of the article");
    }
    if let Some(caption) = block.text.strip_suffix(UNFOLDED)
        && caption.ends_with(['.', ')', '"', '”'])
    {
        return Some("a caption that unfolds");
    }
    let found = lines::why(&block.text);
    // A box of links has its title in its first line.
    let title = || block.text.split_once('\n').filter(|_| block.is_links()).and_then(|(title, _)| lines::why(title));
    if let Some(found) = found.or_else(title) {
        return Some(found);
    }
    let is_short = block.text.len() <= 4 * EDITOR_CHARS_MAX && block.text.chars().count() <= EDITOR_CHARS_MAX;
    let is_editor = is_last && is_short && EDITOR.is_match(&block.text) && byline::is_byline(&block.text);
    is_editor.then_some("the editor's line")
}

/// Whether a block is nothing but numbers and words that lead to the other pages of an article.
fn is_pager(block: &Block) -> bool {
    static PAGER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?i)^(?:\W*(?:[上下前后後首尾末最]+一?[页頁]|共?第?\s*\d{1,3}\s*[页頁]?|余下全文|阅读全文|全文|pages?|of|next|prev(?:ious)?|first|last|",
            r"следующая|предыдущая|страница|weiter|zurück|seite|suivante?|précédente?|siguiente|anterior|次へ|前へ|다음|이전)(?:\W+|\d|$|[^\p{Latin}\p{Cyrillic}])??)+\W*$"
        ))
        .expect("a constant expression")
    });
    const CHARS_MAX: usize = 120;
    (block.link_chars > 0 || block.text.contains(['页', '頁']))
        && block.text.len() <= 4 * CHARS_MAX
        && PAGER.is_match(&block.text)
}

static EDITOR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("责任编辑|責任編輯|责编|責編|编辑[:：]").expect("a constant expression"));

/// A headline that is nothing but a link, or a list of links into the same site, between the paragraphs.
fn leads_elsewhere(block: &Block, url: &Url) -> Option<&'static str> {
    let chars = block.text.chars().filter(|c| !c.is_whitespace()).count();
    if chars == 0 || block.link_chars * 10 < chars * 9 {
        return None;
    }
    let is_sentence = block.text.ends_with(['.', '。', ':', '：', '?', '？', '！']);
    let is_address = block.text.contains("://") || !block.text.contains(' ') && block.text.is_ascii();
    let is_loud = block.is_bold || block.text.chars().all(|c| !c.is_lowercase());
    let has_case = block.text.chars().any(|c| c.is_lowercase() || c.is_uppercase());
    let is_headline = block.kind == BlockKind::Paragraph && is_loud && has_case && !is_sentence && !is_address;
    let is_list =
        block.kind == BlockKind::List && chars >= 20 && url.host_str().is_some_and(|host| is_within(block, host));
    let is_menu = block.kind == BlockKind::Table;
    let is_neighbour =
        block.text.starts_with(['<', '«', '‹', '←', '◄']) || block.text.ends_with(['>', '»', '›', '→', '►']);
    (is_headline || is_list || is_menu || is_neighbour).then_some("leads to another story")
}

/// Whether all links lead into one host.
fn is_within(block: &Block, host: &str) -> bool {
    let mut links = block.html.split("href=\"").skip(1).peekable();
    let is_host = |link: &str| {
        let address = link.split('"').next().unwrap_or("");
        Url::parse(address).is_ok_and(|address| address.host_str() == Some(host))
    };
    links.peek().is_some() && links.all(is_host)
}

/// Whether a block lists links, as related stories are.
fn is_listing(block: &Block, is_late: bool) -> bool {
    block.is_links()
        || block.kind == BlockKind::Picture && block.text.is_empty()
        || is_late && block.kind == BlockKind::List
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(kind: BlockKind, text: &str, href: Option<&str>) -> Block {
        let html = href.map_or(text.to_owned(), |href| format!("<a href=\"{href}\">{text}</a>"));
        let mut block = Block::new(kind, html);
        block.text = text.to_owned();
        block.is_bold = href.is_some();
        block.link_chars = if href.is_some() { text.chars().filter(|c| !c.is_whitespace()).count() } else { 0 };
        block
    }

    #[test]
    fn headlines_of_other_stories_go_and_the_story_stays() {
        let story =
            "Ice covered the river from bank to bank on Tuesday, and the first skaters came at noon to try it out.";
        let paragraph = |text: &str, href| block(BlockKind::Paragraph, text, href);
        let mut blocks = vec![
            paragraph(story, None),
            paragraph("MAYOR OPENS THE NEW BRIDGE", Some("https://news.example/bridge")),
            block(BlockKind::List, "Mayor opens the new bridge\nSnow closes schools", Some("https://news.example/a")),
            block(BlockKind::List, "Skates for sale at a good shop", Some("https://shop.example/")),
            paragraph("https://river.example/ice", Some("https://river.example/ice")),
            paragraph(story, None),
            paragraph("The mayor on the ice on Friday. (River Press/Jane Doe) less", None),
            paragraph("The mayor on the ice on Friday. (River Press/Jane Doe)", None),
            paragraph("Published: 10:48, Tue, Jan 6, 2026 | Updated: 11:05", None),
            paragraph("1 2 3 Next page", Some("https://news.example/ice/2")),
            paragraph("<< Skates for all", Some("https://news.example/skates")),
            paragraph("Nobody was hurt.", None),
            paragraph("More from Riverside", None),
            block(BlockKind::List, "Snow closes schools\nTrains are late", None),
        ];
        let url = Url::parse("https://news.example/ice").unwrap();
        drop(&mut blocks, &url, &mut Vec::new());
        let texts: Vec<&str> = blocks.iter().map(|block| block.text.as_str()).collect();
        assert_eq!(
            texts,
            [story, "Skates for sale at a good shop", "https://river.example/ice", story, "Nobody was hurt."]
        );
    }
}
