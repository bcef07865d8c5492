//! `GET /api/v1/articles/{id}`: one article, how it was read, what happened to it, and the feeds it is in and why.
//! It answers from what is stored; what its portal does not let us republish, and the words of spam, are left out.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, FixedOffset};
use serde::Serialize;
use uuid::Uuid;

use crate::model::account::{Account, Asked, CopyPage, EventVerdict, Revision};
use crate::model::article::Image;
use crate::model::catalogue::Catalogue;
use crate::model::explanation::{Explanation, Finding};
use crate::model::feed::{self, FeedKey};
use crate::model::portal::ContentLevel;
use crate::model::revision::Difference;
use crate::model::weighing::EditorWord;
use crate::publish::select;
use crate::server::error::{ApiError, Problem};
use crate::server::{State, access, answer};

/// Registers the path.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/api/v1/articles/{id}").to(article));
}

/// The answer; absent fields are null.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Article)]
struct Answer<'a> {
    id: String,
    portal: &'a str,
    sections: Vec<&'a str>,
    url: &'a str,
    title: &'a str,
    subtitle: Option<&'a str>,
    summary: Option<String>,
    author: Option<String>,
    photographer: Option<String>,
    editor: Option<&'a str>,
    source: Option<&'a str>,
    published: DateTime<FixedOffset>,
    updated: DateTime<FixedOffset>,
    first_seen: DateTime<FixedOffset>,
    language: &'a str,
    section: Option<&'a str>,
    keywords: &'a [String],
    image: Option<&'a str>,
    images: &'a [Image],
    /// Null where the portal lets less than the whole article be republished.
    html: Option<&'a str>,
    /// Where each field came from, by its name.
    origins: std::collections::BTreeMap<String, String>,
    removed: Vec<Finding>,
    removed_more: usize,
    warnings: Vec<String>,
    findings: Findings,
    revisions: Vec<Revision>,
    copies: Vec<CopyPage>,
    feeds: Vec<Place>,
    events: Vec<Verdict>,
}

/// What was found of damage and of strangers' work.
#[derive(Serialize, utoipa::ToSchema)]
struct Findings {
    /// Damaged places a thousand characters, at most 100.
    damage: u8,
    /// Pieces that strangers put into the page.
    injected: usize,
    is_machine_copy: bool,
}

/// A feed the article is in.
#[derive(Serialize, utoipa::ToSchema)]
struct Place {
    feed: String,
    why: Vec<String>,
}

/// What is said of the article in an event.
#[derive(Serialize, utoipa::ToSchema)]
struct Verdict {
    event: String,
    /// `include` or `exclude` where an editor decided, else `auto`.
    decision: &'static str,
    in_feed: bool,
    /// The rules' own score and reasons, whatever the editor said.
    score: f64,
    reasons: Vec<String>,
}

