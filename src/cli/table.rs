//! A report on one page, as lines an editor reads.

use std::fmt::Write as _;

use crate::cli::inspect::Report;

/// The column the values start in.
const NAME_WIDTH: usize = 14;
/// Lines of the body shown at its beginning.
const BODY_LINES: usize = 6;
/// Characters of a line of the body.
const LINE_CHARS: usize = 76;

/// The report as text.
pub(super) fn report(report: &Report) -> String {
    let mut out = String::new();
    let mut row = |name: &str, key: &str, value: Option<&str>| {
        let origin = report.origins.iter().find(|(field, _)| *field == key).map(|(_, origin)| origin.as_str());
        let from = origin.filter(|_| value.is_some()).map(|origin| format!("   ({origin})")).unwrap_or_default();
        let _ = writeln!(out, "{name:NAME_WIDTH$}{}{from}", value.unwrap_or("–"));
    };
    row("address", "url", Some(&report.url));
    row("canonical", "canonical_url", report.canonical_url.as_deref());
    row("title", "title", Some(&report.title));
    row("subtitle", "subtitle", report.subtitle.as_deref());
    row("author", "authors", report.author.as_deref());
    row("photographer", "photographers", report.photographer.as_deref());
    row("editor", "editor", report.editor.as_deref());
    row("source", "source", report.source.as_deref());
    row("published", "published", report.published.map(|time| time.to_rfc3339()).as_deref());
    row("updated", "updated", report.updated.map(|time| time.to_rfc3339()).as_deref());
    row("language", "language", Some(&report.language));
    row("section", "section", report.section.as_deref());
    row("keywords", "keywords", (!report.keywords.is_empty()).then(|| report.keywords.join(", ")).as_deref());
    row("charset", "charset", Some(report.charset));
    row("summary", "summary", report.summary.as_deref());
    for (index, image) in report.images.iter().enumerate() {
        let name = if index == 0 { format!("{} pictures", report.images.len()) } else { String::new() };
        row(&name, "", Some(&format!("{}  {}", image.url, image.caption.as_deref().unwrap_or_default())));
    }
    body(&mut out, &report.text);
    findings(&mut out, report);
    out
}

fn body(out: &mut String, text: &str) {
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let characters: usize = lines.iter().map(|line| line.chars().count()).sum();
    let _ = writeln!(out, "\nbody: {} paragraphs, {characters} characters", lines.len());
    for line in lines.iter().take(BODY_LINES) {
        let _ = writeln!(out, "  {}", cut(line));
    }
    if lines.len() > BODY_LINES {
        let _ = writeln!(out, "  … {} more", lines.len() - BODY_LINES);
    }
}

fn findings(out: &mut String, report: &Report) {
    if !report.removed.is_empty() {
        let _ = writeln!(out, "\nremoved:");
    }
    for removed in &report.removed {
        let _ = writeln!(out, "  {}\n    because: {}", cut(&removed.what), removed.why);
    }
    if !report.warnings.is_empty() {
        let _ = writeln!(out, "\nto know:");
    }
    for warning in &report.warnings {
        let _ = writeln!(out, "  {warning}");
    }
}

fn cut(line: &str) -> String {
    let mut cut: String = line.chars().take(LINE_CHARS).collect();
    if cut.len() < line.len() {
        cut.push('…');
    }
    cut
}
