//! From the sanitiser's HTML to markup that is XML as well.
//!
//! html5ever writes quoted attributes, escaped text and balanced tags; what is left to do is to close void
//! elements, to replace `&nbsp;`, to drop what XML forbids, and to look at each attribute's value.

use url::Url;

/// Pictures of at most this width or height count readers instead of showing something, in pixels.
const TRACKING_PIXELS_MAX: u32 = 2;

/// The same fragment as well-formed XML, with absolute addresses.
pub fn well_formed(html: &str, base: &Url) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 16);
    let mut rest = html;
    let mut paragraphs = Vec::new();
    let mut open_links = 0_usize;
    while let Some(at) = rest.find('<') {
        text(&rest[..at], &mut out);
        let length = tag_length(&rest[at..]);
        let (this, after) = rest[at..].split_at(length);
        let is_kept = match this {
            this if this == "<div>" || this.starts_with("<div ") => {
                paragraphs.push(is_paragraph(after));
                paragraphs.last().copied()
            }
            "</div>" => paragraphs.pop(),
            // A link inside a link, which only a table makes possible, is no link.
            "</a>" => {
                open_links = open_links.saturating_sub(1);
                Some(open_links == 0)
            }
            this if this == "<a>" || this.starts_with("<a ") => {
                open_links += 1;
                Some(open_links == 1)
            }
            _ => Some(true),
        };
        if is_kept == Some(true) {
            tag(this, base, &mut out);
        }
        rest = after;
    }
    text(rest, &mut out);
    out
}

/// Whether browsers would move elements of a fragment: a heading that stands right inside a heading, a block inside
/// a paragraph or an item inside an item, which only happens where an element between them was taken out.
pub fn is_moved(html: &str) -> bool {
    let is_heading = |name: &str| matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let length = tag_length(&rest[at..]);
        let tag = &rest[at..at + length];
        rest = &rest[at + length..];
        let name = tag.trim_matches(['<', '>', '/']).split(' ').next().unwrap_or("");
        if tag.starts_with("</") {
            open.pop();
            continue;
        }
        let is_block = is_heading(name)
            || matches!(
                name,
                "p" | "ul" | "ol" | "li" | "table" | "blockquote" | "figure" | "figcaption" | "pre" | "hr"
            );
        let is_cell = |name: &&&str| matches!(**name, "td" | "th" | "caption");
        let is_in_paragraph = || open.iter().rev().find(|name| **name == "p" || is_cell(name)) == Some(&"p");
        let is_holder = |name: &&&str| matches!(**name, "li" | "ul" | "ol") || is_cell(name);
        let is_in_item = || open.iter().rev().find(is_holder) == Some(&"li");
        if name == "li" && is_in_item()
            || is_heading(name) && open.last().is_some_and(|last| is_heading(last))
            || is_block && is_in_paragraph()
        {
            return true;
        }
        if !tag.ends_with("/>") {
            open.push(name);
        }
    }
    false
}

/// Whether a `div` holds nothing but text and what stands in its lines, as a paragraph does: `after` begins behind its
/// tag. One that holds blocks would be a paragraph around paragraphs, which browsers part in their own way.
fn is_paragraph(after: &str) -> bool {
    const LINES: [&str; 12] = ["a", "em", "strong", "b", "i", "sub", "sup", "br", "code", "q", "cite", "time"];
    let mut rest = after;
    while let Some(at) = rest.find('<') {
        let length = tag_length(&rest[at..]);
        let name = rest[at..at + length].trim_matches(['<', '>', '/']).split(' ').next().unwrap_or("");
        match name {
            "div" => return rest[at..].starts_with("</"),
            "img" | "video" | "audio" | "source" => {}
            name if LINES.contains(&name) => {}
            _ => return false,
        }
        rest = &rest[at + length..];
    }
    false
}

