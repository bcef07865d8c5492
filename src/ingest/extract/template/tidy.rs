//! Takes out of a container what was never part of the story: parts the general way left out on the pages before,
//! boxes beside the text, and boxes of links.

use std::collections::HashSet;

use dom_query::{Element, NodeData, NodeRef};

use crate::ingest::extract::mark::Mark;
use crate::ingest::extract::template::place;
use crate::ingest::guard::hiding::Rules;
use crate::ingest::removed::Removed;
use crate::model::template::{Part, Template};

/// Pages on which a part must have stood before it is known to be none of the story.
const PAGES_MIN: u32 = 3;
/// The commas from which on a box holds prose, as Readability counts them.
const COMMAS_MIN: usize = 10;

/// Takes such elements out. The walk over the container has limited its nesting.
pub fn container(container: &NodeRef<'_>, template: &Template, hidden: &Rules, removed: &mut Vec<Removed>) {
    let is_foreign = |(_, part): &(&String, &Part)| part.pages >= PAGES_MIN && part.kept == 0;
    let foreign = template.parts.iter().filter(is_foreign).map(|(name, _)| name.as_str()).collect();
    let mut tidy = Tidy { foreign, hidden, leaving: Vec::new() };
    let mut total = Counts::default();
    for child in container.children_it(false) {
        total.add(tidy.look(&child));
    }
    for Leaving { node, chars, why } in tidy.leaving {
        // What holds half of the text is the story, whatever its name.
        if chars * 2 <= total.chars {
            if chars > 0 {
                removed.push(Removed::new(&node.text(), why));
            }
            node.remove_from_parent();
        }
    }
}

/// What a piece of the page holds, white space aside.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    chars: usize,
    link_chars: usize,
    commas: usize,
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.chars += other.chars;
        self.link_chars += other.link_chars;
        self.commas += other.commas;
    }
}

/// An element that leaves the story.
struct Leaving<'a> {
    node: NodeRef<'a>,
    chars: usize,
    why: &'static str,
}

struct Tidy<'a> {
    /// The names of parts that were none of the story on earlier pages.
    foreign: HashSet<&'a str>,
    hidden: &'a Rules,
    leaving: Vec<Leaving<'a>>,
}

/// What a node is to the story.
enum What {
    Text(Counts),
    Box { why: Option<&'static str>, may_be_links: bool, is_link: bool },
    Nothing,
}

impl<'a> Tidy<'a> {
    /// Notes what leaves of a node; returns what it holds.
    fn look(&mut self, node: &NodeRef<'a>) -> Counts {
        let (mut why, may_be_links, is_link) = match node.query_or(What::Nothing, |it| self.what(&it.data)) {
            What::Nothing => return Counts::default(),
            What::Text(counts) => return counts,
            What::Box { why, may_be_links, is_link } => (why, may_be_links, is_link),
        };
        let before = self.leaving.len();
        let mut counts = Counts::default();
        for child in node.children_it(false) {
            counts.add(self.look(&child));
        }
        if is_link {
            counts.link_chars = counts.chars;
        }
        if why.is_none() && may_be_links && counts.commas < COMMAS_MIN && counts.link_chars * 2 > counts.chars {
            why = Some("most of it is links");
        }
        if let Some(why) = why {
            self.leaving.truncate(before);
            self.leaving.push(Leaving { node: *node, chars: counts.chars, why });
        }
        counts
    }

    fn what(&self, data: &NodeData) -> What {
        let element = match data {
            NodeData::Text { contents } => {
                let mut counts = Counts::default();
                for c in contents.chars() {
                    counts.chars += usize::from(!c.is_whitespace());
                    counts.commas += usize::from(matches!(c, ',' | '，' | '、' | '،' | '。'));
                }
                return What::Text(counts);
            }
            NodeData::Element(element) => element,
            _ => return What::Nothing,
        };
        let why = match &*element.name.local {
            "script" | "style" | "noscript" | "template" => return What::Nothing,
            "aside" | "footer" => Some("it stands beside the story"),
            name if matches!(Mark::of(name, element, false, self.hidden), Some(Mark::Hidden(_))) => {
                Some("it is hidden")
            }
            _ => self.is_foreign(element).then_some("no part of the story on earlier pages of this template"),
        };
        let name = &*element.name.local;
        let may_be_links = matches!(name, "div" | "ul" | "ol" | "section" | "table" | "form" | "dl");
        What::Box { why, may_be_links, is_link: name == "a" }
    }

    fn is_foreign(&self, element: &Element) -> bool {
        !self.foreign.is_empty() && place::name(element).is_some_and(|name| self.foreign.contains(name.as_str()))
    }
}
