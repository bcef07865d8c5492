//! Feeds: read by a parser where it takes them, by [`scan`] where it does not.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use feed_rs::model;
use serde_json::Value;
use url::Url;

use crate::ingest::decode::Page;
use crate::ingest::sources::{LINKS_MAX, Link, SourceError, absolute, dates, newest, scan, words, xml};
use crate::model::timezone::Timezone;

/// The deepest nesting handed to the parser, in levels; feeds have ten, articles within them some twenty more.
const DEPTH_MAX: usize = 256;

pub(super) fn read(page: &Page, timezone: Timezone) -> Result<Vec<Link>, SourceError> {
    let text = xml::readable(&page.text);
    let links = if text.starts_with('{') {
        json(&text, &page.url, timezone).ok_or_else(|| unreadable(page, "it is JSON without `items`"))?
    } else {
        markup(&text, page, timezone)?
    };
    Ok(newest(once(links), LINKS_MAX, |link| link.updated.max(link.published)))
}

/// Whether a text is a feed, by its root.
pub(super) fn is_feed(text: &str) -> bool {
    matches!(root(text).as_deref(), Some("rss" | "feed" | "rdf" | "channel"))
}

fn markup(text: &str, page: &Page, timezone: Timezone) -> Result<Vec<Link>, SourceError> {
    let root = root(text);
    if root.as_deref() == Some("html") {
        return Err(SourceError::WebPage { url: page.url.to_string(), expected: "feed" });
    }
    let entries = scan::count(text);
    if entries == 0 {
        // A feed may have nothing to say, but it says so to the end.
        return match root.as_deref() {
            Some("rss" | "feed" | "rdf" | "channel") if is_closed(text) => Ok(Vec::new()),
            Some("rss" | "feed" | "rdf" | "channel") => Err(unreadable(page, "it ends before its first entry")),
            _ => Err(unreadable(page, "it is neither RSS nor Atom nor JSON Feed")),
        };
    }
    let parsed = parsed(text, &page.url, timezone);
    if parsed.len() >= entries {
        return Ok(parsed);
    }
    let scanned = scan::links(text, &page.url, timezone);
    let links = if scanned.len() > parsed.len() { scanned } else { parsed };
    if links.is_empty() {
        return Err(unreadable(page, &format!("none of its {entries} entries has a link")));
    }
    Ok(links)
}

fn unreadable(page: &Page, cause: &str) -> SourceError {
    SourceError::Unreadable { url: page.url.to_string(), expected: "feed", cause: cause.to_owned() }
}

/// The name of the first element, in lower case and without its prefix.
fn root(text: &str) -> Option<String> {
    let doctype = "<!doctype html";
    if text.get(..doctype.len()).is_some_and(|start| start.eq_ignore_ascii_case(doctype)) {
        return Some("html".to_owned());
    }
    let mut root = None;
    let _ = xml::walk(text, |piece| match piece {
        xml::Piece::Open(tag) => {
            root = Some(xml::local(tag.name()).to_ascii_lowercase());
            false
        }
        _ => true,
    });
    root
}

fn is_closed(text: &str) -> bool {
    let end = text.trim_end().to_ascii_lowercase();
    ["</rss>", "</feed>", "</rdf:rdf>", "</channel>", "/>"].iter().any(|close| end.ends_with(close))
}

/// What the parser makes of a feed; nothing if it refuses it.
fn parsed(text: &str, base: &Url, timezone: Timezone) -> Vec<Link> {
    if is_deep(text) {
        return Vec::new();
    }
    let parse = || {
        let builder = feed_rs::parser::Builder::new().base_uri(Some(base.as_str()));
        builder.timestamp_parser(move |text| dates::instant(text, timezone)).build().parse(text.as_bytes())
    };
    // A parser that panics refuses a feed, too.
    let Ok(Ok(feed)) = catch_unwind(AssertUnwindSafe(parse)) else { return Vec::new() };
    feed.entries.into_iter().filter_map(|entry| link(entry, base)).collect()
}

/// Whether a feed nests so deep that a parser that calls itself for each level could overflow the stack.
fn is_deep(text: &str) -> bool {
    let (mut depth, mut deepest) = (0_usize, 0);
    let walked = xml::walk(text, |piece| {
        match piece {
            xml::Piece::Open(_) => depth += 1,
            xml::Piece::Close(_) => depth = depth.saturating_sub(1),
            xml::Piece::Text(_) => {}
        }
        deepest = deepest.max(depth);
        deepest <= DEPTH_MAX
    });
    walked.is_err() || deepest > DEPTH_MAX
}

