//! From the body's elements to blocks: paragraphs from whatever parts them, lists, tables of data, pictures.
//! Furniture of the page among them is left out.

use std::collections::HashSet;

use dom_query::{Element, NodeData, NodeId, NodeRef};
use url::Url;

use crate::ingest::extract::block::{Block, BlockKind, escape};
use crate::ingest::extract::furniture::{self, Kind};
use crate::ingest::extract::paragraph::{Inline, Paragraph};
use crate::ingest::extract::{captions, picture, tables};
use crate::ingest::removed::Removed;
use crate::text::plain;

/// The most blocks of one article: the longest novel has some thousand, and each costs some microseconds.
pub const BLOCKS_MAX: usize = 20_000;

/// What was written of an element.
#[derive(Debug, Default)]
pub struct Written {
    /// Its pieces.
    pub blocks: Vec<Block>,
    /// The first and the last text node written.
    pub texts: Option<(NodeId, NodeId)>,
    /// The furniture among them.
    pub removed: Vec<Removed>,
    /// Whether there were more than [`BLOCKS_MAX`].
    pub is_cut: bool,
}

/// Writes what is inside an element. Nesting was limited when the page was surveyed, so recursion is safe.
/// `centred` are the elements in the middle of the line.
pub fn write(node: &NodeRef<'_>, base: &Url, centred: &HashSet<NodeId>) -> Written {
    let chars = node.text().chars().filter(|c| !c.is_whitespace()).count();
    inside(node, base, centred, chars)
}

fn inside(node: &NodeRef<'_>, base: &Url, centred: &HashSet<NodeId>, chars: usize) -> Written {
    let mut writer = Writer {
        base,
        centred,
        chars,
        written: Written::default(),
        paragraph: Paragraph::default(),
        inlines: Vec::new(),
        place: Place::default(),
    };
    writer.place.enter(node, centred);
    writer.children(node);
    writer.flush();
    writer.written
}

struct Writer<'a> {
    base: &'a Url,
    centred: &'a HashSet<NodeId>,
    /// How much text the body has.
    chars: usize,
    written: Written,
    paragraph: Paragraph,
    inlines: Vec<Inline>,
    place: Place,
}

/// What the elements around say about the look of a block.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    is_centred: bool,
    is_caption: bool,
    is_credit: bool,
}

impl Place {
    fn enter(&mut self, node: &NodeRef<'_>, centred: &HashSet<NodeId>) {
        self.is_centred |= centred.contains(&node.id);
        let Some(element) = node.element_ref() else { return };
        for attribute in element.attrs.iter().filter(|attribute| matches!(&*attribute.name.local, "class" | "id")) {
            let value: &str = &attribute.value;
            self.is_centred |= value.contains("center");
            self.is_credit |= furniture::is_credit(value);
            self.is_caption |= ["caption", "desc", "tuzhu", "pictext"].iter().any(|word| value.contains(word));
        }
    }
}

