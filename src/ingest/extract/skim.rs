//! Leaves out of a page, before it is parsed, what is most of it and never part of an article: scripts and styles, and
//! long lists of the site's own links, such as menus, rankings and related stories.
//!
//! A list is left out only if it is so plainly written that no parser could see it otherwise: items of links and short
//! words, every tag closed in its turn. Its own tags stay, so that what stands around it is parsed as before.

use std::borrow::Cow;

use memchr::{memchr, memmem};
use url::Url;

use crate::model::html::nesting;

/// A shorter list may be a part of the story.
const LINKS_MIN: usize = 8;
/// What may stand beside a link in its item, in bytes: a date, a number, a column.
const BESIDE_BYTES_MAX: usize = 48;
/// Tags that may be open at once within a list.
const DEPTH_MAX: usize = 8;
/// Elements that may stand in an item; photos may not, for they may be the story.
const INSIDE: [&[u8]; 12] =
    [b"a", b"span", b"em", b"i", b"b", b"strong", b"font", b"time", b"p", b"h3", b"h4", b"small"];

/// A page without its scripts, styles and long lists of links.
pub struct Skimmed<'a> {
    /// The page.
    pub html: Cow<'a, str>,
    /// The page as it was.
    pub full: &'a str,
    /// The lists that were left out.
    pub lists: usize,
    /// The links in them.
    pub links: usize,
}

/// Leaves all that out; `url` is the page's own address.
pub fn page<'a>(html: &'a str, url: &Url) -> Skimmed<'a> {
    let mut skimmed = Skimmed { html: Cow::Borrowed(html), full: html, lists: 0, links: 0 };
    let mut kept = String::new();
    // What was copied so far, in bytes of the page.
    let mut copied = 0;
    let mut leave_out = |from: usize, to: usize| {
        kept.push_str(&html[copied..from]);
        copied = to;
    };
    let position = |rest: &[u8]| html.len() - rest.len();
    let mut rest = html.as_bytes();
    while let Some(at) = memchr(b'<', rest) {
        let start = position(rest) + at;
        rest = &rest[at + 1..];
        rest = match rest {
            [b'!', b'-', b'-', ..] => nesting::after(rest, b"-->"),
            [letter, ..] if letter.is_ascii_alphabetic() => {
                let (name, tail) = nesting::tag(rest);
                let is = |other: &[u8]| name.eq_ignore_ascii_case(other);
                if is(b"ul") || is(b"ol") {
                    let Some((links, end)) = list(name, tail, url) else {
                        rest = tail;
                        continue;
                    };
                    leave_out(position(tail), position(end));
                    skimmed.lists += 1;
                    skimmed.links += links;
                    end
                } else {
                    let end = nesting::skip_raw(name, tail);
                    if (is(b"script") || is(b"style")) && may_go(&html.as_bytes()[start..position(end)]) {
                        let (_, behind) = nesting::tag(&end[end.len().min(2)..]);
                        if !behind.is_empty() || end.ends_with(b">") {
                            leave_out(start, position(behind));
                            rest = behind;
                            continue;
                        }
                    }
                    end
                }
            }
            _ => rest,
        };
    }
    if copied > 0 {
        kept.push_str(&html[copied..]);
        skimmed.html = Cow::Owned(kept);
    }
    skimmed
}

/// Whether a script or style holds nothing an article is read from; where a comment begins in it, what a browser makes
/// of it is a long story.
pub fn may_go(element: &[u8]) -> bool {
    memmem::find(element, b"ld+json").is_none() && memmem::find(element, b"<!--").is_none()
}