fn link(entry: model::Entry, base: &Url) -> Option<Link> {
    let is_article = |link: &&model::Link| {
        link.target.is_none() && matches!(link.rel.as_deref(), None | Some("alternate")) && !link.href.is_empty()
    };
    let href = entry.links.iter().find(is_article).and_then(|link| absolute(base, &link.href));
    let url = href.or_else(|| Url::parse(&entry.id).ok().and_then(|id| absolute(base, id.as_str())))?;
    let published = entry.published.or(entry.updated);
    let updated = entry.updated.filter(|_| entry.updated != published);
    Some(Link { url, title: entry.title.and_then(|title| words::title(&title.content)), published, updated })
}

/// A JSON Feed of any version; `None` without `items`.
fn json(text: &str, base: &Url, timezone: Timezone) -> Option<Vec<Link>> {
    let feed: Value = serde_json::from_str(text).ok()?;
    let items = feed.get("items")?.as_array()?;
    let link = |item: &Value| {
        let text = |key: &str| item.get(key).and_then(Value::as_str);
        let id = || text("id").filter(|id| id.starts_with("http"));
        let url = absolute(base, text("url").or_else(|| text("external_url")).or_else(id)?)?;
        let date = |key| text(key).and_then(|date| dates::instant(date, timezone));
        let (published, updated) = (date("date_published"), date("date_modified"));
        let title = text("title").and_then(words::collapsed);
        Some(Link { url, title, published: published.or(updated), updated: updated.filter(|_| updated != published) })
    };
    Some(items.iter().filter_map(link).collect())
}

