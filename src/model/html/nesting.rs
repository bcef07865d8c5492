//! A cheap look at the bytes of a page before it is parsed: no page may nest so deeply, or make a parser repeat
//! so much, that the work on it takes seconds or the stack of a thread.

use memchr::{memchr, memchr2, memchr3, memmem};

/// How deep a page may nest. News pages stay below 60; recursion in the libraries behind us takes some
/// kilobytes a level.
pub const NESTING_MAX: usize = 256;
/// How many elements a page may have. The longest live blogs have some 30,000.
pub const ELEMENTS_MAX: usize = 150_000;

/// Why a page is not parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unbearable {
    /// More than [`NESTING_MAX`] levels.
    #[error("elements are nested more than {NESTING_MAX} deep")]
    TooDeep,
    /// More than [`ELEMENTS_MAX`] elements.
    #[error("the page has more than {ELEMENTS_MAX} elements")]
    TooMany,
}

/// Estimates depth and number of the elements a parser would make of the page. The estimate follows the rules of
/// HTML closely enough for every page that means well; one that does not must still be measured after parsing.
pub fn check(html: &str) -> Result<(), Unbearable> {
    let mut scan = Scan::default();
    let mut rest = html.as_bytes();
    while let Some(at) = memchr(b'<', rest) {
        rest = &rest[at + 1..];
        rest = match rest {
            [b'!', b'-', b'-', ..] => after(rest, b"-->"),
            [b'!' | b'?', ..] => after(rest, b">"),
            [b'/', letter, ..] if letter.is_ascii_alphabetic() => {
                let (name, tail) = tag(&rest[1..]);
                scan.end(hash(name));
                tail
            }
            [letter, ..] if letter.is_ascii_alphabetic() => {
                let (name, tail) = tag(rest);
                scan.start(hash(name), &rest[..rest.len() - tail.len()])?;
                if scan.foreign == 0 { skip_raw(name, tail) } else { tail }
            }
            _ => rest,
        };
    }
    Ok(())
}

/// The elements that are open, by hashes of their names.
#[derive(Default)]
struct Scan<'a> {
    open: Vec<u64>,
    /// Formatting elements that the parser opens again in the next block: hash of the name, and the whole tag.
    formatting: Vec<(u64, &'a [u8])>,
    elements: usize,
    foreign: usize,
}

/// Hashes of the names of elements.
pub type Names = &'static [u64];

const VOID: Names = &hashes([
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    "html", "head", "body",
]);
/// Elements that a parser opens again in the next block if they were left open.
pub const FORMATTING: Names =
    &hashes(["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]);
const A: u64 = hash(b"a");
const P: u64 = hash(b"p");
/// Elements whose content is not HTML.
const FOREIGN: Names = &hashes(["svg", "math"]);
/// What keeps a paragraph open around it.
pub const P_GUARDS: Names =
    &hashes(["td", "th", "caption", "table", "button", "object", "div", "applet", "marquee", "template"]);
/// What keeps an item open around it: the "special" elements but `address`, `div` and `p` (HTML §13.2.4.2, §13.2.6.4.7).
const ITEM_GUARDS: Names = &hashes([
    "applet",
    "article",
    "aside",
    "blockquote",
    "body",
    "button",
    "caption",
    "center",
    "dd",
    "details",
    "dir",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "li",
    "main",
    "marquee",
    "menu",
    "nav",
    "object",
    "ol",
    "pre",
    "section",
    "select",
    "summary",
    "table",
    "tbody",
    "td",
    "template",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
]);
/// What ends a cell of a table.
const CELL_ENDS: Names = &hashes(["td", "th", "tr", "tbody", "thead", "tfoot", "caption"]);
/// What keeps the parts of a table open around it.
const TABLES: Names = &hashes(["table", "template"]);
/// What an element closes when it begins, up to the container that guards it.
pub const CLOSES: &[(Names, Names, Names)] = &[
    (&hashes(["li"]), &hashes(["li"]), ITEM_GUARDS),
    (&hashes(["dt", "dd"]), &hashes(["dt", "dd"]), ITEM_GUARDS),
    (&hashes(["option", "optgroup"]), &hashes(["option"]), &hashes(["select"])),
    (CELL_ENDS, &hashes(["td", "th", "caption"]), TABLES),
    (&hashes(["tr", "tbody", "thead", "tfoot"]), &hashes(["tr"]), TABLES),
    (&hashes(["tbody", "thead", "tfoot"]), &hashes(["tbody", "thead", "tfoot"]), TABLES),
];
/// What ends an open paragraph.
pub const CLOSES_P: Names = &hashes([
    "p",
    "div",
    "section",
    "article",
    "ul",
    "ol",
    "dl",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "pre",
    "blockquote",
    "center",
    "form",
    "hr",
    "header",
    "footer",
    "aside",
    "nav",
    "main",
    "figure",
    "address",
    "fieldset",
    "details",
    "dialog",
    "dir",
    "figcaption",
    "hgroup",
    "menu",
    "summary",
    "listing",
    "dd",
    "dt",
    "xmp",
    "plaintext",
]);

impl<'a> Scan<'a> {
    fn start(&mut self, name: u64, whole: &'a [u8]) -> Result<(), Unbearable> {
        self.elements += 1;
        if CLOSES_P.contains(&name) {
            self.close_up_to(&[P], P_GUARDS);
            // Each block repeats the formatting that was left open.
            self.elements += self.formatting.len();
        }
        for (names, closed, guards) in CLOSES {
            if names.contains(&name) {
                self.close_up_to(closed, guards);
            }
        }
        if FORMATTING.contains(&name) {
            self.start_formatting(name, whole);
        } else if !VOID.contains(&name) {
            self.open.push(name);
            self.foreign += usize::from(FOREIGN.contains(&name));
        }
        if self.open.len() + self.formatting.len() > NESTING_MAX {
            Err(Unbearable::TooDeep)
        } else if self.elements > ELEMENTS_MAX {
            Err(Unbearable::TooMany)
        } else {
            Ok(())
        }
    }

    fn start_formatting(&mut self, name: u64, whole: &'a [u8]) {
        if name == A {
            self.formatting.retain(|(other, _)| *other != name);
        }
        // "Noah's Ark clause": the parser keeps three of each kind (HTML §13.2.4.3).
        if self.formatting.iter().filter(|entry| entry.1 == whole).count() < 3 {
            self.formatting.push((name, whole));
        }
    }

    fn end(&mut self, name: u64) {
        if FORMATTING.contains(&name) {
            if let Some(at) = self.formatting.iter().rposition(|entry| entry.0 == name) {
                self.formatting.remove(at);
            }
        } else if let Some(at) = self.open.iter().rposition(|open| *open == name) {
            self.open.truncate(at);
            if self.foreign > 0 {
                let still = self.open.iter().filter(|open| FOREIGN.contains(open)).count();
                self.foreign = self.foreign.min(still);
            }
        }
    }

    fn close_up_to(&mut self, closed: Names, guards: Names) {
        for at in (0..self.open.len()).rev() {
            if closed.contains(&self.open[at]) {
                self.open.truncate(at);
                return;
            }
            if guards.contains(&self.open[at]) {
                return;
            }
        }
    }
}

/// FNV-1a of the lower-cased bytes.
pub const fn hash(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at].to_ascii_lowercase() as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

/// The hashes of some names.
pub const fn hashes<const N: usize>(names: [&str; N]) -> [u64; N] {
    let mut hashes = [0; N];
    let mut at = 0;
    while at < N {
        hashes[at] = hash(names[at].as_bytes());
        at += 1;
    }
    hashes
}

/// What follows the next `end`; nothing if there is none.
pub fn after<'a>(bytes: &'a [u8], end: &[u8]) -> &'a [u8] {
    memmem::find(bytes, end).map_or(&[], |at| &bytes[at + end.len()..])
}

