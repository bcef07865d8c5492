//! Which parts of a page are walked when it is known where its body stands: the head, the body, as much around it as
//! the header and the footer may hold, and the places of headline, date and byline.

use std::collections::HashSet;

use dom_query::{Document, NodeData, NodeId, NodeRef};

use crate::ingest::extract::survey::{FOOTER_CHARS_MAX, HEADER_CHARS_MAX};

/// Elements looked at for one side of the body on a page that may be hostile.
const LOOKS_MAX: usize = 4_000;

/// The elements that need no walk.
pub fn skipped(document: &Document, container: &NodeRef<'_>, places: &[NodeId]) -> HashSet<NodeId> {
    let mut plan = Plan { walked: HashSet::from([container.id]), opened: HashSet::new() };
    plan.open_above(container);
    if let Some(head) = document.head() {
        plan.walk(&head);
    }
    for place in places {
        plan.walk(&NodeRef::new(*place, &document.tree));
    }
    plan.walk_beside(container, HEADER_CHARS_MAX, true);
    plan.walk_beside(container, FOOTER_CHARS_MAX, false);
    let opened = plan.opened.iter().map(|id| NodeRef::new(*id, &document.tree)).filter(|node| !plan.is_walked(node));
    let children = opened.flat_map(|node| node.children_it(false));
    let is_skipped = |child: &NodeRef<'_>| {
        child.is_element() && !plan.walked.contains(&child.id) && !plan.opened.contains(&child.id)
    };
    children.filter(is_skipped).map(|child| child.id).collect()
}

struct Plan {
    /// Walked with all they hold.
    walked: HashSet<NodeId>,
    /// Walked for some of what they hold.
    opened: HashSet<NodeId>,
}

impl Plan {
    fn walk(&mut self, node: &NodeRef<'_>) {
        if !self.is_walked(node) {
            self.walked.insert(node.id);
            self.open_above(node);
        }
    }

    /// Whether a node is walked with all it holds, or part of such a one.
    fn is_walked(&self, node: &NodeRef<'_>) -> bool {
        self.walked.contains(&node.id) || node.ancestors_it(None).any(|above| self.walked.contains(&above.id))
    }

    fn open_above(&mut self, node: &NodeRef<'_>) {
        self.opened.extend(node.ancestors_it(None).map(|above| above.id));
    }

    /// Walks what stands before or behind an element until it holds so many characters.
    fn walk_beside(&mut self, node: &NodeRef<'_>, chars: usize, is_before: bool) {
        let mut room = Room { chars, looks: LOOKS_MAX };
        let mut node = *node;
        loop {
            let mut beside = if is_before { node.prev_sibling() } else { node.next_sibling() };
            while let Some(sibling) = beside {
                self.take(&sibling, &mut room, is_before);
                if room.is_used_up() {
                    return;
                }
                beside = if is_before { sibling.prev_sibling() } else { sibling.next_sibling() };
            }
            let Some(parent) = node.parent() else { return };
            node = parent;
        }
    }

    /// Walks a node as a whole, or of one that holds more than there is room for the parts next to the body.
    fn take(&mut self, node: &NodeRef<'_>, room: &mut Room, is_before: bool) {
        let mut rest = *room;
        if rest.fits(node) {
            self.walk(node);
            *room = rest;
            return;
        }
        room.looks = rest.looks;
        self.open_above(node);
        self.opened.insert(node.id);
        for child in node.children_it(is_before) {
            if room.is_used_up() {
                return;
            }
            self.take(&child, room, is_before);
        }
        if !node.is_element() {
            room.chars = 0;
        }
    }
}

/// What may still be walked on one side of the body.
#[derive(Clone, Copy)]
struct Room {
    chars: usize,
    looks: usize,
}

impl Room {
    fn is_used_up(&self) -> bool {
        self.chars == 0 || self.looks == 0
    }

    /// Takes room for all a node holds; `false` if there is not enough.
    fn fits(&mut self, node: &NodeRef<'_>) -> bool {
        enum What {
            Chars(usize),
            Children,
        }
        if self.looks == 0 {
            return false;
        }
        self.looks -= 1;
        let what = node.query_or(What::Chars(0), |tree_node| match &tree_node.data {
            NodeData::Text { contents } => What::Chars(contents.chars().filter(|c| !c.is_whitespace()).count()),
            NodeData::Element(element) => match &*element.name.local {
                "script" | "style" | "noscript" | "template" | "iframe" | "select" | "textarea" | "svg" | "object" => {
                    What::Chars(0)
                }
                _ => What::Children,
            },
            _ => What::Chars(0),
        });
        match what {
            What::Chars(chars) if chars > self.chars => false,
            What::Chars(chars) => {
                self.chars -= chars;
                true
            }
            What::Children => node.children_it(false).all(|child| self.fits(&child)),
        }
    }
}