/// The links of a plainly written list that begins here, and what follows its items: its end tag. Gives up at the
/// first tag it does not expect, a further list among them, so that no byte is read for more than one list.
fn list<'a>(name: &[u8], mut rest: &'a [u8], url: &Url) -> Option<(usize, &'a [u8])> {
    let mut open: Vec<&[u8]> = Vec::with_capacity(DEPTH_MAX);
    let mut links = 0;
    let mut item = Item::default();
    loop {
        let at = memchr(b'<', rest)?;
        item.text(&rest[..at], &open)?;
        let here = &rest[at..];
        if here.starts_with(b"</") {
            let (tag, tail) = nesting::tag(&here[2..]);
            let Some(closed) = open.pop() else {
                return (tag.eq_ignore_ascii_case(name) && links >= LINKS_MIN).then_some((links, here));
            };
            if !tag.eq_ignore_ascii_case(closed) || tail.is_empty() {
                return None;
            }
            if closed.eq_ignore_ascii_case(b"li") && !std::mem::take(&mut item).is_link() {
                return None;
            }
            rest = tail;
            continue;
        }
        let (tag, tail) = nesting::tag(&here[1..]);
        let whole = &here[..here.len() - tail.len()];
        let is_item = tag.eq_ignore_ascii_case(b"li");
        let is_expected = is_item == open.is_empty()
            && (is_item || INSIDE.iter().any(|inside| tag.eq_ignore_ascii_case(inside)))
            && open.len() < DEPTH_MAX
            && !whole.ends_with(b"/>");
        if !is_expected {
            return None;
        }
        if tag.eq_ignore_ascii_case(b"a") {
            if item.is_in_link(&open) || !is_own(href(&whole[2..])?, url) {
                return None;
            }
            links += 1;
            item.links += 1;
        }
        open.push(tag);
        rest = tail;
    }
}

/// What was seen of an item.
#[derive(Default)]
struct Item {
    links: usize,
    has_words: bool,
    beside: usize,
}

