//! Names inside the sentences of a story: reporters behind the dateline, signatures at the end, photographers.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::byline::{Byline, add, names, shape};

/// Reads a first or last paragraph, or a caption, for what is not known yet.
pub fn read(text: &str, known: &Byline) -> Byline {
    static REPORTER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"[（(【]([^（()）【】]{0,30}?(?:记者|記者|通讯员|通訊員)[^（()）【】]{2,60})[)）】]")
            .expect("a constant expression")
    });
    static PHOTO: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:[（(]|^|[。！？\s])(?:新华社|新華社)?(?:本报)?(?:记者|記者)?\s*([\p{Han}·]{2,4}(?:[、\s][\p{Han}·]{2,4}){0,3})\s*[／/]?\s*[摄攝](?:影)?(?:[)）]|$)")
            .expect("a constant expression")
    });
    static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^\s*[（(]?(?:(?:整合|综合|整理|采写|撰文|文|图)\s)?[\p{Han}·]{0,16}?(?:记者|記者)\s*([\p{Han}·]{2,4}(?:[、\s][\p{Han}·]{2,4}){0,5})\s*(?:[/／]?\s?(?:文|图|圖|[摄攝])[^。]{0,12})?[)）]?\s*$")
            .expect("a constant expression")
    });
    static BRACKET: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"[。！？”][（(]([\p{Han}·\s、]{2,24})[)）]\s*$").expect("a constant expression"));
    static WIRE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^[\s　(（【]*((?:[\p{Han}]{1,4}社)|中新网|中新網|人民网|人民網|央视网|央視網)[\p{Han}·]{0,12}\d{1,2}月\d{1,2}日[电電讯訊]")
            .expect("a constant expression")
    });
    // (River Wire/Jane Doe)
    static CREDIT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:\(\p{Lu}[\p{L}.&' -]{1,30}/|\((?i:photos?) by )(\p{Lu}[\p{L}.'-]+(?: \p{Lu}[\p{L}.'-]+){1,3})[^()]{0,30}\)\W*$")
            .expect("a constant expression")
    });
    // 北江社江城1月9日电 (甲 乙)
    static DATELINE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^[\s　]*[\p{Han}·]{2,14}\d{1,2}月\d{1,2}日[电電讯訊]\s?[（(【]([\p{Han}·\s、]{2,24})[)）】]")
            .expect("a constant expression")
    });
    // 本报讯 记者甲、乙报道
    static REPORTED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^[^。，]{0,24}(?:[讯訊电電]|日报|晚报)[\s　]*[\p{Han}·]{0,10}(?:记者|記者)\s*([\p{Han}·]{2,4}?(?:[、\s][\p{Han}·]{2,4}?){0,4})\s*(?:摄影)?(?:报道|報導|報道)")
            .expect("a constant expression")
    });

    // What an expression needs is looked for first: most paragraphs have none of it.
    let has = |characters: &[char]| text.contains(characters);
    let captures = |expression: &'static Regex, can_match: bool| can_match.then(|| expression.captures(text)).flatten();

    let mut byline = Byline::default();
    let asks_for_authors = known.authors.is_empty();
    let has_reporter = asks_for_authors && has(&['者', '员', '員']);
    let has_wire = (asks_for_authors || known.source.is_none()) && has(&['电', '電', '讯', '訊']);
    for found in has_reporter.then(|| REPORTER.captures_iter(text)).into_iter().flatten() {
        let inner = found[1].replace("記者", "记者").replace("通訊員", "通讯员");
        for part in inner.split("记者").skip(1) {
            let (reporters, _) = part.split_once("通讯员").unwrap_or((part, ""));
            add(&mut byline.authors, names::people(reporters, false));
        }
    }
    if let Some(found) = captures(&SIGNED, has_reporter && byline.authors.is_empty()) {
        add(&mut byline.authors, names::people(&found[1], false));
    }
    let is_closed = || text.trim_end().ends_with([')', '）']);
    if let Some(found) = captures(&BRACKET, asks_for_authors && byline.authors.is_empty() && is_closed()) {
        add(&mut byline.authors, names::signature(&found[1]));
    }
    let asks_for_photographers = known.photographers.is_empty();
    if let Some(found) = captures(&PHOTO, asks_for_photographers && has(&['摄', '攝'])) {
        let photographers = names::people(&found[1], false);
        byline.photographers.extend(photographers.into_iter().filter(|name| !name.ends_with(['文', '图', '圖'])));
    }
    if let Some(found) = captures(&CREDIT, asks_for_photographers && byline.photographers.is_empty() && has(&['('])) {
        byline.photographers = names::people(&found[1], false);
    }
    byline.source = captures(&WIRE, has_wire).map(|found| found[1].to_owned());
    for (expression, can_match) in [(&*DATELINE, asks_for_authors && has_wire), (&*REPORTED, has_reporter)] {
        if let Some(found) = captures(expression, can_match && byline.authors.is_empty()) {
            add(&mut byline.authors, names::signature(&found[1]));
        }
    }
    if asks_for_authors && byline.authors.is_empty() {
        byline.authors.extend(shape::korean(text));
    }
    byline
}
