//! The edges of a body: the headline repeated, lines with date and source before the text, editors behind it.

use std::sync::LazyLock;

use regex::Regex;

use crate::ingest::extract::block::{Block, BlockKind};
use crate::ingest::removed::Removed;
use crate::model::timezone::Timezone;
use crate::text::{byline, dates, script};

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
    is_after_headline: bool,
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
            } else if is_same(&block.text, title) {
                removed.push(Removed::new(&block.text, "the headline, repeated"));
                blocks.remove(at);
                edges.is_after_headline = true;
            } else if is_header(block) || is_head_table(block, title) || edges.is_after_headline && is_names(block) {
                removed.push(Removed::new(&block.text, "a byline, read into the fields"));
                edges.head.push(blocks.remove(at).text);
            } else if is_menu_above_header(&blocks[at..]) {
                removed.push(Removed::new(&block.text, "stood above the byline"));
                blocks.remove(at);
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
    let found = blocks.iter().take(BLOCKS_MAX).position(|block| is_same(&block.text, title));
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

/// Whether links stand before a header line: a menu that the body begins with by mistake.
fn is_menu_above_header(blocks: &[Block]) -> bool {
    const BLOCKS_MAX: usize = 4;
    let menu = blocks.iter().take(BLOCKS_MAX).take_while(|block| block.is_links()).count();
    menu > 0 && blocks.get(menu).is_some_and(is_header)
}

/// Whether a table holds the headline, and lines of a header, and nothing else.
fn is_head_table(block: &Block, title: &str) -> bool {
    let mut lines = block.text.lines().filter(|line| !line.trim().is_empty());
    let is_head = |line: &str| is_same(line, title) || is_header_line(line);
    block.kind == BlockKind::Table && block.text.lines().any(|line| is_same(line, title)) && lines.all(is_head)
}

/// Whether a block holds names alone, as the line below a headline does.
fn is_names(block: &Block) -> bool {
    block.kind == BlockKind::Paragraph && !byline::names_line(&block.text).is_empty()
}

/// Whether a block holds names, or a date, and nothing else.
fn is_footer(block: &Block) -> bool {
    if block.kind == BlockKind::Paragraph && is_time_line(&block.text) {
        return true;
    }
    // 《江城日报》（2026年01月09日 第07版）
    static PRINTED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^《[^》]{2,20}》\s*[（(]\s*[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日.{0,8}版\s*[)）]$")
            .expect("a constant expression")
    });
    if PRINTED.is_match(&block.text) {
        return true;
    }
    let is_signature = block.text.starts_with(['（', '(']) && !byline::signature(&block.text).is_empty();
    is_signature || !block.text.is_empty() && block.text.lines().all(byline::is_byline)
}

/// Whether a block holds date, source or names, and hardly anything else.
fn is_header(block: &Block) -> bool {
    !matches!(block.kind, BlockKind::Heading(_) | BlockKind::Table) && is_header_line(&block.text)
}

fn is_header_line(text: &str) -> bool {
    if text.is_empty() || text.chars().count() > LINE_CHARS_MAX {
        return false;
    }
    text.lines().all(byline::is_byline) || beside_date(text).is_some_and(|beside| beside.is_little)
}

/// Whether a line tells the minute and hardly anything else. A day alone at the end signs a notice.
fn is_time_line(text: &str) -> bool {
    text.chars().count() <= LINE_CHARS_MAX
        && beside_date(text).is_some_and(|beside| beside.is_little && beside.has_time)
}

/// What stands beside the dates of a line.
struct Beside {
    has_time: bool,
    /// Whether it is nothing, or labels with their values.
    is_little: bool,
}

fn beside_date(text: &str) -> Option<Beside> {
    /// What may stand beside a date alone, and beside a date and labels, in letters and digits.
    const BESIDE_DATE_MAX: usize = 10;
    const BESIDE_LABELS_MAX: usize = 60;
    /// The most dates of a line: published, changed, retrieved.
    const DATES_MAX: usize = 3;
    if text.contains(['。', '！', '？', '；']) || text.ends_with('.') && !text.ends_with(".m.") && !text.ends_with("г.")
    {
        return None;
    }
    let mut beside = text.to_owned();
    let mut has_time = None;
    for _ in 0..DATES_MAX {
        let Some(date) = dates::first(&beside, Timezone::UTC) else { break };
        has_time = Some(has_time.unwrap_or(false) || date.has_time);
        beside.replace_range(date.range, " ");
    }
    let has_time = has_time?;
    let count = BESIDE.replace_all(&beside, "").chars().filter(|c| c.is_alphanumeric()).count();
    let is_little = count <= BESIDE_DATE_MAX || count <= BESIDE_LABELS_MAX && !byline::read(text).is_empty();
    Some(Beside { has_time, is_little })
}

