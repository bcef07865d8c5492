//! Where each field of an article came from: what the extractor noted, under the names of the API, and for what it
//! did not note the only place that it can have come from.

use crate::model::article::CleanArticle;

/// The extractor's names of fields, and those of the API.
const NAMES: [(&str, &str); 4] =
    [("authors", "author"), ("photographers", "photographer"), ("body", "html"), ("section_label", "section")];
/// Characters of a summary that are looked for in the text.
const SUMMARY_CHARS: usize = 12;

/// One origin for each field that is there, in the order of the API. `portal_language` is
/// the portal's BCP 47 tag.
pub fn of(
    found: Vec<(&'static str, String)>,
    article: &CleanArticle,
    portal_language: &str,
) -> Vec<(&'static str, String)> {
    let name = |field| NAMES.iter().find(|(name, _)| *name == field).map_or(field, |(_, name)| *name);
    let found: Vec<_> = found.into_iter().map(|(field, origin)| (name(field), origin)).collect();
    let noted = |field: &str| found.iter().find(|(name, _)| *name == field).map(|(_, origin)| origin.clone());
    let mut origins = Vec::new();
    let mut tell = |field: &'static str, is_there: bool, only: &str| {
        if is_there {
            origins.push((field, noted(field).unwrap_or_else(|| only.to_owned())));
        }
    };
    tell("url", true, "the address asked for");
    tell("canonical_url", article.canonical_url.is_some(), "the page's head");
    tell("title", true, "the page");
    tell("subtitle", article.subtitle.is_some(), "an element named for it");
    tell("author", !article.authors.is_empty(), "the byline");
    tell("photographer", !article.photographers.is_empty(), "the byline");
    tell("editor", article.editor.is_some(), "the byline");
    tell("source", article.source.is_some(), "the byline");
    tell("published", article.published.is_some(), "the page");
    tell("updated", article.updated.is_some(), "JSON-LD or a meta tag");
    let language = if article.language == portal_language { "the portal's file" } else { "the page's language tag" };
    tell("language", true, language);
    tell("section", article.section_label.is_some(), "the breadcrumb");
    tell("keywords", !article.keywords.is_empty(), "a meta tag");
    let summary = article.summary.as_deref().map(|summary| summary_origin(summary, article));
    tell("summary", summary.is_some(), summary.unwrap_or_default());
    tell("images", !article.images.is_empty(), "the body");
    tell("html", true, "found automatically");
    origins
}

fn summary_origin(summary: &str, article: &CleanArticle) -> &'static str {
    let squeezed = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).take(SUMMARY_CHARS).collect::<String>();
    if article.text.lines().take(3).any(|line| squeezed(line) == squeezed(summary)) {
        "the first sentences"
    } else {
        "the page's description"
    }
}
