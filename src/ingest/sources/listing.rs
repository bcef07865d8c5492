//! List pages: their links, and where the list goes on.

use std::collections::{HashMap, HashSet};

use dom_query::{Document, Matcher, NodeId, NodeRef};
use regex::Regex;
use url::Url;

use crate::ingest::decode::Page;
use crate::ingest::sources::{LINKS_MAX, Link, Listing, SourceError, absolute, guess, words};
use crate::model::html::nesting;

/// The most anchors looked at; a page with more is not made for people.
const ANCHORS_MAX: usize = 20_000;

/// What the link to the next page is called, in lower case, without arrows.
const NEXT: [&str; 14] = [
    "下一页",
    "下页",
    "后页",
    "下一頁",
    "下頁",
    "後頁",
    "next",
    "next page",
    "следующая",
    "следующая страница",
    "다음",
    "다음 페이지",
    "次へ",
    "次のページ",
];

pub(super) fn read(page: &Page, selector: Option<&str>, article_url: Option<&Regex>) -> Result<Listing, SourceError> {
    nesting::check(&page.text).map_err(|cause| SourceError::Unbearable { url: page.url.clone(), cause })?;
    let document = Document::from(page.text.as_str());
    let base = base(&document, &page.url);
    let anchors = document.select("a[href]");
    let anchors = &anchors.nodes()[..anchors.nodes().len().min(ANCHORS_MAX)];
    let next = next(&document, anchors, &base, &page.url);
    let mut links = match selector {
        Some(selector) => collect(&selected(&document, selector, anchors), &base),
        None => collect(anchors, &base),
    };
    links.retain(|link| link.url != page.url && Some(&link.url) != next.as_ref());
    match (article_url, selector) {
        (Some(article_url), _) => links.retain(|link| article_url.is_match(link.url.as_str())),
        (None, Some(_)) => {}
        (None, None) => links.retain(|link| guess::is_article(&page.url, &link.url, link.title.as_deref())),
    }
    links.truncate(LINKS_MAX);
    Ok(Listing { links, next })
}

fn base(document: &Document, page: &Url) -> Url {
    let href = document.select("base[href]").attr("href");
    href.and_then(|href| page.join(href.trim()).ok())
        .filter(|base| !base.cannot_be_a_base())
        .unwrap_or_else(|| page.clone())
}

/// The anchors a selector matches, or that stand within what it matches.
fn selected<'a>(document: &Document, selector: &str, anchors: &[NodeRef<'a>]) -> Vec<NodeRef<'a>> {
    // Selectors were checked when the portal's file was read; one that is wrong all the same matches nothing.
    let Ok(matcher) = Matcher::new(selector) else { return Vec::new() };
    let matched: HashSet<NodeId> = document.select_matcher(&matcher).nodes().iter().map(|node| node.id).collect();
    let is_selected = |anchor: &&NodeRef<'a>| {
        std::iter::successors(Some(**anchor), |node| node.parent()).any(|node| matched.contains(&node.id))
    };
    anchors.iter().filter(is_selected).copied().collect()
}

