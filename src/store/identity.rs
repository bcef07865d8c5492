//! Which article a page tells, by the first of these that knows: the page itself, the address it calls its own, the
//! hash of its folded text, its fingerprint.

use std::borrow::Cow;

use rusqlite::{Connection, OptionalExtension};
use url::Url;

use crate::model::article::Candidate;
use crate::model::copy::{Match, MatchKind, SAME_MILLI};
use crate::store::batch::PageResult;
use crate::store::pages::{self, Told};
use crate::store::{StoreError, copies, split};
use crate::text::fold;

/// What a page tells.
pub(super) enum Identity {
    /// An article whose home it is.
    Home(Told),
    /// A story that has its home elsewhere.
    Copy(Told),
    /// A story we did not have under this address, but under others.
    NewCopy(i64, Match),
    /// A story we did not have.
    New,
}

/// Which article a page tells.
pub(super) fn of(connection: &Connection, page: &PageResult, candidate: &Candidate) -> Result<Identity, StoreError> {
    let known = pages::told_on(connection, &page.key)?;
    if candidate.url_key == page.key {
        if let Some(told) = known {
            return Ok(if told.is_copy { Identity::Copy(told) } else { Identity::Home(told) });
        }
    } else {
        let target = pages::told_on(connection, &candidate.url_key)?;
        if let Some(told) = target.filter(|target| known.is_none_or(|known| known.leads_to(target))) {
            let how = Some(led(connection, candidate, told.article)?);
            // The story's own page, once it was read itself, tells it; what leads there says nothing more.
            let is_copy = told.is_copy || pages::is_home_read(connection, &candidate.url_key)?;
            let told = Told { is_copy, how, ..told };
            return Ok(if is_copy { Identity::Copy(told) } else { Identity::Home(told) });
        }
        if let Some(told) = known {
            return Ok(if told.is_copy { Identity::Copy(told) } else { Identity::Home(told) });
        }
    }
    if split::is_split(connection, &page.key)? || split::is_split(connection, &candidate.url_key)? {
        return Ok(Identity::New);
    }
    let found = copies::find(connection, candidate)?;
    Ok(found.map_or(Identity::New, |(article, how)| Identity::NewCopy(article, how)))
}

/// How the address a page calls its own led to an article.
fn led(connection: &Connection, candidate: &Candidate, article: i64) -> Result<Match, StoreError> {
    if !candidate.is_canonical {
        return Ok(Match { kind: MatchKind::Address, similarity_milli: Some(SAME_MILLI) });
    }
    let similarity_milli = copies::similarity_milli(connection, candidate, article)?;
    Ok(Match { kind: MatchKind::Canonical, similarity_milli })
}

/// The candidate under the address it was read from where the page's own word cannot be true: it names the address
/// of an article that tells something else, as pages of a broken template do, that an admin split it off, or that only those may
/// read who hold a key.
pub(super) fn believed<'a>(
    connection: &Connection,
    page: &PageResult,
    candidate: &'a Candidate,
) -> Result<Cow<'a, Candidate>, StoreError> {
    if !candidate.is_canonical {
        return Ok(Cow::Borrowed(candidate));
    }
    let named = pages::told_on(connection, &candidate.url_key)?;
    let own = pages::told_on(connection, &page.key)?;
    let Some(named) = named.filter(|named| own.is_none_or(|own| own.article != named.article)) else {
        return Ok(Cow::Borrowed(candidate));
    };
    let is_split = split::is_split_off(connection, &page.key, named.article)?;
    let may_share = copies::may_share(connection, candidate, named.article)?;
    if !is_split && may_share && is_alike(connection, candidate, named.article)? {
        return Ok(Cow::Borrowed(candidate));
    }
    let Ok(url) = Url::parse(&page.url) else { return Ok(Cow::Borrowed(candidate)) };
    Ok(Cow::Owned(Candidate { url, url_key: page.key.clone(), is_canonical: false, ..candidate.clone() }))
}

fn is_alike(connection: &Connection, candidate: &Candidate, article: i64) -> Result<bool, StoreError> {
    if copies::is_copy_of(connection, candidate, article)? {
        return Ok(true);
    }
    let sql = "SELECT title FROM article WHERE id = ?";
    let title: Option<String> = connection.prepare_cached(sql)?.query_row([article], |row| row.get(0)).optional()?;
    Ok(title.is_some_and(|title| fold::fold(&title) == fold::fold(&candidate.article.title)))
}
