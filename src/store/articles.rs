//! Articles: a batch is stored, with all it changes, in one transaction.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, Statement, ToSql, params};
use uuid::Uuid;

use crate::model::article::{Article, Candidate};
use crate::model::change::ChangeKind;
use crate::model::clock::CLOCK_MIN;
use crate::model::page::Validators;
use crate::store::batch::{Batch, Outcome, PageResult, Saved};
use crate::store::feeds::Touched;
use crate::store::identity::{self, Identity};
use crate::store::pages::Told;
use crate::store::{
    Store, StoreError, changes, copies, decisions, drift, explanations, feeds, history, items, pages, quarantine,
    retention, revisions, rows, sources, split, templates, withdrawals,
};

/// A date further ahead than this is a mistake of the page: the time we first saw it is used instead, unless it is our
/// clock that is wrong.
const FUTURE_MAX: TimeDelta = TimeDelta::minutes(10);
/// A page must be missing this long before its article leaves the feeds: portals have bad hours.
const GONE_AFTER: TimeDelta = TimeDelta::hours(2);

impl Store {
    /// Stores a batch: articles, what happened to them, and which feeds that changes, in one transaction.
    pub async fn save(&self, batch: Batch, now: DateTime<Utc>) -> Result<Saved, StoreError> {
        self.database.write(move |transaction| save_batch(transaction, &batch, now)).await
    }

    /// Tells what [`Store::save`] would do, and stores nothing.
    pub async fn rehearse(&self, batch: Batch, now: DateTime<Utc>) -> Result<Saved, StoreError> {
        self.database.rehearse(move |transaction| save_batch(transaction, &batch, now)).await
    }

    /// One article, also when it is withdrawn.
    pub async fn article(&self, id: Uuid) -> Result<Option<Article>, StoreError> {
        let read = move |connection: &Connection| {
            let sql = format!("SELECT {} FROM article WHERE guid = ?", rows::ARTICLE_COLUMNS);
            let mut statement = connection.prepare_cached(&sql)?;
            statement.query([id.to_string()])?.next()?.map(rows::article).transpose()
        };
        self.database.read(read).await
    }
}

/// Stores a batch inside a transaction.
pub(super) fn save_batch(connection: &Connection, batch: &Batch, now: DateTime<Utc>) -> Result<Saved, StoreError> {
    let mut saved = Saved::default();
    let mut touched = Touched::default();
    for page in &batch.pages {
        let (new, updated, copies) = (saved.new, saved.updated, saved.copies);
        save_page(connection, batch, page, now, &mut saved, &mut touched)?;
        let done = [saved.new > new, saved.copies > copies, saved.updated > updated];
        saved.items.extend(items::of(page, done));
        saved.new_ages_s.extend(page.published().filter(|_| done[0]).map(|published| (now - published).num_seconds()));
    }
    items::keep(connection, batch.run, &saved.items)?;
    for source in &batch.sources {
        sources::save(connection, &batch.portal, source, now)?;
    }
    for read in &batch.tallies {
        saved.alarms.extend(drift::count(connection, &batch.portal, read)?);
    }
    if let Some(templates) = &batch.templates {
        templates::replace(connection, &batch.portal, templates)?;
    }
    feeds::announce(connection, &touched, now)?;
    Ok(saved)
}

fn save_page(
    connection: &Connection,
    batch: &Batch,
    page: &PageResult,
    now: DateTime<Utc>,
    saved: &mut Saved,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    let known = pages::told_on(connection, &page.key)?;
    let portal = &batch.portal;
    match &page.outcome {
        Outcome::Article { candidate, validators, body_hash } => {
            save_article(connection, batch, page, &Read { candidate, validators, body_hash }, now, saved, touched)?;
        }
        Outcome::Held { candidate, reason, validators, body_hash } => {
            let read = Read { candidate, validators, body_hash };
            match ruled(connection, candidate, known)? {
                Some(true) => save_article(connection, batch, page, &read, now, saved, touched)?,
                ruling => {
                    pages::save_read(connection, portal, page, None, validators, body_hash, now)?;
                    let is_held =
                        ruling.is_none() && quarantine::hold(connection, batch, page, candidate, reason, now)?;
                    saved.quarantined += u64::from(is_held);
                }
            }
        }
        Outcome::Unchanged { validators } => {
            saved.unchanged += u64::from(known.is_some());
            pages::save_checked(connection, page, validators.as_ref(), now)?;
            pages::link(connection, portal, page)?;
            if let Some(told) = known {
                if !told.is_copy {
                    withdrawals::back_with_page(connection, told.article, now, touched)?;
                }
                place(connection, portal, told.article, &page.sections)?;
                feeds::enter(connection, told.article, now, touched)?;
            }
        }
        Outcome::Linked => {
            pages::link(connection, portal, page)?;
            if let Some(told) = known {
                place(connection, portal, told.article, &page.sections)?;
                feeds::enter(connection, told.article, now, touched)?;
            }
        }
        Outcome::NoArticle { error, validators, body_hash } => {
            pages::save_read(connection, portal, page, None, validators, body_hash, now)?;
            pages::save_error(connection, portal, page, error, now)?;
        }
        Outcome::Failed { error } => pages::save_error(connection, portal, page, error, now)?,
        Outcome::Gone { error } => {
            saved.gone += 1;
            pages::save_error(connection, portal, page, error, now)?;
            let gone_since = pages::save_gone(connection, &page.key, now)?;
            if gone_since.is_some_and(|since| now - since >= GONE_AFTER) {
                quarantine::forget(connection, &page.key)?;
                let told = known.filter(|told| !told.is_copy);
                if let Some(told) = told
                    && !pages::has_other_home(connection, told.article, &page.key)?
                {
                    withdrawals::by_portal(connection, told.article, now, touched)?;
                }
            }
        }
    }
    Ok(())
}

