//! What the head of a page says: keywords, language, addresses.

use url::Url;

use crate::ingest::extract::survey::Survey;
use crate::text::plain;

/// The most keywords an article carries.
const KEYWORDS_MAX: usize = 20;
/// The longest keyword, in characters.
const KEYWORD_CHARS_MAX: usize = 40;

/// What the head calls the page: for windows, and for those who share it.
pub fn titles(survey: &Survey) -> Vec<String> {
    let shared = survey.meta(&["og:title", "twitter:title"]).map(plain::line);
    let mut titles: Vec<String> = shared.into_iter().chain([survey.title.clone()]).collect();
    titles.retain(|title| !title.is_empty());
    titles.dedup();
    titles
}

/// The keywords the page gives, each once.
pub fn keywords(survey: &Survey) -> Vec<String> {
    let mut keywords: Vec<String> = Vec::new();
    let tags = survey.metas.iter().filter(|(name, _)| name == "article:tag").map(|(_, value)| value.as_str());
    let list = survey.meta(&["keywords", "news_keywords"]);
    // Spaces part keywords only where nothing else does.
    let has_separator = list.is_some_and(|list| list.contains([',', '，', '、', ';', '；', '|']));
    for value in tags.chain(list) {
        for word in value.split(|c| matches!(c, ',' | '，' | '、' | ';' | '；' | '|') || c == ' ' && !has_separator)
        {
            let word = plain::line(word);
            let count = word.chars().count();
            if (2..=KEYWORD_CHARS_MAX).contains(&count) && !keywords.contains(&word) && keywords.len() < KEYWORDS_MAX {
                keywords.push(word);
            }
        }
    }
    keywords
}

/// The language the page claims, as it writes it.
pub fn language(survey: &Survey) -> Option<String> {
    let claim = survey.language.as_deref().or_else(|| survey.meta(&["og:locale", "content-language", "language"]))?;
    let tag = claim.split(',').next().unwrap_or(claim).trim().replace('_', "-");
    let is_tag = (2..=20).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_tag.then_some(tag)
}

/// The page's own address, absolute. A canonical address without a path is the portal's, not the article's.
pub fn canonical_url(survey: &Survey, base: &Url) -> Option<Url> {
    let claims = survey.canonical.as_deref().into_iter().chain(survey.meta(&["og:url"]));
    claims.filter(|claim| !claim.is_empty()).filter_map(|claim| absolute(claim, base)).find(|url| url.path().len() > 1)
}

/// The picture for sharing, absolute.
pub fn lead_image(survey: &Survey, base: &Url) -> Option<Url> {
    absolute(survey.meta(&["og:image:secure_url", "og:image", "twitter:image", "twitter:image:src"])?, base)
}

fn absolute(address: &str, base: &Url) -> Option<Url> {
    base.join(address.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}