/// Each address once, where it stands first, with the longest text it has: photos link without any.
fn collect(anchors: &[NodeRef<'_>], base: &Url) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut places: HashMap<Url, usize> = HashMap::new();
    for anchor in anchors {
        let Some(url) = anchor.attr("href").and_then(|href| absolute(base, &href)) else { continue };
        let title = words::collapsed(&anchor.text()).or_else(|| words::collapsed(&anchor.attr_or("title", "")));
        match places.get(&url) {
            Some(&place) => {
                let length = |title: &Option<String>| title.as_ref().map_or(0, String::len);
                if length(&title) > length(&links[place].title) {
                    links[place].title = title;
                }
            }
            None => {
                places.insert(url.clone(), links.len());
                links.push(Link::new(url, title));
            }
        }
    }
    links
}

/// The next page of a list: `rel=next`, or a link that is called so. Numbered pages are not followed.
fn next(document: &Document, anchors: &[NodeRef<'_>], base: &Url, page: &Url) -> Option<Url> {
    let is_next = |url: &Url| url != page && url.host_str() == page.host_str();
    let follow = |node: &NodeRef<'_>| absolute(base, &node.attr_or("href", "")).filter(is_next);
    let marked = document.select("link[rel~='next' i][href], a[rel~='next' i][href]");
    marked
        .nodes()
        .iter()
        .find_map(follow)
        .or_else(|| anchors.iter().filter(|anchor| is_called_next(&anchor.text())).find_map(follow))
}

fn is_called_next(text: &str) -> bool {
    // The longest name with its arrows is short, and most links are not.
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    text.len() <= 60 && NEXT.contains(&text.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(html: &str, selector: Option<&str>, article_url: Option<&str>) -> Listing {
        let url = Url::parse("https://www.a.example/news/index.html").unwrap();
        let page = Page { url, text: html.to_owned(), charset: "UTF-8", replaced: 0 };
        read(&page, selector, article_url.map(|pattern| Regex::new(pattern).unwrap()).as_ref()).unwrap()
    }

    /// Address and title of each link, one a line; every link counts as an article.
    fn check(html: &str, expected: &[&str]) {
        check_chosen(html, None, Some("."), expected);
    }

    fn check_chosen(html: &str, selector: Option<&str>, article_url: Option<&str>, expected: &[&str]) {
        let listing = list(html, selector, article_url);
        let links = listing.links.iter().map(|link| format!("{} {}", link.url, link.title.as_deref().unwrap_or("-")));
        assert_eq!(links.collect::<Vec<_>>(), expected, "{html}");
    }

    fn check_next(html: &str, expected: Option<&str>) {
        assert_eq!(list(html, None, None).next.as_ref().map(Url::as_str), expected, "{html}");
    }

    #[test]
    fn addresses_become_absolute() {
        check("<a href='1.html'>One</a>", &["https://www.a.example/news/1.html One"]);
        check("<a href='//b.example/1'>One</a>", &["https://b.example/1 One"]);
        check("<a href=' /1?a=1&amp;b=2\n'> One\n two </a>", &["https://www.a.example/1?a=1&b=2 One two"]);
        check("<base href='/other/'><a href='1'>One</a>", &["https://www.a.example/other/1 One"]);
        check("<base href='http://b.example/x/'><a href='../1'>One</a>", &["http://b.example/1 One"]);
        check("<a href='/1#top'>One</a><a href='#'>Top</a>", &["https://www.a.example/1 One"]);
        check("<a href='javascript:go(1)'>J</a><a href='mailto:x@a.example'>M</a><a href=''>E</a><a>N</a>", &[]);
        check("<a href='/新闻'>One</a>", &["https://www.a.example/%E6%96%B0%E9%97%BB One"]);
        check("<a href='http://'>B</a><a href='http://[1'>B</a><a href='index.html'>Self</a>", &[]);
    }

    #[test]
    fn an_address_counts_once_with_its_longest_text() {
        check(
            "<a href='/1'><img src=x></a><a href='/2' title='Two'></a><a href='/1'>One</a>",
            &["https://www.a.example/1 One", "https://www.a.example/2 Two"],
        );
    }

    #[test]
    fn links_are_chosen_by_selector_address_or_both() {
        let html = "<ul class=menu><a href='/a/1'>Menu</a></ul><ul class=news><li><a href='/a/2'>Two</a><a href='/b/3'>Three</a></ul>";
        let (one, two, three) =
            ("https://www.a.example/a/1 Menu", "https://www.a.example/a/2 Two", "https://www.a.example/b/3 Three");
        check_chosen(html, Some(".news a"), None, &[two, three]);
        check_chosen(html, Some("ul.news"), None, &[two, three]);
        check_chosen(html, None, Some(r"^https://www\.a\.example/a/\d$"), &[one, two]);
        check_chosen(html, Some(".news"), Some("/a/"), &[two]);
        check_chosen(html, Some("p["), None, &[]);
        let guessed = "<a href='/'>首页</a><a href='/c/2026-01/06/c_1.html'>冰雪大世界今日开园</a><a href='/about/'>关于我们联系我们</a>";
        check_chosen(guessed, None, None, &["https://www.a.example/c/2026-01/06/c_1.html 冰雪大世界今日开园"]);
    }

    #[test]
    fn the_next_page_is_found() {
        let second = Some("https://www.a.example/news/index_2.html");
        check_next("<link rel=next href='index_2.html'>", second);
        check_next("<a rel='nofollow Next' href='index_2.html'>2</a>", second);
        for name in ["下一页", " 下一页 &gt;&gt;", "下页", "[后页]", "Next »", "Следующая", "다음", "<span>next</span>"]
        {
            check_next(&format!("<a href='index_0.html'>1</a><a href='index_2.html'>{name}</a>"), second);
        }
        check_next("<a href='javascript:next()'>下一页</a><a href='2.html'>The next day</a>", None);
        check_next("<a href='index.html'>下一页</a><a href='//b.example/2'>下一页</a>", None);
    }

    #[test]
    fn a_giant_list_is_cut() {
        let html: String = (0..30_000).map(|n| format!("<a href='/{n}'>One</a>")).collect();
        assert_eq!(list(&html, None, Some(".")).links.len(), LINKS_MAX);
        let url = "https://www.a.example/news/".parse().unwrap();
        let page = Page { url, text: "<div>".repeat(100_000), charset: "UTF-8", replaced: 0 };
        assert!(matches!(read(&page, Some("div"), None), Err(SourceError::Unbearable { .. })));
    }

    proptest! {
        #[test]
        fn no_html_breaks_it(html in "(<a href=.{0,6}>|</a>|<base href='.{0,8}'>|<link rel=next href=.>|下一页|.){0,40}") {
            list(&html, None, None);
            list(&html, Some("a, div"), Some("."));
        }
    }
}