/// What decides over a page that is to be held back: an editor's word on its content, or that we publish this very
/// content already. `Some(false)` means that it is neither published nor held.
fn ruled(connection: &Connection, candidate: &Candidate, known: Option<Told>) -> Result<Option<bool>, StoreError> {
    let known = match known {
        Some(told) => Some(told),
        None => pages::told_on(connection, &candidate.url_key)?,
    };
    let sql = "SELECT 1 FROM article WHERE id = ? AND revision_hash = ?";
    if connection.prepare_cached(sql)?.exists(params![known.map(|told| told.article), candidate.revision_hash])? {
        return Ok(Some(true));
    }
    quarantine::ruling(connection, &candidate.portal, &candidate.revision_hash)
}

/// What was read of a page.
struct Read<'a> {
    candidate: &'a Candidate,
    validators: &'a Validators,
    body_hash: &'a [u8; 32],
}

fn save_article(
    connection: &Connection,
    batch: &Batch,
    page: &PageResult,
    read: &Read,
    now: DateTime<Utc>,
    saved: &mut Saved,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    let Read { candidate, validators, body_hash } = read;
    let candidate = &*identity::believed(connection, page, candidate)?;
    let told = save_candidate(connection, page, candidate, batch.run, now, saved, touched)?;
    pages::save_read(connection, &batch.portal, page, Some(told), validators, body_hash, now)?;
    pages::save_way(connection, &batch.portal, page, candidate, told, now)?;
    pages::link(connection, &batch.portal, page)?;
    quarantine::forget(connection, &page.key)?;
    place(connection, &batch.portal, told.article, &page.sections)?;
    if split::is_split(connection, &page.key)? {
        // A run that was ordered for the page alone does not know who else links it.
        let linking = split::sections_of(connection, &batch.portal, &page.key)?;
        place(connection, &batch.portal, told.article, &linking)?;
    }
    feeds::enter(connection, told.article, now, touched)?;
    Ok(())
}

/// Finds the story a page tells and brings it up to date, or adds it.
fn save_candidate(
    connection: &Connection,
    page: &PageResult,
    candidate: &Candidate,
    run: Option<i64>,
    now: DateTime<Utc>,
    saved: &mut Saved,
    touched: &mut Touched,
) -> Result<Told, StoreError> {
    match identity::of(connection, page, candidate)? {
        Identity::Home(told) => {
            withdrawals::back_with_page(connection, told.article, now, touched)?;
            update(connection, told.article, candidate, now, saved, touched)?;
            Ok(told)
        }
        // A copy neither rewrites its story nor brings it back.
        Identity::Copy(told) => {
            saved.unchanged += 1;
            Ok(told)
        }
        Identity::NewCopy(article, how) => {
            saved.copies += 1;
            let is_home = copies::is_better_home(connection, candidate, article)?;
            if is_home {
                pages::make_copies(connection, article, how)?;
                let sql = "UPDATE article SET url = ?, portal = ? WHERE id = ?";
                connection.prepare_cached(sql)?.execute(params![candidate.url.as_str(), candidate.portal, article])?;
                update(connection, article, candidate, now, saved, touched)?;
            }
            Ok(Told { article, is_copy: !is_home, how: (!is_home).then_some(how) })
        }
        Identity::New => {
            let article = insert(connection, candidate, run, now)?;
            history::count_sites(connection, &candidate.portal, &candidate.signs)?;
            saved.new += 1;
            changes::log(connection, article, ChangeKind::Added, now)?;
            copies::keep(connection, article, candidate)?;
            explanations::keep(connection, article, &candidate.explanation)?;
            decide(connection, article, candidate)?;
            Ok(Told { article, is_copy: false, how: None })
        }
    }
}

