//! A plain copy of a page whose markup no parser should be given: its headings, paragraphs and links without nesting,
//! attributes only where fields are read from them. One pass, whatever the page.

use memchr::{memchr, memchr_iter, memmem};

use crate::model::html::nesting;

/// The most text that is copied, in bytes: more than the longest novel a portal serialises, little enough to be
/// worked through in a second.
pub const TEXT_BYTES_MAX: usize = 3_000_000;
/// The most paragraphs; what follows is joined to the last.
const PARAGRAPHS_MAX: usize = 20_000;
/// The most links; what follows is text.
const LINKS_MAX: usize = 2_000;
/// The most character references and stray brackets that are given to a parser, which takes them one by one.
const REFERENCES_MAX: usize = 50_000;
/// A longer tag, in bytes, holds a picture in its address, or harm.
const TAG_BYTES_MAX: usize = 64_000;
/// The most parts of such a tag: parsers compare each attribute with all others.
const TAG_PARTS_MAX: usize = 2_000;
/// The most meta tags and blocks of data that are kept, and the longest of them in bytes.
const DATA_MAX: usize = 200;
const DATA_BYTES_MAX: usize = 200_000;

/// A page without nesting.
pub struct Flat {
    /// Its markup.
    pub html: String,
    /// Whether text was left out, for there is too much of it.
    pub is_cut: bool,
}

/// Why a page must not be parsed as it is; `None` for almost all.
pub fn why(html: &str) -> Option<String> {
    if let Err(error) = nesting::check(html) {
        return Some(error.to_string());
    }
    let bytes = html.as_bytes();
    let brackets = memchr_iter(b'<', bytes);
    let is_stray = |at: &usize| !matches!(bytes.get(at + 1), Some(b'/' | b'!' | b'?' | b'a'..=b'z' | b'A'..=b'Z'));
    let references = || memchr_iter(b'&', bytes).count() + brackets.filter(is_stray).count();
    if bytes.len() > REFERENCES_MAX && references() > REFERENCES_MAX {
        return Some("the page has too many character references".to_owned());
    }
    let mut scan = Scan::new(html);
    let mut text_bytes = 0;
    while let Some(piece) = scan.next() {
        match piece {
            Piece::Text(text) => text_bytes += text.len(),
            Piece::Tag { whole, .. } if whole.len() > TAG_BYTES_MAX => {
                let parts = whole.bytes().filter(u8::is_ascii_whitespace).take(TAG_PARTS_MAX).count();
                if parts == TAG_PARTS_MAX || memmem::find(whole.as_bytes(), b"data:").is_none() {
                    return Some("a tag of the page is too long".to_owned());
                }
            }
            Piece::Tag { .. } | Piece::Raw { .. } => {}
        }
    }
    if text_bytes > TEXT_BYTES_MAX {
        return Some("the page has too much text".to_owned());
    }
    None
}

/// Whether an element that hides text, a comment or a quoted value is never closed, so that a parser sees no more text.
pub fn hides_text(html: &str) -> bool {
    let mut scan = Scan::new(html);
    while scan.next().is_some() {}
    scan.is_broken
}

/// Copies a page without what a parser may stumble over.
pub fn page(html: &str) -> Flat {
    let mut copy = Copy { body: String::with_capacity(html.len().min(TEXT_BYTES_MAX) + 1024), ..Copy::default() };
    let mut scan = Scan::new(html);
    while let Some(piece) = scan.next() {
        match piece {
            Piece::Text(text) if copy.text_bytes + text.len() > TEXT_BYTES_MAX => {
                copy.add_text(&text[..text.floor_char_boundary(TEXT_BYTES_MAX - copy.text_bytes)]);
                copy.is_cut = true;
                break;
            }
            Piece::Text(text) => copy.add_text(text),
            Piece::Tag { name, is_end, whole } => copy.add_tag(name, is_end, whole),
            Piece::Raw { name, whole } => {
                let is_data =
                    name.eq_ignore_ascii_case("script") && memmem::find(whole.as_bytes(), b"ld+json").is_some();
                if is_data || name.eq_ignore_ascii_case("title") {
                    copy.add_data(whole);
                }
            }
        }
    }
    copy.close_paragraph();
    let Copy { head, body, .. } = &copy;
    Flat { html: format!("<!DOCTYPE html><head>{head}</head><body><div>{body}</div></body>"), is_cut: copy.is_cut }
}

