//! Leaves out of a page, before it is parsed, what a known template says is none of the article: what stays is the
//! head, the body, the header as far as fields were found in it, as much behind the body as a footer may hold, the
//! places of headline, date and byline, and whatever the guard must look at. Elements that are left out leave their
//! tags behind.

use std::ops::Range;

use url::Url;

use crate::ingest::extract::skim;
use crate::ingest::extract::survey::{FOOTER_CHARS_MAX, HEADER_CHARS_MAX};
use crate::ingest::extract::template::attributes::{self, attributes};
use crate::ingest::extract::template::kinds::{A, MARQUEE, TIME};
use crate::ingest::extract::template::outline::{Element, Outline};
use crate::ingest::extract::template::trail::Trail;
use crate::ingest::guard::hiding::{Hiding, Rules};
use crate::ingest::guard::lexicon::{self, Lexicon, WORDS_MIN};
use crate::ingest::guard::{self, HIDDEN_LINKS_MIN};
use crate::model::template::Template;

/// A shorter tag costs more to look into than its attributes cost to parse, in bytes.
const SHORT_TAG_BYTES: usize = 40;

/// What decides what strangers put into a page.
pub struct Suspicion<'a> {
    /// The page's own address.
    pub url: &'a Url,
    /// What the page hides.
    pub hidden: &'a Rules,
    /// The words of spam.
    pub lexicon: &'a Lexicon,
}

/// The page without what is none of the article; `None` if the container is not where the template says.
pub fn page(outline: &Outline<'_>, template: &Template, suspicion: &Suspicion<'_>) -> Option<String> {
    let mut trail = Trail::new(outline);
    let container = &outline.elements[trail.find(&template.container)?].whole;
    let mut kept = beside(outline, container, header_chars(template));
    kept.push(container.clone());
    let places = template.places.iter().filter_map(|(place, _)| Some(&outline.elements[trail.find(place)?].whole));
    // What holds more than a header does is not what its name says.
    let is_short = |place: &&Range<usize>| {
        let mut texts = outline.texts_in(place).iter();
        let mut room = HEADER_CHARS_MAX;
        texts.all(|text| {
            room.checked_sub(outline.text_at(text).trim().chars().count()).inspect(|left| room = *left).is_some()
        })
    };
    kept.extend(places.filter(is_short).cloned());
    kept.extend(outline.data.iter().cloned());
    kept.extend(suspects(outline, suspicion));
    let kept = merged(kept);

    let html = outline.html;
    let mut cut = String::with_capacity(html.len() / 4);
    let mut copied = 0;
    for range in merged(left(outline, container, &kept)) {
        cut.push_str(&html[copied..range.start]);
        copied = range.end;
    }
    cut.push_str(&html[copied..]);
    Some(cut)
}

/// What is left out: what elements hold that nothing of `kept` touches, and outside the container whatever nothing is
/// read of. Of several such elements in a row the first parts the texts around them; the others leave their tags
/// behind only where the way to the container counts them.
fn left(outline: &Outline<'_>, container: &Range<usize>, kept: &[Range<usize>]) -> Vec<Range<usize>> {
    let is_apart = |range: &Range<usize>| range.end <= container.start || container.end <= range.start;
    let idle = outline.idle.iter().filter(|idle| is_apart(idle));
    let mut left: Vec<Range<usize>> = outline.code.iter().chain(idle).cloned().collect();
    let mut number = 0;
    // Where the element ends that the walk is in and that does not hold the container.
    let mut branch_end = 0;
    // Where the element ends that was emptied last.
    let mut row_end = None;
    while let Some(element) = outline.elements.get(number) {
        let Element { whole, inner, .. } = element;
        let inside = number + 1;
        number = element.next;
        if container.start <= whole.start && whole.end <= container.end {
            continue;
        }
        // The way to the container counts its brothers and those of the elements around it.
        let is_counted = whole.start >= branch_end;
        if element.is_idle() && is_apart(whole) {
            left.push(whole.clone());
            continue;
        }
        if element.can_be_emptied() && !touches(kept, whole) {
            let is_next = |end: usize| outline.html[end..whole.start].bytes().all(|byte| byte.is_ascii_whitespace());
            if row_end.replace(whole.end).is_some_and(is_next) && !is_counted {
                left.push(whole.clone());
                continue;
            }
            left.push(inner.clone());
            if !is_counted {
                left.push(outline.attributes(element));
                continue;
            }
        } else {
            number = inside;
            if is_apart(whole) {
                branch_end = branch_end.max(whole.end);
            }
        }
        let (tag, start) = (outline.tag(element), whole.start + 1);
        if tag.len() > SHORT_TAG_BYTES {
            left.extend(attributes::idle(tag).map(|place| start + place.start..start + place.end));
        }
    }
    left
}

