//! The articles of the sample portal, read from `sample/articles/<section>/<number>.md`.
//!
//! Each file is TOML front matter between `+++` lines, then paragraphs set apart by blank lines. A paragraph may be a
//! heading (`## …`), a photo (`! caption`), a list (`- …`) or a table (`| … | … |`).

use std::path::Path;
use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset};
use include_dir::{Dir, File, include_dir};
use serde::Deserialize;

use crate::sample::sections::{Markup, SECTIONS, Section};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/sample/articles");

static STORIES: LazyLock<Vec<Story>> = LazyLock::new(read_all);

/// An article of the sample portal.
#[derive(Debug)]
pub struct Story {
    /// The column it was written for.
    pub section: &'static Section,
    /// Its number, part of its address.
    pub number: String,
    /// The head of its file.
    pub front: FrontMatter,
    /// Its text.
    pub blocks: Vec<Block>,
}

/// The head of an article's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontMatter {
    /// The headline.
    pub title: String,
    /// When it was published; left out where the page must not tell.
    pub published: Option<toml::value::Datetime>,
    /// Who wrote it.
    #[serde(default)]
    pub authors: Vec<String>,
    /// The editor in charge.
    pub editor: Option<String>,
    /// Where the portal says it took it from.
    pub source: Option<String>,
    /// BCP 47 tag.
    #[serde(default = "simplified_chinese")]
    pub language: String,
    /// Overrides the markup of the section.
    pub markup: Option<Markup>,
    /// Overrides the encoding of the markup.
    pub charset: Option<Charset>,
    /// Other columns that link the same address.
    #[serde(default)]
    pub also_in: Vec<String>,
    /// The number of the article this is a copy of. A copy without text takes that of the original, set in other type.
    pub copy_of: Option<String>,
    /// The events it covers.
    #[serde(default)]
    pub events: Vec<String>,
    /// What is wrong or odd about its page.
    #[serde(default)]
    pub quirks: Vec<Quirk>,
    /// What is replaced by what after the first reading.
    pub later: Option<(String, String)>,
}

/// An encoding other than the usual one of the markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Charset {
    /// GBK, labelled gb2312.
    Gbk,
    /// Big5.
    Big5,
}

/// What is wrong or odd about a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quirk {
    /// Photos stand in `data-src`, a placeholder in `src`.
    LazyPhotos,
    /// Photo addresses are relative to a `<base>`.
    Base,
    /// Photo addresses begin with `//`.
    ProtocolRelative,
    /// Schema.org data in a script element.
    JsonLd,
    /// The day stands in the address alone.
    DateInAddress,
    /// The answer takes a second and a half.
    Slow,
    /// The answer is compressed.
    Gzip,
    /// Somebody has put advertising words and hidden links behind the footer.
    Hijacked,
}

/// A piece of an article's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Paragraph(String),
    /// A heading between paragraphs.
    Heading(String),
    /// A photo with this caption.
    Photo(String),
    /// A list.
    List(Vec<String>),
    /// A table, its first row the heads.
    Table(Vec<Vec<String>>),
}

impl Story {
    /// Its path on the portal. An article without a date has none in its address either.
    pub fn path(&self) -> String {
        let Story { section, number, .. } = self;
        match self.published() {
            Some(at) => format!("/{}/content/{}/content_{number}.html", section.id, at.format("%Y-%m/%d")),
            None => format!("/{}/zt/content_{number}.html", section.id),
        }
    }

    /// The path of the photo with this number, counted from 1.
    pub fn photo_path(&self, photo: usize) -> String {
        format!("{}{}_{photo}.png", self.photo_folder(), self.number)
    }

    /// The folder of its photos, with its final slash.
    pub fn photo_folder(&self) -> String {
        let day = self.published().map_or_else(|| "zt".to_owned(), |at| at.format("%Y-%m/%d").to_string());
        format!("/{}/pic/{day}/", self.section.id)
    }

    /// The captions of its photos, in order.
    pub fn captions(&self) -> impl Iterator<Item = &str> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Photo(caption) => Some(caption.as_str()),
            _ => None,
        })
    }

    /// When it was published.
    pub fn published(&self) -> Option<DateTime<FixedOffset>> {
        let published = self.front.published?.to_string();
        Some(DateTime::parse_from_rfc3339(&published).expect("a test reads the dates of all articles"))
    }

    /// The markup of its page.
    pub fn markup(&self) -> Markup {
        self.front.markup.unwrap_or(self.section.markup)
    }

    /// Whether its page has this quirk.
    pub fn has(&self, quirk: Quirk) -> bool {
        self.front.quirks.contains(&quirk)
    }

    /// Whether it is linked in the list of this column.
    pub fn is_in(&self, section: &Section) -> bool {
        self.section.id == section.id || self.front.also_in.iter().any(|id| id == section.id)
    }
}

/// All articles, newest first, those without a date last.
pub fn all() -> &'static [Story] {
    &STORIES
}

/// The article with this number.
pub fn numbered(number: &str) -> Option<&'static Story> {
    all().iter().find(|story| story.number == number)
}

fn read_all() -> Vec<Story> {
    let mut stories: Vec<Story> = Vec::new();
    for section in &SECTIONS {
        let files = FILES.get_dir(section.id).into_iter().flat_map(Dir::files);
        stories.extend(files.map(|file| read(section, file)));
    }
    for index in 0..stories.len() {
        if !stories[index].blocks.is_empty() {
            continue;
        }
        let original = stories[index].front.copy_of.clone();
        let original = stories.iter().find(|story| Some(&story.number) == original.as_ref());
        let blocks = original.expect("only a copy has no text of its own").blocks.iter().map(typeset_differently);
        stories[index].blocks = blocks.collect();
    }
    stories.sort_by_key(|story| (std::cmp::Reverse(story.published()), story.number.clone()));
    stories
}

fn read(section: &'static Section, file: &File<'_>) -> Story {
    let text = file.contents_utf8().expect("the articles are text files");
    let (front, body) = text.trim_start_matches("+++").split_once("\n+++").expect("each article has a head and a body");
    let front = toml::from_str(front).unwrap_or_else(|error| panic!("{}: {error}", file.path().display()));
    let number = file.path().file_stem().map(Path::new).unwrap_or(file.path());
    let blocks = body.split("\n\n").map(str::trim).filter(|block| !block.is_empty()).map(block).collect();
    Story { section, number: number.display().to_string(), front, blocks }
}

fn block(text: &str) -> Block {
    if let Some(heading) = text.strip_prefix("## ") {
        Block::Heading(heading.to_owned())
    } else if let Some(caption) = text.strip_prefix("! ") {
        Block::Photo(caption.to_owned())
    } else if text.starts_with("- ") {
        Block::List(text.lines().map(|line| line.trim_start_matches("- ").to_owned()).collect())
    } else if text.starts_with("| ") {
        let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        Block::Table(text.lines().map(cells).collect())
    } else {
        Block::Paragraph(text.replace('\n', " "))
    }
}

/// What another newsroom's system does to the same text.
fn typeset_differently(block: &Block) -> Block {
    let set = |text: &String| {
        text.replace('“', "「").replace('”', "」").replace('，', ",").replace('：', ":").replace('％', "%")
    };
    match block {
        Block::Paragraph(text) => Block::Paragraph(set(text)),
        Block::Heading(text) => Block::Heading(set(text)),
        other => other.clone(),
    }
}

fn simplified_chinese() -> String {
    "zh-Hans".to_owned()
}
