//! How a page is written, which changes nothing of what stands in it.

use url::form_urlencoded;

use crate::publish::pages::language::Language;

/// The language of our own words, and whether the address names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Look {
    /// The language of our own words.
    pub language: Language,
    /// Whether the reader chose it with `?lang=`: then the links on the page keep it.
    pub is_chosen: bool,
}

impl Default for Look {
    fn default() -> Look {
        Look::preferred(Language::English)
    }
}

impl Look {
    /// For a reader who likes this language.
    pub fn preferred(language: Language) -> Look {
        Look { language, is_chosen: false }
    }

    /// What `lang` in a query chooses; `None` without one that we write.
    pub fn chosen(query: &str) -> Option<Look> {
        let (_, tag) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "lang")?;
        Language::of_tag(&tag).map(|language| Look { language, is_chosen: true })
    }

    /// Every page that does not depend on a query, and its links in each language.
    pub fn all() -> impl Iterator<Item = Look> {
        [false, true].into_iter().flat_map(|is_chosen| Language::ALL.map(|language| Look { language, is_chosen }))
    }

    /// Under this name the page at a path lies on the shelf. No request asks for such a path: it has no `#`.
    pub fn key(self, path: &str) -> String {
        match (self.language, self.is_chosen) {
            (Language::English, false) => path.to_owned(),
            (language, false) => format!("{path}#{}", language.tag()),
            (language, true) => format!("{path}#lang={}", language.tag()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_chosen_only_by_a_name_we_know() {
        let check = |query: &str, expected: Option<Language>| {
            assert_eq!(Look::chosen(query).map(|look| look.language), expected, "{query}");
        };
        check("lang=zh-Hant", Some(Language::Traditional));
        check("limit=3&lang=en&lang=zh", Some(Language::English));
        check("lang=tlh", None);
        check("lang", None);
        check("", None);
    }
}