impl Item {
    /// Counts text; `None` if there is more beside the links than a list of links has.
    fn text(&mut self, text: &[u8], open: &[&[u8]]) -> Option<()> {
        let text = text.trim_ascii();
        if self.is_in_link(open) {
            // A pager's links are numbers.
            self.has_words |= text.iter().any(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
        } else {
            self.beside += text.len();
        }
        let is_text_allowed = text.is_empty() || !open.is_empty();
        (is_text_allowed && self.beside <= BESIDE_BYTES_MAX).then_some(())
    }

    fn is_in_link(&self, open: &[&[u8]]) -> bool {
        open.iter().any(|tag| tag.eq_ignore_ascii_case(b"a"))
    }

    fn is_link(&self) -> bool {
        self.links > 0 && self.has_words
    }
}

/// The value of `href` in a tag's attributes.
fn href(attributes: &[u8]) -> Option<&str> {
    const NAME: &[u8] = b"href=";
    let at = attributes
        .windows(NAME.len() + 1)
        .position(|bytes| bytes[0].is_ascii_whitespace() && bytes[1..].eq_ignore_ascii_case(NAME))?;
    let value = &attributes[at + 1 + NAME.len()..];
    let value = match value.first()? {
        quote @ (b'"' | b'\'') => &value[1..1 + memchr(*quote, &value[1..])?],
        _ => value.split(|byte| byte.is_ascii_whitespace() || *byte == b'>').next()?,
    };
    std::str::from_utf8(value.trim_ascii()).ok()
}

/// Whether an address leads to the page's own site; strangers' links are for the guard to see.
pub fn is_own(href: &str, url: &Url) -> bool {
    let (scheme, rest) = match href.split_once(':') {
        Some((scheme, rest)) if !scheme.contains(['/', '?', '#', '.']) => (scheme, rest),
        _ => ("http", href),
    };
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return false;
    }
    let Some(rest) = rest.strip_prefix("//") else { return !rest.starts_with('\\') && !rest.starts_with("/\\") };
    let host = rest.split(['/', '?', '#', '\\', ':']).next().unwrap_or("");
    let own = url.host_str().unwrap_or("");
    let site = if own.matches('.').count() > 1 { own.split_once('.').map_or(own, |(_, site)| site) } else { own };
    host.len() >= site.len()
        && host.is_char_boundary(host.len() - site.len())
        && host[host.len() - site.len()..].eq_ignore_ascii_case(site)
        && (host.len() == site.len() || host.as_bytes()[host.len() - site.len() - 1] == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skim(html: &str) -> String {
        page(html, &"https://www.news.example/a/1.html".parse().unwrap()).html.into_owned()
    }

    fn items(count: usize, item: &str) -> String {
        (1..=count).map(|number| item.replace('#', &number.to_string())).collect()
    }

    #[test]
    fn lists_of_the_sites_links_leave_their_tags_behind() {
        let check = |item: &str| {
            let list = format!("<p>前</p><ul class=\"menu\">{}</ul><p>后</p>", items(9, item));
            assert_eq!(skim(&list), "<p>前</p><ul class=\"menu\"></ul><p>后</p>", "{item}");
        };
        check("<li><a href=\"/b/#.html\">早市搬家</a></li>\n");
        check(
            "<LI class=x><A target=_blank HREF='//www.news.example/b/#.html'>早市搬家</A><span>2026-01-09</span></LI>",
        );
        check("<li> <em>#</em> <a href=https://sport.news.example/#>Market <b>moves</b></a> </li>");
    }

    #[test]
    fn what_may_be_a_story_a_pager_or_a_strangers_work_stays() {
        let check = |html: String| assert_eq!(skim(&html), html);
        let list = |count, item: &str| format!("<ul>{}</ul>", items(count, item));
        check(list(5, "<li><a href=\"/#\">早市搬家</a></li>"));
        check(list(20, "<li>第#摊：卖豆腐的老秦把炉子点着，蒸汽顺着棚顶的缝往外冒，<a href=\"/#\">详情</a></li>"));
        check(list(20, "<li><a href=\"1_#.html\">#</a></li>"));
        check(list(20, "<li><a href=\"/#.jpg\"><img src=\"/#.jpg\">江上的冰灯</a></li>"));
        check(list(20, "<li><a href=\"https://spam#.example/\">早市搬家</a></li>"));
        check(list(20, "<li><a href=\"//evilnews.example/#\">早市搬家</a></li>"));
        check(list(20, "<li><a href=\"/\\evil.example/#\">早市搬家</a></li>"));
        check(list(20, "<li><a href=\"/#\">早市搬家</a>"));
        check(list(20, "<li><a href=\"/#\">早市搬家</a><ul></li>"));
        check(list(20, "<li><a href=\"/#\">早市搬家</li></a>"));
        check(format!("<!-- {} -->", list(20, "<li><a href=\"/#\">早市搬家</a></li>")));
        check(format!("<ul>{}", items(20, "<li><a href=\"/#\">早市搬家</a></li>")));
        check(format!("<ul>{}<", items(20, "<li><a href=\"/#\">早市搬家</a></li>")));
    }

    #[test]
    fn scripts_and_styles_go_and_what_is_in_doubt_stays() {
        let check = |html: &str, expected: &str| assert_eq!(skim(html), expected);
        check("<p>a</p><script>if (a<b) { c() }</script><p>b</p>", "<p>a</p><p>b</p>");
        check("a<STYLE type=x>p{}</style\n>b<script src='x'></script>", "ab");
        check("<script>'<ul><li>'</script>a", "a");
        check("<script type='application/ld+json'>{}</script>", "<script type='application/ld+json'>{}</script>");
        check("<!-- <script> --><p>a</p><script>x</script>", "<!-- <script> --><p>a</p>");
        check("<p title='<script>'>a</p><script>x</script>b", "<p title='<script>'>a</p>b");
        check("<script><!-- <script> --></script>a", "<script><!-- <script> --></script>a");
        check("<script>a('<script>b')</script>c<style></style>", "c");
        check("<scripted>a</scripted><styles>", "<scripted>a</scripted><styles>");
        check("<title><script>x</script></title>a", "<title><script>x</script></title>a");
        check("<script>a", "<script>a");
        check("<script>a</script", "<script>a</script");
        check("", "");
    }

    proptest::proptest! {
        #[test]
        fn any_page_is_survived(html in "(<ul>|</ul>|<li>|</li>|<a href=/x>|</a>|[<>/a-z\"' =!-]|早){0,60}") {
            let _ = skim(&html);
        }
    }
}
