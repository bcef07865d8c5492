//! From what a page says to what we publish: boilerplate and damage out, one script, and last the allow-list.

mod boilerplate;
mod damage;
mod language;
mod lines;
mod summary;

use std::fmt::Write as _;

use url::Url;

use crate::ingest::extract::{Block, BlockKind, ExtractedArticle};
use crate::ingest::guard::lexicon::Lexicon;
use crate::ingest::removed::Removed;
use crate::model::article::{CleanArticle, Image};
use crate::model::html::SafeHtml;
use crate::text::plain;
use damage::Mender;

/// Cleans an article. `url` is the page's address after redirects, `portal_language` the portal's BCP 47 tag.
/// Beside the article: what was removed and why, and what an editor should know.
pub fn article(
    extracted: ExtractedArticle,
    url: &Url,
    portal_language: &str,
    lexicon: &Lexicon,
) -> (CleanArticle, Vec<Removed>, Vec<String>) {
    let ExtractedArticle { mut body, mut removed, mut warnings, .. } = extracted;
    boilerplate::drop(&mut body, url, &mut removed);

    let mut mender = Mender::new(is_simplified(portal_language));
    mender.look(&extracted.title);
    body.iter().for_each(|block| mender.look(&block.text));
    let line = |text: &str| plain::line(&mender.mend(text));
    let title = line(&extracted.title);
    let subtitle = extracted.subtitle.as_deref().map(&line);
    let description = extracted.description.as_deref().map(&line);
    let source = extracted.source.as_deref().map(&line);
    let editor = extracted.editor.as_deref().map(&line);
    let section_label = extracted.section_label.as_deref().map(&line);
    let lines = |texts: &[String]| texts.iter().map(|text| line(text)).filter(|text| !text.is_empty()).collect();
    let (authors, photographers, mut keywords): (_, _, Vec<String>) =
        (lines(&extracted.authors), lines(&extracted.photographers), lines(&extracted.keywords));
    body.iter_mut().for_each(|block| mender.mend_block(block));
    body.retain(|block| {
        !block.text.is_empty()
            || matches!(block.kind, BlockKind::Picture | BlockKind::Media)
            || !block.images.is_empty()
    });
    if let Some(why) = lexicon.inspect(&keywords.join(",")) {
        removed.push(Removed::new(&keywords.join(", "), why));
        keywords.clear();
    }
    mender.report(&mut removed, &mut warnings);
    if lexicon.inspect(&title).is_some() {
        warnings.push("the headline looks injected".to_owned());
    }

    let text = text(body.iter());
    let is_subheading = |block: &Block| {
        let is_sentence = block.text.ends_with(['。', '！', '？', '.', '!', '?', '”', '"', ':', '：']);
        matches!(block.kind, BlockKind::Heading(_)) || block.is_bold && !is_sentence
    };
    let prose = self::text(body.iter().filter(|block| block.kind != BlockKind::Picture && !is_subheading(block)));
    let html = SafeHtml::sanitise(&markup(&body), url);
    let article = CleanArticle {
        summary: summary::of(description.as_deref(), &prose, &title),
        language: language::of(extracted.language.as_deref(), portal_language, &text),
        images: images(&body),
        title,
        subtitle: subtitle.filter(|subtitle| !subtitle.is_empty()),
        html,
        text,
        authors,
        photographers,
        editor: editor.filter(|editor| !editor.is_empty()),
        source: source.filter(|source| !source.is_empty()),
        section_label: section_label.filter(|label| !label.is_empty()),
        keywords,
        published: extracted.published,
        updated: extracted.updated,
        is_machine_copy: mender.is_machine_copy(),
        canonical_url: extracted.canonical_url,
    };
    (article, removed, warnings)
}

fn markup(body: &[Block]) -> String {
    let mut html = String::with_capacity(body.iter().map(|block| block.html.len() + 16).sum());
    body.iter().for_each(|block| block.render(&mut html));
    html
}

/// A paragraph a line. Of captions only those that the page writes as paragraphs of its Chinese text are part of it.
fn text<'a>(body: impl Iterator<Item = &'a Block> + Clone) -> String {
    let mut text = String::with_capacity(body.clone().map(|block| block.text.len() + 1).sum());
    for line in body.flat_map(|block| block.text.lines()).map(str::trim).filter(|line| !line.is_empty()) {
        let separator = if text.is_empty() { "" } else { "\n" };
        let _ = write!(text, "{separator}{line}");
    }
    text
}

fn images(body: &[Block]) -> Vec<Image> {
    let mut images: Vec<Image> = Vec::new();
    for image in body.iter().flat_map(|block| &block.images) {
        if !images.iter().any(|other| other.url == image.url) {
            images.push(image.clone());
        }
    }
    images
}

fn is_simplified(language: &str) -> bool {
    let language = language.to_ascii_lowercase();
    language.starts_with("zh")
        && !["hant", "tw", "hk", "mo"].iter().any(|part| language.split('-').any(|subtag| subtag == *part))
}

#[cfg(test)]
mod tests;
