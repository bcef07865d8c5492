//! The fields of an article, read once its body is found, whichever way found it.

use url::Url;

use crate::ingest::extract::block::Block;
use crate::ingest::extract::body::Body;
use crate::ingest::extract::edges::Edges;
use crate::ingest::extract::survey::Survey;
use crate::ingest::extract::{
    CONFIGURED, Chosen, ExtractedArticle, NoArticle, Reader, around, captions, date, meta, parts, people, section,
    title,
};
use crate::ingest::removed::Removed;

/// An `h1` with fewer characters may be the site's name.
const SHORT_TITLE_CHARS: usize = 8;

/// What was found of a page before its fields are read.
pub(super) struct Found<'a> {
    /// The page.
    pub(super) html: &'a str,
    /// What a walk over it found.
    pub(super) survey: Survey,
    /// What the configured selectors chose.
    pub(super) chosen: Chosen,
    /// The body.
    pub(super) body: Body,
    /// What relative addresses are relative to.
    pub(super) base: Url,
    /// What was left out so far.
    pub(super) removed: Vec<Removed>,
    /// What an editor should know so far.
    pub(super) warnings: Vec<String>,
}

/// Reads the fields; `known_title` stands in for a headline, and `prune` takes more out of the body, once byline and
/// captions have left it.
pub(super) fn read(
    found: Found<'_>,
    url: &Url,
    reader: Reader<'_>,
    known_title: Option<&str>,
    prune: impl FnOnce(&mut Vec<Block>, &mut Vec<Removed>),
) -> Result<ExtractedArticle, NoArticle> {
    let Reader { timezone, lexicon, .. } = reader;
    let Found { html, survey, chosen, mut body, base, mut removed, warnings } = found;
    let header = survey.windows(&body.range, &Edges::default()).before;
    let title = title::read(&survey, chosen.title.as_deref())
        .filter(|(title, origin)| matches!(origin.as_str(), "h1" | CONFIGURED) || !title::is_empty_title(title));
    let (mut title, mut title_origin) = title
        .or_else(|| title::first_line(&body.blocks))
        .or_else(|| title::above(&header))
        .or_else(|| title::read(&survey, None))
        .or_else(|| known_title.map(|title| (title.to_owned(), "the first page".to_owned())))
        .ok_or_else(|| NoArticle::NoTitle { url: url.clone() })?;
    if title_origin == "title" || title_origin == "h1" && title.chars().count() < SHORT_TITLE_CHARS {
        let first_lines: Vec<&str> = body.blocks.iter().take(3).filter_map(|block| block.text.lines().next()).collect();
        if let Some(found) =
            title::confirmed(&survey, &title, &format!("{header}\n{}", survey.head(&body.range)), &first_lines)
        {
            (title, title_origin) = found;
        }
    }
    around::note(&survey, &body.range, &title, lexicon, &mut removed);
    let edges = Edges::take(&mut body.blocks, &title, &mut removed);
    captions::assign(&mut body.blocks, &mut removed);
    prune(&mut body.blocks, &mut removed);
    if body.blocks.is_empty() {
        return Err(NoArticle::NoBody { url: url.clone() });
    }

    let mut origins = vec![("title", title_origin), ("body", body.origin)];
    let windows = survey.windows(&body.range, &edges);
    let dates = date::read(&survey, chosen.published.as_deref(), &windows, url, timezone, &mut origins);
    let people =
        people::read(&survey, &title, chosen.author.as_deref(), &windows, &body.range, &body.blocks, &mut origins);
    Ok(ExtractedArticle {
        page_titles: meta::titles(&survey),
        subtitle: survey.subtitle(&title, &body.range),
        description: survey.meta(&["description", "og:description", "twitter:description"]).map(str::to_owned),
        authors: people.authors,
        photographers: people.photographers,
        editor: people.editor,
        source: people.source,
        published: dates.published,
        updated: dates.updated,
        section_label: section::read(&survey, &title, &windows, &mut origins),
        keywords: meta::keywords(&survey),
        language: meta::language(&survey),
        canonical_url: meta::canonical_url(&survey, &base),
        lead_image: meta::lead_image(&survey, &base),
        pager: parts::pager(&survey, html, &body.range, &base),
        body: body.blocks,
        title,
        origins,
        removed,
        warnings,
    })
}
