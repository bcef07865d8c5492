//! From a page to an article with all its fields, each with the place it came from.
//! One parse of the page, one walk over it; configured selectors win over what is found automatically.

mod around;
mod block;
mod body;
mod captions;
mod date;
mod edges;
mod fields;
mod flat;
mod furniture;
mod json_ld;
mod mark;
mod meta;
mod paragraph;
pub mod parts;
mod people;
mod picture;
mod pieces;
mod section;
mod series;
mod skim;
mod survey;
mod suspects;
mod tables;
pub mod template;
mod title;
mod writer;

use chrono::{DateTime, Utc};
use dom_query::{Document, Matcher, NodeId};
use url::Url;

pub use block::{Block, BlockKind};

use crate::ingest::guard;
use crate::ingest::guard::hiding::Rules;
use crate::ingest::guard::lexicon::Lexicon;
use crate::ingest::removed::Removed;
use crate::model::html::nesting;
use crate::model::portal::ArticleRules;
use crate::model::timezone::Timezone;
use body::Source;
use fields::Found;
use parts::PagerLink;
use skim::Skimmed;
use survey::Survey;

/// What the origin of a field is called that a selector in the portal's file chose.
const CONFIGURED: &str = "the configured selector";

/// What one page says, before anything was cleaned. What the page does not say is absent, never guessed.
#[derive(Debug, Clone)]
pub struct ExtractedArticle {
    /// The headline.
    pub title: String,
    /// What the head of the page calls it, for windows, search engines and sharing; people do not see it on the page.
    pub page_titles: Vec<String>,
    /// The line below the headline.
    pub subtitle: Option<String>,
    /// The body, a block a paragraph.
    pub body: Vec<Block>,
    /// What the page calls its description.
    pub description: Option<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Who took the pictures.
    pub photographers: Vec<String>,
    /// The editor in charge.
    pub editor: Option<String>,
    /// Where the portal took it from.
    pub source: Option<String>,
    /// When it was published.
    pub published: Option<DateTime<Utc>>,
    /// When the page says it was changed.
    pub updated: Option<DateTime<Utc>>,
    /// The column named in the breadcrumb.
    pub section_label: Option<String>,
    /// Keywords.
    pub keywords: Vec<String>,
    /// The language the page claims (`html lang`, `og:locale`).
    pub language: Option<String>,
    /// The page's own address (`rel=canonical`, `og:url`), absolute.
    pub canonical_url: Option<Url>,
    /// The picture the page shows when shared (`og:image`), absolute.
    pub lead_image: Option<Url>,
    /// The links of the pager beside the body.
    pub pager: Vec<PagerLink>,
    /// Where each field came from, such as `("published", "the address")`.
    pub origins: Vec<(&'static str, String)>,
    /// What was left out and why.
    pub removed: Vec<Removed>,
    /// What an editor should know.
    pub warnings: Vec<String>,
}

/// Why a page gave no article.
#[derive(Debug, thiserror::Error)]
pub enum NoArticle {
    /// Parsing it would cost too much.
    #[error("{url} was not parsed: {source}")]
    Unbearable {
        /// The page.
        url: Url,
        /// Which limit it breaks.
        source: nesting::Unbearable,
    },
    /// No text stands out as an article.
    #[error("{url} has no text that looks like an article; set `content` under [article] if it is one")]
    NoBody {
        /// The page.
        url: Url,
    },
    /// The article has no headline.
    #[error("{url} has no headline; set `title` under [article]")]
    NoTitle {
        /// The page.
        url: Url,
    },
}

/// How the pages of a portal are read.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// Its own selectors.
    pub rules: &'a ArticleRules,
    /// The zone of dates without an offset.
    pub timezone: Timezone,
    /// The words of injected spam.
    pub lexicon: &'a Lexicon,
}

/// Reads the article of a page.
pub fn article(html: &str, url: &Url, reader: Reader<'_>) -> Result<ExtractedArticle, NoArticle> {
    article_or_part(html, url, reader, None)
}

/// Reads a later page of an article that is split over several; it need not repeat the headline.
pub fn part(html: &str, url: &Url, reader: Reader<'_>, title: &str) -> Result<ExtractedArticle, NoArticle> {
    article_or_part(html, url, reader, Some(title))
}

