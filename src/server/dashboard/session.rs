//! Who is logged in: a random number in a cookie stands for a token until it is logged out, grows old, or the token
//! ends. Kept in memory alone: a restart logs everybody out.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use actix_web::HttpRequest;
use actix_web::http::header;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use subtle::ConstantTimeEq;

/// How long a login lasts.
const LIFE: TimeDelta = TimeDelta::hours(12);
/// Logins at once; the oldest gives way.
const SESSIONS_MAX: usize = 1_000;
/// Wrong tokens from one address before it has to wait.
const FAILURES_MAX: u32 = 10;
/// How long it has to wait then, also where the clock is put back: short, for behind a proxy everybody has one address.
const FAILURES_FORGOTTEN_AFTER: TimeDelta = TimeDelta::minutes(1);
/// Addresses whose failures are counted; with more, all are forgotten.
const ADDRESSES_MAX: usize = 10_000;
/// The cookie's name.
const COOKIE: &str = "harbinger_session";
/// Random bytes that nobody guesses.
const SECRET_BYTES: usize = 32;

/// The open logins.
#[derive(Default)]
pub struct Sessions {
    open: Mutex<HashMap<[u8; 32], Session>>,
    failures: Mutex<HashMap<IpAddr, (u32, DateTime<Utc>)>>,
}

/// One login.
#[derive(Clone)]
pub(super) struct Session {
    /// Hash of the token it stands for.
    pub(super) token: [u8; 32],
    /// What every form must bring along, so that no other site can send one.
    pub(super) form_key: String,
    ends: DateTime<Utc>,
    said: Option<String>,
}

impl Sessions {
    /// Opens a login for a token and returns the cookie's value. An error if the system gives no random numbers.
    pub(super) fn begin(&self, token: [u8; 32], now: DateTime<Utc>) -> Result<String, getrandom::Error> {
        let (secret, form_key) = (random()?, random()?);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, session| session.ends > now);
        if open.len() >= SESSIONS_MAX {
            let oldest = open.iter().min_by_key(|(_, session)| session.ends).map(|(key, _)| *key);
            oldest.map(|key| open.remove(&key));
        }
        open.insert(key(&secret), Session { token, form_key, ends: now + LIFE, said: None });
        Ok(secret)
    }

    /// The login a request belongs to.
    pub(super) fn of(&self, request: &HttpRequest, now: DateTime<Utc>) -> Option<Session> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(&key(&cookie(request)?)).filter(|session| session.ends > now).cloned()
    }

    /// Ends the login of a request.
    pub(super) fn end(&self, request: &HttpRequest) {
        if let Some(secret) = cookie(request) {
            self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&key(&secret));
        }
    }

    /// Leaves a line for the next page this login sees.
    pub(super) fn say(&self, request: &HttpRequest, line: String) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = cookie(request).and_then(|secret| open.get_mut(&key(&secret))) {
            session.said = Some(line);
        }
    }

    /// The line left for this login; it is said once.
    pub(super) fn said(&self, request: &HttpRequest) -> Option<String> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get_mut(&key(&cookie(request)?))?.said.take()
    }

    /// Whether an address may try another token.
    pub(super) fn may_try(&self, address: IpAddr, now: DateTime<Utc>) -> bool {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures
            .get(&address)
            .is_none_or(|(count, last)| *count < FAILURES_MAX || (now - *last).abs() >= FAILURES_FORGOTTEN_AFTER)
    }

    /// Counts a wrong token.
    pub(super) fn failed(&self, address: IpAddr, now: DateTime<Utc>) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= ADDRESSES_MAX && !failures.contains_key(&address) {
            failures.clear();
        }
        let (count, last) = failures.entry(address).or_insert((0, now));
        if (now - *last).abs() >= FAILURES_FORGOTTEN_AFTER {
            *count = 0;
        }
        (*count, *last) = (*count + 1, now);
    }
}

impl Session {
    /// Whether a form came from one of our pages.
    pub(super) fn sent(&self, form_key: &str) -> bool {
        self.form_key.as_bytes().ct_eq(form_key.as_bytes()).into()
    }
}

/// The field that makes a browser keep a login, or forget it where `secret` is `None`. No script can read it, no
/// other site's page sends it (RFC 6265bis §4.1.2).
pub(super) fn set_cookie(secret: Option<&str>, is_https: bool) -> String {
    let age_s = if secret.is_some() { LIFE.num_seconds() } else { 0 };
    let secure = if is_https { "; Secure" } else { "" };
    format!("{COOKIE}={}; Path=/admin; Max-Age={age_s}; HttpOnly; SameSite=Strict{secure}", secret.unwrap_or_default())
}

fn cookie(request: &HttpRequest) -> Option<String> {
    let fields = request.headers().get_all(header::COOKIE).filter_map(|field| field.to_str().ok());
    let mut pairs = fields.flat_map(|field| field.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned())
}

/// Only the hash is kept, as of tokens.
fn key(secret: &str) -> [u8; 32] {
    *blake3::hash(secret.as_bytes()).as_bytes()
}

fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
