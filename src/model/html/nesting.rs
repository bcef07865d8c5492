//! A cheap look at the bytes of a page before it is parsed: no page may nest so deeply, or make a parser repeat
//! so much, that the work on it takes seconds or the stack of a thread.

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
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        rest = &rest[at + 1..];
        rest = match rest {
            [b'!', b'-', b'-', ..] => after(rest, b"-->"),
            [b'!' | b'?', ..] => after(rest, b">"),
            [b'/', letter, ..] if letter.is_ascii_alphabetic() => {
                let (name, tail) = tag(&rest[1..]);
                scan.end(name);
                tail
            }
            [letter, ..] if letter.is_ascii_alphabetic() => {
                let (name, tail) = tag(rest);
                scan.start(name, &rest[..rest.len() - tail.len()])?;
                if scan.foreign == 0 { skip_raw(name, tail) } else { tail }
            }
            _ => rest,
        };
    }
    Ok(())
}

/// The elements that are open, by hashes of their names.
#[derive(Default)]
struct Scan {
    open: Vec<u64>,
    /// Formatting elements that the parser opens again in the next block, by hash of name and of the whole tag.
    formatting: Vec<(u64, u64)>,
    elements: usize,
    foreign: usize,
}

/// Names of elements.
type Names = &'static [&'static [u8]];

const VOID: Names = &[
    b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"param", b"source",
    b"track", b"wbr", b"html", b"head", b"body",
];
const FORMATTING: Names =
    &[b"a", b"b", b"big", b"code", b"em", b"font", b"i", b"nobr", b"s", b"small", b"strike", b"strong", b"tt", b"u"];
/// What an element closes when it begins, up to the container that guards it.
const CLOSES: &[(Names, Names, Names)] = &[
    (&[b"li"], &[b"li"], &[b"ul", b"ol", b"menu"]),
    (&[b"dt", b"dd"], &[b"dt", b"dd"], &[b"dl"]),
    (&[b"option", b"optgroup"], &[b"option"], &[b"select"]),
    (&[b"td", b"th"], &[b"td", b"th"], &[b"table", b"tr"]),
    (&[b"tr"], &[b"tr"], &[b"table"]),
    (&[b"tbody", b"thead", b"tfoot"], &[b"tbody", b"thead", b"tfoot"], &[b"table"]),
];
const CLOSES_P: Names = &[
    b"p",
    b"div",
    b"section",
    b"article",
    b"ul",
    b"ol",
    b"dl",
    b"li",
    b"h1",
    b"h2",
    b"h3",
    b"h4",
    b"h5",
    b"h6",
    b"pre",
    b"blockquote",
    b"center",
    b"form",
    b"hr",
    b"header",
    b"footer",
    b"aside",
    b"nav",
    b"main",
    b"figure",
    b"address",
    b"fieldset",
];

impl Scan {
    fn start(&mut self, name: &[u8], whole: &[u8]) -> Result<(), Unbearable> {
        self.elements += 1;
        if is_in(name, CLOSES_P) {
            self.close_up_to(&[b"p"], &[b"td", b"th", b"table", b"button", b"object", b"div"]);
            // Each block repeats the formatting that was left open.
            self.elements += self.formatting.len();
        }
        for (names, closed, guards) in CLOSES {
            if is_in(name, names) {
                self.close_up_to(closed, guards);
            }
        }
        if is_in(name, FORMATTING) {
            self.start_formatting(hash(name), hash(whole));
        } else if !is_in(name, VOID) {
            self.open.push(hash(name));
            self.foreign += usize::from(is_in(name, &[b"svg", b"math"]));
        }
        if self.open.len() + self.formatting.len() > NESTING_MAX {
            Err(Unbearable::TooDeep)
        } else if self.elements > ELEMENTS_MAX {
            Err(Unbearable::TooMany)
        } else {
            Ok(())
        }
    }

    fn start_formatting(&mut self, name: u64, whole: u64) {
        if name == hash(b"a") {
            self.formatting.retain(|(other, _)| *other != name);
        }
        // "Noah's Ark clause": the parser keeps three of each kind (HTML §13.2.4.3).
        if self.formatting.iter().filter(|entry| entry.1 == whole).count() < 3 {
            self.formatting.push((name, whole));
        }
    }

    fn end(&mut self, name: &[u8]) {
        let name_hash = hash(name);
        if is_in(name, FORMATTING) {
            if let Some(at) = self.formatting.iter().rposition(|entry| entry.0 == name_hash) {
                self.formatting.remove(at);
            }
        } else if let Some(at) = self.open.iter().rposition(|open| *open == name_hash) {
            self.open.truncate(at);
            self.foreign = self
                .foreign
                .min(self.open.iter().filter(|open| **open == hash(b"svg") || **open == hash(b"math")).count());
        }
    }

    fn close_up_to(&mut self, closed: &[&[u8]], guards: &[&[u8]]) {
        let has = |names: &[&[u8]], open: u64| names.iter().any(|name| hash(name) == open);
        for at in (0..self.open.len()).rev() {
            if has(closed, self.open[at]) {
                self.open.truncate(at);
                return;
            }
            if has(guards, self.open[at]) {
                return;
            }
        }
    }
}

/// FNV-1a of the lower-cased bytes.
const fn hash(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at].to_ascii_lowercase() as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

fn is_in(name: &[u8], names: &[&[u8]]) -> bool {
    names.iter().any(|other| name.eq_ignore_ascii_case(other))
}

fn after<'a>(bytes: &'a [u8], end: &[u8]) -> &'a [u8] {
    let found = bytes.windows(end.len()).position(|window| window == end);
    found.map_or(&[], |at| &bytes[at + end.len()..])
}

/// The name of a tag, and what follows its `>`; values in quotes are passed over.
fn tag(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end =
        bytes.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>')).unwrap_or(bytes.len());
    let mut quote = None;
    let mut before = b' ';
    for (at, byte) in bytes.iter().enumerate().skip(end) {
        match (quote, byte) {
            (None, b'>') => return (&bytes[..end], &bytes[at + 1..]),
            (None, b'"' | b'\'') if before == b'=' => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = *byte;
        }
    }
    (&bytes[..end], &[])
}

/// Passes over the text of an element whose content is not markup.
fn skip_raw<'a>(name: &[u8], tail: &'a [u8]) -> &'a [u8] {
    const RAW: Names = &[b"script", b"style", b"textarea", b"title", b"xmp", b"iframe", b"noembed", b"noframes"];
    if name.eq_ignore_ascii_case(b"plaintext") {
        return &[];
    }
    if !is_in(name, RAW) {
        return tail;
    }
    let is_script = name.eq_ignore_ascii_case(b"script");
    // A script inside a comment inside a script is text too (HTML §13.2.5.25).
    let (mut is_comment, mut is_inner) = (false, false);
    let mut rest = tail;
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'<' | b'-')) {
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