/// Text that html5ever escaped.
fn text(escaped: &str, out: &mut String) {
    // Browsers do not show a line break at the beginning of `pre`, and XML readers would.
    let mut rest = if out.ends_with("<pre>") { escaped.trim_start_matches('\n') } else { escaped };
    while let Some(at) = rest.find("&nbsp;") {
        legal(&rest[..at], out);
        out.push_str("&#160;");
        rest = &rest[at + "&nbsp;".len()..];
    }
    legal(rest, out);
}

/// What XML allows of a text.
fn legal(text: &str, out: &mut String) {
    text.split(|c| !is_xml(c)).for_each(|part| out.push_str(part));
}

/// The bytes of the tag at the beginning, up to the `>` that stands outside quotes.
fn tag_length(rest: &str) -> usize {
    let mut is_quoted = false;
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'>' if !is_quoted => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn tag(tag: &str, base: &Url, out: &mut String) {
    let inner = tag.trim_start_matches('<').trim_end_matches('>');
    if let Some(name) = inner.strip_prefix('/') {
        out.push_str("</");
        out.push_str(renamed(name));
        out.push('>');
        return;
    }
    let (name, attributes) = inner.split_once(' ').unwrap_or((inner, ""));
    let attributes: Vec<_> =
        Attributes(attributes).filter_map(|(key, value)| Some((key, checked(key, value, base)?))).collect();
    let is_tracker = attributes.iter().any(|(key, value)| {
        matches!(*key, "width" | "height") && value.parse::<u32>().is_ok_and(|pixels| pixels <= TRACKING_PIXELS_MAX)
    });
    let has_source = attributes.iter().any(|(key, _)| *key == "src");
    if matches!(name, "img" | "source") && (is_tracker || !has_source) {
        return;
    }
    out.push('<');
    out.push_str(renamed(name));
    for (key, value) in attributes {
        out.push(' ');
        out.push_str(key);
        out.push_str("=\"");
        escape(&value, out);
        out.push('"');
    }
    out.push_str(if matches!(name, "br" | "hr" | "img" | "source") { "/>" } else { ">" });
}

/// The page has its own `h1`; `div` is no paragraph to a reader.
fn renamed(name: &str) -> &str {
    match name {
        "h1" => "h2",
        "div" => "p",
        name => name,
    }
}

/// The value as it goes out, unescaped; `None` drops the attribute.
fn checked(key: &str, value: &str, base: &Url) -> Option<String> {
    let value = unescape(value);
    match key {
        "href" | "src" | "poster" | "cite" => {
            let url = base.join(value.trim()).ok()?;
            let is_allowed = matches!(url.scheme(), "http" | "https") || key == "href" && url.scheme() == "mailto";
            is_allowed.then(|| url.into())
        }
        "width" | "height" | "colspan" | "rowspan" | "start" => {
            value.parse::<u16>().ok().filter(|number| *number > 0).map(|number| number.to_string())
        }
        "controls" => Some("controls".to_owned()),
        _ => Some(value.chars().filter(|c| is_xml(*c)).collect()),
    }
}

/// The attributes of a tag as html5ever writes them: `name="value"`, parted by spaces.
struct Attributes<'a>(&'a str);

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, rest) = self.0.split_once("=\"")?;
        let (value, rest) = rest.split_once('"')?;
        self.0 = rest;
        Some((key.trim(), value))
    }
}

fn unescape(value: &str) -> String {
    if !value.contains('&') {
        return value.to_owned();
    }
    // The ampersand last, so that nothing is unescaped twice.
    value
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

fn escape(value: &str, out: &mut String) {
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // A parser would turn them into spaces (XML 1.0 §3.3.3).
            '\n' | '\r' | '\t' => out.push(' '),
            c => out.push(c),
        }
    }
}

/// XML 1.0 §2.2, without the control characters it discourages.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\u{20}'..='\u{7e}' | '\u{85}' | '\u{a0}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..)
        && (c as u32) & 0xfffe != 0xfffe
}
