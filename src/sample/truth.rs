//! What a perfect reader would find on the sample portal.

use chrono::{DateTime, NaiveTime, Utc};

use crate::sample::sections::Markup;
use crate::sample::stories::{self, Block, Quirk, Story};

/// What a perfect reader would find on one page of the sample portal.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// The path of the page.
    pub path: String,
    /// The headline.
    pub title: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// The editor in charge.
    pub editor: Option<String>,
    /// Where the portal took it from.
    pub source: Option<String>,
    /// When it was published; the beginning of the day in Shanghai where the page tells no hour.
    pub published: Option<DateTime<Utc>>,
    /// BCP 47 tag.
    pub language: String,
    /// The ids of the sections that link it.
    pub sections: Vec<String>,
    /// The events it covers.
    pub events: Vec<String>,
    /// Its photos in order: path and caption.
    pub images: Vec<(String, String)>,
    /// Its paragraphs and headings in order, without captions, lists and tables.
    pub paragraphs: Vec<String>,
    /// The path of the article it is a copy of.
    pub copy_of: Option<String>,
}

/// What a perfect reader would find, newest first.
pub fn truth() -> Vec<Truth> {
    stories::all().iter().map(of).collect()
}

fn of(story: &Story) -> Truth {
    let front = &story.front;
    let mut published = story.published();
    if story.has(Quirk::DateInAddress) {
        published = published.and_then(|at| at.with_time(NaiveTime::MIN).single());
    }
    let paragraphs = story.blocks.iter().filter_map(|block| match block {
        Block::Paragraph(text) | Block::Heading(text) => Some(text.clone()),
        Block::Photo(_) | Block::List(_) | Block::Table(_) => None,
    });
    let images = story.captions().enumerate();
    // The daily's markup prints the source beside the date or not at all.
    let has_date_line = story.published().is_some() && !story.has(Quirk::DateInAddress);
    let is_source_printed = story.markup() != Markup::Daily || has_date_line;
    Truth {
        path: story.path(),
        title: front.title.clone(),
        authors: front.authors.clone(),
        editor: front.editor.clone(),
        source: front.source.clone().filter(|_| is_source_printed),
        published: published.map(|at| at.to_utc()),
        language: front.language.clone(),
        sections: std::iter::once(story.section.id.to_owned()).chain(front.also_in.iter().cloned()).collect(),
        events: front.events.clone(),
        images: images.map(|(index, caption)| (story.photo_path(index + 1), caption.to_owned())).collect(),
        paragraphs: paragraphs.collect(),
        copy_of: front.copy_of.as_deref().and_then(stories::numbered).map(Story::path),
    }
}
