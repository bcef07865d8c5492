//! A report on one page, as an editor reads it: the fields and where each was found, the beginning and the end of the
//! text, what was left out, what to know. Columns are counted as a terminal shows them: a Chinese character takes two.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::cli::report::{Learned, Report};
use crate::ingest::removed::Removed;
use crate::model::reason::Reason;

/// The column the values start in.
const NAME_COLUMNS: usize = 14;
/// The column the origins start in, where the value is short enough.
const ORIGIN_COLUMN: usize = 64;
/// The widest line, in columns.
const LINE_COLUMNS: usize = 100;
/// Lines of the body shown of its beginning and of its end.
const BODY_LINES: (usize, usize) = (4, 2);

/// The report as text.
pub(super) fn report(report: &Report) -> String {
    let mut out = String::new();
    if let Some(reason) = &report.findings.held_back {
        let _ = writeln!(out, "This page would be held back for an editor: {reason}.\n");
    }
    fields(&mut out, report);
    pictures(&mut out, report);
    body(&mut out, &report.text);
    findings(&mut out, report);
    left_out(&mut out, &report.removed);
    if !report.warnings.is_empty() {
        let _ = writeln!(out, "\nTo know");
    }
    for warning in &report.warnings {
        paragraph(&mut out, "  - ", warning);
    }
    templates(&mut out, report);
    out
}

fn fields(out: &mut String, report: &Report) {
    let mut row = |name: &str, key: &str, value: Option<&str>| field(out, report, name, key, value);
    let time = |time: &chrono::DateTime<chrono::FixedOffset>| time.format("%Y-%m-%d %H:%M:%S %:z").to_string();
    let keywords = (!report.keywords.is_empty()).then(|| report.keywords.join(", "));
    row("Title", "title", Some(&report.title));
    row("Subtitle", "subtitle", report.subtitle.as_deref());
    row("Author", "author", report.author.as_deref());
    row("Photographer", "photographer", report.photographer.as_deref());
    row("Editor", "editor", report.editor.as_deref());
    row("Source", "source", report.source.as_deref());
    row("Published", "published", report.published.as_ref().map(time).as_deref());
    row("Updated", "updated", report.updated.as_ref().map(time).as_deref());
    row("Section", "section", report.section.as_deref());
    row("Keywords", "keywords", keywords.as_deref());
    row("Language", "language", Some(&report.language));
    row("Encoding", "charset", Some(report.charset));
    if let Some(template) = &report.template {
        row("Template", "template", Some(template));
    }
    row("Address", "", Some(&report.url));
    row("Says it is", "canonical_url", report.canonical_url.as_deref().filter(|url| *url != report.url));
    row("Summary", "summary", report.summary.as_deref());
}

/// One field and where it was found: beside it, or below it where it is long.
fn field(out: &mut String, report: &Report, name: &str, key: &str, value: Option<&str>) {
    let lines = wrapped(value.unwrap_or("–"), LINE_COLUMNS - NAME_COLUMNS);
    let origin = report.origins.get(key).filter(|_| value.is_some()).map(|origin| spoken(origin));
    let last = lines.len().saturating_sub(1);
    for (at, line) in lines.iter().enumerate() {
        let name = if at == 0 { name } else { "" };
        let _ = write!(out, "{name:NAME_COLUMNS$}{line}");
        if let Some(origin) = origin.as_ref().filter(|_| at == last) {
            let column = NAME_COLUMNS + line.width();
            match ORIGIN_COLUMN.checked_sub(column) {
                Some(pad) if pad > 0 => out.extend(std::iter::repeat_n(' ', pad)),
                _ if column + origin.width() + 5 <= LINE_COLUMNS => out.push_str("   "),
                _ => {
                    let _ = write!(out, "\n{:NAME_COLUMNS$}", "");
                }
            }
            let _ = write!(out, "← {origin}");
        }
        out.push('\n');
    }
}

