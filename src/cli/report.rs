//! What `harbinger inspect` tells of one page.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, Offset, TimeZone, Utc};
use serde::Serialize;
use url::Url;

use crate::ingest::page::Reading;
use crate::ingest::removed::Removed;
use crate::model::article::Image;
use crate::model::portal::Portal;
use crate::model::reason::Reason;
use crate::model::template::{Stage, Template};

/// What `--json` prints; absent fields are null.
#[derive(Serialize)]
pub(super) struct Report {
    pub(super) url: String,
    pub(super) canonical_url: Option<String>,
    pub(super) title: String,
    pub(super) subtitle: Option<String>,
    pub(super) author: Option<String>,
    pub(super) photographer: Option<String>,
    pub(super) editor: Option<String>,
    pub(super) source: Option<String>,
    pub(super) published: Option<DateTime<FixedOffset>>,
    pub(super) updated: Option<DateTime<FixedOffset>>,
    pub(super) language: String,
    pub(super) section: Option<String>,
    pub(super) keywords: Vec<String>,
    pub(super) summary: Option<String>,
    pub(super) images: Vec<Image>,
    pub(super) html: String,
    pub(super) text: String,
    pub(super) charset: &'static str,
    /// Where each field came from.
    pub(super) origins: BTreeMap<&'static str, String>,
    pub(super) removed: Vec<Removed>,
    pub(super) warnings: Vec<String>,
    pub(super) findings: Findings,
    /// The container of the learned template that read the page.
    pub(super) template: Option<String>,
    /// What is learned of the pages of its host.
    pub(super) templates: Vec<Learned>,
}

/// A learned template.
#[derive(Serialize)]
pub(super) struct Learned {
    pub(super) container: String,
    pub(super) stage: Stage,
    pub(super) pages: u32,
    pub(super) usual_chars: u32,
    /// Where headline, date, byline and breadcrumb stand.
    pub(super) places: Vec<String>,
    /// How far before the container other fields were found, in characters; `None` of one learned before that was noted.
    pub(super) header_chars: Option<u32>,
}

/// What was found of damage and of strangers' work.
#[derive(Serialize)]
pub(super) struct Findings {
    /// Damaged places a thousand characters, at most 100.
    pub(super) damage: u8,
    /// Pieces that strangers put into the page.
    pub(super) injected: usize,
    pub(super) is_machine_copy: bool,
    /// Why the page would be held back for an editor; a run also compares it with the portal's recent articles.
    pub(super) held_back: Option<String>,
}

/// The report on a page that was read.
pub(super) fn of(
    url: String,
    charset: &'static str,
    portal: &Portal,
    reading: Reading,
    templates: &[Template],
) -> Report {
    let Reading { article, origins, removed, mut warnings, signs, template, first_page, later_pages } = reading;
    if let Some(first) = first_page {
        warnings.push(format!("continues the article at {first}"));
    } else if let [(_, next), ..] = &*later_pages {
        warnings.push(format!("only the first page of the article: {} more, from {next}", later_pages.len()));
    }
    let templates = of_host(templates, &url);
    let is_injected = |removed: &&Removed| matches!(removed.why, Reason::Injected(_));
    let findings = Findings {
        damage: signs.damage,
        injected: removed.iter().filter(is_injected).count(),
        is_machine_copy: article.is_machine_copy,
        held_back: signs.spam,
    };
    let zoned =
        |time: DateTime<Utc>| time.with_timezone(&portal.timezone.offset_from_utc_datetime(&time.naive_utc()).fix());
    let names = |names: &[String]| (!names.is_empty()).then(|| names.join(" "));
    Report {
        url,
        canonical_url: article.canonical_url.map(String::from),
        title: article.title,
        subtitle: article.subtitle,
        author: names(&article.authors),
        photographer: names(&article.photographers),
        editor: article.editor,
        source: article.source,
        published: article.published.map(zoned),
        updated: article.updated.map(zoned),
        language: article.language,
        section: article.section_label,
        keywords: article.keywords,
        summary: article.summary,
        images: article.images,
        html: article.html.as_str().to_owned(),
        text: article.text,
        charset,
        origins: origins.into_iter().collect(),
        removed,
        warnings,
        findings,
        template,
        templates,
    }
}

fn of_host(templates: &[Template], url: &str) -> Vec<Learned> {
    let url = Url::parse(url).ok();
    let host = url.as_ref().and_then(Url::host_str);
    let of_host = templates.iter().filter(|template| Some(template.host.as_str()) == host);
    let learned = |template: &Template| Learned {
        container: template.container.to_string(),
        stage: template.stage,
        pages: template.pages,
        usual_chars: template.usual_chars(),
        places: template.places.iter().map(|(place, _)| place.to_string()).collect(),
        header_chars: Some(template.header_chars).filter(|chars| *chars < u32::MAX),
    };
    of_host.map(learned).collect()
}
