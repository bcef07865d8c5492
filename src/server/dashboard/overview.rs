//! The first page: what is read when, what fails, what was done; and the lists of what waits and what was ordered.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Days, Utc};

use crate::model::drift::Alarm;
use crate::model::quarantine::HeldPage;
use crate::model::run::{Run, RunState};
use crate::model::token::{Deed, Role};
use crate::scheduler;
use crate::server::State;
use crate::server::dashboard::charts::Chart;
use crate::server::dashboard::{Frame, frame, login, page as answer, visitor, words};
use crate::server::error::ApiError;

/// Runs on the first page.
const RUNS: usize = 20;
/// Pages of the quarantine shown at once; releasing or dropping them brings the next.
const HELD: usize = 50;
/// Lines of the audit log shown.
const DEEDS: usize = 200;
/// Days in the charts.
const DAYS: u64 = 14;

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct Overview {
    frame: Frame,
    held: i64,
    articles: i64,
    alarms: Vec<Alarm>,
    sections: Vec<SectionRow>,
    runs: Vec<RunRow>,
    charts: Vec<Chart>,
    subscribers: Vec<SubscriberRow>,
}

/// A section and how reading it goes.
struct SectionRow {
    portal: String,
    section: String,
    title: String,
    cron: String,
    read: String,
    tried: String,
    next: String,
    failing: Option<String>,
}

/// A run in a line.
pub(super) struct RunRow {
    pub(super) id: i64,
    pub(super) trigger: String,
    pub(super) scope: String,
    pub(super) state: String,
    pub(super) started: String,
    pub(super) is_bad: bool,
    pub(super) run: Run,
}

/// A feed and who subscribes to it.
struct SubscriberRow {
    feed: String,
    /// As the user agents of readers tell.
    told: i64,
    /// Subscriptions at our hub.
    hub: i64,
    /// The most that readers tell of any feed.
    most: i64,
}

/// `GET /admin`: the overview, or the form to log in.
pub(super) async fn page(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let Some(visitor) = visitor(&request, &state).await? else { return login::form(None) };
    let now = state.queue.clock().now();
    let (store, catalogue) = (state.queue.store(), state.queue.catalogue());
    let dues = scheduler::schedule(&catalogue.portals, store, now).await?;
    let mut runs = Vec::new();
    for run in store.runs(RUNS, None).await? {
        runs.push(row(state.queue.run(run.id).await?.unwrap_or(run), now));
    }
    let condition = store.condition().await?;
    let alarms = runs.iter().flat_map(|row| row.run.report.alarms.clone()).collect();
    let sections = dues.iter().map(|due| SectionRow {
        portal: due.portal.id.clone(),
        section: due.section.id.clone(),
        title: due.section.title.clone(),
        cron: due.portal.schedule_of(due.section).as_str().to_owned(),
        read: due.past.succeeded.map_or("never".into(), |time| words::distance(time, now)),
        tried: due.past.attempted.map_or("never".into(), |time| words::distance(time, now)),
        next: due.next.map_or("never".into(), |time| words::distance(time.max(now), now)),
        failing: due.past.failing_since.map(|since| {
            let error = due.past.error.as_deref().unwrap_or_default();
            format!("since {}, {} times in a row: {error}", words::time(since), due.past.failures)
        }),
    });
    answer(&Overview {
        frame: frame(&request, &state, &visitor),
        held: condition.quarantined,
        articles: condition.articles,
        alarms,
        sections: sections.collect(),
        runs,
        charts: charts(&state, now).await?,
        subscribers: subscribers(&state).await?,
    })
}

/// A run as its line shows it.
pub(super) fn row(run: Run, now: DateTime<Utc>) -> RunRow {
    let scope = [&run.scope.portal, &run.scope.section, &run.scope.url];
    let scope: Vec<&str> = scope.into_iter().flatten().map(String::as_str).collect();
    RunRow {
        id: run.id,
        trigger: format!("{:?}", run.trigger).to_lowercase(),
        scope: if scope.is_empty() { "everything".to_owned() } else { scope.join(" / ") },
        state: format!("{:?}", run.state).to_lowercase(),
        started: words::distance(run.started, now),
        is_bad: run.state == RunState::Failed || run.report.failed + run.report.sources_failed > 0,
        run,
    }
}

/// What was published, what failed, and how long pages took.
async fn charts(state: &State, now: DateTime<Utc>) -> Result<Vec<Chart>, ApiError> {
    let (store, since) = (state.queue.store(), now - Days::new(DAYS - 1));
    let published = store.articles_by_day(since).await?;
    let failed = store.failures_by_day(since).await?;
    let mut charts = vec![
        Chart::of_days("published", "Articles by day of publication", DAYS, &published, now),
        Chart::of_days("failed", "Pages and sources that failed, by day", DAYS, &failed, now),
    ];
    for (portal, times) in state.queue.signals().fetch_times() {
        let title = format!("How long pages of {portal} took since the start, in seconds");
        let figures = times.into_iter().map(|(most, pages)| (format!("at most {most} s"), format!("≤{most}"), pages));
        charts.push(Chart::new(&format!("fetch-{portal}"), &title, figures.collect()));
    }
    Ok(charts)
}

/// Feeds that anybody subscribes to, as far as we know.
async fn subscribers(state: &State) -> Result<Vec<SubscriberRow>, ApiError> {
    let mut known: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for (feed, subscribers) in state.queue.signals().answers.subscribers_by_feed() {
        known.entry(feed).or_default().0 += subscribers;
    }
    for (feed, subscriptions) in state.queue.store().subscriptions_by_feed().await? {
        known.entry(feed).or_default().1 += subscriptions;
    }
    let most = known.values().map(|(told, _)| *told).max().unwrap_or(0).max(1);
    Ok(known.into_iter().map(|(feed, (told, hub))| SubscriberRow { feed, told, hub, most }).collect())
}

#[derive(Template)]
#[template(path = "admin/quarantine.html")]
struct Quarantine {
    frame: Frame,
    pages: Vec<(HeldPage, String)>,
}

/// `GET /admin/quarantine`: what was held back, and why.
pub(super) async fn quarantine(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let Some(visitor) = visitor(&request, &state).await? else { return login::form(None) };
    let pages = state.queue.store().quarantine(HELD, None).await?;
    let pages = pages.into_iter().map(|page| (words::time(page.held), page)).map(|(held, page)| (page, held)).collect();
    answer(&Quarantine { frame: frame(&request, &state, &visitor), pages })
}

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct Audit {
    frame: Frame,
    deeds: Vec<(Deed, String)>,
}

/// `GET /admin/audit`: who ordered what; for admins.
pub(super) async fn audit(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let Some(visitor) = visitor(&request, &state).await? else { return login::form(None) };
    if visitor.caller.role < Role::Admin {
        return Err(ApiError::Forbidden(Role::Admin, visitor.caller.role));
    }
    let deeds = state.queue.store().deeds(DEEDS, None).await?;
    let deeds = deeds.into_iter().map(|deed| (words::time(deed.at), deed)).map(|(at, deed)| (deed, at)).collect();
    answer(&Audit { frame: frame(&request, &state, &visitor), deeds })
}
