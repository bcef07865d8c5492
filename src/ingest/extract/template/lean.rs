//! A page without its scripts and styles: on many they are half of what a parser has to work through.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memmem};

/// Elements whose content is no text of the page.
const RAW: [&str; 2] = ["script", "style"];

/// The page without them, but for JSON-LD. One whose end is in doubt stays: the parser knows the rules.
pub fn page(html: &str) -> Cow<'_, str> {
    let bytes = html.as_bytes();
    let mut lean = String::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        let start = at + found;
        at = start + 1;
        if bytes[start..].starts_with(b"<!--") {
            match memmem::find(&bytes[start..], b"-->") {
                Some(end) => at = start + end,
                None => break,
            }
        } else if let Some(raw) = RAW.iter().find(|name| is_named(bytes, start + 1, name)) {
            let Some(end) = end(bytes, start, raw) else { break };
            if may_go(&bytes[start + 1..end.start], raw) {
                lean.push_str(&html[kept..start]);
                kept = end.end;
            }
            at = end.end;
        }
    }
    if kept == 0 {
        return Cow::Borrowed(html);
    }
    lean.push_str(&html[kept..]);
    Cow::Owned(lean)
}

/// The first end tag of an element.
fn end(bytes: &[u8], start: usize, name: &str) -> Option<Range<usize>> {
    let mut at = start;
    loop {
        at += memmem::find(&bytes[at..], b"</")?;
        if is_named(bytes, at + 2, name) {
            return Some(at..at + memchr(b'>', &bytes[at..])? + 1);
        }
        at += 2;
    }
}

/// Whether what stands before the end tag is one element and no data. A second start tag, or a comment: what a browser
/// makes of that is a long story.
fn may_go(element: &[u8], name: &str) -> bool {
    let opens = memmem::find_iter(element, b"<").any(|at| is_named(element, at + 1, name));
    let is_doubtful = opens || memmem::find(element, b"<!--").is_some();
    !is_doubtful && memmem::find(element, b"ld+json").is_none()
}

fn is_named(bytes: &[u8], at: usize, name: &str) -> bool {
    let word = bytes.get(at..at + name.len());
    let after = bytes.get(at + name.len());
    word.is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()))
        && after.is_some_and(|after| matches!(after, b'>' | b'/') || after.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_styles_go_and_what_is_in_doubt_stays() {
        let check = |html: &str, expected: &str| assert_eq!(page(html), expected);
        check("<p>a</p><script>if (a<b) { c() }</script><p>b</p>", "<p>a</p><p>b</p>");
        check("a<STYLE type=x>p{}</style\n>b<script src='x'></script>", "ab");
        check("<script type='application/ld+json'>{}</script>", "<script type='application/ld+json'>{}</script>");
        check("<!-- <script> --><p>a</p><script>x</script>", "<!-- <script> --><p>a</p>");
        check("<p title='<script>'>a</p><script>x</script>b", "<p title='<script>'>a</p><script>x</script>b");
        check("<script><!-- <script> --></script>a", "<script><!-- <script> --></script>a");
        check("<script>a('<script>b')</script>c<style></style>", "<script>a('<script>b')</script>c");
        check("<scripted>a</scripted><styles>", "<scripted>a</scripted><styles>");
        check("<script>a", "<script>a");
        check("", "");
    }
}
