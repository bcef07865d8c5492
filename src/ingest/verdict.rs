//! Whether a page is held back for an editor to look at.
//!
//! A page is held back, and so not published, when one of these is true:
//!
//! 1. **Its headline** reads like a list of spam words, or a part of it between dashes does.
//! 2. **Its text** was spam for more than half of it, or reads like spam as a whole.
//! 3. **Its links jump**: at least 5 of them lead to at least 4 sites that no article of this portal ever linked,
//!    and no recent article of the section, and hardly one in a hundred of the portal, linked to that many sites.
//! 4. **Its language jumps**: more than 95 % of the section's recent articles are in one language, this page is in
//!    another, and there is a second sign: something injected was taken out of it, or it links at least twice to at
//!    least 2 sites that no article of this portal ever linked, or the page is one we know and its new headline shares
//!    nothing with the old one.
//!
//! Rules 3 and 4 need a history: every section that links the page must have had 20 articles or more before this run.
//! A section that publishes in several languages is left in peace, and so are a portal whose writers link their
//! sources and a single foreign article in a section that has only one language. What an editor releases becomes history too.
//!
//! A page that is held back leaves the last good version of its article where it stands.

use std::collections::HashSet;

use crate::model::history::{History, SectionHistory};
use crate::model::signs::Signs;
use crate::text::fold;

/// Articles a section must have had before a page can be unlike them.
const ARTICLES_MIN: u32 = 20;
/// Percent of a section's articles above which their language is the section's only one.
const SETTLED_PERCENT: u32 = 95;
/// A jump of links: so many, to so many new sites.
const LINKS_JUMP: (usize, usize) = (5, 4);
/// Percent of a portal's articles that link around from which on its writers link their sources.
const LINKING_PERCENT_MIN: u32 = 1;
/// Links that are a second sign beside a foreign language: so many, to so many new sites.
const LINKS_SIGN: (usize, usize) = (2, 2);

/// A page as far as the verdict needs it.
pub struct Page<'a> {
    /// Its headline.
    pub title: &'a str,
    /// The headline of the article we know under its address.
    pub known_title: Option<&'a str>,
    /// The sections that link it.
    pub sections: &'a [String],
    /// What it shows.
    pub signs: &'a Signs,
}

/// Whether the page links so much that it matters which sites are new.
pub fn asks_for_sites(signs: &Signs) -> bool {
    reaches(signs, signs.foreign_links.keys(), LINKS_SIGN)
}

/// Why a page is held back; `None` for one that is published. `unseen` are the sites no article of the portal linked.
pub fn why(page: &Page, history: &History, unseen: &[String]) -> Option<String> {
    if let Some(spam) = &page.signs.spam {
        return Some(spam.clone());
    }
    let sections: Option<Vec<&SectionHistory>> =
        page.sections.iter().map(|id| history.0.get(id).filter(|section| section.articles() >= ARTICLES_MIN)).collect();
    let sections = sections.filter(|sections| !sections.is_empty())?;
    let are_links_usual = sections.iter().any(|section| section.linking > 0)
        || history.linking() * 100 > history.articles() * LINKING_PERCENT_MIN;
    if reaches(page.signs, unseen.iter(), LINKS_JUMP) && !are_links_usual {
        let links = links(page.signs, unseen.iter());
        return Some(format!(
            "it links {links} times to {} sites that no article here ever linked: {}",
            unseen.len(),
            unseen.join(", ")
        ));
    }
    let language = &page.signs.language;
    let usual: Option<Vec<&str>> = sections.iter().map(|section| settled(section)).collect();
    let usual = usual.filter(|usual| !usual.contains(&language.as_str()))?;
    let sign = second_sign(page, unseen)?;
    Some(format!("it is in “{language}” where nearly all articles are in “{}”, and {sign}", usual.first()?))
}

/// The language nearly all articles of a section are in.
fn settled(section: &SectionHistory) -> Option<&str> {
    let (language, count) = section.languages.iter().max_by_key(|(_, count)| **count)?;
    (count * 100 > section.articles() * SETTLED_PERCENT).then_some(language.as_str())
}

fn second_sign(page: &Page, unseen: &[String]) -> Option<String> {
    if page.signs.has_injected {
        return Some("something injected was taken out of it".to_owned());
    }
    if reaches(page.signs, unseen.iter(), LINKS_SIGN) {
        return Some(format!("it links sites that no article here ever linked: {}", unseen.join(", ")));
    }
    let known = page.known_title?;
    shares_nothing(known, page.title).then(|| format!("its headline was “{known}” before"))
}

