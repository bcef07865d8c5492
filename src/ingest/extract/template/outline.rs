//! The elements of a page as its tags tell them, without a parser: enough to know what can be left out before one is
//! asked.
//!
//! An element is sound if its tags stand in pairs, so that a parser makes the same of the rest of the page whether the
//! element is full or empty. Where a parser's repairs would reach further, nothing around them counts as sound.

use std::ops::Range;

use memchr::{memchr, memmem};

use crate::ingest::extract::skim;
use crate::ingest::extract::template::attributes::is_idle_meta;
use crate::ingest::extract::template::kinds::{
    A, BLOCKS, BODY, CELLS, DATA, FORM, HEAD, HOLDERS, HTML, IDLE, IDLE_VOID, ITEM_SCOPES, LI, LINK, MATH, META, P,
    ROWS, SCOPES, SCRIPT, SILENT, STYLE, SVG, TABLE, TABLE_PARTS, VOID,
};
use crate::model::html::nesting::{self, CLOSES, CLOSES_P, ELEMENTS_MAX, FORMATTING, NESTING_MAX, P_GUARDS};

/// What the tags of a page tell.
#[derive(Debug)]
pub struct Outline<'a> {
    /// The page.
    pub html: &'a str,
    /// Its elements in the order of their start tags.
    pub elements: Vec<Element>,
    /// Where text stands, in bytes.
    pub texts: Vec<Range<usize>>,
    /// Where meta tags, links to the same story and data in scripts stand.
    pub data: Vec<Range<usize>>,
    /// Where scripts and styles stand of which nothing is read.
    pub code: Vec<Range<usize>>,
    /// Where comments, pictures and gaps between tags stand, of which nothing is read outside a story.
    pub idle: Vec<Range<usize>>,
    /// The elements that are open while the page is read.
    open: Vec<usize>,
    /// Whether a parser may open a link again that was left open.
    carries_link: bool,
    /// Whether a form ended without its end tag, so that no other begins before one.
    carries_form: bool,
    silent: Option<usize>,
}

/// An element, and where it stands in bytes.
#[derive(Debug)]
pub struct Element {
    /// Hash of its name.
    pub name: u64,
    /// From its start tag to behind its end tag.
    pub whole: Range<usize>,
    /// What it holds.
    pub inner: Range<usize>,
    /// The number of the first element behind it.
    pub next: usize,
    is_closed: bool,
    is_sound: bool,
}

impl Element {
    /// Whether what it holds can be left out.
    pub fn can_be_emptied(&self) -> bool {
        self.is_closed && self.is_sound && HOLDERS.contains(&self.name)
    }

    /// Whether nothing is read of it outside a story, so that it can be left out with its tags.
    pub fn is_idle(&self) -> bool {
        self.is_closed && self.is_sound && IDLE.contains(&self.name)
    }
}

impl<'a> Outline<'a> {
    /// Reads the tags of a page; `None` where only a parser can tell what they mean.
    pub fn of(html: &'a str) -> Option<Outline<'a>> {
        /// The bytes of a page for each of its elements, or fewer.
        const ELEMENT_BYTES: usize = 128;
        let elements = Vec::with_capacity(html.len() / ELEMENT_BYTES);
        let texts = Vec::with_capacity(html.len() / ELEMENT_BYTES);
        let (data, code, idle, open) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (carries_link, carries_form, silent) = (false, false, None);
        let mut outline = Outline { html, elements, texts, data, code, idle, open, carries_link, carries_form, silent };
        let bytes = html.as_bytes();
        let mut at = 0;
        while let Some(found) = memchr(b'<', &bytes[at..]) {
            let here = at + found;
            outline.text(at..here);
            let rest = &bytes[here + 1..];
            let behind = |tail: &[u8]| bytes.len() - tail.len();
            at = match rest {
                [b'!', b'-', b'-', ..] => {
                    let end = behind(nesting::after(rest, b"-->"));
                    outline.idle.push(here..end);
                    end
                }
                [b'!' | b'?', ..] => behind(nesting::after(rest, b">")),
                [b'/', letter, ..] if letter.is_ascii_alphabetic() => {
                    let (name, tail) = nesting::tag(&rest[1..]);
                    outline.end(nesting::hash(name), here..behind(tail));
                    behind(tail)
                }
                [letter, ..] if letter.is_ascii_alphabetic() => {
                    let (name, tail) = nesting::tag(rest);
                    match nesting::hash(name) {
                        SCRIPT | STYLE => outline.code(here, name, tail)?,
                        hash => {
                            outline.start(hash, here..behind(tail))?;
                            behind(foreign(name, tail)?)
                        }
                    }
                }
                _ => here + 1,
            };
        }
        outline.text(at..html.len());
        let _ = outline.close_down_to(0, html.len());
        Some(outline)
    }

    /// The start tag of an element, without its brackets.
    pub fn tag(&self, element: &Element) -> &'a str {
        let tag = self.html.get(element.whole.start + 1..element.inner.start).unwrap_or("");
        tag.strip_suffix('>').unwrap_or(tag)
    }