/// The copy while it is written.
#[derive(Default)]
struct Copy {
    head: String,
    body: String,
    data: usize,
    text_bytes: usize,
    paragraphs: usize,
    links: usize,
    references: usize,
    /// The element that is open in the body, and whether a link is open in it.
    open: Option<&'static str>,
    is_in_link: bool,
    is_cut: bool,
}

impl Copy {
    fn add_text(&mut self, text: &str) {
        self.text_bytes += text.len();
        if text.trim().is_empty() {
            self.body.push_str(if text.is_empty() { "" } else { " " });
            return;
        }
        self.open_paragraph("p");
        let mut rest = text;
        while let Some(at) = rest.find(['&', '<']) {
            self.body.push_str(&rest[..at]);
            rest = self.reference(&rest[at..]);
        }
        self.body.push_str(rest);
    }

    /// Copies a character reference, or the character where there are too many of them; returns what follows.
    fn reference<'a>(&mut self, text: &'a str) -> &'a str {
        const BYTES_MAX: usize = 12;
        let window = &text.as_bytes()[..text.len().min(BYTES_MAX)];
        let end = memchr(b';', window).filter(|_| text.starts_with('&'));
        let name = end.map_or("", |end| &text[1..end]);
        let code = name.strip_prefix('#').and_then(|code| match code.strip_prefix(['x', 'X']) {
            Some(code) => u32::from_str_radix(code, 16).ok(),
            None => code.parse().ok(),
        });
        let after = &text[end.map_or(1, |end| end + 1)..];
        if let Some(c) = code.and_then(char::from_u32).filter(|c| !matches!(c, '<' | '&')) {
            self.body.push(c);
        } else if self.references < REFERENCES_MAX / 2 {
            self.references += 1;
            self.body.push_str(if end.is_some() { &text[..text.len() - after.len()] } else { "&lt;" });
        }
        after
    }

    fn add_tag(&mut self, name: &str, is_end: bool, whole: &str) {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if is("meta") || is("link") && memmem::find(whole.as_bytes(), b"canonical").is_some() || is("base") {
            return self.add_data(whole);
        }
        if is("a") {
            return self.add_link(is_end, whole);
        }
        if let Some(heading) = ["h1", "h2", "h3", "h4"].into_iter().find(|heading| is(heading)) {
            self.close_paragraph();
            return if is_end { () } else { self.open_paragraph(heading) };
        }
        let is_inline = INLINE.iter().any(|inline| is(inline));
        if !is_inline && self.paragraphs < PARAGRAPHS_MAX {
            self.close_paragraph();
        }
    }

    fn add_link(&mut self, is_end: bool, whole: &str) {
        if self.is_in_link {
            self.body.push_str("</a>");
            self.is_in_link = false;
        }
        const LINK_BYTES_MAX: usize = 1_000;
        if !is_end && self.links < LINKS_MAX && whole.len() <= LINK_BYTES_MAX {
            self.open_paragraph("p");
            self.links += 1;
            self.is_in_link = true;
            self.body.push_str(whole);
        }
    }

    fn add_data(&mut self, whole: &str) {
        if self.data < DATA_MAX && whole.len() <= DATA_BYTES_MAX {
            self.data += 1;
            self.head.push_str(whole);
        }
    }

    fn open_paragraph(&mut self, name: &'static str) {
        if self.open.is_none() {
            self.paragraphs += 1;
            self.open = Some(name);
            self.body.push_str(&format!("<{name}>"));
        }
    }

    fn close_paragraph(&mut self) {
        if std::mem::take(&mut self.is_in_link) {
            self.body.push_str("</a>");
        }
        if let Some(name) = self.open.take() {
            self.body.push_str(&format!("</{name}>\n"));
        }
    }
}

/// Elements that do not part paragraphs.
const INLINE: &[&str] = &[
    "b", "strong", "i", "em", "u", "s", "font", "span", "small", "big", "sub", "sup", "code", "q", "cite", "mark",
    "abbr", "time", "label", "img", "wbr", "tt", "nobr", "ins", "del", "svg", "g", "path", "input", "button",
];
/// Elements whose content is no text of the page.
const RAW: &[&str] =
    &["script", "style", "title", "textarea", "select", "iframe", "template", "xmp", "noembed", "noframes"];

