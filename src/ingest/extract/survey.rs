//! One walk over a parsed page that notes all that the fields are read from.

use std::collections::HashSet;
use std::ops::Range;

use dom_query::{Document, Element, NodeData, NodeId};

use crate::ingest::extract::edges::Edges;
use crate::ingest::extract::json_ld::{self, Claims};
use crate::ingest::extract::mark::{self, Mark};
use crate::ingest::guard::hiding::{Hiding, Rules};
use crate::model::html::nesting::{ELEMENTS_MAX, NESTING_MAX, Unbearable};
use crate::text::plain;

/// How far before the body its header may begin, in characters.
pub const HEADER_CHARS_MAX: usize = 600;
/// How far behind the body its footer may reach, in characters.
pub const FOOTER_CHARS_MAX: usize = 300;
/// The most headings, times, links or breadcrumbs that are looked at.
const SPOTS_MAX: usize = 2_000;

/// Something on the page and where its text stands in [`Survey::text`].
#[derive(Debug, Clone)]
pub struct Spot {
    /// An attribute's value or the text.
    pub value: String,
    /// The bytes of `Survey::text`.
    pub range: Range<usize>,
}

/// Something the page hides.
#[derive(Debug)]
pub(super) struct HiddenSpot {
    pub(super) id: NodeId,
    /// Where its text stands in [`Survey::text`].
    pub(super) range: Range<usize>,
    /// Which of [`Survey::links`] are in it.
    pub(super) links: Range<usize>,
    pub(super) hiding: Hiding,
}

/// What a walk over the page found.
#[derive(Debug, Default)]
pub struct Survey {
    /// All visible text, a block a line.
    pub text: String,
    /// The configured body in `text`.
    pub content: Option<Range<usize>>,
    /// `<title>`.
    pub title: String,
    /// `<html lang>`.
    pub language: Option<String>,
    /// `<base href>`.
    pub base: Option<String>,
    /// `<link rel=canonical>`.
    pub canonical: Option<String>,
    /// `<link rel=next>`.
    pub next: Option<String>,
    /// Names in lower case, and values, of the meta tags.
    pub metas: Vec<(String, String)>,
    /// What JSON-LD says.
    pub claims: Claims,
    json_ld: Vec<String>,
    /// `h1`.
    pub headings: Vec<Spot>,
    /// `time[datetime]`; the value is the attribute.
    pub times: Vec<Spot>,
    /// Breadcrumbs: the labels of the links in one, by line.
    pub breadcrumbs: Vec<Spot>,
    /// Elements whose name says that they hold an author.
    pub authors: Vec<Spot>,
    /// Elements whose name says that they hold a subtitle.
    pub subtitles: Vec<Spot>,
    /// `h2` with nothing between them and an `h1`, each with the number of that heading.
    second_lines: Vec<(usize, Spot)>,
    /// The sum of the depths of all elements: what work that looks at each subtree costs.
    pub work: usize,
    /// Elements whose style or `align` puts them in the middle of the line; Readability takes the attributes away.
    pub centred: HashSet<NodeId>,
    /// Links; the value is the address.
    pub(super) links: Vec<(NodeId, Spot)>,
    /// Hidden elements.
    pub(super) hidden: Vec<HiddenSpot>,
    text_nodes: Vec<(NodeId, usize)>,
}

/// The text around the body, for dates and bylines.
pub struct Windows {
    /// What stands before it, and byline lines taken from its beginning.
    pub before: String,
    /// What stands behind it, and byline lines taken from its end.
    pub after: String,
}

impl Survey {
    /// Walks over a page; `content` is the body if a selector chose it, `rules` what the page hides.
    pub fn read(document: &Document, content: Option<NodeId>, rules: &Rules) -> Result<Survey, Unbearable> {
        let tree = &document.tree;
        if tree.len() > 4 * ELEMENTS_MAX {
            return Err(Unbearable::TooMany);
        }
        let mut survey = Survey::default();
        let mut open: Vec<Open> = Vec::new();
        let mut next = Some(document.root().id);
        while let Some(id) = next {
            let (first_child, is_entered) = tree
                .query_node(&id, |node| {
                    let is_entered = match &node.data {
                        NodeData::Element(element) => survey.enter(id, element, content, rules, &mut open),
                        NodeData::Text { contents } => {
                            survey.add_text(id, contents);
                            false
                        }
                        NodeData::Document | NodeData::Fragment => true,
                        _ => false,
                    };
                    (node.first_child, is_entered)
                })
                .unwrap_or((None, false));
            if is_entered {
                let marked = open.last().is_some_and(|open| open.id == id);
                if !marked {
                    open.push(Open::plain(id));
                }
                survey.work += open.len();
                if open.len() > NESTING_MAX {
                    return Err(Unbearable::TooDeep);
                }
                if first_child.is_some() {
                    next = first_child;
                    continue;
                }
                survey.leave(&mut open);
            }
            next = Some(id);
            while let Some(done) = next {
                if let Some(sibling) = tree.query_node(&done, |node| node.next_sibling).flatten() {
                    next = Some(sibling);
                    break;
                }
                next = tree.query_node(&done, |node| node.parent).flatten();
                if next.is_some() {
                    survey.leave(&mut open);
                }
            }
        }
        survey.claims = json_ld::read(&survey.json_ld).unwrap_or_default();
        Ok(survey)
    }

