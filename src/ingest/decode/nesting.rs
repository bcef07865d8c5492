//! A limit on how deep a page nests, for HTML parsers that take quadratic time over it or call themselves per level.

/// The deepest nesting parsed, in elements; browsers flatten from 512 on, and careless pages leave some hundred open.
const NESTING_MAX: usize = 4096;

/// Elements that have no end, or end where the next begins: they never nest by themselves.
const NEVER_NEST: [&str; 34] = [
    "area", "base", "br", "col", "colgroup", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta",
    "optgroup", "option", "p", "param", "rp", "rt", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track",
    "wbr", "body", "head", "html", "image", "keygen",
];

/// The text up to where its elements nest deeper than a parser can take; of real pages that is all of it.
pub fn shallow(html: &str) -> &str {
    let (mut depth, mut svg_depth) = (0_usize, 0_usize);
    let mut at = 0;
    while let Some(found) = html[at..].find('<') {
        let start = at + found;
        at = start + 1;
        let rest = &html[at..];
        let is_end = rest.starts_with('/');
        let rest = &rest[usize::from(is_end)..];
        let name_bytes =
            rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':')).count();
        let name = &rest[..name_bytes];
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            if rest.starts_with("!--") {
                at += rest.find("-->").unwrap_or(3);
            }
            continue;
        }
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if NEVER_NEST.iter().any(|never| is(never)) {
            continue;
        }
        let is_drawing = is("svg") || is("math");
        if is_end {
            depth = depth.saturating_sub(1);
            svg_depth = svg_depth.saturating_sub(usize::from(is_drawing));
            continue;
        }
        if !is_end && (is("script") || is("style")) {
            // Comparisons in scripts are no elements.
            at += end_of_raw(rest, name);
            continue;
        }
        // Elsewhere than in drawings HTML takes no notice of the slash.
        let is_closed = svg_depth > 0 && rest.find('>').is_some_and(|end| rest[..end].ends_with('/'));
        depth += usize::from(!is_closed);
        svg_depth += usize::from(is_drawing && !is_closed);
        if depth > NESTING_MAX {
            return &html[..start];
        }
    }
    html
}

/// Where the content of a script or style ends: at its closing tag, or never.
fn end_of_raw(rest: &str, name: &str) -> usize {
    let mut at = 0;
    while let Some(found) = rest[at..].find("</") {
        at += found + 2;
        if rest[at..].get(..name.len()).is_some_and(|close| close.eq_ignore_ascii_case(name)) {
            return at;
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(html: &str, is_whole: bool) {
        assert_eq!(shallow(html).len() == html.len(), is_whole, "{}", &html[..html.len().min(60)]);
    }

    #[test]
    fn only_pages_that_nest_too_deep_are_cut() {
        check("<html><body><p>News", true);
        check(&"<div>".repeat(NESTING_MAX), true);
        check(&"<div>".repeat(NESTING_MAX + 1), false);
        check(&"<DIV/>".repeat(NESTING_MAX + 1), false);
        check(&"<div></div>".repeat(100_000), true);
        check(&"<p>one<br><li>two<td>".repeat(100_000), true);
        check(&format!("<svg>{}</svg>", "<path d='x'/>".repeat(100_000)), true);
        check(&format!("<script>{}</script>", "a<b;".repeat(100_000)), true);
        check(&format!("<!-- {} -->", "<div>".repeat(100_000)), true);
        assert_eq!(shallow(&"<div>".repeat(100_000)).len(), NESTING_MAX * "<div>".len());
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(html in "(<|</|<!--|-->|<script>|</script|<svg>|/>|世|a){0,60}") {
            shallow(&html);
        }
    }
}
