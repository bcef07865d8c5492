//! The text of safe HTML: tags out, entities resolved, a block a line.

/// Tags after which a line ends.
const BLOCKS: [&str; 13] =
    ["p", "h2", "h3", "h4", "h5", "h6", "li", "tr", "blockquote", "figcaption", "caption", "pre", "div"];

/// The text of a fragment that is well-formed XML.
pub fn text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        resolve(&rest[..at], &mut text);
        let end = rest[at..].find('>').map_or(rest.len(), |end| at + end + 1);
        let tag = &rest[at..end];
        let is_break = tag.starts_with("<br") || tag.starts_with("<hr");
        let ends_block = tag.strip_prefix("</").is_some_and(|name| BLOCKS.contains(&name.trim_end_matches('>')));
        if (is_break || ends_block) && !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        rest = &rest[end..];
    }
    resolve(rest, &mut text);
    text.truncate(text.trim_end().len());
    text
}

/// Resolves the entities of XML and numbers, the only ones our markup has.
fn resolve(escaped: &str, text: &mut String) {
    let mut rest = escaped;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        let entity = rest[at..].find(';').map(|end| &rest[at + 1..at + end]);
        let c = entity.and_then(|name| match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => name.strip_prefix('#').and_then(|number| number.parse().ok()).and_then(char::from_u32),
        });
        let length = c.and(entity).map_or(1, |name| name.len() + 2);
        text.push(c.unwrap_or('&'));
        rest = &rest[at + length..];
    }
    text.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_a_line_and_entities_are_characters() {
        let check = |html: &str, expected: &str| assert_eq!(text(html), expected);
        check("<p>A &amp; <em>B</em></p><ul><li>1 &lt; 2</li><li>x&#160;y</li></ul>", "A & B\n1 < 2\nx\u{a0}y");
        check(
            "<figure><img src=\"https://a.example/?a=1&amp;b=2\" alt=\"\"/><figcaption>冰</figcaption></figure>",
            "冰",
        );
        check("one<br/>two &unknown; &", "one\ntwo &unknown; &");
        check("", "");
    }
}