    /// Each link: its address, its label, and where that stands in `text`.
    pub fn labelled_links(&self) -> impl Iterator<Item = (&str, &str, usize)> {
        self.links.iter().map(|(_, spot)| (spot.value.as_str(), self.slice(spot.range.clone()), spot.range.start))
    }

    /// The first non-empty value of these meta tags, in this order of preference.
    pub fn meta(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.metas.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()))
    }

    /// Where two text nodes stand in `text`, the second not before the first.
    pub fn positions(&self, first: NodeId, last: NodeId) -> (usize, usize) {
        let position = |id| self.text_nodes.iter().find(|(node, _)| *node == id).map(|(_, at)| *at);
        let start = position(first).unwrap_or(0);
        (start, position(last).unwrap_or(start).max(start))
    }

    /// Where the line of a position ends.
    pub fn end_of_line(&self, at: usize) -> usize {
        self.slice(at..self.text.len()).find('\n').map_or(self.text.len(), |length| at + length)
    }

    /// A piece of the text; nothing where a page so broken that its elements overlap gives no range.
    pub(super) fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or("")
    }

    /// The header and footer of a body.
    pub fn windows(&self, body: &Range<usize>, edges: &Edges) -> Windows {
        let before = self.slice(0..body.start);
        let start = before.char_indices().rev().nth(HEADER_CHARS_MAX - 1).map_or(0, |(at, _)| at);
        let after = self.slice(body.end..self.text.len());
        let end = after.char_indices().nth(FOOTER_CHARS_MAX).map_or(after.len(), |(at, _)| at);
        Windows {
            before: format!("{}\n{}", &before[start..], edges.head.join("\n")),
            after: format!("{}\n{}", edges.tail.join("\n"), &after[..end]),
        }
    }

    /// What stands on the page where the body begins, even what is no part of it.
    pub fn head(&self, body: &Range<usize>) -> &str {
        const HEAD_CHARS_MAX: usize = 300;
        let text = self.slice(body.start..self.text.len());
        text.char_indices().nth(HEAD_CHARS_MAX).map_or(text, |(at, _)| &text[..at])
    }

    /// The line below the headline, where an element is named for it or it is the next smaller heading; not one of
    /// another story behind the body, and no subheading of the body.
    pub fn subtitle(&self, title: &str, body: &Range<usize>) -> Option<String> {
        const SUBTITLE_CHARS_MAX: usize = 200;
        let named = self.subtitles.iter().filter(|spot| spot.range.start <= body.start.max(body.end / 2));
        let is_of_title = |number: usize| plain::line(&self.headings[number].value) == title;
        let second =
            self.second_lines.iter().filter(|(number, spot)| spot.range.end <= body.start && is_of_title(*number));
        let mut lines = named.chain(second.map(|(_, spot)| spot)).map(|spot| plain::line(&spot.value));
        lines.find(|line| !line.is_empty() && line != title && line.chars().count() <= SUBTITLE_CHARS_MAX)
    }

    /// Notes an element; false if what is inside is no text of the page.
    fn enter(
        &mut self,
        id: NodeId,
        element: &Element,
        content: Option<NodeId>,
        rules: &Rules,
        open: &mut Vec<Open>,
    ) -> bool {
        let attribute = |name: &str| {
            element
                .attrs
                .iter()
                .find(|attribute| &*attribute.name.local == name)
                .map(|attribute| attribute.value.trim())
        };
        let name: &str = &element.name.local;
        match name {
            "meta" => self
                .add_meta(attribute("property").or(attribute("name")).or(attribute("itemprop")), attribute("content")),
            "link"
                if attribute("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical"))
                    && self.canonical.is_none() =>
            {
                self.canonical = attribute("href").map(str::to_owned);
            }
            "link" if attribute("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("next")) => {
                self.next = attribute("href").map(str::to_owned);
            }
            "base" if self.base.is_none() => self.base = attribute("href").map(str::to_owned),
            "html" => {
                self.language =
                    attribute("lang").or(attribute("xml:lang")).filter(|lang| !lang.is_empty()).map(str::to_owned)
            }
            "br" => self.part('\n'),
            // Microdata tells what a time is of.
            "time" => self.add_meta(attribute("itemprop"), attribute("datetime")),
            _ => {}
        }
        let mut mark = Mark::of(name, element, content == Some(id), rules);
        if let Some(Mark::Link | Mark::Time) = mark
            && self.links.len() + self.times.len() > SPOTS_MAX
        {
            mark = None;
        }
        if name == "h2"
            && mark.is_none()
            && self.headings.last().is_some_and(|heading| heading.range.end == self.text.trim_end().len())
        {
            mark = Some(Mark::SecondLine);
        }
        match name {
            "script" => {
                let is_data = attribute("type").is_some_and(|kind| kind.eq_ignore_ascii_case("application/ld+json"));
                return self.opens_data(id, is_data, Data::JsonLd, open);
            }
            "title" => return self.opens_data(id, self.title.is_empty(), Data::Title, open),
            "style" | "noscript" | "template" | "iframe" | "select" | "textarea" | "svg" | "object" | "meta"
            | "link" | "br" | "img" | "input" => return false,
            _ => {}
        }
        if mark::is_centred(name, element) {
            self.centred.insert(id);
        }
        let value = match mark {
            Some(Mark::Link) => attribute("href").map(str::to_owned),
            Some(Mark::Time) => attribute("datetime").map(str::to_owned),
            _ => None,
        };
        let separator = mark::separator(name);
        if let Some(separator) = separator {
            self.part(separator);
        }
        let (start, links) = (self.text.len(), self.links.len());
        open.push(Open { id, mark, value, start, links, data: None, separator });
        true
    }

    fn opens_data(&mut self, id: NodeId, is_wanted: bool, data: Data, open: &mut Vec<Open>) -> bool {
        if is_wanted {
            open.push(Open { start: self.text.len(), data: Some(data), ..Open::plain(id) });
        }
        is_wanted
    }

    fn leave(&mut self, open: &mut Vec<Open>) {
        let Some(open) = open.pop() else { return };
        if let Some(data) = open.data {
            let text = self.text.split_off(open.start);
            while self.text_nodes.last().is_some_and(|(_, at)| *at >= open.start) {
                self.text_nodes.pop();
            }
            match data {
                Data::Title => self.title = plain::line(&text),
                Data::JsonLd => self.json_ld.push(text),
            }
            return;
        }
        if let Some(mark) = open.mark {
            let range =
                open.start.min(self.text.len())..self.text.trim_end().len().max(open.start.min(self.text.len()));
            let is_spot = !matches!(mark, Mark::Content | Mark::Hidden(_));
            let text = || self.slice(range.clone()).to_owned();
            let value = if is_spot { open.value.unwrap_or_else(text) } else { String::new() };
            let spot = Spot { value, range };
            match mark {
                Mark::Content => self.content = Some(spot.range),
                Mark::Heading => self.headings.push(spot),
                Mark::Time => self.times.push(spot),
                Mark::Breadcrumb => self.breadcrumbs.push(spot),
                Mark::Author => self.authors.push(spot),
                Mark::Subtitle => self.subtitles.push(spot),
                Mark::SecondLine => self.second_lines.push((self.headings.len() - 1, spot)),
                Mark::Link => self.links.push((open.id, spot)),
                Mark::Hidden(_) if self.hidden.len() >= SPOTS_MAX => {}
                Mark::Hidden(hiding) => {
                    let links = open.links..self.links.len();
                    self.hidden.push(HiddenSpot { id: open.id, range: spot.range, links, hiding });
                }
            }
        }
        if let Some(separator) = open.separator {
            self.part(separator);
        }
    }

    fn add_meta(&mut self, name: Option<&str>, value: Option<&str>) {
        if let (Some(name), Some(value)) = (name, value)
            && !value.is_empty()
            && self.metas.len() < SPOTS_MAX
        {
            self.metas.push((name.to_ascii_lowercase(), value.to_owned()));
        }
    }

    fn add_text(&mut self, id: NodeId, text: &str) {
        if !text.trim().is_empty() {
            self.text_nodes.push((id, self.text.len()));
            self.text.push_str(text.trim_matches(['\n', '\r', '\t', ' ']));
            if text.ends_with(char::is_whitespace) {
                self.part(' ');
            }
        }
    }

    /// Parts what comes next from what came before.
    fn part(&mut self, separator: char) {
        if separator == '\n' {
            self.text.truncate(self.text.trim_end_matches(' ').len());
        }
        if !self.text.is_empty() && !self.text.ends_with(['\n', ' ']) {
            self.text.push(separator);
        }
    }
}

/// An element the walk is in.
struct Open {
    id: NodeId,
    mark: Option<Mark>,
    value: Option<String>,
    /// How much text, and how many links, stood before it.
    start: usize,
    links: usize,
    data: Option<Data>,
    separator: Option<char>,
}

impl Open {
    fn plain(id: NodeId) -> Open {
        Open { id, mark: None, value: None, start: 0, links: 0, data: None, separator: None }
    }
}

#[derive(Clone, Copy)]
enum Data {
    Title,
    JsonLd,
}
