//! A walk over XML that forgives: unclosed and misplaced tags, bare ampersands, HTML's entities. Document types are
//! passed over and no entity they declare is ever expanded.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

/// What the walk meets.
#[derive(Debug)]
pub(super) enum Piece<'a> {
    Open(Tag<'a>),
    /// The name with its prefix.
    Close(&'a str),
    Text(Cow<'a, str>),
}

/// An opening tag.
#[derive(Debug)]
pub(super) struct Tag<'a>(&'a BytesStart<'a>);

impl Tag<'_> {
    /// The name with its prefix.
    pub(super) fn name(&self) -> &str {
        self.0.name().into_inner()
    }

    /// An attribute's value, entities resolved as far as they are known.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.html_attributes();
        let attribute = attributes.with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == name)?;
        Some(value(&attribute))
    }
}

fn value(attribute: &Attribute<'_>) -> String {
    match attribute.normalized_value(XmlVersion::Implicit1_0) {
        Ok(value) => value.into_owned(),
        // A bare ampersand; the others still mean themselves.
        Err(_) => attribute.value.replace("&amp;", "&"),
    }
}

/// Walks over `text` until its end, until `visit` says stop by `false`, or until it is no longer XML at all.
pub(super) fn walk(text: &str, mut visit: impl FnMut(Piece<'_>) -> bool) -> Result<(), String> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        let goes_on = match &event {
            Event::Start(tag) => visit(Piece::Open(Tag(tag))),
            Event::Empty(tag) => visit(Piece::Open(Tag(tag))) && visit(Piece::Close(tag.name().into_inner())),
            Event::End(tag) => visit(Piece::Close(tag.name().into_inner())),
            Event::Text(text) => visit(Piece::Text(text.xml10_content())),
            Event::CData(text) => visit(Piece::Text(text.xml10_content())),
            Event::GeneralRef(reference) => visit(Piece::Text(resolved(reference))),
            Event::Eof => return Ok(()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => true,
        };
        if !goes_on {
            return Ok(());
        }
    }
}

/// What an entity means; those of HTML stay as written, for titles are read as HTML later.
fn resolved<'a>(reference: &'a BytesRef<'_>) -> Cow<'a, str> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Cow::Owned(character.to_string());
    }
    match resolve_xml_entity(reference) {
        Some(known) => Cow::Borrowed(known),
        None => Cow::Owned(format!("&{};", &**reference)),
    }
}

/// The part of a name after its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The text without a mark or blanks before it, without its XML declaration, which speaks of bytes that are no longer
/// there, and without the characters XML 1.0 forbids (§2.2).
pub(super) fn readable(text: &str) -> Cow<'_, str> {
    let mut text = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
    if text.starts_with("<?xml ")
        && let Some(end) = text.find("?>")
    {
        text = text[end + 2..].trim_start();
    }
    if text.contains(is_forbidden) { Cow::Owned(text.replace(is_forbidden, "")) } else { Cow::Borrowed(text) }
}

fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}
