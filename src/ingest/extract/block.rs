//! A piece of a body: a paragraph, a heading, a list, a picture.

use crate::model::article::Image;

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// Text.
    Paragraph,
    /// A subheading of level 2 to 6.
    Heading(u8),
    /// A list.
    List,
    /// A quotation set apart.
    Quote,
    /// A table of data.
    Table,
    /// Text with its own line breaks.
    Preformatted,
    /// A picture with its caption.
    Picture,
    /// Sound or film.
    Media,
}

/// A piece of a body, with markup that is not safe yet.
#[derive(Debug, Clone)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// The inner markup of a paragraph or heading, the whole markup of anything else. All addresses are absolute.
    pub html: String,
    /// Plain text; items, rows and line breaks a line each. Of a picture: its caption, if the page writes it as a
    /// paragraph of its Chinese text.
    pub text: String,
    /// Its pictures.
    pub images: Vec<Image>,
    /// Whether it stands in the middle of the line.
    pub is_centred: bool,
    /// Whether all of it is bold.
    pub is_bold: bool,
    /// Whether its element is named as those of captions often are.
    pub is_caption: bool,
    /// Whether its element is named for a caption or a credit and nothing else.
    pub is_credit: bool,
    /// Characters inside links.
    pub link_chars: usize,
}

impl Block {
    /// A block without text.
    pub fn new(kind: BlockKind, html: String) -> Block {
        let text = String::new();
        Block {
            kind,
            html,
            text,
            images: Vec::new(),
            is_centred: false,
            is_bold: false,
            is_caption: false,
            is_credit: false,
            link_chars: 0,
        }
    }

    /// Writes its markup.
    pub fn render(&self, out: &mut String) {
        let (start, end) = match self.kind {
            BlockKind::Paragraph => ("<p>", "</p>"),
            BlockKind::Heading(2) => ("<h2>", "</h2>"),
            BlockKind::Heading(3) => ("<h3>", "</h3>"),
            BlockKind::Heading(4) => ("<h4>", "</h4>"),
            BlockKind::Heading(_) => ("<h5>", "</h5>"),
            BlockKind::Picture => ("<figure>", "</figure>"),
            _ => ("", ""),
        };
        out.push_str(start);
        out.push_str(&self.html);
        if let (BlockKind::Picture, Some(caption)) =
            (self.kind, self.images.first().and_then(|image| image.caption.as_deref()))
        {
            out.push_str("<figcaption>");
            escape(caption, out);
            out.push_str("</figcaption>");
        }
        out.push_str(end);
    }

    /// Whether most of its text is links.
    pub fn is_links(&self) -> bool {
        let chars = self.text.chars().count();
        chars > 0 && self.link_chars * 10 >= chars * 6
    }
}

/// Escapes text for an element or a quoted attribute, without what XML forbids.
pub fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        escape_char(c, out);
    }
}

/// Escapes one character.
pub fn escape_char(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        c if crate::text::plain::is_legal(c) => out.push(c),
        _ => {}
    }
}