/// One article
///
/// Where each of its fields came from, what was left out of its page and why, what happened to it, its copies, and the
/// feeds it is in and why. What its portal does not let us republish is null.
#[utoipa::path(get, path = "/api/v1/articles/{id}", tag = "Partners",
    params(("id" = String, Path, description = "its id, as a UUID or as feeds write it: `urn:uuid:…`")),
    responses(
        (status = 200, description = "the article", body = Answer),
        (status = 410, description = "it was withdrawn", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn article(
    request: HttpRequest,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    answer::only_reads(&request)?;
    let id: Uuid = path.parse().map_err(|_| ApiError::NotFound("an article's id is a UUID".into()))?;
    let unknown = || ApiError::NotFound(format!("there is no article {id}"));
    let account = match state.queue.store().account(id).await? {
        Asked::Here(account) => account,
        Asked::Withdrawn => return Err(ApiError::Gone(format!("the article {id} was withdrawn"))),
        Asked::Unknown => return Err(unknown()),
    };
    let audiences = state.publisher.audiences();
    let portal = FeedKey::Portal(account.article.portal.clone());
    let is_private = audiences.lock(&portal).is_some();
    if is_private && !access::opens_any(&request, &state, &own_feeds(&account)).await? {
        return Err(unknown());
    }
    let body = body(audiences.readers_of(&portal), *account)?.ok_or_else(unknown)?;
    let mut response = answer::json(&request, body)?;
    if is_private {
        access::close(response.headers_mut());
    }
    Ok(response)
}

/// The feeds of an article's own portal that it is in.
fn own_feeds(account: &Account) -> Vec<FeedKey> {
    let portal = &account.article.portal;
    let section = |name: &String| {
        let (id, section) = name.split_once('/').filter(|(id, _)| id == portal)?;
        Some(FeedKey::Section(id.to_owned(), section.to_owned()))
    };
    let sections = account.article.sections.iter().filter_map(section);
    [FeedKey::Portal(portal.clone())].into_iter().chain(sections).collect()
}

/// The answer as JSON for those who know of a catalogue; `None` for an article of a portal that is not in it.
fn body(catalogue: &Catalogue, account: Account) -> Result<Option<String>, ApiError> {
    let (feeds, events) = (places(catalogue, &account), verdicts(catalogue, &account));
    let Account { article, section_label, damage, is_machine_copy, explanation, revisions, mut copies, .. } = account;
    copies.retain(|copy| catalogue.portal(&copy.portal).is_some());
    let Some(portal) = catalogue.portal(&article.portal) else { return Ok(None) };
    let level = portal.content.of(article.is_aged);
    let (summary, html) = feed::shown(level, article.summary.clone(), article.html.clone());
    let names = |names: &[String]| (!names.is_empty()).then(|| names.join(" "));
    let zoned = |time| select::in_zone(time, portal.timezone);
    let revisions = revisions.into_iter().map(|revision| shown(level, revision)).collect();
    let Explanation { origins, mut removed, removed_more, warnings } = explanation.unwrap_or_default();
    let injected = removed.iter().filter(|finding| finding.kind == Finding::INJECTED).count();
    removed.iter_mut().for_each(hide_spam);
    let answer = Answer {
        id: article.id.to_string(),
        portal: &article.portal,
        sections: catalogue.known_sections(&article.sections),
        url: &article.url,
        title: &article.title,
        subtitle: article.subtitle.as_deref(),
        summary,
        author: names(&article.authors),
        photographer: names(&article.photographers),
        editor: article.editor.as_deref(),
        source: article.source.as_deref(),
        published: zoned(article.published),
        updated: zoned(article.updated),
        first_seen: zoned(article.first_seen),
        language: &article.language,
        section: section_label.as_deref(),
        keywords: &article.keywords,
        image: article.images.first().map(|image| image.url.as_str()),
        images: &article.images,
        html: html.as_ref().map(|html| html.as_str()),
        origins,
        removed,
        removed_more,
        warnings,
        findings: Findings { damage, injected, is_machine_copy },
        revisions,
        copies,
        feeds,
        events,
    };
    serde_json::to_string(&answer).map(Some).map_err(|error| ApiError::Unavailable(error.to_string()))
}

/// What happened to an article, as far as its portal lets it be republished.
fn shown(level: ContentLevel, mut revision: Revision) -> Revision {
    if level != ContentLevel::Full
        && let Some(difference) = &mut revision.difference
    {
        difference.body.clear();
    }
    revision.difference = revision.difference.map(Difference::shown);
    revision
}

/// Nobody publishes what strangers wrote, not even here: what is told is how much it was.
fn hide_spam(finding: &mut Finding) {
    if finding.kind == Finding::INJECTED {
        finding.what = format!("{} characters that are not shown", finding.what.chars().count());
    }
}

/// The feeds an article is in, and why it is in each.
fn places(catalogue: &Catalogue, account: &Account) -> Vec<Place> {
    let place = |key: FeedKey, why: Vec<String>| Place { feed: key.to_string(), why };
    let is_private = catalogue.is_private(&FeedKey::Portal(account.article.portal.clone()));
    let mut places = Vec::new();
    if !is_private {
        places.push(place(FeedKey::All, vec!["every article is in it".to_owned()]));
    }
    let mut portals: Vec<&str> = Vec::new();
    let mut sections = Vec::new();
    for name in &account.article.sections {
        let Some((id, section)) = name.split_once('/') else { continue };
        let Some(portal) = catalogue.portal(id) else { continue };
        let Some(section) = portal.section(section) else { continue };
        if !portals.contains(&id) {
            portals.push(id);
            let why = format!("every article of {} is in it", portal.title);
            places.push(place(FeedKey::Portal(id.to_owned()), vec![why]));
        }
        let why = format!("{} lists it under {}", portal.title, section.title);
        sections.push(place(FeedKey::Section(id.to_owned(), section.id.clone()), vec![why]));
    }
    places.extend(sections);
    for verdict in known(catalogue, account).filter(|verdict| !is_private && verdict.standing.is_in_feed) {
        let mut why = verdict.decision.reasons.clone();
        if verdict.standing.word.is_some() {
            why.insert(0, "an editor included it".to_owned());
        }
        places.push(place(FeedKey::Event(verdict.decision.event.clone()), why));
    }
    places
}

fn verdicts(catalogue: &Catalogue, account: &Account) -> Vec<Verdict> {
    let verdict = |verdict: &EventVerdict| Verdict {
        event: verdict.decision.event.clone(),
        decision: EditorWord::name(verdict.standing.word),
        in_feed: verdict.standing.is_in_feed,
        score: verdict.decision.score_milli as f64 / 1000.0,
        reasons: verdict.decision.reasons.clone(),
    };
    known(catalogue, account).map(verdict).collect()
}

/// What is said in the events that are configured.
fn known<'a>(catalogue: &Catalogue, account: &'a Account) -> impl Iterator<Item = &'a EventVerdict> {
    account.verdicts.iter().filter(|verdict| catalogue.event(&verdict.decision.event).is_some())
}
