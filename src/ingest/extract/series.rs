//! Addresses that differ in the number of a page alone.

use url::Url;

/// Query parameters that number the pages of an article.
const PARAMETERS: [&str; 10] =
    ["page", "p", "pg", "pn", "pageno", "page_no", "pagenum", "pageindex", "currentpage", "part"];
/// Digits of a page's number; longer numbers are those of articles.
const DIGITS_MAX: usize = 2;

/// What joins the number of a page to the name before it.
const JOINTS: [char; 4] = ['_', '-', '~', '='];

/// A later page of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Later {
    /// The number in its address.
    pub number: usize,
    /// The number in the address of the first page: 0, 1 or none.
    pub first: Option<usize>,
}

/// Where a page stands in the series whose first page is `first`; `None` if it is not a later page of it.
pub fn later(url: &Url, first: &Url) -> Option<Later> {
    if url.host_str() != first.host_str() || url.port() != first.port() {
        return None;
    }
    let whole = bare(first);
    let firsts = numbered(first);
    let place = |(series, number): (String, usize)| {
        if series == whole && number > 0 {
            return Some(Later { number, first: None });
        }
        let is_first = |(other, first): &&(String, usize)| *other == series && *first <= 1 && number > *first;
        firsts.iter().find(is_first).map(|(_, first)| Later { number, first: Some(*first) })
    };
    numbered(url).into_iter().find_map(place)
}

/// The number in an address; 0 if it has none.
pub fn number(url: &Url) -> usize {
    numbered(url).first().map_or(0, |(_, number)| *number)
}

/// The ways to read an address as a numbered page: what it is without the number, and the number.
fn numbered(url: &Url) -> Vec<(String, usize)> {
    let mut readings = Vec::new();
    for (name, value) in url.query_pairs() {
        if PARAMETERS.contains(&&*name.to_ascii_lowercase())
            && let Some(number) = short_number(&value)
        {
            readings.push((without_parameter(url, &name), number));
        }
    }
    let (path, _) = parted(url.path());
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (stem, digits) = name.split_at(name.len() - digits);
    let Some(number) = short_number(digits) else { return readings };
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    if let Some(series) = without_joint(stem) {
        if series.is_empty() {
            // A segment of its own: `/story/2`, `/story/page/2`, `/story/p2.html`.
            let folder = folder.strip_suffix("/page").or_else(|| folder.strip_suffix("/p")).unwrap_or(folder);
            readings.push((format!("{}{query}", parted(folder).0), number));
        } else {
            readings.push((format!("{folder}/{series}{query}"), number));
        }
    }
    readings
}

/// What stands before the number of a page, without what joins them; `None` if nothing does.
fn without_joint(stem: &str) -> Option<&str> {
    let before = stem.trim_end_matches(JOINTS);
    let name = ["page", "p"].iter().find_map(|word| before.strip_suffix(word)).unwrap_or(before);
    if name.is_empty() || name.ends_with(JOINTS) {
        return Some(name.trim_end_matches(JOINTS));
    }
    (before.len() < stem.len()).then_some(before)
}

/// An address without host, ending of the file and last slash.
fn bare(url: &Url) -> String {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{query}", parted(url.path()).0)
}

fn without_parameter(url: &Url, name: &str) -> String {
    let mut rest = url.clone();
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(other, _)| other != name)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    rest.set_query(None);
    if !pairs.is_empty() {
        rest.query_pairs_mut().extend_pairs(pairs);
    }
    bare(&rest)
}

/// A path without its last slash, and the ending of its file.
fn parted(path: &str) -> (&str, &str) {
    let path = path.trim_end_matches('/');
    match path.rsplit_once('.') {
        Some((stem, ending)) if (1..=5).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphabetic()) => {
            (stem, ending)
        }
        _ => (path, ""),
    }
}

fn short_number(digits: &str) -> Option<usize> {
    let is_short = (1..=DIGITS_MAX).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_short.then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn later_pages_are_told_from_other_articles() {
        let check = |first: &str, url: &str, expected: Option<usize>| {
            let found = later(&Url::parse(url).unwrap(), &Url::parse(first).unwrap());
            let number = found.map(|later| later.number);
            assert_eq!(number, expected, "{first} {url}");
        };
        let story = "https://n.example/c/content_1.html";
        check(story, "https://n.example/c/content_1_2.html", Some(2));
        check(story, "https://n.example/c/content_1-3.html", Some(3));
        check(story, "https://n.example/c/content_1_p2.html", Some(2));
        check(story, "https://n.example/c/content_1.html?page=2", Some(2));
        check(story, "https://n.example/c/content_1/2.html", Some(2));
        check(story, "https://n.example/c/content_2_2.html", None);
        check(story, story, None);
        check(story, "https://m.example/c/content_1_2.html", None);
        check("https://n.example/c/content_876250.html", "https://n.example/c/content_876251.html", None);
        check("https://n.example/story/", "https://n.example/story/page/2/", Some(2));
        check("https://n.example/story", "https://n.example/story/2", Some(2));
        check("https://n.example/a?id=7", "https://n.example/a?id=7&page=2", Some(2));
        check("https://n.example/a?id=7&p=1", "https://n.example/a?id=7&p=2", Some(2));
        check("https://n.example/a?id=7", "https://n.example/a?id=8&page=2", None);
        check("https://n.example/t_1.html", "https://n.example/t_2.html", Some(2));
        check("https://n.example/t_2.html", "https://n.example/t_3.html", None);
        check("https://n.example/2026/01/09/", "https://n.example/2026/01/10/", None);
        check("https://n.example/a.html", "https://n.example/a_1.html", Some(1));
    }

    proptest! {
        #[test]
        fn any_address_is_survived(path in "[/._~0-9p冰-]{0,20}", query in "[&=a-z0-9]{0,12}") {
            let url = Url::parse(&format!("https://n.example/{path}?{query}")).unwrap();
            let first = Url::parse("https://n.example/").unwrap();
            let _ = (later(&url, &first), later(&first, &url), number(&url));
        }
    }
}
