//! Who may read what is private: partner keys, each checked in memory, and how often each was used.
//!
//! A key that was forged, altered or has expired is refused by what stands in it; one that was revoked, because its
//! number is not among those in memory. Only a key that was really signed here and is not known yet leads to the store,
//! once: it may have been made a moment ago by another process.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::{DateTime, Utc};

use crate::keys::signed::{Claims, Signer};
use crate::model::partner_key::{self, KeyId, PartnerKey};
use crate::store::partner_keys::{SECRET_BYTES, Used};
use crate::store::{Store, StoreError};

pub mod signed;

/// Keys that ended and were asked for since the store was read; who holds more of them has them looked up again.
const ENDED_MAX: usize = 10_000;

/// Why a key opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It was not made here, was changed, has expired or was revoked; nobody is told which.
    #[error("this is no valid key")]
    Invalid,
    /// It is good for other feeds.
    #[error("this key is for other feeds")]
    Elsewhere,
    /// Whether it is valid cannot be told now.
    #[error("the store does not tell whether there is such a key")]
    Unavailable,
}

/// Why a key could not be made.
#[derive(Debug, thiserror::Error)]
pub enum NotMade {
    /// There is one of this name.
    #[error("there is a key “{0}” already; choose another name, or revoke it first")]
    Taken(String),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    NoRandomness(getrandom::Error),
    /// The store.
    #[error("the key was not kept: {0}")]
    Store(#[from] StoreError),
}

/// What a new key is for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// The feeds it opens; empty opens every private feed.
    pub feeds: Vec<String>,
    /// When it ends; `None` never.
    pub expires: Option<DateTime<Utc>>,
}

/// How a key was used since that was last written down.
#[derive(Debug, Default, Clone, Copy)]
struct Uses {
    number: u64,
    last: Option<DateTime<Utc>>,
}

/// The keys that are valid as far as we know.
#[derive(Default)]
struct Known {
    keys: HashMap<KeyId, Arc<Mutex<Uses>>>,
    /// Signed here, and not in the store when it was read last.
    ended: HashSet<KeyId>,
}

/// All keys of one running program.
pub struct Keyring {
    store: Store,
    signer: Signer,
    known: RwLock<Known>,
    /// Held while the store is read, so that nothing older replaces what is newer.
    reading: tokio::sync::Mutex<()>,
}

impl Keyring {
    /// The keys of a store, with what they are signed with, which is made if there is nothing yet.
    pub async fn open(store: Store) -> Result<Keyring, NotMade> {
        let mut fresh = [0; SECRET_BYTES];
        getrandom::fill(&mut fresh).map_err(NotMade::NoRandomness)?;
        let signer = Signer::new(&store.key_secret(fresh).await?);
        let keyring = Keyring { store, signer, known: RwLock::default(), reading: tokio::sync::Mutex::default() };
        keyring.refresh().await?;
        Ok(keyring)
    }

    /// Makes a key and returns it with its record; it cannot be shown again.
    pub async fn make(&self, wanted: Wanted, now: DateTime<Utc>) -> Result<(String, PartnerKey), NotMade> {
        let mut id = KeyId::default();
        getrandom::fill(&mut id).map_err(NotMade::NoRandomness)?;
        let Wanted { name, feeds, expires } = wanted;
        let key = PartnerKey { id, name, feeds, created: now, expires, last_used: None, uses: 0 };
        let text = self.signer.sign(&Claims { id, expires: key.expires, feeds: key.feeds.clone() });
        if !self.store.add_partner_key(key.clone()).await? {
            return Err(NotMade::Taken(key.name));
        }
        self.refresh().await?;
        Ok((text, key))
    }

    /// Ends a key at once; `false` if there is none of that name.
    pub async fn revoke(&self, name: String) -> Result<bool, StoreError> {
        let is_ended = self.store.revoke_partner_key(name).await?;
        self.refresh().await?;
        Ok(is_ended)
    }

    /// The number of a key that opens the feed of this name at `now`.
    pub async fn check(&self, text: &str, feed: &str, now: DateTime<Utc>) -> Result<KeyId, Refused> {
        let claims = self.signer.read(text).ok_or(Refused::Invalid)?;
        if claims.expires.is_some_and(|expires| expires <= now) {
            return Err(Refused::Invalid);
        }
        let is_known = match self.is_known(&claims.id) {
            Some(is_known) => is_known,
            None => self.is_kept(&claims.id).await?,
        };
        if !is_known {
            return Err(Refused::Invalid);
        }
        if partner_key::opens(&claims.feeds, feed) { Ok(claims.id) } else { Err(Refused::Elsewhere) }
    }

    /// Counts an answer or a delivery that a key was good for.
    pub fn count(&self, id: &KeyId, now: DateTime<Utc>) {
        let uses = self.known.read().unwrap_or_else(PoisonError::into_inner).keys.get(id).map(Arc::clone);
        let Some(uses) = uses else { return };
        let mut uses = uses.lock().unwrap_or_else(PoisonError::into_inner);
        *uses = Uses { number: uses.number + 1, last: uses.last.max(Some(now)) };
    }

