//! Elements by the way that leads to them: its description on one page, and the element it names on another.

use dom_query::{Document, Element, NodeData, NodeId, NodeRef};

use crate::model::template::{Place, Step};

/// The longest way that is learned, in elements; portals stay below 30.
const STEPS_MAX: usize = 48;
/// The most marks of one element that are learned.
const MARKS_MAX: usize = 6;
/// The longest mark that is learned, in bytes; longer ones are made by scripts.
const MARK_BYTES_MAX: usize = 48;
/// Elements looked at for one place on a page that may be hostile.
const LOOKS_MAX: usize = 4_000;

/// The way to an element; `None` if it is too long to be learned.
pub fn of(node: &NodeRef<'_>) -> Option<Place> {
    let mut steps = Vec::new();
    let mut node = *node;
    loop {
        if let Some(step) = step(&node) {
            steps.push(step);
        }
        if steps.len() > STEPS_MAX {
            return None;
        }
        let Some(parent) = node.parent() else { break };
        node = parent;
    }
    steps.reverse();
    (!steps.is_empty()).then_some(Place(steps))
}

/// What two ways have in common; `None` if they lead to different kinds of elements.
pub fn common(one: &Place, other: &Place) -> Option<Place> {
    if one.0.len() != other.0.len() {
        return None;
    }
    let step = |(one, other): (&Step, &Step)| {
        let marks: Vec<String> = one.marks.iter().filter(|mark| other.marks.contains(mark)).cloned().collect();
        let is_bare = one.marks.is_empty() && other.marks.is_empty();
        let number = one.number.filter(|number| other.number == Some(*number));
        (one.name == other.name && (is_bare || !marks.is_empty())).then(|| Step {
            name: one.name.clone(),
            number: number.filter(|_| marks.len() == one.marks.len()),
            marks,
        })
    };
    one.0.iter().zip(&other.0).map(step).collect::<Option<Vec<Step>>>().map(Place)
}

/// The one element a way leads to; `None` if there is none, or no telling which.
pub fn find(document: &Document, place: &Place) -> Option<NodeId> {
    let mut looks = LOOKS_MAX;
    let mut at = vec![document.root().id];
    for step in &place.0 {
        let mut next = Vec::new();
        for parent in at {
            let mut number = 0;
            for child in NodeRef::new(parent, &document.tree).children_it(false) {
                looks = looks.checked_sub(1)?;
                if child.element_ref().is_some_and(|element| is_element_like(&element, step)) {
                    if step.number.is_none_or(|expected| expected == number) {
                        next.push(child.id);
                    }
                    number = number.saturating_add(1);
                }
            }
        }
        at = next;
    }
    match at[..] {
        [one] => Some(one),
        _ => None,
    }
}

/// The name and marks of an element, as one word; `None` for one without marks.
pub fn name(element: &Element) -> Option<String> {
    let marks = marks(element);
    (!marks.is_empty()).then(|| format!("{}{}", &*element.name.local, marks.concat()))
}

fn step(node: &NodeRef<'_>) -> Option<Step> {
    let (name, marks) = node.query_or(None, |tree_node| match &tree_node.data {
        NodeData::Element(element) => Some((element.name.local.to_string(), marks(element))),
        _ => None,
    })?;
    let mut step = Step { name, marks, number: None };
    let mut number = 0u16;
    let mut before = node.prev_sibling();
    while let Some(sibling) = before {
        number =
            number.saturating_add(u16::from(sibling.element_ref().is_some_and(|one| is_element_like(&one, &step))));
        before = sibling.prev_sibling();
    }
    step.number = Some(number);
    Some(step)
}

fn marks(element: &Element) -> Vec<String> {
    let mut marks: Vec<String> = Vec::new();
    for attribute in &element.attrs {
        let sign = match &*attribute.name.local {
            "id" => '#',
            "class" => '.',
            _ => continue,
        };
        for word in attribute.value.split_ascii_whitespace() {
            let mark: String = std::iter::once(sign).chain(word.chars().filter(|c| !c.is_ascii_digit())).collect();
            let is_named = mark.chars().any(char::is_alphabetic) && mark.len() <= MARK_BYTES_MAX;
            if is_named && marks.len() < MARKS_MAX && !marks.contains(&mark) {
                marks.push(mark);
            }
        }
    }
    marks
}

fn is_element_like(element: &Element, step: &Step) -> bool {
    let attributes = element.attrs.iter().map(|attribute| (&*attribute.name.local, &*attribute.value));
    is_like(&element.name.local, attributes, step)
}

/// Whether an element with this name and these attributes has the name and all marks of a step.
pub fn is_like<'a>(name: &str, attributes: impl Iterator<Item = (&'a str, &'a str)> + Clone, step: &Step) -> bool {
    let has = |mark: &String| {
        let (sign, expected) = mark.split_at(1);
        attributes.clone().any(|(attribute, value)| {
            let is_place = matches!((attribute, sign), ("id", "#") | ("class", "."));
            is_place && value.split_ascii_whitespace().any(|word| is_same(word, expected))
        })
    };
    *name == *step.name && step.marks.iter().all(has)
}

/// Whether a word of a page is a mark, its digits aside.
fn is_same(word: &str, mark: &str) -> bool {
    word == mark || word.len() > mark.len() && word.chars().filter(|c| !c.is_ascii_digit()).eq(mark.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<body><div class='wrap post-17'><table><tr><td>a</td><td class='text big'>b</td></tr></table>\
        <div>c</div></div></body>";

    fn place(html: &str, selector: &str) -> Place {
        let document = Document::from(html);
        of(document.select(selector).nodes().first().unwrap()).unwrap()
    }

    #[test]
    fn a_place_is_found_again_whatever_number_its_page_has() {
        let there = place(PAGE, "td.text");
        assert_eq!(there.to_string(), "td.text.big");
        let check = |html: &str, expected: Option<&str>| {
            let document = Document::from(html);
            let found = find(&document, &there).map(|id| NodeRef::new(id, &document.tree).text().to_string());
            assert_eq!(found.as_deref(), expected, "{html}");
        };
        check(PAGE, Some("b"));
        check(&PAGE.replace("post-17", "post-4711 new").replace(">b<", ">other<"), Some("other"));
        check(&PAGE.replace("text big", "text small"), None);
        check("", None);
        check(&"<div class='wrap post-'>".repeat(200), None);
    }

    #[test]
    fn what_differs_between_pages_is_not_learned() {
        let one = place(PAGE, "td.text");
        let other =
            place(&PAGE.replace("text big", "text wide").replace("<table>", "<table></table><table>"), "td.text");
        let both = common(&one, &other).unwrap();
        assert_eq!(both.to_string(), "td.text");
        assert!(both.0.iter().any(|step| step.name == "table" && step.number.is_none()));
        assert_eq!(common(&one, &place(PAGE, "div div")), None);
        assert_eq!(common(&one, &place(&PAGE.replace("text big", "story"), "td.story")), None);
    }
}