/// How much of the header is kept: as much as fields were read from on the pages before, and a line more.
fn header_chars(template: &Template) -> usize {
    const LINE_CHARS: usize = 80;
    let learned = usize::try_from(template.header_chars).unwrap_or(usize::MAX);
    learned.saturating_add(LINE_CHARS).min(HEADER_CHARS_MAX)
}

/// The texts and times of the header before a body, as far as it reaches, and of the footer behind it.
fn beside(outline: &Outline<'_>, container: &Range<usize>, header_chars: usize) -> Vec<Range<usize>> {
    let reach = |chars_max: usize| {
        let mut room = chars_max;
        move |text: &&Range<usize>| {
            let is_near = room > 0;
            room = room.saturating_sub(outline.text_at(text).chars().filter(|c| !c.is_whitespace()).count());
            is_near
        }
    };
    let before = outline.texts_in(&(0..container.start)).iter().rev().take_while(reach(header_chars));
    let mut beside: Vec<Range<usize>> = before.cloned().collect();
    let start = beside.last().map_or(container.start, |text| text.start);
    let behind = outline.texts_in(&(container.end..outline.html.len())).iter();
    beside.extend(behind.take_while(reach(FOOTER_CHARS_MAX)).cloned());
    let end = beside.last().map_or(container.end, |text| text.end.max(container.end));
    // A time may say when in an attribute alone.
    let first = outline.elements.partition_point(|element| element.whole.start < start);
    let times = outline.elements[first..].iter().take_while(|element| element.whole.start < end);
    beside.extend(times.filter(|element| element.name == TIME).map(|element| element.whole.clone()));
    beside
}

/// What may be strangers' work: links that lead to them and speak of spam, where there are as many as the guard asks
/// for, and what is hidden with so many of them, or with words of spam.
fn suspects(outline: &Outline<'_>, suspicion: &Suspicion<'_>) -> Vec<Range<usize>> {
    let Suspicion { url, hidden, lexicon } = suspicion;
    let links = outline.elements.iter().filter(|element| element.name == A).filter_map(|element| {
        let (_, href) = attributes(outline.tag(element)).find(|(name, _)| *name == "href")?;
        (!skim::is_own(href.trim(), url)).then(|| (href, element.whole.clone()))
    });
    let mut suspects = guard::foreign_links(links, url);
    if suspects.len() < HIDDEN_LINKS_MIN {
        suspects.clear();
    }
    let links: Vec<usize> = suspects.iter().map(|link| link.start).collect();
    let labels = suspects.iter().flat_map(|link| outline.texts_in(link)).map(|text| outline.text_at(text));
    if !lexicon.has_words(&labels.collect::<Vec<_>>().join("\n")) {
        suspects.clear();
    }
    let words = |text: &Range<usize>| {
        let start = text.start;
        lexicon.beginnings(outline.text_at(text)).map(move |at| start + at)
    };
    let words: Vec<usize> = outline.texts.iter().flat_map(words).collect();
    if links.is_empty() && words.len() < WORDS_MIN {
        return suspects;
    }
    let count = |sorted: &[usize], range: &Range<usize>| {
        sorted.partition_point(|at| *at < range.end) - sorted.partition_point(|at| *at < range.start)
    };
    let is_strange = |element: &&Element| {
        let (links, words) = (count(&links, &element.whole), count(&words, &element.whole));
        if links < HIDDEN_LINKS_MIN && words < WORDS_MIN {
            return false;
        }
        let name = if element.name == MARQUEE { "marquee" } else { "" };
        let texts = || outline.texts_in(&element.whole).iter().map(|text| outline.text_at(text).chars().count()).sum();
        hidden.of_attributes(name, attributes(outline.tag(element))) != Hiding::Visible
            && (links >= HIDDEN_LINKS_MIN || lexicon::can_be_covered(words, texts))
    };
    suspects.extend(outline.elements.iter().filter(is_strange).map(|element| element.whole.clone()));
    suspects
}

/// The same ranges in order, those that touch as one.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

fn touches(ranges: &[Range<usize>], range: &Range<usize>) -> bool {
    let first = ranges.partition_point(|kept| kept.end <= range.start);
    ranges.get(first).is_some_and(|kept| kept.start < range.end)
}
