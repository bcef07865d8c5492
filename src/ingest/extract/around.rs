//! What stands around the body: the page's menus, header and footer, noted as left out.

use std::ops::Range;

use crate::ingest::extract::survey::Survey;
use crate::ingest::guard::lexicon::Lexicon;
use crate::ingest::removed::Removed;
use crate::text::byline;

/// Lines are named up to so many bytes of each side; the others are counted.
const NAMED_BYTES_MAX: usize = 240;
/// Characters that are shown of them where others are counted.
const NAMED_CHARS_MAX: usize = 100;

/// Notes what stands above and below the body, without bylines, which are read into the fields, the headline, and what
/// the guard has noted already.
pub fn note(survey: &Survey, body: &Range<usize>, title: &str, lexicon: &Lexicon, removed: &mut Vec<Removed>) {
    if body.is_empty() {
        return;
    }
    let sides = [
        (survey.text.get(..body.start), "above the text: menu and header of the page"),
        (survey.text.get(body.end..), "below the text: footer of the page"),
    ];
    for (side, place) in sides {
        let lines = side.unwrap_or("").lines().map(str::trim).filter(|line| !line.is_empty() && *line != title);
        let (mut what, mut more) = (String::new(), 0);
        for line in lines {
            if what.len() >= NAMED_BYTES_MAX {
                more += 1;
            } else if !byline::is_byline(line) && lexicon.inspect(line).is_none() {
                what.push_str(if what.is_empty() { "" } else { " · " });
                what.push_str(line);
            }
        }
        if more > 0 {
            let end = what.char_indices().nth(NAMED_CHARS_MAX).map_or(what.len(), |(at, _)| at);
            what.truncate(end);
            what.push_str(&format!(" · and {more} more"));
        }
        if !what.is_empty() {
            removed.push(Removed::new(&what, place));
        }
    }
}
