//! What others put into a portal's pages: spam words, hidden links, text behind the end.
//! A flagged piece is dropped and recorded; the story around it stays.

pub mod hiding;
pub mod lexicon;
mod sites;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use dom_query::{Document, NodeId};
use url::Url;

use crate::ingest::guard::hiding::Hiding;
use crate::ingest::guard::lexicon::Lexicon;
use crate::ingest::removed::Removed;
use crate::model::reason::Injection;

/// Links to foreign sites that make a run of links suspect.
const FOREIGN_LINKS_MIN: usize = 5;
/// Foreign sites that make a run of links suspect.
const FOREIGN_SITES_MIN: usize = 4;

/// Links to foreign sites that make an element out of sight suspect; with fewer, nothing is.
pub const HIDDEN_LINKS_MIN: usize = 4;
/// Foreign sites that make an element out of sight suspect.
const HIDDEN_SITES_MIN: usize = 3;
/// What is looked at of a suspect's text, in bytes: elements can hold each other, so the whole of each is too much.
const TEXT_BYTES_MAX: usize = 16 * 1024;

/// A hidden element or a run of links, to be judged.
#[derive(Debug)]
pub struct Suspect<'a> {
    /// Its elements.
    pub nodes: Vec<NodeId>,
    /// Its text.
    pub text: &'a str,
    /// The addresses in it.
    pub links: Vec<&'a str>,
    /// Whether the page hides it from people.
    pub hiding: Hiding,
}

/// The page without what follows its last `</html>`, unless that is the larger part of it.
pub fn without_tail<'a>(html: &'a str, removed: &mut Vec<Removed>) -> &'a str {
    const END: &str = "</html>";
    // Nobody writes more than this behind the end by accident; and a search from the end stays short.
    const TAIL_BYTES_MAX: usize = 256 * 1024;
    let least = html.len().saturating_sub(TAIL_BYTES_MAX).max(html.len() / 2);
    let start = (least..=html.len()).find(|at| html.is_char_boundary(*at)).unwrap_or(html.len());
    let found = html[start..].rmatch_indices('<').find(|(at, _)| {
        let tag = &html.as_bytes()[start + at..];
        tag.len() >= END.len() && tag[..END.len()].eq_ignore_ascii_case(END.as_bytes())
    });
    let Some((at, _)) = found else { return html };
    let (page, tail) = html.split_at(start + at + END.len());
    if tail.trim().is_empty() {
        return page;
    }
    let text = plain_text(tail);
    if !text.is_empty() {
        removed.push(Removed::new(&text, "stood behind the end of the page"));
    }
    page
}

