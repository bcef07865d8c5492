//! Names inside the sentences of a story: reporters behind the dateline, signatures at the end, photographers.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::text::byline::{Byline, add, names, shape};

/// The longest name of an agency before a photographer's, in characters.
const AGENCY_CHARS_MAX: usize = 31;

/// What names stand in.
#[derive(Clone)]
struct Expressions {
    /// `（记者 甲）`.
    reporter: Regex,
    /// `（甲摄）`.
    photo: Regex,
    /// `本报记者 甲`.
    signed: Regex,
    /// `。（甲 乙）`.
    bracket: Regex,
    /// `北江社江城1月9日电`.
    wire: Regex,
    /// `(River Wire/Jane Doe)`.
    credit: Regex,
    /// `北江社江城1月9日电 (甲 乙)`.
    dateline: Regex,
    /// `本报讯 记者甲、乙报道`.
    reported: Regex,
}

impl Expressions {
    fn compile() -> Expressions {
        Expressions {
            reporter: names::expression(
                r"[（(【]([^（()）【】]{0,30}?(?:记者|記者|通讯员|通訊員)[^（()）【】]{2,60})[)）】]",
            ),
            photo: names::expression(
                r"(?:[（(]|^|[。！？\s])(?:新华社|新華社)?(?:本报)?(?:记者|記者)?\s*([HAN·]{2,4}(?:[、\s][HAN·]{2,4}){0,3})\s*[／/]?\s*[摄攝](?:影)?(?:[)）]|$)",
            ),
            signed: names::expression(
                r"^\s*[（(]?(?:(?:整合|综合|整理|采写|撰文|文|图)\s)?[HAN·]{0,16}?(?:记者|記者)\s*([HAN·]{2,4}(?:[、\s][HAN·]{2,4}){0,5})\s*(?:[/／]?\s?(?:文|图|圖|[摄攝])[^。]{0,12})?[)）]?\s*$",
            ),
            bracket: names::expression(r"[。！？”][（(]([HAN·\s、]{2,24})[)）]\s*$"),
            wire: names::expression(
                r"^[\s　(（【]*((?:[HAN]{1,4}社)|中新网|中新網|人民网|人民網|央视网|央視網)[HAN·]{0,12}\d{1,2}月\d{1,2}日[电電讯訊]",
            ),
            // A class of all letters is large, and each counted repetition is a copy of it.
            credit: names::expression(
                r"\((?:(\p{Lu}[\p{L}.&' -]+)/|(?i:photos?) by )(\p{Lu}[\p{L}.'-]+(?: \p{Lu}[\p{L}.'-]+){1,3})[^()]{0,30}\)\W*$",
            ),
            dateline: names::expression(
                r"^[\s　]*[HAN·]{2,14}\d{1,2}月\d{1,2}日[电電讯訊]\s?[（(【]([HAN·\s、]{2,24})[)）】]",
            ),
            reported: names::expression(
                r"^[^。，]{0,24}(?:[讯訊电電]|日报|晚报)[\s　]*[HAN·]{0,10}(?:记者|記者)\s*([HAN·]{2,4}?(?:[、\s][HAN·]{2,4}?){0,4})\s*(?:摄影)?(?:报道|報導|報道)",
            ),
        }
    }
}

thread_local! {
    /// What a search works in is the thread's own, and ends with it: copies share all but that.
    static OWN: Expressions = {
        static COMPILED: LazyLock<Expressions> = LazyLock::new(Expressions::compile);
        COMPILED.clone()
    };
}

/// Reads a first or last paragraph, or a caption, for what is not known yet.
pub fn read(text: &str, known: &Byline) -> Byline {
    OWN.with(|expressions| found(text, known, expressions))
}

fn found(text: &str, known: &Byline, expressions: &Expressions) -> Byline {
    // What an expression needs is looked for first: most paragraphs have none of it.
    let has = |characters: &[char]| text.contains(characters);
    let captures = |expression: &Regex, can_match: bool| can_match.then(|| expression.captures(text)).flatten();

    let mut byline = Byline::default();
    let asks_for_authors = known.authors.is_empty();
    let has_reporter = asks_for_authors && has(&['者', '员', '員']);
    let has_wire = (asks_for_authors || known.source.is_none()) && has(&['电', '電', '讯', '訊']);
    for found in has_reporter.then(|| expressions.reporter.captures_iter(text)).into_iter().flatten() {
        let inner = found[1].replace("記者", "记者").replace("通訊員", "通讯员");
        for part in inner.split("记者").skip(1) {
            let (reporters, _) = part.split_once("通讯员").unwrap_or((part, ""));
            add(&mut byline.authors, names::people(reporters, false));
        }
    }
    if let Some(found) = captures(&expressions.signed, has_reporter && byline.authors.is_empty()) {
        add(&mut byline.authors, names::people(&found[1], false));
    }
    let is_closed = || text.trim_end().ends_with([')', '）']);
    if let Some(found) = captures(&expressions.bracket, asks_for_authors && byline.authors.is_empty() && is_closed()) {
        add(&mut byline.authors, names::signature(&found[1]));
    }
    let asks_for_photographers = known.photographers.is_empty();
    if let Some(found) = captures(&expressions.photo, asks_for_photographers && has(&['摄', '攝'])) {
        let photographers = names::people(&found[1], false);
        byline.photographers.extend(photographers.into_iter().filter(|name| !name.ends_with(['文', '图', '圖'])));
    }
    let is_agency =
        |found: &Captures| found.get(1).is_none_or(|name| name.as_str().chars().count() <= AGENCY_CHARS_MAX);
    let may_be_credited = asks_for_photographers && byline.photographers.is_empty() && has(&['(']);
    if let Some(found) = captures(&expressions.credit, may_be_credited).filter(is_agency) {
        byline.photographers = names::people(&found[2], false);
    }
    byline.source = captures(&expressions.wire, has_wire).map(|found| found[1].to_owned());
    for (expression, can_match) in
        [(&expressions.dateline, asks_for_authors && has_wire), (&expressions.reported, has_reporter)]
    {
        if let Some(found) = captures(expression, can_match && byline.authors.is_empty()) {
            add(&mut byline.authors, names::signature(&found[1]));
        }
    }
    if asks_for_authors && byline.authors.is_empty() {
        byline.authors.extend(shape::korean(text));
    }
    byline
}
