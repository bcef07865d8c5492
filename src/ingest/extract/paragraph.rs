//! A paragraph while it is written: white space as a reader sees it, inline markup opened only around text.

use crate::ingest::extract::block::{Block, BlockKind, escape_char};

/// An inline element the writer is in.
#[derive(Debug, Clone)]
pub struct Inline {
    /// Its name.
    pub name: &'static str,
    /// Its start tag.
    pub start: String,
}

impl Inline {
    /// An element without attributes.
    pub fn plain(name: &'static str) -> Inline {
        Inline { name, start: format!("<{name}>") }
    }
}

/// White space that was read and not yet written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Pending {
    #[default]
    Nothing,
    Space,
    /// A line end of the source, which is nothing between two Han characters.
    LineEnd,
}

/// The paragraph being written.
#[derive(Debug, Default)]
pub struct Paragraph {
    html: String,
    text: String,
    opened: usize,
    pending: Pending,
    breaks: usize,
    chars: usize,
    bold_chars: usize,
    link_chars: usize,
}

impl Paragraph {
    /// Adds text of the page inside these inline elements.
    pub fn push(&mut self, text: &str, inlines: &[Inline]) {
        let is_bold = inlines.iter().any(|inline| matches!(inline.name, "b" | "strong"));
        let is_link = inlines.iter().any(|inline| inline.name == "a");
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            let is_indent = self.text.is_empty() || self.text.ends_with('\n');
            match c {
                '\n' | '\r' if self.pending != Pending::Space => self.pending = Pending::LineEnd,
                ' ' | '\t' | '\u{a0}' | '\u{2002}' | '\u{2003}' if self.pending == Pending::Nothing => {
                    self.pending = Pending::Space
                }
                '\u{3000}' | '\u{feff}' | '\u{200b}' if is_indent => {}
                ' ' | '\t' | '\n' | '\r' | '\u{a0}' | '\u{2002}' | '\u{2003}' | '\u{feff}' | '\u{200b}' => {}
                c if !crate::text::plain::is_legal(c) => {}
                c => {
                    self.begin(c, inlines);
                    escape_char(c, &mut self.html);
                    self.text.push(c);
                    // What goes on like that needs no closer look.
                    let (plain, behind) = rest.split_at(rest.find(|c| !is_plain(c)).unwrap_or(rest.len()));
                    self.html.push_str(plain);
                    self.text.push_str(plain);
                    rest = behind;
                    let chars = 1 + plain.chars().count();
                    self.chars += chars;
                    self.bold_chars += if is_bold { chars } else { 0 };
                    self.link_chars += if is_link { chars } else { 0 };
                }
            }
        }
    }

    /// Writes what is due before a character: breaks, a space, start tags.
    fn begin(&mut self, c: char, inlines: &[Inline]) {
        if self.breaks > 0 && !self.text.is_empty() {
            self.html.push_str("<br>");
            self.text.push('\n');
        } else if !self.text.is_empty() {
            let is_between_han = self.text.ends_with(is_wide) && is_wide(c);
            let is_space = self.pending == Pending::Space || self.pending == Pending::LineEnd && !is_between_han;
            if is_space {
                self.html.push(' ');
                self.text.push(' ');
            }
        }
        self.breaks = 0;
        self.pending = Pending::Nothing;
        while self.opened < inlines.len() {
            self.html.push_str(&inlines[self.opened].start);
            self.opened += 1;
        }
    }

    /// Ends an inline element; `inlines` still holds it.
    pub fn end_inline(&mut self, inlines: &[Inline]) {
        if self.opened == inlines.len()
            && let Some(inline) = inlines.last()
        {
            self.html.push_str("</");
            self.html.push_str(inline.name);
            self.html.push('>');
            self.opened -= 1;
        }
    }

    /// Notes a line break; true if it is the second in a row, which parts paragraphs.
    pub fn add_break(&mut self) -> bool {
        self.breaks += 1;
        self.breaks > 1
    }

    /// Whether a new paragraph may begin here: after a break or the end of a sentence.
    pub fn is_complete(&self) -> bool {
        self.breaks > 0 || self.text.ends_with(['。', '！', '？', '”', '」', '：', '；', '…', '）', ')', ':', '!', '?'])
    }

    /// The finished paragraph, if it has text; the next begins empty.
    pub fn take(&mut self, inlines: &[Inline]) -> Option<Block> {
        let mut done = std::mem::take(self);
        for inline in inlines[..done.opened].iter().rev() {
            done.html.push_str("</");
            done.html.push_str(inline.name);
            done.html.push('>');
        }
        if done.text.is_empty() {
            return None;
        }
        let mut block = Block::new(BlockKind::Paragraph, done.html);
        block.is_bold = done.bold_chars == done.chars;
        block.link_chars = done.link_chars;
        block.text = done.text;
        Some(block)
    }
}

/// Characters that are written as they are, wherever they stand.
fn is_plain(c: char) -> bool {
    c.is_ascii_graphic() && !matches!(c, '&' | '<' | '>' | '"' | '\'') || matches!(c, '\u{4e00}'..='\u{9fff}')
}

/// Scripts that are written without spaces.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}' | '“' | '”' | '…' | '—')
}
