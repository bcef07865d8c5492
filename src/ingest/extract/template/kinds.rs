//! Kinds of elements, by hashes of their names: what a parser does at their tags.

use crate::model::html::nesting::{self, Names};

/// The head.
pub const HEAD: u64 = nesting::hash(b"head");
/// The body.
pub const BODY: u64 = nesting::hash(b"body");
/// The root.
pub const HTML: u64 = nesting::hash(b"html");
/// A table.
pub const TABLE: u64 = nesting::hash(b"table");
/// A form.
pub const FORM: u64 = nesting::hash(b"form");
/// A script.
pub const SCRIPT: u64 = nesting::hash(b"script");
/// A style sheet.
pub const STYLE: u64 = nesting::hash(b"style");
/// A paragraph.
pub const P: u64 = nesting::hash(b"p");
/// An item.
pub const LI: u64 = nesting::hash(b"li");
/// A drawing.
pub const SVG: u64 = nesting::hash(b"svg");
/// A formula.
pub const MATH: u64 = nesting::hash(b"math");
/// What the head says of a page.
pub const META: u64 = nesting::hash(b"meta");
/// A link to another document, in the head.
pub const LINK: u64 = nesting::hash(b"link");
/// A link.
pub const A: u64 = nesting::hash(b"a");
/// A time.
pub const TIME: u64 = nesting::hash(b"time");
/// Text that runs across a page.
pub const MARQUEE: u64 = nesting::hash(b"marquee");

/// Elements that hold nothing.
pub const VOID: Names = &nesting::hashes([
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
]);
/// What fields are read from wherever it stands.
pub const DATA: Names = &nesting::hashes(["base", "link", "meta"]);
/// Elements that hold nothing and of which, outside a story, nothing is read.
pub const IDLE_VOID: Names =
    &nesting::hashes(["area", "col", "embed", "img", "input", "param", "source", "track", "wbr"]);
/// Elements of which, outside a story, nothing is read, whatever they hold.
pub const IDLE: Names = &nesting::hashes(["noscript", "template", "iframe", "select", "textarea", "svg", "object"]);
/// Elements whose text is none of the page.
pub const SILENT: Names = &nesting::hashes(["noscript", "select", "template", "object"]);
/// Elements that hold other blocks, and items of lists. The others are part of a line or of a table, where little is won, and a form ends
/// in ways of its own.
pub const HOLDERS: Names = &nesting::hashes([
    "div", "section", "article", "aside", "nav", "header", "footer", "main", "ul", "ol", "li", "dl", "dt", "dd",
    "table", "fieldset", "center",
]);
/// Elements that end tags of parts of a line do not reach beyond.
pub const BLOCKS: Names = &nesting::hashes([
    "div",
    "section",
    "article",
    "aside",
    "nav",
    "header",
    "footer",
    "main",
    "ul",
    "ol",
    "dl",
    "table",
    "form",
    "fieldset",
    "center",
    "p",
    "li",
    "dt",
    "dd",
    "td",
    "th",
    "tr",
    "tbody",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "figure",
    "figcaption",
    "address",
    "button",
    "object",
    "template",
    "body",
]);
/// Parts of tables.
pub const TABLE_PARTS: Names = &nesting::hashes(["tr", "td", "th", "tbody", "thead", "tfoot", "caption", "colgroup"]);
/// Elements that formatting does not reach beyond.
pub const CELLS: Names = &nesting::hashes(["td", "th", "caption"]);
/// Elements within which a form is nothing but a sign.
pub const ROWS: Names = &nesting::hashes(["table", "tr", "tbody", "thead", "tfoot"]);
/// Elements that no end tag reaches beyond, but those of tables and their parts (HTML §13.2.4.2).
pub const SCOPES: Names = &nesting::hashes(["table", "td", "th", "caption", "object", "template", "marquee"]);
/// The same for items.
pub const ITEM_SCOPES: Names =
    &nesting::hashes(["table", "td", "th", "caption", "object", "template", "marquee", "ul", "ol"]);