    /// Where the attributes of an element stand.
    pub fn attributes(&self, element: &Element) -> Range<usize> {
        let tag = self.tag(element);
        let name = tag.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let start = element.whole.start + 1;
        start + name..start + tag.len()
    }

    /// The texts that begin in a range.
    pub fn texts_in(&self, range: &Range<usize>) -> &[Range<usize>] {
        let start = self.texts.partition_point(|text| text.start < range.start);
        let end = self.texts.partition_point(|text| text.start < range.end);
        self.texts.get(start..end).unwrap_or_default()
    }

    /// A text as the page writes it.
    pub fn text_at(&self, text: &Range<usize>) -> &'a str {
        self.html.get(text.clone()).unwrap_or("")
    }

    /// Notes a script or a style that begins `here`; returns where it ends.
    fn code(&mut self, here: usize, name: &[u8], tail: &[u8]) -> Option<usize> {
        let end_tag = nesting::skip_raw(name, tail);
        let (_, behind) = nesting::tag(end_tag.get(2..)?);
        let end = self.html.len() - behind.len();
        let noted = if skim::may_go(&self.html.as_bytes()[here..end]) { &mut self.code } else { &mut self.data };
        noted.push(here..end);
        Some(end)
    }

    fn text(&mut self, range: Range<usize>) {
        let bytes = self.html.as_bytes();
        if bytes[range.clone()].iter().all(u8::is_ascii_whitespace) {
            // Where a comment leaves, what stands around it becomes one text.
            let before = &bytes[..range.start];
            let is_between_tags = before.ends_with(b">") && !before.ends_with(b"->");
            if is_between_tags && !bytes[range.end..].starts_with(b"<!") && !range.is_empty() {
                self.idle.push(range);
            }
        } else if self.silent.is_none() {
            self.texts.push(range);
        }
    }

    fn start(&mut self, name: u64, tag: Range<usize>) -> Option<()> {
        if VOID.contains(&name) {
            let inside = || self.html[tag.clone()].trim_matches(['<', '>']);
            let is_data = match name {
                LINK => is_of_story(&self.html.as_bytes()[tag.clone()]),
                META => !is_idle_meta(inside()),
                _ => DATA.contains(&name),
            };
            if is_data {
                self.data.push(tag);
            } else if DATA.contains(&name) || IDLE_VOID.contains(&name) {
                self.idle.push(tag);
            }
            return Some(());
        }
        if matches!(name, HTML | HEAD | BODY) {
            if name == BODY && self.is_open(HEAD) {
                self.close_up_to(&[HEAD], &[], tag.start);
            }
            // Once something else has begun, a parser has made these elements itself.
            let is_first = self.elements.is_empty()
                || name != HTML && self.open.iter().all(|number| self.elements[*number].name == HTML);
            if !is_first || self.elements.iter().take(NESTING_MAX).any(|element| element.name == name) {
                return Some(());
            }
        }
        if TABLE_PARTS.contains(&name) && !self.is_open(TABLE) {
            return Some(());
        }
        let is_in_row = self.open.last().is_some_and(|last| ROWS.contains(&self.elements[*last].name));
        match name {
            FORM if self.is_open(FORM) || self.carries_form => return Some(()),
            // It is empty, and yet no other form begins before its end tag.
            FORM if is_in_row => {
                self.doubt_all();
                return Some(());
            }
            // Parsers put it before the table.
            _ if is_in_row && !TABLE_PARTS.contains(&name) => return None,
            _ => {}
        }
        if CLOSES_P.contains(&name) {
            self.close_up_to(&[P], P_GUARDS, tag.start);
        }
        for (names, closed, guards) in CLOSES {
            if names.contains(&name) {
                self.close_up_to(closed, guards, tag.start);
            }
        }
        if name == TABLE && self.is_open(P) {
            // Whether it ends the paragraph depends on the document's type.
            self.doubt_open();
        }
        // A link ends the one it begins in.
        if name == A && (self.is_open(A) || std::mem::take(&mut self.carries_link)) {
            self.doubt_open();
        }
        let number = self.elements.len();
        if SILENT.contains(&name) {
            self.silent = self.silent.or(Some(number));
        }
        let inner = tag.end..tag.end;
        self.elements.push(Element { name, whole: tag, inner, next: number + 1, is_closed: false, is_sound: true });
        self.open.push(number);
        (self.open.len() <= NESTING_MAX && self.elements.len() <= ELEMENTS_MAX).then_some(())
    }

    fn end(&mut self, name: u64, tag: Range<usize>) {
        if matches!(name, HTML | BODY) {
            // What follows still is part of the body.
            return;
        }
        let guards = match name {
            TABLE => &[],
            LI => ITEM_SCOPES,
            _ if TABLE_PARTS.contains(&name) => &[TABLE],
            _ if BLOCKS.contains(&name) || FORMATTING.contains(&name) => SCOPES,
            _ => BLOCKS,
        };
        let name_of = |number: &usize| self.elements[*number].name;
        let is_stop = |number: &usize| name_of(number) == name || guards.contains(&name_of(number));
        let found = self.open.iter().rposition(is_stop).filter(|depth| name_of(&self.open[*depth]) == name);
        if name == FORM && std::mem::take(&mut self.carries_form) {
            self.doubt_all();
            return;
        }
        let is_formatting = FORMATTING.contains(&name);
        let Some(depth) = found else {
            if is_formatting {
                self.doubt_open();
            } else if name == FORM && self.is_open(FORM) {
                // It is closed by no more than half: another may begin in it.
                self.doubt_all();
            }
            return;
        };
        let above = &self.open[depth + 1..];
        if is_formatting && above.iter().any(|number| BLOCKS.contains(&name_of(number)))
            || name == FORM && !above.is_empty()
        {
            // What is in it stays open.
            self.doubt_open();
            let number = self.open.remove(depth);
            self.elements[number].whole.end = tag.end;
            return;
        }
        if self.close_down_to(depth + 1, tag.start) && !CELLS.contains(&name) {
            self.doubt_open();
        }
        if let Some(number) = self.open.pop() {
            self.close(number, tag);
            self.elements[number].is_closed = true;
        }
    }

    fn is_open(&self, name: u64) -> bool {
        self.open.iter().any(|number| self.elements[*number].name == name)
    }

    /// Ends the innermost of these elements, unless one of the guards stands around it.
    fn close_up_to(&mut self, names: &[u64], guards: &[u64], at: usize) {
        let name_of = |number: &usize| self.elements[*number].name;
        let is_stop = |number: &usize| names.contains(&name_of(number)) || guards.contains(&name_of(number));
        let found = self.open.iter().rposition(is_stop).filter(|depth| names.contains(&name_of(&self.open[*depth])));
        if let Some(depth) = found
            && self.close_down_to(depth, at)
        {
            self.doubt_open();
        }
    }

    /// Ends elements that have no end tags of their own, until so many are open; says whether a parser opens one again
    /// in what follows.
    fn close_down_to(&mut self, depth: usize, at: usize) -> bool {
        let mut reaches_on = false;
        while self.open.len() > depth {
            if let Some(number) = self.open.pop() {
                let name = self.elements[number].name;
                reaches_on = !CELLS.contains(&name) && (reaches_on || FORMATTING.contains(&name));
                self.close(number, at..at);
                self.carries_link |= name == A;
                if name == FORM {
                    self.carries_form = true;
                    self.doubt_all();
                }
            }
        }
        reaches_on
    }

    fn close(&mut self, number: usize, end_tag: Range<usize>) {
        let next = self.elements.len();
        let element = &mut self.elements[number];
        element.inner.end = end_tag.start;
        element.whole.end = end_tag.end;
        element.next = next;
        if self.silent == Some(number) {
            self.silent = None;
        }
    }

    fn doubt_all(&mut self) {
        for number in &self.open {
            self.elements[*number].is_sound = false;
        }
    }

    /// Notes that what happens here reaches beyond the open elements, up to the cell of a table around them.
    fn doubt_open(&mut self) {
        for number in self.open.iter().rev() {
            let element = &mut self.elements[*number];
            if CELLS.contains(&element.name) {
                break;
            }
            element.is_sound = false;
        }
    }
}

/// Whether a link leads to the same story: to its own address, or to its next page.
fn is_of_story(link: &[u8]) -> bool {
    let is = |word: &[u8]| link.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
    is(b"canonical") || is(b"next")
}

/// Passes over what is no markup of the page; `tail` follows the start tag of an element.
fn foreign<'a>(name: &[u8], tail: &'a [u8]) -> Option<&'a [u8]> {
    let end: [&[u8]; 2] = match nesting::hash(name) {
        SVG => [b"</svg", b"</SVG"],
        MATH => [b"</math", b"</MATH"],
        _ => return Some(nesting::skip_raw(name, tail)),
    };
    end.iter().find_map(|end| Some(&tail[memmem::find(tail, end)?..]))
}
