//! What an outline says of a page, held against what a parser makes of it.

use dom_query::Document;

use super::outline::Outline;
use super::place;
use super::trail::Trail;

/// What is left of a page if everything that can be emptied is.
fn emptied(html: &str) -> String {
    let Some(outline) = Outline::of(html) else { return html.to_owned() };
    let (mut kept, mut copied, mut number) = (String::new(), 0, 0);
    while let Some(element) = outline.elements.get(number) {
        if element.can_be_emptied() {
            kept.push_str(&html[copied..element.inner.start]);
            (copied, number) = (element.inner.end, element.next);
        } else {
            number += 1;
        }
    }
    kept + &html[copied..]
}

#[test]
fn elements_whose_tags_stand_in_pairs_can_be_emptied() {
    let check = |html: &str, expected: &str| assert_eq!(emptied(html), expected, "{html}");
    check("<body><div a><p>a<p>b</div><p>c</p>", "<body><div a></div><p>c</p>");
    check("<div><ul><li>a<li>b</ul></DIV>", "<div></DIV>");
    check("<div><table><tr><td>a</div><td>b</table></div>c", "<div></div>c");
    check("<div><svg><g/><path/></svg><br><img>a</div>", "<div></div>");
    check("<div>'<!-- <div> --><script>'<div>'</script></div>", "<div></div>");
    check("<table><tr><td>a</td></tr></table>", "<table></table>");
    check("<div><table><tr><td><font>a</td><td></b></table></div>", "<div></div>");
}

#[test]
fn what_reaches_beyond_an_element_keeps_it_full() {
    let check = |html: &str| assert_eq!(emptied(html), html);
    check("<div><b>a</div>b");
    check("<b>a<div>b</b>c</div>d");
    check("<div>a</b></div>");
    check("<div><form></div></form>");
    check("<div>a");
    check("<div><p>a<table></table></div>");
    check("<form><span>a</form><div></div>");
    check("<form><table></form></table><form>");
    assert!(Outline::of("<svg><div>").is_none());
    assert!(Outline::of(&"<div>".repeat(300)).is_none());
}

#[test]
fn ways_lead_to_the_elements_a_parser_sees() {
    let check = |html: &str, selector: &str| {
        let document = Document::from(html);
        let there = place::of(document.select(selector).nodes().first().unwrap()).unwrap();
        let outline = Outline::of(html).unwrap();
        let found = Trail::new(&outline).find(&there).map(|at| outline.tag(&outline.elements[at]));
        assert!(found.is_some_and(|tag| tag.ends_with("id=c")), "{html}: {there:?}");
    };
    check("<!DOCTYPE html><html><head><title>a</title><body><div><div></div><div id=c>", "#c");
    check("<title>a</title><div></div><p><table><tr><td>a<td><form><center id=c>", "#c");
    check("<text id=x><html><head><title>a</title></head><body><center><table><tr><td id=c>", "#c");
    check("<head></head><body><table><tbody><tr><td id=c>", "#c");
    check("<html><body><table><form><tr><td><font>a</td><td id=c></form>", "#c");
}

proptest::proptest! {
    #[test]
    fn an_emptied_page_is_what_a_parser_makes_of_the_rest(
        html in "(<div>|</div>|<p>|</p>|<b>|</b>|<a>|</a>|<ul>|</ul>|<li>|</li>|<dl>|<dd>|</dd>|<table>|</table>|<tr>|<td>|</td>|<span>|</span>|<form>|</form>|a|b){0,24}"
    ) {
        // The places of the elements that stay must be the same with and without what left.
        let page = format!("<body>{html}<i id=c>c</i>");
        let way = |html: &str| {
            let document = Document::from(html);
            let found = document.select("#c");
            let node = found.nodes().first().copied();
            node.map(|node| {
                node.ancestors_it(None).filter_map(|one| one.node_name()).map(|name| name.to_string()).collect::<Vec<_>>()
            })
        };
        proptest::prop_assert_eq!(way(&emptied(&page)), way(&page), "{}", emptied(&page));
    }
}