/// A piece of a page.
enum Piece<'a> {
    /// Text between tags.
    Text(&'a str),
    /// A tag.
    Tag { name: &'a str, is_end: bool, whole: &'a str },
    /// An element with content that is no text of the page, from its start to its end.
    Raw { name: &'a str, whole: &'a str },
}

/// One pass over the pieces of a page.
struct Scan<'a> {
    rest: &'a str,
    /// Ends that are not in the rest, so that they are not looked for again.
    missing: Vec<String>,
    /// Whether something that hides text is never closed.
    is_broken: bool,
}

impl<'a> Scan<'a> {
    fn new(html: &'a str) -> Scan<'a> {
        Scan { rest: html, missing: Vec::new(), is_broken: false }
    }

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            let rest = self.rest;
            let first = *rest.as_bytes().first()?;
            let second = rest.as_bytes().get(1).copied().unwrap_or(b' ');
            if first != b'<' || !(second.is_ascii_alphabetic() || matches!(second, b'/' | b'!' | b'?')) {
                let from = usize::from(first == b'<');
                let end = memchr(b'<', &rest.as_bytes()[from..]).map_or(rest.len(), |at| from + at);
                return Some(Piece::Text(self.take(end)));
            }
            if rest.starts_with("<!--") {
                let end = self.find("-->", 4);
                self.is_broken |= end.is_none();
                self.take(end.map_or(4, |end| end + 3));
                continue;
            }
            if matches!(second, b'!' | b'?') {
                let end = self.find(">", 2);
                self.take(end.map_or(2, |end| end + 1));
                continue;
            }
            return Some(self.tag(second == b'/'));
        }
    }

    fn tag(&mut self, is_end: bool) -> Piece<'a> {
        let rest = self.rest;
        let start = 1 + usize::from(is_end);
        let is_name = |byte: &u8| !(byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | b'<'));
        let length = rest.as_bytes()[start..].iter().take_while(|byte| is_name(byte)).count();
        let name = &rest[start..start + length];
        let end = self.tag_end(start + length);
        let raw = RAW.iter().find(|raw| !is_end && name.eq_ignore_ascii_case(raw));
        if let Some(raw) = raw {
            match self.find_end(raw, end) {
                Some(end) => return Piece::Raw { name, whole: self.take(end) },
                None => self.is_broken = true,
            }
        }
        Piece::Tag { name, is_end, whole: self.take(end) }
    }

    /// Where a tag ends whose attributes begin at `from`. Brackets in quotes are passed over, unless a quote is
    /// never closed.
    fn tag_end(&mut self, from: usize) -> usize {
        let rest = self.rest;
        let bytes = rest.as_bytes();
        let mut at = from;
        while let Some(found) = memchr::memchr3(b'>', b'"', b'\'', &bytes[at..]).map(|found| at + found) {
            at = found + 1;
            if bytes[found] == b'>' {
                return at;
            }
            if bytes[from..found].trim_ascii_end().ends_with(b"=") {
                let quote = if bytes[found] == b'"' { "\"" } else { "'" };
                match self.find(quote, at) {
                    Some(end) => at = end + 1,
                    None => self.is_broken = true,
                }
            }
        }
        rest.len()
    }

    /// Where the end tag of an element ends.
    fn find_end(&mut self, name: &str, from: usize) -> Option<usize> {
        if self.missing.iter().any(|missing| missing == name) {
            return None;
        }
        let bytes = self.rest.as_bytes();
        let is_end = |at: &usize| {
            bytes.get(at + 2..at + 2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
        };
        let Some(at) = memmem::find_iter(&bytes[from..], b"</").map(|at| from + at).find(is_end) else {
            self.missing.push(name.to_owned());
            return None;
        };
        Some(memchr(b'>', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1))
    }

    fn find(&mut self, what: &str, from: usize) -> Option<usize> {
        if self.missing.iter().any(|missing| missing == what) {
            return None;
        }
        let found = memmem::find(&self.rest.as_bytes()[from..], what.as_bytes()).map(|at| from + at);
        if found.is_none() {
            self.missing.push(what.to_owned());
        }
        found
    }

    fn take(&mut self, end: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }
}