/// What the extractor calls a place, in words for people who do not write pages.
fn spoken(origin: &str) -> &str {
    match origin {
        "h1" => "the main heading of the page",
        "title" => "the window title of the page",
        "og:title" => "what the page shows when shared",
        "JSON-LD" => "the page's data for search engines (JSON-LD)",
        "a meta tag" => "the head of the page (meta tag)",
        "JSON-LD or a meta tag" => "the head of the page",
        "the address" => "the date in the page's address",
        "the header" => "a line above the text",
        "the footer" => "a line below the text",
        "the text" => "the words of the text",
        "the byline" => "the byline",
        other => other,
    }
}

fn pictures(out: &mut String, report: &Report) {
    if report.images.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nPictures: {}", report.images.len());
    for (index, image) in report.images.iter().enumerate() {
        let caption = image.caption.as_deref().unwrap_or("(no caption)");
        let _ = writeln!(out, "  {:2}  {}\n      {}", index + 1, cut(caption, LINE_COLUMNS - 6), image.url);
    }
}

fn body(out: &mut String, text: &str) {
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let characters: usize = lines.iter().map(|line| line.chars().count()).sum();
    let _ = writeln!(out, "\nText: {}, {characters} characters", counted(lines.len(), "paragraph"));
    let (first, last) = BODY_LINES;
    let hidden = lines.len().saturating_sub(first + last);
    for (at, line) in lines.iter().enumerate() {
        match at {
            _ if hidden > 1 && at == first => {
                let _ = writeln!(out, "  … {hidden} more …");
            }
            _ if hidden > 1 && (first..first + hidden).contains(&at) => {}
            _ => {
                let _ = writeln!(out, "  {}", cut(line, LINE_COLUMNS - 2));
            }
        }
    }
}

fn findings(out: &mut String, report: &Report) {
    let findings = &report.findings;
    let damage = match findings.damage {
        0 => "none".to_owned(),
        100.. => "100 or more damaged places in 1000 characters".to_owned(),
        1 => "1 damaged place in 1000 characters".to_owned(),
        places => format!("{places} damaged places in 1000 characters"),
    };
    let injected = match findings.injected {
        0 => "nothing found".to_owned(),
        pieces => format!("{}, dropped", counted(pieces, "piece")),
    };
    let _ = writeln!(out, "\n{:NAME_COLUMNS$}{damage}", "Damage");
    let _ = writeln!(out, "{:NAME_COLUMNS$}{injected}", "Injected");
}

fn left_out(out: &mut String, removed: &[Removed]) {
    type Is = fn(&Reason) -> bool;
    let groups: [(&str, Is); 3] = [
        ("Put in by strangers, and dropped", |why| matches!(why, Reason::Injected(_))),
        ("Damage, and mended", |why| matches!(why, Reason::Damage(_))),
        ("Left out, because it belongs to the page and not to the story", |why| {
            matches!(why, Reason::Configured(_) | Reason::Page(_))
        }),
    ];
    for (heading, is_in) in groups {
        let mut pieces = removed.iter().filter(|removed| is_in(&removed.why)).peekable();
        if pieces.peek().is_some() {
            let _ = writeln!(out, "\n{heading}");
        }
        for piece in pieces {
            let _ = writeln!(out, "  - {}", cut(&piece.what, LINE_COLUMNS - 4));
            paragraph(out, "      why: ", &piece.why.in_words());
        }
    }
}

fn templates(out: &mut String, report: &Report) {
    if !report.templates.is_empty() {
        let _ = writeln!(out, "\nLearned of the pages of this host");
    }
    for Learned { container, stage, pages, usual_chars, places, header_chars } in &report.templates {
        let _ = writeln!(out, "  - {container}");
        let _ = writeln!(out, "      {}; {pages} pages, usually {usual_chars} characters", stage.meaning());
        if !places.is_empty() {
            paragraph(out, "      fields in ", &places.join(", "));
        }
        if let Some(chars @ 1..) = header_chars {
            let _ = writeln!(out, "      fields in the last {chars} characters of the header");
        }
    }
}

