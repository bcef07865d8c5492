//! Reads a document back before it replaces the good one, with a parser that did not write it.

use std::collections::HashSet;

use roxmltree::{Document, Node};
use serde::Deserialize;

use crate::model::feed::Format;

const ATOM: &str = "http://www.w3.org/2005/Atom";

/// Whether the document is well-formed and holds this many entries, each with its own id. The error is what is wrong.
pub fn document(format: Format, bytes: &[u8], entries: usize) -> Result<(), String> {
    let text = std::str::from_utf8(bytes).map_err(|error| format!("not UTF-8: {error}"))?;
    let ids = match format {
        Format::Rss => rss_ids(&parse(text)?)?,
        Format::Atom => atom_ids(&parse(text)?)?,
        Format::Json => json_ids(text)?,
        Format::Html => return page(text, entries),
    };
    if ids.len() != entries {
        return Err(format!("{} entries instead of {entries}", ids.len()));
    }
    let mut seen = HashSet::with_capacity(ids.len());
    match ids.iter().find(|id| id.is_empty() || !seen.insert(id.as_str())) {
        Some(id) => Err(format!("the id `{id}` is empty or there twice")),
        None => Ok(()),
    }
}

fn parse(text: &str) -> Result<Document<'_>, String> {
    Document::parse(text).map_err(|error| format!("not well-formed XML: {error}"))
}

fn rss_ids(document: &Document) -> Result<Vec<String>, String> {
    let root = document.root_element();
    let channel = child(root, "", "channel").filter(|_| root.has_tag_name("rss")).ok_or("no channel in it")?;
    for name in ["title", "link", "description"] {
        child(channel, "", name).ok_or_else(|| format!("the channel has no {name}"))?;
    }
    let items = channel.children().filter(|node| node.has_tag_name("item"));
    Ok(items.map(|item| text_of(item, "", "guid")).collect())
}

fn atom_ids(document: &Document) -> Result<Vec<String>, String> {
    let feed = document.root_element();
    if !feed.has_tag_name((ATOM, "feed")) {
        return Err("no Atom feed in it".to_owned());
    }
    for name in ["id", "title", "updated"] {
        child(feed, ATOM, name).ok_or_else(|| format!("the feed has no {name}"))?;
    }
    let is_entry = |node: &Node| node.has_tag_name((ATOM, "entry"));
    let elements = || feed.children().filter(Node::is_element);
    if elements().skip_while(|node| !is_entry(node)).any(|node| !is_entry(&node)) {
        return Err("something of the feed stands after its first entry".to_owned());
    }
    Ok(elements().filter(is_entry).map(|entry| text_of(entry, ATOM, "id")).collect())
}

fn child<'a, 'input>(node: Node<'a, 'input>, namespace: &str, name: &str) -> Option<Node<'a, 'input>> {
    let is_wanted =
        |child: &Node| child.tag_name().name() == name && child.tag_name().namespace().unwrap_or_default() == namespace;
    node.children().find(is_wanted)
}

fn text_of(node: Node, namespace: &str, name: &str) -> String {
    child(node, namespace, name).and_then(|child| child.text()).unwrap_or_default().to_owned()
}

#[derive(Deserialize)]
struct JsonFeed {
    #[serde(rename = "version")]
    _version: String,
    #[serde(rename = "title")]
    _title: String,
    items: Vec<JsonItem>,
}

#[derive(Deserialize)]
struct JsonItem {
    id: String,
    content_html: Option<serde::de::IgnoredAny>,
    content_text: Option<serde::de::IgnoredAny>,
}

fn json_ids(text: &str) -> Result<Vec<String>, String> {
    let feed: JsonFeed = serde_json::from_str(text).map_err(|error| format!("not a JSON feed: {error}"))?;
    let has_content = |item: &JsonItem| item.content_html.is_some() || item.content_text.is_some();
    match feed.items.iter().find(|item| !has_content(item)) {
        Some(item) => Err(format!("the item {} has no content", item.id)),
        None => Ok(feed.items.into_iter().map(|item| item.id).collect()),
    }
}

/// A page is whole and has as many articles; what comes from outside is escaped in it, so it adds none.
fn page(text: &str, entries: usize) -> Result<(), String> {
    if !text.trim_end().ends_with("</html>") {
        return Err("the page is cut short".to_owned());
    }
    match text.matches("<article").count() {
        count if count == entries => Ok(()),
        count => Err(format!("{count} entries instead of {entries}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: Format, text: &str, entries: usize, expected: &str) {
        let answer = document(format, text.as_bytes(), entries).err().unwrap_or_default();
        assert!(answer.contains(expected) && answer.is_empty() == expected.is_empty(), "{text}: {answer}");
    }

    #[test]
    fn a_broken_document_is_told_from_a_good_one() {
        let rss = |items: &str| format!("<rss><channel><title/><link/><description/>{items}</channel></rss>");
        check(Format::Rss, &rss("<item><guid>1</guid></item>"), 1, "");
        check(Format::Rss, &rss("<item><guid>1</guid></item>"), 2, "1 entries instead of 2");
        check(Format::Rss, &rss("<item><guid>1</guid></item><item><guid>1</guid></item>"), 2, "there twice");
        check(Format::Rss, &rss("<item/>"), 1, "is empty");
        check(Format::Rss, &rss("&nbsp;"), 0, "not well-formed");
        check(Format::Rss, &rss("<media:content/>"), 0, "not well-formed");
        check(Format::Rss, "<rss/>", 0, "no channel");
        let atom =
            |rest: &str| format!("<feed xmlns='http://www.w3.org/2005/Atom'><id/><title/><updated/>{rest}</feed>");
        check(Format::Atom, &atom("<entry><id>1</id></entry>"), 1, "");
        check(Format::Atom, &atom("<entry><id>1</id></entry><link/>"), 1, "after its first entry");
        check(Format::Atom, "<feed/>", 0, "no Atom feed");
        check(Format::Json, r#"{"version": "", "title": "", "items": [{"id": "1", "content_text": ""}]}"#, 1, "");
        check(Format::Json, r#"{"version": "", "title": "", "items": [{"id": "1"}]}"#, 1, "no content");
        check(Format::Json, r#"{"version": "", "#, 0, "not a JSON feed");
        check(Format::Html, "<html></html>", 0, "");
        check(Format::Html, "<html>", 0, "cut short");
        check(Format::Html, "<html></html>", 1, "0 entries");
        assert!(document(Format::Html, &[0xff], 0).is_err());
    }
}