/// The name of a tag, and what follows its `>`; values in quotes are passed over.
pub fn tag(bytes: &[u8]) -> (&[u8], &[u8]) {
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
    let end = bytes.iter().position(is_end).unwrap_or(bytes.len());
    let (name, attributes) = bytes.split_at(end);
    let mut at = 0;
    while let Some(found) = memchr3(b'>', b'"', b'\'', &attributes[at..]) {
        let (before, here) = attributes.split_at(at + found);
        at += found + 1;
        if here[0] == b'>' {
            return (name, &here[1..]);
        }
        if before.trim_ascii_end().ends_with(b"=") {
            let Some(length) = memchr(here[0], &here[1..]) else { break };
            at += length + 1;
        }
    }
    (name, &[])
}

/// Passes over the text of an element whose content is not markup; `tail` follows its start tag.
pub fn skip_raw<'a>(name: &[u8], tail: &'a [u8]) -> &'a [u8] {
    const RAW: Names =
        &hashes(["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext"]);
    if !RAW.contains(&hash(name)) {
        return tail;
    }
    if name.eq_ignore_ascii_case(b"plaintext") {
        return &[];
    }
    let is_script = name.eq_ignore_ascii_case(b"script");
    // A script inside a comment inside a script is text too (HTML §13.2.5.25).
    let (mut is_comment, mut is_inner) = (false, false);
    let mut rest = tail;
    while let Some(at) = memchr2(b'<', b'-', rest) {
        let here = &rest[at..];
        let is_end = here.starts_with(b"</")
            && here[2..].len() >= name.len()
            && here[2..2 + name.len()].eq_ignore_ascii_case(name);
        if is_end && !is_inner {
            return here;
        }
        if is_script && here.starts_with(b"<!--") {
            is_comment = true;
        } else if here.starts_with(b"-->") {
            (is_comment, is_inner) = (false, false);
        } else if is_end {
            is_inner = false;
        } else if is_comment && here.len() > 7 && here[..7].eq_ignore_ascii_case(b"<script") {
            is_inner = true;
        }
        rest = &here[1..];
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn careless_pages_pass_and_bombs_do_not() {
        let check = |html: &str, expected| assert_eq!(super::check(html), expected, "{}", &html[..html.len().min(40)]);
        check(&"<p>段<span>落".repeat(1000), Ok(()));
        check(&"<li>条<p>目".repeat(1000), Ok(()));
        check(&"<tr><td>格".repeat(1000), Ok(()));
        check(&"<p><b>粗".repeat(1000), Ok(()));
        check(&"<a href=x>链".repeat(1000), Ok(()));
        check(&format!("<script>{}</script>", "'<div>'".repeat(1000)), Ok(()));
        check(&format!("<!-- {} -->", "<div>".repeat(1000)), Ok(()));
        check(&format!("<p title=\"{}\">", "<div>".repeat(1000)), Ok(()));
        check(&"<div>".repeat(300), Err(Unbearable::TooDeep));
        check(&"<ul><li>".repeat(300), Err(Unbearable::TooDeep));
        check(&"<div><i a='</div>'>".repeat(300), Err(Unbearable::TooDeep));
        check(&"<br>".repeat(200_000), Err(Unbearable::TooMany));
        check(&format!("<b a><b b><i c><i d>{}", "<p>".repeat(60_000)), Err(Unbearable::TooMany));
    }
}
