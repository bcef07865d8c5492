//! Attributes of a start tag, read without a parser.

/// The attributes of a start tag that anything is read from, by their names in lower case.
pub fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> + Clone {
    const NAMES: [&str; 7] = ["class", "id", "style", "hidden", "height", "width", "href"];
    let is_gap = |c: char| c.is_ascii_whitespace() || c == '/';
    let mut rest = tag.find(is_gap).map_or("", |at| &tag[at..]);
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start_matches(is_gap);
            if rest.is_empty() {
                return None;
            }
            // The first character of a name may be anything.
            let end =
                rest.char_indices().skip(1).find(|(_, c)| is_gap(*c) || *c == '=').map_or(rest.len(), |(at, _)| at);
            let (name, behind) = rest.split_at(end);
            rest = behind.trim_start();
            let mut value = "";
            if let Some(behind) = rest.strip_prefix('=') {
                let behind = behind.trim_start();
                let quote = behind.chars().next().filter(|c| matches!(c, '"' | '\''));
                (value, rest) = match quote {
                    Some(quote) => behind[1..].split_once(quote).unwrap_or((&behind[1..], "")),
                    None => behind.split_at(behind.find(|c: char| c.is_ascii_whitespace()).unwrap_or(behind.len())),
                };
            }
            if let Some(name) = NAMES.iter().find(|known| known.eq_ignore_ascii_case(name)) {
                return Some((*name, value));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_however_they_are_written() {
        let check = |tag: &str, expected: &[(&str, &str)]| {
            assert_eq!(attributes(tag).collect::<Vec<_>>(), expected, "{tag}");
        };
        check("div CLASS=\"a b\" id='c' data-x=1 hidden", &[("class", "a b"), ("id", "c"), ("hidden", "")]);
        check("a href = /x/y target=_blank/", &[("href", "/x/y")]);
        check("a/class=x style=\"a", &[("class", "x"), ("style", "a")]);
        check("p ==\"' é", &[]);
        check("br", &[]);
    }
}
