//! What stands around the body: the page's menus, header and footer, noted as left out.

use std::ops::Range;

use crate::ingest::extract::Removed;
use crate::ingest::extract::survey::Survey;
use crate::ingest::guard::lexicon::Lexicon;
use crate::text::byline;

/// Lines that are named of each side; the others are counted.
const LINES_MAX: usize = 40;

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
        let (mut named, mut count) = (Vec::new(), 0);
        for line in lines {
            count += 1;
            if count <= LINES_MAX && !byline::is_byline(line) && lexicon.inspect(line).is_none() {
                named.push(line);
            }
        }
        if !named.is_empty() {
            let more = count.saturating_sub(LINES_MAX);
            let what = named.join(" · ") + &if more > 0 { format!(" · and {more} more") } else { String::new() };
            removed.push(Removed::new(&what, place));
        }
    }
}