fn paragraph(out: &mut String, start: &str, text: &str) {
    let indent = start.width();
    for (at, line) in wrapped(text, LINE_COLUMNS - indent).iter().enumerate() {
        let _ = writeln!(out, "{}{line}", if at == 0 { start.to_owned() } else { " ".repeat(indent) });
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The text in lines of so many columns: broken at a space where there is one, between characters where there is none.
fn wrapped(text: &str, columns: usize) -> Vec<&str> {
    let (mut lines, mut rest) = (Vec::new(), text.trim());
    while rest.width() > columns {
        let end = fitting(rest, columns);
        // An address or a Chinese sentence has no space near the end of the line.
        let space = rest[..end].rfind(' ').filter(|space| *space * 3 > end * 2);
        let end = space.unwrap_or_else(|| before_closing(rest, end));
        let end = end.max(rest.chars().next().map_or(0, char::len_utf8));
        lines.push(rest[..end].trim_end());
        rest = rest[end..].trim_start();
    }
    if !rest.is_empty() || lines.is_empty() {
        lines.push(rest);
    }
    lines
}

/// A line does not begin with a full stop or a closing bracket: the character before goes with it.
fn before_closing(text: &str, end: usize) -> usize {
    let is_closing =
        text[end..].starts_with(['。', '，', '、', '；', '：', '！', '？', '”', '）', '》', '」', ',', '.', ')']);
    let before = text[..end].char_indices().next_back().map_or(0, |(at, _)| at);
    if is_closing && before > 0 { before } else { end }
}

/// One line of so many columns, with an ellipsis where it was longer.
fn cut(line: &str, columns: usize) -> String {
    if line.width() <= columns {
        return line.to_owned();
    }
    format!("{}…", &line[..fitting(line, columns - 1)])
}

/// How many bytes of a text fit into so many columns.
fn fitting(text: &str, columns: usize) -> usize {
    let mut used = 0;
    let fits = |(_, c): &(usize, char)| {
        used += c.width().unwrap_or(0);
        used <= columns
    };
    text.char_indices().take_while(fits).last().map_or(0, |(at, c)| at + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::report;
    use crate::ingest::{decode, page};
    use crate::model::portal::Portal;

    fn told(html: &str) -> String {
        let url: url::Url = "http://www.jcnews.example/jcxw/content/2026-01/09/content_100001.html".parse().unwrap();
        let mut portal = Portal::unknown(url.clone()).unwrap();
        (portal.language, portal.timezone) = ("zh-Hans".into(), "Asia/Shanghai".parse().unwrap());
        let page = decode::bytes(url, None, html.as_bytes().to_vec());
        let charset = page.charset;
        let reading = page::read(&page, &portal).unwrap();
        report(&report::of(page.url.to_string(), charset, &portal, reading, &[]))
    }

    #[test]
    fn a_damaged_page_is_told_as_an_editor_reads_it() {
        insta::assert_snapshot!(told(include_str!("../ingest/extract/fixtures/mirror.html")));
    }

    #[test]
    fn no_line_is_wider_than_a_terminal() {
        let told = told(include_str!("../ingest/extract/fixtures/mirror.html"));
        let is_narrow = |line: &str| line.width() <= LINE_COLUMNS || line.contains("http");
        assert!(told.lines().all(is_narrow), "{told}");
        assert_eq!(wrapped("江城初雪江城初雪", 6), ["江城初", "雪江城", "初雪"]);
        assert_eq!(wrapped("江城初。雪", 6), ["江城", "初。雪"]);
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(wrapped("江", 1), ["江"]);
        assert_eq!(cut("江城初雪", 7), "江城初…");
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_a_line(text in ".{0,200}", columns in 1_usize..40) {
            let lines = wrapped(&text, columns);
            proptest::prop_assert!(lines.concat().chars().filter(|c| !c.is_whitespace()).eq(text.chars().filter(|c| !c.is_whitespace())));
            cut(&text, columns);
        }
    }
}
