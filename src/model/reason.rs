//! Why a piece of a page is not published.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

/// Why a piece of a page is not published; [`fmt::Display`] says it in words an editor understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Strangers put it there.
    Injected(Injection),
    /// A machine that copied the page did this damage.
    Damage(&'static str),
    /// The operator's `remove` names it: this CSS selector.
    Configured(String),
    /// It belongs to the page and not to the story.
    Page(Cow<'static, str>),
}

/// How a piece that strangers put into a page was told from the portal's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Injection {
    /// It reads like a list of spam words.
    Words {
        /// Different words of the lexicon in it.
        words: usize,
        /// How much of it they cover, in percent.
        percent: usize,
        /// Whether the page hides it from people.
        is_hidden: bool,
    },
    /// Links around, hidden from people.
    HiddenLinks {
        /// How many.
        links: usize,
        /// To how many other sites.
        sites: usize,
    },
    /// Links around, with words of spam.
    SpamLinks {
        /// How many.
        links: usize,
        /// To how many other sites.
        sites: usize,
    },
}

impl Reason {
    /// The word for it in the store and the API.
    pub fn kind(&self) -> &'static str {
        match self {
            Reason::Injected(_) => "injected",
            Reason::Damage(_) => "damage",
            Reason::Configured(_) => "configured",
            Reason::Page(_) => "page",
        }
    }

    /// The reason without the word for its kind, for lists that have a heading for each kind.
    pub fn in_words(&self) -> String {
        match self {
            Reason::Injected(injection) => injection.to_string(),
            Reason::Damage(words) => (*words).to_owned(),
            Reason::Configured(selector) => format!("the portal's file says so: remove `{selector}`"),
            Reason::Page(words) => words.clone().into_owned(),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Injected(injection) => write!(f, "injected: {injection}"),
            Reason::Damage(words) => write!(f, "damage: {words}"),
            Reason::Configured(selector) => write!(f, "configured: remove `{selector}`"),
            Reason::Page(words) => f.write_str(words),
        }
    }
}

impl fmt::Display for Injection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Injection::Words { words, percent, is_hidden } => {
                let hidden = if *is_hidden { "; hidden from people" } else { "" };
                let words = if *words == 1 { "a spam word covers" } else { &format!("{words} spam words cover") };
                write!(f, "{words} {percent} % of it{hidden}")
            }
            Injection::HiddenLinks { links, sites } => {
                write!(f, "{links} links to {sites} other sites, hidden from people")
            }
            Injection::SpamLinks { links, sites } => {
                write!(f, "{links} links to {sites} other sites, with spam words")
            }
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<&'static str> for Reason {
    fn from(words: &'static str) -> Reason {
        Reason::Page(words.into())
    }
}

impl From<String> for Reason {
    fn from(words: String) -> Reason {
        Reason::Page(words.into())
    }
}

impl From<Injection> for Reason {
    fn from(injection: Injection) -> Reason {
        Reason::Injected(injection)
    }
}