fn insert(
    connection: &Connection,
    candidate: &Candidate,
    run: Option<i64>,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let article = &candidate.article;
    let is_past = |published: &DateTime<Utc>| *published <= now + FUTURE_MAX || now < CLOCK_MIN;
    let published = article.published.filter(is_past).unwrap_or(now);
    let updated = article.updated.filter(|updated| *updated <= now).unwrap_or(published).max(published);
    let sql = "
        INSERT INTO article (
            guid, portal, url, published, updated, first_seen, run, title, subtitle, summary, html, authors,
            photographers, editor, source, section_label, keywords, language, images, is_machine_copy, signs, damage,
            text_hash, revision_hash
        ) VALUES (
            :guid, :portal, :url, :published, :updated, :first_seen, :run, :title, :subtitle, :summary, :html, :authors,
            :photographers, :editor, :source, :section_label, :keywords, :language, :images, :is_machine_copy, :signs,
            :damage, :text_hash, :revision_hash
        )";
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, ":guid", Uuid::new_v4().to_string())?;
    bind(&mut statement, ":portal", &candidate.portal)?;
    bind(&mut statement, ":url", candidate.url.as_str())?;
    bind(&mut statement, ":published", rows::text(published))?;
    bind(&mut statement, ":updated", rows::text(updated))?;
    bind(&mut statement, ":first_seen", rows::text(now))?;
    bind(&mut statement, ":run", run)?;
    bind_content(&mut statement, candidate)?;
    statement.raw_execute()?;
    Ok(connection.last_insert_rowid())
}

fn update(
    connection: &Connection,
    id: i64,
    candidate: &Candidate,
    now: DateTime<Utc>,
    saved: &mut Saved,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    let sql = "SELECT revision_hash FROM article WHERE id = ?";
    let stored: [u8; 32] = connection.prepare_cached(sql)?.query_row([id], |row| row.get(0))?;
    // What was read anew is explained anew, also where a reader sees no difference.
    explanations::keep(connection, id, &candidate.explanation)?;
    retention::forget_dropped(connection, id)?;
    if stored == candidate.revision_hash {
        saved.unchanged += 1;
        return Ok(());
    }
    history::forget(connection, id)?;
    let before = revisions::before(connection, id)?;
    let sql = "
        UPDATE article SET
            updated = max(:updated, published), title = :title, subtitle = :subtitle, summary = :summary, html = :html,
            authors = :authors, photographers = :photographers, editor = :editor, source = :source,
            section_label = :section_label, keywords = :keywords, language = :language, images = :images,
            is_machine_copy = :is_machine_copy, signs = :signs, damage = :damage, text_hash = :text_hash,
            revision_hash = :revision_hash
        WHERE id = :id";
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, ":id", id)?;
    bind(&mut statement, ":updated", rows::text(now))?;
    bind_content(&mut statement, candidate)?;
    statement.raw_execute()?;
    history::remember(connection, id)?;
    saved.updated += 1;
    let change = changes::log(connection, id, ChangeKind::Updated, now)?;
    revisions::keep(connection, change, id, before, &candidate.article, now)?;
    copies::keep(connection, id, candidate)?;
    decide(connection, id, candidate)?;
    retention::forget_dropped(connection, id)?;
    feeds::make_room(connection, id, now, touched)?;
    feeds::touch_all_of(connection, id, now, touched)
}

/// Binds what a new article and a changed one have in common.
fn bind_content(statement: &mut Statement, candidate: &Candidate) -> Result<(), StoreError> {
    let Candidate { article, signs, .. } = candidate;
    bind(statement, ":title", &article.title)?;
    bind(statement, ":subtitle", &article.subtitle)?;
    bind(statement, ":summary", &article.summary)?;
    bind(statement, ":html", article.html.as_str())?;
    bind(statement, ":authors", rows::json(&article.authors)?)?;
    bind(statement, ":photographers", rows::json(&article.photographers)?)?;
    bind(statement, ":editor", &article.editor)?;
    bind(statement, ":source", &article.source)?;
    bind(statement, ":section_label", &article.section_label)?;
    bind(statement, ":keywords", rows::json(&article.keywords)?)?;
    bind(statement, ":language", &article.language)?;
    bind(statement, ":images", rows::json(&article.images)?)?;
    bind(statement, ":is_machine_copy", article.is_machine_copy)?;
    bind(statement, ":signs", rows::json(signs)?)?;
    bind(statement, ":damage", signs.damage)?;
    bind(statement, ":text_hash", candidate.text_hash)?;
    bind(statement, ":revision_hash", candidate.revision_hash)
}

fn bind(statement: &mut Statement, name: &'static str, value: impl ToSql) -> Result<(), StoreError> {
    let unknown = || rusqlite::Error::InvalidParameterName(name.to_owned());
    let index = statement.parameter_index(name)?.ok_or_else(unknown)?;
    Ok(statement.raw_bind_parameter(index, value)?)
}

fn decide(connection: &Connection, article: i64, candidate: &Candidate) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM decision WHERE article = ?")?.execute([article])?;
    for decision in &candidate.decisions {
        decisions::keep(connection, article, decision)?;
    }
    Ok(())
}

fn place(connection: &Connection, portal: &str, article: i64, sections: &[String]) -> Result<(), StoreError> {
    let sql = "INSERT OR IGNORE INTO placement (article, portal, section) VALUES (?, ?, ?)";
    let mut statement = connection.prepare_cached(sql)?;
    for section in sections {
        if statement.execute(params![article, portal, section])? > 0 {
            history::count_in_section(connection, article, portal, section)?;
        }
    }
    Ok(())
}