impl Writer<'_> {
    fn children(&mut self, node: &NodeRef<'_>) {
        for child in node.children_it(false) {
            if self.written.blocks.len() >= BLOCKS_MAX {
                self.written.is_cut = true;
                return;
            }
            self.node(&child);
        }
    }

    fn node(&mut self, node: &NodeRef<'_>) {
        let name = node.query_or(None, |tree_node| match &tree_node.data {
            NodeData::Text { contents } => {
                self.text(node.id, contents);
                None
            }
            NodeData::Element(element) => Some((element.name.local.clone(), furniture::of(element))),
            _ => None,
        });
        let Some((name, kind)) = name else { return };
        if kind.is_some_and(|kind| self.leaves_out(node, kind)) {
            return;
        }
        match &*name {
            "script" | "style" | "template" | "iframe" | "rt" | "rp" | "button" | "input" | "select" | "textarea"
            | "svg" | "math" | "object" | "embed" | "canvas" | "nav" | "head" | "title" | "meta" | "link"
            | "amp-ad" | "amp-embed" | "amp-sidebar" | "amp-social-share" | "amp-analytics" | "amp-consent" => {}
            "br" => {
                if self.paragraph.add_break() {
                    self.flush();
                }
            }
            "img" | "amp-img" => self.picture(node, None),
            "picture" => self.picture_set(node),
            "noscript" => self.without_script(node),
            "figure" => self.figure(node),
            // Its figure has read it.
            "figcaption" => {}
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(node, name.as_bytes()[1] - b'0'),
            "ul" | "ol" => self.list(node, if &*name == "ul" { "ul" } else { "ol" }),
            "blockquote" => self.quote(node),
            "table" => self.table(node),
            "pre" => self.preformatted(node),
            "video" | "audio" => self.media(node, if &*name == "video" { "video" } else { "audio" }),
            "a" => self.link(node),
            "b" => self.inline(node, Inline::plain("b")),
            "strong" => self.inline(node, Inline::plain("strong")),
            "i" => self.inline(node, Inline::plain("i")),
            "em" => self.inline(node, Inline::plain("em")),
            "sub" => self.inline(node, Inline::plain("sub")),
            "sup" => self.inline(node, Inline::plain("sup")),
            "code" => self.inline(node, Inline::plain("code")),
            "q" => self.inline(node, Inline::plain("q")),
            "cite" => self.inline(node, Inline::plain("cite")),
            "p" | "div" | "section" | "article" | "main" | "header" | "footer" | "aside" | "center" | "address"
            | "fieldset" | "form" | "details" | "summary" | "dl" | "dt" | "dd" | "li" | "menu" | "tbody" | "thead"
            | "tfoot" | "tr" | "td" | "th" | "caption" | "body" | "html" | "hr" | "hgroup" | "dir" | "legend" => {
                self.container(node)
            }
            _ => self.children(node),
        }
    }

    /// Notes furniture; false if it is so large that the story must be in it.
    fn leaves_out(&mut self, node: &NodeRef<'_>, kind: Kind) -> bool {
        let text = node.text();
        let chars = text.chars().filter(|c| !c.is_whitespace()).count();
        let is_furniture = chars <= kind.chars_max() && chars * 3 <= self.chars;
        if is_furniture && chars > 0 {
            self.written.removed.push(Removed::new(&text, format!("furniture of the page: {}", kind.reason())));
        }
        is_furniture
    }

    fn text(&mut self, id: NodeId, text: &str) {
        if !text.trim().is_empty() {
            self.written.texts = Some((self.written.texts.map_or(id, |(first, _)| first), id));
        }
        // Two ideographic spaces begin a paragraph, on old pages without any element.
        const INDENT: &str = "\u{3000}\u{3000}";
        if !text.contains(INDENT) {
            return self.paragraph.push(text, &self.inlines);
        }
        for (at, part) in text.split(INDENT).enumerate() {
            if at > 0 && self.paragraph.is_complete() && self.written.blocks.len() < BLOCKS_MAX {
                self.flush();
            }
            self.paragraph.push(if at > 0 && part.is_empty() { " " } else { part }, &self.inlines);
        }
    }

    fn flush(&mut self) {
        if let Some(mut block) = self.paragraph.take(&self.inlines) {
            block.is_centred = self.place.is_centred;
            block.is_caption = self.place.is_caption;
            block.is_credit = self.place.is_credit;
            self.written.blocks.push(block);
        }
    }

    fn inline(&mut self, node: &NodeRef<'_>, inline: Inline) {
        self.inlines.push(inline);
        self.children(node);
        self.paragraph.end_inline(&self.inlines);
        self.inlines.pop();
    }

    fn container(&mut self, node: &NodeRef<'_>) {
        self.flush();
        let outer = self.place;
        self.place.enter(node, self.centred);
        self.children(node);
        self.flush();
        self.place = outer;
    }

    fn link(&mut self, node: &NodeRef<'_>) {
        let href = node.attr("href").and_then(|href| self.base.join(href.trim()).ok());
        let href = href.filter(|url| matches!(url.scheme(), "http" | "https" | "mailto"));
        let is_nested = self.inlines.iter().any(|inline| inline.name == "a");
        match href {
            Some(url) if !is_nested => {
                let start = format!("<a href=\"{}\">", url.as_str().replace('&', "&amp;").replace('"', "%22"));
                self.inline(node, Inline { name: "a", start });
            }
            _ => self.children(node),
        }
    }

    fn heading(&mut self, node: &NodeRef<'_>, level: u8) {
        self.flush();
        let at = self.written.blocks.len();
        self.container(node);
        for block in &mut self.written.blocks[at..] {
            if block.kind == BlockKind::Paragraph {
                block.kind = BlockKind::Heading(level.clamp(2, 5));
                block.is_bold = true;
            }
        }
    }

    fn picture(&mut self, node: &NodeRef<'_>, fallback: Option<&str>) {
        let block = node
            .element_ref()
            .and_then(|element: std::cell::Ref<'_, Element>| picture::block(&element, fallback, self.base));
        let Some(mut block) = block else { return };
        let is_repeated = self
            .written
            .blocks
            .last()
            .is_some_and(|last| last.images.iter().any(|image| image.url == block.images[0].url));
        if !is_repeated {
            self.flush();
            block.is_centred = self.place.is_centred;
            self.written.blocks.push(block);
        }
    }

    fn picture_set(&mut self, node: &NodeRef<'_>) {
        let source = node.children_it(false).find(|child| child.has_name("source"));
        let set = source.and_then(|source| source.attr("srcset").or_else(|| source.attr("data-srcset")));
        let fallback = set.as_deref().and_then(picture::largest);
        if let Some(image) = node.descendants_it().find(|child| child.has_name("img")) {
            self.picture(&image, fallback);
        }
    }

    /// Lazy pages repeat a picture for readers without scripts.
    fn without_script(&mut self, node: &NodeRef<'_>) {
        for image in node.descendants_it().filter(|child| child.has_name("img")) {
            self.picture(&image, None);
        }
    }

    fn figure(&mut self, node: &NodeRef<'_>) {
        self.flush();
        let caption = node.descendants_it().find(|child| child.has_name("figcaption"));
        let text = caption.map(|caption| plain::line(&caption.text())).filter(|text| !text.is_empty());
        let at = self.written.blocks.len();
        self.container(node);
        let picture = self.written.blocks[at..].iter().rposition(|block| block.kind == BlockKind::Picture);
        match (text, picture) {
            (Some(text), Some(picture)) => self.written.blocks[at + picture].images[0].caption = Some(text),
            (Some(text), None) if self.written.blocks.len() > at => self.paragraph.push(&text, &[]),
            _ => {}
        }
        self.flush();
    }

    fn list(&mut self, node: &NodeRef<'_>, name: &str) {
        let has_photo = |item: NodeRef<'_>| item.descendants_it().any(|child| child.has_name("img"));
        if node.children_it(false).filter(NodeRef::is_element).all(has_photo) {
            // A gallery: its photos are the story's, and have their captions below them.
            return self.container(node);
        }
        self.flush();
        let mut list = Block::new(BlockKind::List, format!("<{name}>"));
        for item in node.children_it(false).filter(NodeRef::is_element) {
            self.nest(&mut list, &item, "li");
        }
        list.html.push_str(&format!("</{name}>"));
        if !list.text.is_empty() || !list.images.is_empty() {
            self.written.blocks.push(list);
        }
    }

    fn quote(&mut self, node: &NodeRef<'_>) {
        self.flush();
        let mut quote = Block::new(BlockKind::Quote, String::new());
        self.nest(&mut quote, node, "blockquote");
        if !quote.text.is_empty() || !quote.images.is_empty() {
            self.written.blocks.push(quote);
        }
    }

    /// Writes an element with its own blocks into an outer block.
    fn nest(&mut self, outer: &mut Block, node: &NodeRef<'_>, name: &str) {
        let Written { blocks: mut inner, texts, removed, is_cut } = inside(node, self.base, self.centred, self.chars);
        self.written.removed.extend(removed);
        self.written.is_cut |= is_cut;
        captions::assign(&mut inner, &mut self.written.removed);
        if inner.is_empty() {
            return;
        }
        if let Some((first, last)) = texts {
            self.written.texts = Some((self.written.texts.map_or(first, |(first, _)| first), last));
        }
        outer.html.push_str(&format!("<{name}>"));
        let is_line = inner.len() == 1 && inner[0].kind == BlockKind::Paragraph;
        for block in inner {
            if is_line && name != "blockquote" {
                outer.html.push_str(&block.html);
            } else {
                block.render(&mut outer.html);
            }
            if !outer.text.is_empty() && !block.text.is_empty() {
                outer.text.push('\n');
            }
            outer.text.push_str(&block.text);
            outer.link_chars += block.link_chars;
            outer.images.extend(block.images);
        }
        outer.html.push_str(&format!("</{name}>"));
    }

    /// A table of data is kept; a table that only places things on the page is read like any container.
    fn table(&mut self, node: &NodeRef<'_>) {
        let Some(table) = tables::data(node) else { return self.container(node) };
        self.flush();
        self.written.blocks.push(table);
    }

    fn preformatted(&mut self, node: &NodeRef<'_>) {
        self.flush();
        let text = plain::legal(node.text().trim_matches('\n'));
        // Prose in a `pre` has lines of its own, but is no code.
        let mut block = Block::new(BlockKind::Preformatted, "<pre>".to_owned());
        escape(&text, &mut block.html);
        block.html.push_str("</pre>");
        block.text = text.lines().map(plain::line).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
        if !block.text.is_empty() {
            self.written.blocks.push(block);
        }
    }

    fn media(&mut self, node: &NodeRef<'_>, name: &str) {
        self.flush();
        let absolute = |node: &NodeRef<'_>, key: &str| {
            let url =
                self.base.join(node.attr(key)?.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
            Some(format!(" {key}=\"{}\"", url.as_str().replace('&', "&amp;")))
        };
        let source = node
            .children_it(false)
            .filter(|child| child.has_name("source"))
            .find_map(|source| absolute(&source, "src"));
        let Some(source) = absolute(node, "src").or(source) else { return };
        let poster = absolute(node, "poster").unwrap_or_default();
        self.written.blocks.push(Block::new(BlockKind::Media, format!("<{name}{source}{poster} controls></{name}>")));
    }
}