fn article_or_part(
    html: &str,
    url: &Url,
    reader: Reader<'_>,
    known_title: Option<&str>,
) -> Result<ExtractedArticle, NoArticle> {
    let mut removed = Vec::new();
    let skimmed = skim::page(guard::without_tail(html, &mut removed), url);
    if let Skimmed { lists: 1.., links, .. } = skimmed {
        removed.push(Removed::new(&format!("{links} links to other pages of the site"), "lists of links"));
    }
    let html = &*skimmed.html;
    let why = match flat::why(html) {
        Some(why) => why,
        None => match parsed(html, skimmed.full, url, reader, known_title) {
            Err(NoArticle::Unbearable { source, .. }) => source.to_string(),
            Err(_) if flat::hides_text(html) => "something that hides text is never closed".to_owned(),
            found => return found.map(|article| with_removed(article, removed)),
        },
    };
    let flat = flat::page(html);
    // Such a page may have lost its headline as well.
    let first_words = || {
        const CHARS_MAX: usize = 40;
        let text =
            html.split('<').map(|text| text.rsplit('>').next().unwrap_or(text)).find(|text| !text.trim().is_empty());
        text.map(|text| text.trim().chars().take(CHARS_MAX).collect::<String>())
    };
    let article = parsed(&flat.html, skimmed.full, url, reader, known_title);
    let mut article = match (article, first_words()) {
        (Err(NoArticle::NoTitle { .. }), Some(words)) => parsed(&flat.html, skimmed.full, url, reader, Some(&words)),
        (article, _) => article,
    }?;
    article.warnings.push(format!("read without its markup: {why}"));
    if flat.is_cut {
        article.warnings.push(format!("only the first {} bytes of the text were read", flat::TEXT_BYTES_MAX));
    }
    Ok(with_removed(article, removed))
}

fn with_removed(mut article: ExtractedArticle, mut removed: Vec<Removed>) -> ExtractedArticle {
    removed.append(&mut article.removed);
    ExtractedArticle { removed, ..article }
}

/// Reads a page without its scripts and styles, which `full` still has.
fn parsed(
    html: &str,
    full: &str,
    url: &Url,
    reader: Reader<'_>,
    known_title: Option<&str>,
) -> Result<ExtractedArticle, NoArticle> {
    let Reader { rules, lexicon, .. } = reader;
    let unbearable = |source| NoArticle::Unbearable { url: url.clone(), source };
    let mut removed = Vec::new();
    let document = Document::from(html);
    let chosen = Chosen::read(&document, rules);
    let survey = Survey::read(&document, chosen.content, &Rules::read(full)).map_err(unbearable)?;
    if chosen.content.is_none() && survey.work > body::WORK_MAX {
        return Err(unbearable(nesting::Unbearable::TooMany));
    }
    let base = survey.base.as_deref().and_then(|base| url.join(base).ok()).unwrap_or_else(|| url.clone());
    guard::remove_injected(&document, &survey.suspects(), url, lexicon, &mut removed);
    let again = || {
        let document = Document::from(html);
        guard::remove_injected(&document, &survey.suspects(), url, lexicon, &mut Vec::new());
        document
    };

    let mut warnings = Vec::new();
    let source = Source { document, again: &again };
    let body = body::read(source, &survey, &chosen, rules, &base, &mut removed, &mut warnings)
        .ok_or_else(|| NoArticle::NoBody { url: url.clone() })?;
    let found = Found { html: full, survey, chosen, body, base, removed, warnings };
    fields::read(found, url, reader, known_title, |_, _| {})
}

/// What the configured selectors chose.
struct Chosen {
    title: Option<String>,
    published: Option<String>,
    author: Option<String>,
    content: Option<NodeId>,
}

impl Chosen {
    fn read(document: &Document, rules: &ArticleRules) -> Chosen {
        let text = |selector: &Option<String>| {
            let matcher = Matcher::new(selector.as_deref()?).ok()?;
            let text = document.select_single_matcher(&matcher).text();
            Some(text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let content = || {
            let matcher = Matcher::new(rules.content.as_deref()?).ok()?;
            document.select_single_matcher(&matcher).nodes().first().map(|node| node.id)
        };
        Chosen {
            title: text(&rules.title),
            published: text(&rules.published),
            author: text(&rules.author),
            content: content(),
        }
    }
}

#[cfg(test)]
mod tests;
