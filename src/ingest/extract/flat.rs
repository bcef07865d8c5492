//! A plain copy of a page whose markup no parser should be given: its headings, paragraphs and links without nesting,
//! attributes only where fields are read from them. One pass, whatever the page.

use memchr::{memchr, memchr_iter, memmem};

use crate::ingest::extract::pieces::{Piece, Scan};
use crate::model::html::nesting;

/// The most text that is copied, in bytes: more than the longest novel a portal serialises, little enough to be
/// worked through in a second.
pub const TEXT_BYTES_MAX: usize = 3_000_000;
/// The most paragraphs; what follows is joined to the last.
const PARAGRAPHS_MAX: usize = 20_000;
/// The most links; what follows is text.
const LINKS_MAX: usize = 2_000;
/// The most character references, stray brackets and null characters that are given to a parser, which takes them one by one.
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
    let references =
        || memchr_iter(b'&', bytes).count() + memchr_iter(0, bytes).count() + brackets.filter(is_stray).count();
    if bytes.len() > REFERENCES_MAX && references() > REFERENCES_MAX {
        return Some("the page has too many character references".to_owned());
    }
    // Most pages need no closer look: they are short, and no tag of theirs can be long.
    let mut end = 0;
    let is_long = |at: usize| at - std::mem::replace(&mut end, at) > TAG_BYTES_MAX;
    if bytes.len() <= TEXT_BYTES_MAX && !memchr_iter(b'>', bytes).chain([bytes.len()]).any(is_long) {
        return None;
    }
    let mut scan = Scan::new(html);
    let mut text_bytes = 0;
    while let Some(piece) = scan.next() {
        match piece {
            Piece::Text(text) => text_bytes += words(text).map(|(_, word)| word.len()).sum::<usize>(),
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
            Piece::Text(_) if copy.is_cut => break,
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
    /// Whether white space was read and not yet written.
    is_parted: bool,
    is_cut: bool,
}

impl Copy {
    fn add_text(&mut self, text: &str) {
        let mut end = 0;
        for (at, word) in words(text) {
            if self.text_bytes + word.len() > TEXT_BYTES_MAX {
                self.is_cut = true;
                return;
            }
            self.is_parted |= at > end;
            end = at + word.len();
            self.text_bytes += word.len();
            self.open_paragraph("p");
            if std::mem::take(&mut self.is_parted) {
                self.body.push(' ');
            }
            let mut rest = word;
            while let Some(at) = rest.find(['&', '<']) {
                self.body.push_str(&rest[..at]);
                rest = self.reference(&rest[at..]);
            }
            self.body.push_str(rest);
        }
        self.is_parted |= text.len() > end;
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
            if !is_end {
                self.open_paragraph(heading);
            }
            return;
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

/// The words of a text and where they begin, none of them so long that a limit is overrun by much.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    const WORD_BYTES_MAX: usize = 10_000;
    let is_space = |c: char| matches!(c, ' ' | '\n' | '\r' | '\t' | '\0');
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text[at..].trim_start_matches(is_space);
        let start = text.len() - rest.len();
        let word = &rest[..rest.floor_char_boundary(WORD_BYTES_MAX)];
        let word = &word[..word.find(is_space).unwrap_or(word.len())];
        at = start + word.len();
        (!word.is_empty()).then_some((start, word))
    })
}

/// Elements that do not part paragraphs.
const INLINE: &[&str] = &[
    "b", "strong", "i", "em", "u", "s", "font", "span", "small", "big", "sub", "sup", "code", "q", "cite", "mark",
    "abbr", "time", "label", "img", "wbr", "tt", "nobr", "ins", "del", "svg", "g", "path", "input", "button",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_read_stays_and_the_rest_goes() {
        let check = |html: &str, expected: &str| {
            let flat = page(html).html;
            let body = flat.split("<div>").nth(1).and_then(|rest| rest.split("</div>").next()).unwrap_or("");
            assert_eq!(body.replace('\n', ""), expected, "{html}");
        };
        check("<div><span>江<b>城</b> 初雪</span><p>x<br>y</div>", "<p>江城 初雪</p><p>x</p><p>y</p>");
        check("<h1 a='>'>t</h1><a href=/x>l</a>m", "<h1>t</h1><p><a href=/x>l</a>m</p>");
        check("a<script>b</script>c<!-- d -->e", "<p>ace</p>");
        check("<script>a<!-- b <p title=\"c", "<p>a b</p>");
        check("1 < 2 &amp; 3 &#27743; &#60;b&#62;", "<p>1 &lt; 2 &amp; 3 江 &#60;b></p>");
        assert!(page("<title>t</title><meta a>").html.contains("<head><title>t</title><meta a></head>"));
    }

    proptest! {
        #[test]
        fn any_page_is_copied_without_nesting(html in "(<[/!]?|<!--|-->|[a-z ]{1,3}|&#?[0-9]{0,3};?|[>\"'=]|江|</?(p|a|h1|script|title|div)>?){0,60}") {
            let flat = page(&html);
            prop_assert!(nesting::check(&flat.html).is_ok());
            let _ = (why(&html), hides_text(&html));
        }
    }
}