fn links<'a>(signs: &Signs, sites: impl Iterator<Item = &'a String>) -> usize {
    sites.filter_map(|site| signs.foreign_links.get(site)).sum()
}

fn reaches<'a>(
    signs: &Signs,
    sites: impl ExactSizeIterator<Item = &'a String>,
    (links_min, sites_min): (usize, usize),
) -> bool {
    sites.len() >= sites_min && links(signs, sites) >= links_min
}

/// Whether two headlines have no two neighbouring characters in common.
fn shares_nothing(one: &str, other: &str) -> bool {
    let pairs = |title: &str| -> HashSet<(char, char)> {
        let folded = fold::fold(title);
        folded.chars().zip(folded.chars().skip(1)).collect()
    };
    pairs(one).is_disjoint(&pairs(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(languages: &[(&str, u32)], linking: u32) -> SectionHistory {
        let languages = languages.iter().map(|(language, count)| ((*language).to_owned(), *count)).collect();
        SectionHistory { languages, linking }
    }

    fn history() -> History {
        let sections = [
            ("yw", section(&[("zh", 99), ("en", 1)], 0)),
            ("sy", section(&[("zh", 60), ("ru", 20), ("en", 20)], 0)),
            ("young", section(&[("zh", 12)], 0)),
            ("digest", section(&[("zh", 240)], 3)),
        ];
        History(sections.into_iter().map(|(id, section)| (id.to_owned(), section)).collect())
    }

    fn page(language: &str, sites: usize, links: usize) -> Signs {
        let foreign_links = (0..sites).map(|site| (format!("s{site}.example"), links / sites)).collect();
        Signs { language: language.into(), foreign_links, ..Signs::default() }
    }

    fn check(sections: &[&str], signs: &Signs, known_title: Option<&str>, expected: Option<&str>) {
        let sections: Vec<String> = sections.iter().map(|id| (*id).to_owned()).collect();
        let unseen: Vec<String> = signs.foreign_links.keys().cloned().collect();
        let page = Page { title: "Cheap watches", known_title, sections: &sections, signs };
        let why = why(&page, &history(), &unseen);
        match expected {
            None => assert_eq!(why, None),
            Some(word) => assert!(why.as_ref().is_some_and(|why| why.contains(word)), "{why:?} lacks {word}"),
        }
    }

    #[test]
    fn spam_is_held_back_whatever_the_history_says() {
        let spam = Signs { spam: Some("the headline".into()), ..page("zh", 0, 0) };
        check(&["yw"], &spam, None, Some("the headline"));
        check(&["new"], &spam, None, Some("the headline"));
    }

    #[test]
    fn many_links_to_new_sites_are_a_jump_where_nobody_links_so_much() {
        check(&["yw"], &page("zh", 4, 8), None, Some("links 8 times to 4 sites"));
        check(&["yw"], &page("zh", 4, 4), None, None);
        check(&["yw"], &page("zh", 3, 9), None, None);
        check(&["digest"], &page("zh", 9, 9), None, None);
        check(&["yw", "digest"], &page("zh", 9, 9), None, None);
        check(&["young"], &page("zh", 9, 9), None, None);
        check(&["new"], &page("zh", 9, 9), None, None);
        let mut writers = history();
        writers.0.get_mut("digest").unwrap().linking = 12;
        let signs = page("zh", 9, 9);
        let unseen: Vec<String> = signs.foreign_links.keys().cloned().collect();
        let page = Page { title: "", known_title: None, sections: &["yw".to_owned()], signs: &signs };
        assert_eq!(why(&page, &writers, &unseen), None);
    }

    #[test]
    fn another_language_is_a_jump_only_with_a_second_sign() {
        check(&["yw"], &page("en", 0, 0), None, None);
        check(&["yw"], &page("en", 2, 2), None, Some("“en” where nearly all articles are in “zh”"));
        check(&["yw"], &Signs { has_injected: true, ..page("en", 0, 0) }, None, Some("injected"));
        check(&["yw"], &page("en", 0, 0), Some("江城迎来今冬第一场雪"), Some("江城迎来今冬第一场雪"));
        check(&["yw"], &page("en", 0, 0), Some("Watches of the river city"), None);
        check(&["yw"], &page("zh", 0, 0), Some("江城迎来今冬第一场雪"), None);
    }

    #[test]
    fn a_section_of_several_languages_or_without_a_past_is_left_in_peace() {
        let strange = Signs { has_injected: true, ..page("ja", 3, 3) };
        check(&["sy"], &strange, None, None);
        check(&["young"], &strange, None, None);
        check(&["yw", "sy"], &strange, None, None);
        check(&[], &strange, None, None);
        check(&["yw"], &strange, None, Some("“ja”"));
    }
}
