//! One pass over the tags and texts of a page, without a tree and without a guess about what they mean together.

use memchr::{memchr, memchr3, memmem};

/// Elements whose content is no text of the page.
const RAW: &[&str] =
    &["script", "style", "title", "textarea", "select", "iframe", "template", "xmp", "noembed", "noframes"];

/// A piece of a page.
pub enum Piece<'a> {
    /// Text between tags.
    Text(&'a str),
    /// A tag.
    Tag { name: &'a str, is_end: bool, whole: &'a str },
    /// An element with content that is no text of the page, from its start to its end.
    Raw { name: &'a str, whole: &'a str },
}

/// One pass over the pieces of a page.
pub struct Scan<'a> {
    rest: &'a str,
    /// Ends that are not in the rest, so that they are not looked for again.
    missing: Vec<String>,
    /// Whether something that hides text is never closed.
    pub is_broken: bool,
}

impl<'a> Scan<'a> {
    /// Begins at the first byte.
    pub fn new(html: &'a str) -> Scan<'a> {
        Scan { rest: html, missing: Vec::new(), is_broken: false }
    }

    /// The next piece; comments and declarations are passed over.
    pub fn next(&mut self) -> Option<Piece<'a>> {
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
        while let Some(found) = memchr3(b'>', b'"', b'\'', &bytes[at..]).map(|found| at + found) {
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