    /// All keys by name, with what was counted until now.
    pub async fn all(&self) -> Result<Vec<PartnerKey>, StoreError> {
        let mut keys = self.store.partner_keys().await?;
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        for key in &mut keys {
            let Some(uses) = known.keys.get(&key.id) else { continue };
            let uses = *uses.lock().unwrap_or_else(PoisonError::into_inner);
            key.uses += uses.number;
            key.last_used = key.last_used.max(uses.last);
        }
        Ok(keys)
    }

    /// Reads which keys there are: those another process made or revoked count from then on.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let _reading = self.reading.lock().await;
        let keys = self.store.partner_keys().await?;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let mut before = std::mem::take(&mut known.keys);
        known.keys = keys.into_iter().map(|key| (key.id, before.remove(&key.id).unwrap_or_default())).collect();
        known.ended.clear();
        Ok(())
    }

    /// Writes down how often each key was used since the last time; what cannot be written is kept for the next.
    pub async fn flush(&self) -> Result<(), StoreError> {
        let taken = |(id, uses): (&KeyId, &Arc<Mutex<Uses>>)| {
            let uses = std::mem::take(&mut *uses.lock().unwrap_or_else(PoisonError::into_inner));
            uses.last.map(|last| Used { id: *id, uses: uses.number, last })
        };
        let used: Vec<Used> = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            known.keys.iter().filter_map(taken).collect()
        };
        if used.is_empty() {
            return Ok(());
        }
        let written = self.store.note_key_uses(used.clone()).await;
        if written.is_err() {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            for Used { id, uses: number, last } in used {
                let Some(uses) = known.keys.get(&id) else { continue };
                let mut uses = uses.lock().unwrap_or_else(PoisonError::into_inner);
                *uses = Uses { number: uses.number + number, last: uses.last.max(Some(last)) };
            }
        }
        written
    }

    /// Whether a key is valid, if that is known in memory.
    fn is_known(&self, id: &KeyId) -> Option<bool> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if known.keys.contains_key(id) {
            return Some(true);
        }
        known.ended.contains(id).then_some(false)
    }

    /// Whether the store has a key.
    async fn is_kept(&self, id: &KeyId) -> Result<bool, Refused> {
        if let Err(error) = self.refresh().await {
            tracing::error!(%error, "cannot tell which keys there are; those in memory count");
            return Err(Refused::Unavailable);
        }
        let is_kept = self.is_known(id) == Some(true);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if !is_kept && known.ended.len() < ENDED_MAX {
            known.ended.insert(*id);
        }
        Ok(is_kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-01-16T00:00:00Z".parse().unwrap()
    }

    fn wanted(name: &str) -> Wanted {
        Wanted { name: name.to_owned(), feeds: vec!["hill".to_owned()], expires: None }
    }

    #[tokio::test]
    async fn keys_that_another_process_makes_count_at_once_and_those_it_revokes_after_the_next_look() {
        let folder = tempfile::tempdir().unwrap();
        let command = Keyring::open(Store::open(folder.path()).unwrap()).await.unwrap();
        let server = Keyring::open(Store::open(folder.path()).unwrap()).await.unwrap();
        let (text, key) = command.make(wanted("river daily"), now()).await.unwrap();
        assert_eq!(server.check(&text, "hill/news", now()).await, Ok(key.id), "both sign with the same secret");
        assert!(matches!(command.make(wanted("river daily"), now()).await, Err(NotMade::Taken(_))));
        assert!(command.revoke("river daily".to_owned()).await.unwrap());
        assert_eq!(command.check(&text, "hill", now()).await, Err(Refused::Invalid));
        assert_eq!(server.check(&text, "hill", now()).await, Ok(key.id), "it is in memory");
        server.refresh().await.unwrap();
        for _ in 0..2 {
            assert_eq!(server.check(&text, "hill", now()).await, Err(Refused::Invalid));
        }
        assert!(server.known.read().unwrap().ended.contains(&key.id), "it is not looked up again");
    }

    #[tokio::test]
    async fn uses_are_counted_in_memory_and_added_to_what_is_stored() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let keyring = Keyring::open(store.clone()).await.unwrap();
        let (_, key) = keyring.make(wanted("river daily"), now()).await.unwrap();
        let uses = async || (keyring.all().await.unwrap()[0].uses, store.partner_keys().await.unwrap()[0].uses);
        for round in 1..=2 {
            keyring.count(&key.id, now());
            keyring.refresh().await.unwrap();
            keyring.count(&key.id, now());
            assert_eq!(uses().await, (2 * round, 2 * round - 2));
            keyring.flush().await.unwrap();
            assert_eq!(uses().await, (2 * round, 2 * round));
        }
        assert_eq!(keyring.all().await.unwrap()[0].last_used, Some(now()));
    }
}
