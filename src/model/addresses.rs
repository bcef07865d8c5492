//! Where the parts and pages of a feed stand: a service is asked for them in queries, a host that only hands out files has
//! a file of each.

use crate::model::feed::{FeedKey, Format};
use crate::model::part::Part;

/// How addresses are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Addresses {
    /// `/feeds/a/b.atom?page=3`, `/feeds/a/b?lang=en`: a service answers.
    #[default]
    Queries,
    /// `/feeds/a/b.page-3.atom`, `/feeds/a/b/index.en.html`: each names a file, so that no host has to be told anything.
    Files {
        /// The language, as BCP 47 tag, of the pages that have none in their names.
        language: &'static str,
    },
}

impl Addresses {
    /// Whether what is addressed are files.
    pub fn are_files(self) -> bool {
        self != Addresses::Queries
    }

    /// Where a part of a feed stands, of which the newest entries stand at this path; not for pages. Of the parts only
    /// archive pages are files.
    pub fn document(self, path: &str, part: &Part) -> String {
        match (self, part.page) {
            (Addresses::Queries, _) => format!("{path}{}", part.query()),
            (Addresses::Files { .. }, None) => path.to_owned(),
            (Addresses::Files { .. }, Some(number)) => {
                let (stem, suffix) = path.rsplit_once('.').unwrap_or((path, ""));
                format!("{stem}.page-{number}.{suffix}")
            }
        }
    }

    /// Where the page for people of a part of a feed stands, in this language (a BCP 47 tag) if the address is to name one.
    pub fn page(self, feed: &FeedKey, part: &Part, language: Option<&str>) -> String {
        let path = feed.format_path(Format::Html);
        match self {
            Addresses::Queries => {
                let query = part.unversioned().query();
                let mark = if query.is_empty() { '?' } else { '&' };
                let language = language.map(|tag| format!("{mark}lang={tag}")).unwrap_or_default();
                format!("{path}{query}{language}")
            }
            Addresses::Files { language: usual } => {
                let folder = path.trim_end_matches('/');
                let name = part.page.map_or_else(|| "index".to_owned(), |number| format!("page-{number}"));
                let language = language.filter(|tag| *tag != usual).map(|tag| format!(".{tag}")).unwrap_or_default();
                format!("{folder}/{name}{language}.html")
            }
        }
    }

    /// Where a headline box stands that a service answers at this path.
    pub fn headline_box(self, path: &str) -> String {
        if self.are_files() { format!("{path}/index.html") } else { path.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: Addresses = Addresses::Files { language: "zh-Hans" };

    fn archive(page: i64) -> Part {
        Part { page: Some(page), version: Some(9), before: Some(77), ..Part::default() }
    }

    #[test]
    fn a_service_is_asked_and_a_file_is_named() {
        let check = |addresses: Addresses, part: &Part, expected: &str| {
            assert_eq!(addresses.document("/feeds/a/b.atom", part), expected);
        };
        check(Addresses::Queries, &Part::default(), "/feeds/a/b.atom");
        check(Addresses::Queries, &archive(3), "/feeds/a/b.atom?page=3&v=9&before=77");
        check(FILES, &Part::default(), "/feeds/a/b.atom");
        check(FILES, &archive(3), "/feeds/a/b.page-3.atom");
        assert_eq!(FILES.document("/feed.json", &archive(12)), "/feed.page-12.json");
    }

    #[test]
    fn a_page_has_a_file_in_each_language_and_the_usual_one_is_not_named() {
        let feed = FeedKey::Section("a".into(), "b".into());
        let check = |addresses: Addresses, part: &Part, language: Option<&str>, expected: &str| {
            assert_eq!(addresses.page(&feed, part, language), expected);
        };
        check(Addresses::Queries, &Part::default(), None, "/feeds/a/b");
        check(Addresses::Queries, &Part::default(), Some("en"), "/feeds/a/b?lang=en");
        check(Addresses::Queries, &archive(3), Some("en"), "/feeds/a/b?page=3&before=77&lang=en");
        check(FILES, &Part::default(), None, "/feeds/a/b/index.html");
        check(FILES, &Part::default(), Some("zh-Hans"), "/feeds/a/b/index.html");
        check(FILES, &Part::default(), Some("en"), "/feeds/a/b/index.en.html");
        check(FILES, &archive(3), Some("en"), "/feeds/a/b/page-3.en.html");
        assert_eq!(FILES.page(&FeedKey::All, &Part::default(), None), "/index.html");
        assert_eq!(FILES.headline_box("/embed/a/b"), "/embed/a/b/index.html");
    }
}