fn once(links: Vec<Link>) -> Vec<Link> {
    let mut seen = HashSet::with_capacity(links.len());
    links.into_iter().filter(|link| seen.insert(link.url.clone())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn links(text: &str) -> Result<Vec<Link>, SourceError> {
        let url = Url::parse("https://a.example/feeds/rss.xml").unwrap();
        read(&Page { url, text: text.to_owned(), charset: "UTF-8", replaced: 0 }, "Asia/Shanghai".parse().unwrap())
    }

    /// Address, title and date of each link, one a line.
    fn check(text: &str, expected: &[&str]) {
        let links: Vec<String> = links(text)
            .unwrap()
            .iter()
            .map(|link| {
                let published = link.published.map(|date| date.format("%FT%RZ").to_string());
                let title = link.title.as_deref().unwrap_or("-");
                format!("{} {title} {}", link.url, published.unwrap_or("-".to_owned()))
            })
            .collect();
        assert_eq!(links, expected, "{text}");
    }

    fn check_error(text: &str, expected: &str) {
        let error = links(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    fn rss(items: &str) -> String {
        format!(
            r#"<?xml version="1.0" encoding="gb2312"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>"#
        )
    }

    const ITEM: &str = "<item><title>Good</title><link>https://a.example/good</link></item>";
    const GOOD: &str = "https://a.example/good Good -";

    #[test]
    fn each_format_is_read() {
        check(
            &rss(
                "<item><title>冰雪节</title><link>/1.html</link><pubDate>Fri, 06 Jan 2026 09:00:00 +0800</pubDate></item>",
            ),
            &["https://a.example/1.html 冰雪节 2026-01-06T01:00Z"],
        );
        check(
            r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><id>x</id><entry><id>tag:a.example,2026:1</id>
            <title type="html">One &amp;amp; two</title><link rel="self" href="1.atom"/><link rel="alternate" href="../1"/>
            <published>2026-01-06T09:00:00Z</published><updated>2026-01-06T10:00:00Z</updated></entry></feed>"#,
            &["https://a.example/1 One & two 2026-01-06T09:00Z"],
        );
        check(
            r#"<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Old</title><entry><title>One</title>
            <link rel="alternate" type="text/html" href="http://a.example/1"/><issued>2026-01-06T09:00:00Z</issued></entry></feed>"#,
            &["http://a.example/1 One 2026-01-06T09:00Z"],
        );
        check(
            r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
            <channel rdf:about="x"><title>R</title></channel><item rdf:about="y"><title>One</title><link>http://a.example/1</link>
            <dc:date>2026-01-06 09:00</dc:date></item></rdf:RDF>"#,
            &["http://a.example/1 One 2026-01-06T01:00Z"],
        );
        check(
            r#"{"version": "https://jsonfeed.org/version/9", "items": [{"id": "7", "url": "/1", "title": " One\n",
            "date_published": "2026-01-06T09:00:00Z"}, {"id": 8}, {"id": "http://a.example/2"}]}"#,
            &["https://a.example/1 One 2026-01-06T09:00Z", "http://a.example/2 - -"],
        );
    }

    #[test]
    fn broken_feeds_still_give_their_entries() {
        let one = |item: &str| rss(&format!("{item}{ITEM}"));
        let link = "<link>https://a.example/1?a=1&b=2&copy=3</link>";
        check(
            &one(&format!("<item><title>A & B</title>{link}</item>")),
            &["https://a.example/1?a=1&b=2&copy=3 A & B -", GOOD],
        );
        check(&one("<item><title>A&nbsp;B</title><link>/1</link></item>"), &["https://a.example/1 A B -", GOOD]);
        check(&one("<item><title>A\u{1}B\u{8}</title><link>/1</link></item>"), &["https://a.example/1 AB -", GOOD]);
        check(&one("<item><title>A<br>B</title><link>/1</link></item>"), &["https://a.example/1 A B -", GOOD]);
        check(
            &one("<item><title>A <3 B < C</title><link>/1</link></item>"),
            &["https://a.example/1 A <3 B < C -", GOOD],
        );
        check(
            &one("<item><link><![CDATA[ /1 ]]></link><title><![CDATA[A<b>B</b>]]></title></item>"),
            &["https://a.example/1 AB -", GOOD],
        );
        check(&one("<item><title>No link</title></item>"), &[GOOD]);
        check(&one("<item><title>A</title><guid>http://a.example/1</guid></item>"), &["http://a.example/1 A -", GOOD]);
        check(&one("<item><link>javascript:x()</link></item>"), &[GOOD]);
        check(&one("<item><title>Never closed<link>/1</link>"), &[GOOD]);
        check(&format!("\n \t\u{feff}{}", rss(ITEM)), &[GOOD]);
        check(&rss(ITEM).replace(" version=\"2.0\"", ""), &[GOOD]);
        check(&rss(&format!("{ITEM}{ITEM}")), &[GOOD]);
        check(
            &format!("{}<item><title>Cut</title><link>https://a.exam", rss(ITEM).replace("</channel></rss>", "")),
            &[GOOD],
        );
        check(
            r#"<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>x</id><title type="nonsense/">One</title>
            <source><title>Elsewhere</title><link href="http://b.example/"/></source>
            <link href="http://a.example/1?a=1&b=2"/><updated>2026-01-06</updated></entry></feed>"#,
            &["http://a.example/1?a=1&b=2 One 2026-01-05T16:00Z"],
        );
    }

    #[test]
    fn an_unreadable_feed_is_an_error_and_an_empty_one_is_not() {
        check(&rss(""), &[]);
        check(r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title></feed>"#, &[]);
        check(r#"{"items": []}"#, &[]);
        check_error("<!DOCTYPE html><html><body>Sorry</body></html>", "is a web page, not a feed");
        check_error("<!doctype html>\n<title>Sorry", "is a web page, not a feed");
        check_error(&rss("")[..70], "ends before its first entry");
        check_error(&rss("<item><title>x</title></item>"), "none of its 1 entries has a link");
        check_error(r#"{"error": "x"}"#, "JSON without `items`");
        check_error("", "neither RSS nor Atom");
        check_error("<a><b/></a>", "neither RSS nor Atom");
    }

    #[test]
    fn the_newest_links_of_a_long_feed_are_taken() {
        let item = |n: usize| {
            let (day, hour) = (n / 24 % 28 + 1, n % 24);
            format!("<item><link>/{n}</link><pubDate>2026-01-{day:02}T{hour:02}:00:00Z</pubDate></item>")
        };
        let items: String = (0..LINKS_MAX + 200).map(item).collect();
        let links = links(&rss(&items)).unwrap();
        assert_eq!(links.len(), LINKS_MAX);
        assert!(links[0].published >= links[1].published);
    }

    #[test]
    fn entities_and_nesting_do_no_harm() {
        let bomb = format!(
            r#"<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>{}"#,
            rss("<item><title>x &b; &c;</title><link>/1</link></item>")
                .replace("<?xml version=\"1.0\" encoding=\"gb2312\"?>", "")
        );
        check(&bomb, &["https://a.example/1 x &b; &c; -"]);
        let deep = format!("<description>{}</description>", "<div>".repeat(200_000));
        check(&rss(&format!("<item><link>/1</link>{deep}</item>")), &["https://a.example/1 - -"]);
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "(<(/)?(rss|feed|channel|item|entry|title|link|br)( href='x')?/?>|&|&[a-z]{1,4};|<!\\[CDATA\\[|\\]\\]>|<!--|x|/1| ){0,60}") {
            let _ = links(&text);
            let _ = links(&format!("<rss><channel>{text}"));
        }

        #[test]
        fn no_json_breaks_it(text in r#"\{"items": ?\[(\{("url"|"id"): ?("http:..x"|1|null)\},?){0,3}.{0,4}"#) {
            let _ = links(&text);
        }
    }
}