/// Words that stand beside dates: what happened then, the day of the week, the time of day, how many have read it.
static BESIDE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?:first )?published|updated|posted|last modified|发布时间|發佈時間|更新时间|发表于|發表於|时间|日期|",
        r"(?:阅读|閱讀|浏览|瀏覽|评论|評論|点击|點擊|人气|回复)[数次量]?\s?[:：(（]\s?[0-9]+|第[0-9]页\s?[/／]\s?共[0-9]页|[上下]一页|",
        r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|",
        r"veröffentlicht|aktualisiert|erstellt|stand|publié|mis à jour|publicado|atualizado|actualizado|pubblicato|aggiornato|gepubliceerd|bijgewerkt|publicerad|uppdaterad|publisert|oppdatert|opublikowano|aktualizacja|опубликовано|обновлено|",
        r"\b(?:[ap]\.?m\.?|[ecmp][sd]t|gmt|utc|hst|uhr|kl|(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun|at|on|le|à|às|um|am|alle|ore|om|",
        r"(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?|sábado|domingo|lunes|martes|miércoles|jueves|viernes|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|",
        r"lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag)\b"
    ))
    .expect("a constant expression")
});

/// Whether two texts have the same letters and digits.
fn is_same(one: &str, other: &str) -> bool {
    let letters = |c: &char| script::is_alphanumeric(*c);
    one.chars().filter(letters).eq(other.chars().filter(letters))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(texts: &[&str]) -> Vec<Block> {
        let block = |text: &&str| {
            let mut block = Block::new(BlockKind::Paragraph, String::new());
            block.text = (*text).to_owned();
            block
        };
        texts.iter().map(block).collect()
    }

    fn check(texts: &[&str], head: &[&str], tail: &[&str]) {
        let mut blocks = blocks(texts);
        let edges = Edges::take(&mut blocks, "江城今冬首场雪如约而至", &mut Vec::new());
        assert_eq!(
            (edges.head, edges.tail),
            (
                head.iter().map(|line| (*line).to_owned()).collect(),
                tail.iter().map(|line| (*line).to_owned()).collect()
            ),
            "{texts:?}"
        );
    }

    #[test]
    fn headers_and_footers_leave_the_story() {
        let story = "今冬首场雪昨夜落在江城，环卫工人连夜清扫主要街道。";
        check(&["江城今冬首场雪如约而至", "林知秋、风笑雪", story], &["林知秋、风笑雪"], &[]);
        check(&["林知秋、风笑雪", story], &[], &[]);
        check(
            &["sexta-feira, 9 de janeiro de 2026 às 10:20", story],
            &["sexta-feira, 9 de janeiro de 2026 às 10:20"],
            &[],
        );
        check(
            &["Jan. 9, 2026Updated: Jan. 9, 2026 10:35 a.m.", story],
            &["Jan. 9, 2026Updated: Jan. 9, 2026 10:35 a.m."],
            &[],
        );
        check(
            &[story, "发表于 2026年1月9日 12:40 - (阅读:3727;评论:63)"],
            &[],
            &["发表于 2026年1月9日 12:40 - (阅读:3727;评论:63)"],
        );
        check(&[story, "江城市环卫处", "2026年1月9日"], &[], &[]);
        let printed = "《 江城日报 》（ 2026年01月09日 第 07 版）";
        check(&[story, printed], &[], &[printed]);
    }

    #[test]
    fn a_table_with_the_headline_and_the_date_is_a_header() {
        let mut blocks = blocks(&[
            "江城今冬首场雪如约而至\n2026-01-09 06:40更新 来源：江城日报 第1页/共1页 << 上一页 | 下一页 >>",
            "今冬首场雪昨夜落在江城。",
        ]);
        blocks[0].kind = BlockKind::Table;
        let edges = Edges::take(&mut blocks, "江城今冬首场雪如约而至", &mut Vec::new());
        assert_eq!((edges.head.len(), blocks.len()), (1, 1));
    }
}