/// Takes injected elements out of a page.
pub fn remove_injected(
    document: &Document,
    suspects: &[Suspect<'_>],
    page: &Url,
    lexicon: &Lexicon,
    removed: &mut Vec<Removed>,
) {
    for suspect in suspects {
        let Some(why) = judge(suspect, page, lexicon) else { continue };
        let what = if suspect.text.trim().is_empty() {
            suspect.links.first().copied().unwrap_or("links")
        } else {
            suspect.text
        };
        removed.push(Removed::new(what, why));
        for id in &suspect.nodes {
            document.tree.remove_from_parent(id);
        }
    }
}

fn judge(suspect: &Suspect<'_>, page: &Url, lexicon: &Lexicon) -> Option<Injection> {
    let text = &suspect.text[..suspect.text.floor_char_boundary(TEXT_BYTES_MAX)];
    if suspect.hiding != Hiding::Visible
        && let Some(Injection::Words { words, percent, .. }) = lexicon.inspect(text)
    {
        return Some(Injection::Words { words, percent, is_hidden: true });
    }
    if suspect.links.len() < HIDDEN_LINKS_MIN {
        return None;
    }
    let home = page.host_str().map(sites::site).unwrap_or_default();
    let hosts = suspect.links.iter().filter_map(|link| page.join(link.trim()).ok()?.host_str().map(sites::site));
    let foreign: Vec<String> = hosts.filter(|site| !sites::is_honest(site, &home)).collect();
    let sites = foreign.iter().collect::<HashSet<_>>().len();
    let links = foreign.len();
    let is_around = |links_min: usize, sites_min: usize| links >= links_min && sites >= sites_min;
    let is_hidden = match suspect.hiding {
        // Menus unfold; what tells them from strangers' work is what they say.
        Hiding::Visible | Hiding::Folded => false,
        Hiding::Hidden => is_around(FOREIGN_LINKS_MIN, FOREIGN_SITES_MIN) && links * 5 >= suspect.links.len() * 4,
        Hiding::OutOfSight => is_around(HIDDEN_LINKS_MIN, HIDDEN_SITES_MIN),
    };
    if is_hidden && sites * 2 > links {
        return Some(Injection::HiddenLinks { links, sites });
    }
    (is_around(FOREIGN_LINKS_MIN, FOREIGN_SITES_MIN) && lexicon.has_words(text))
        .then_some(Injection::SpamLinks { links, sites })
}

/// The places of the links among these that may lead to strangers; each comes with its place.
pub fn foreign_links<'a>(links: impl Iterator<Item = (&'a str, Range<usize>)>, page: &Url) -> Vec<Range<usize>> {
    let home = page.host_str().map(sites::site).unwrap_or_default();
    let mut hosts: HashMap<&str, bool> = HashMap::new();
    let mut is_foreign = |link: &'a str| {
        let Some((_, rest)) = link.split_once("//") else { return false };
        let host = rest.split(['/', '?', '#', '\\', ':']).next().unwrap_or("");
        *hosts.entry(host).or_insert_with(|| !sites::is_honest(&sites::site(&host.to_ascii_lowercase()), &home))
    };
    links.filter(|(link, _)| is_foreign(link)).map(|(_, place)| place).collect()
}

/// The text between tags, for the record only.
fn plain_text(html: &str) -> String {
    const TEXT_CHARS_MAX: usize = 200;
    let mut is_tag = false;
    let text = html.chars().filter(|c| {
        let was_tag = is_tag;
        match c {
            '<' => is_tag = true,
            '>' => is_tag = false,
            _ => {}
        }
        !was_tag && !is_tag
    });
    text.take(TEXT_CHARS_MAX).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod hidden_tests;
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_behind_the_end_is_dropped_unless_it_is_the_page() {
        let check = |html: &str, expected: &str, count: usize| {
            let mut removed = Vec::new();
            assert_eq!((without_tail(html, &mut removed), removed.len()), (expected, count), "{html}");
        };
        check("<html><p>江城初雪</p></html>\n<a href=x>spam</a>", "<html><p>江城初雪</p></html>", 1);
        check("<html><p>江城初雪</p></HTML> \n", "<html><p>江城初雪</p></HTML>", 0);
        check("<html></html><p>江城初雪</p>", "<html></html><p>江城初雪</p>", 0);
        check("<p>江城初雪</p>", "<p>江城初雪</p>", 0);
    }

    #[test]
    fn runs_of_foreign_links_are_injected_when_hidden_or_spoken_of_spam() {
        let page = Url::parse("https://news.example.com.cn/a.html").unwrap();
        let check = |text: &str, hiding: Hiding, is_injected: bool| {
            let links =
                ["https://a.example", "https://b.example", "//c.example/x", "https://d.example", "https://e.example"];
            let suspect = Suspect { nodes: Vec::new(), text, links: links.to_vec(), hiding };
            assert_eq!(judge(&suspect, &page, Lexicon::shipped()).is_some(), is_injected, "{text}");
        };
        check("北江日报 南江日报 东江日报 西江日报 中江日报", Hiding::Visible, false);
        check("北江日报 南江日报 东江日报 西江日报 中江日报", Hiding::Folded, false);
        check("北江日报 南江日报 东江日报 西江日报 中江日报", Hiding::Hidden, true);
        check("北江日报 南江日报 东江日报 西江日报 中江日报", Hiding::OutOfSight, true);
        check("百家乐 老虎机 时时彩 六合彩 葡京", Hiding::Visible, true);
    }
}
