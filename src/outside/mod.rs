//! The HTTP clients that everything goes out through, for `ingest::fetch`, `publish::push`, `export::bucket` and
//! `traces`: one that never connects to a private address, one that may. Neither follows a redirect, asks a proxy or keeps a cookie.

use std::error::Error;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use tracing::warn;
use url::{Host, Url};

use crate::outside::private::is_private;
use crate::outside::resolver::{GuardedResolver, OnlyPrivate};

pub mod private;

mod resolver;

/// The longest a connection, with TLS, may take to stand; a host that needs more is down.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Both clients, each made when first needed: reading the system's certificates takes a while, and a start
/// that only serves stored feeds needs none.
#[derive(Debug)]
pub struct Clients {
    user_agent: HeaderValue,
    guarded: OnceLock<Result<Client, String>>,
    open: OnceLock<Result<Client, String>>,
}

/// The client could not be set up.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the HTTP client cannot start: {0}")]
pub struct SetupError(String);

impl Clients {
    /// Clients that call themselves `user_agent`: `Harbinger/VERSION (+CONTACT)`.
    /// An error if that cannot stand in a header.
    pub fn new(user_agent: String) -> Result<Clients, SetupError> {
        let user_agent = HeaderValue::try_from(user_agent)
            .map_err(|_| SetupError("the contact cannot stand in a header: use a URL".to_owned()))?;
        Ok(Clients { user_agent, guarded: OnceLock::new(), open: OnceLock::new() })
    }

    /// The client that may connect to private addresses, or the one that may not.
    pub fn client(&self, allow_private_addresses: bool) -> Result<&Client, SetupError> {
        let cell = if allow_private_addresses { &self.open } else { &self.guarded };
        cell.get_or_init(|| self.build(allow_private_addresses)).as_ref().map_err(|cause| SetupError(cause.clone()))
    }

    fn build(&self, allow_private_addresses: bool) -> Result<Client, String> {
        // A machine without certificates can still read portals over plain http, such as the bundled one.
        self.builder(allow_private_addresses).build().or_else(|error| {
            warn!("https pages will fail, for {}; install ca-certificates", causes(&error));
            let builder = self.builder(allow_private_addresses).tls_certs_only([]);
            builder.build().map_err(|error| causes(&error))
        })
    }

    fn builder(&self, allow_private_addresses: bool) -> ClientBuilder {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, self.user_agent.clone());
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, br, zstd"));
        let builder = Client::builder()
            .default_headers(headers)
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            // Whatever features another crate may switch on, both sizes are counted here.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .connect_timeout(CONNECT_TIMEOUT);
        if allow_private_addresses { builder } else { builder.dns_resolver(GuardedResolver::default()) }
    }
}

/// Why an address is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Neither `http` nor `https`, or without a host.
    NotHttp,
    /// It is the number of a private address.
    Private,
}

/// Whether an address may be asked as far as it can be told before its name is resolved: http or https, with a host,
/// and no private address written as a number unless allowed.
///
/// A resolver never sees addresses written as numbers, so they are checked here; the url crate has already turned
/// decimal, octal and hexadecimal spellings into one.
pub fn check(url: &Url, allow_private_addresses: bool) -> Result<(), Refusal> {
    let address = match url.host() {
        Some(Host::Ipv4(address)) => Some(address.into()),
        Some(Host::Ipv6(address)) => Some(address.into()),
        Some(Host::Domain(name)) if !name.is_empty() => None,
        _ => return Err(Refusal::NotHttp),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refusal::NotHttp);
    }
    if !allow_private_addresses && address.is_some_and(is_private) {
        return Err(Refusal::Private);
    }
    Ok(())
}

/// Whether a request failed because its name leads to private addresses alone.
pub fn is_only_private(error: &reqwest::Error) -> bool {
    chain(error).any(|cause| cause.is::<OnlyPrivate>())
}

/// The chain of causes in words; the outermost only says that a request failed.
pub fn causes(error: &reqwest::Error) -> String {
    let mut words: Vec<String> = Vec::new();
    for cause in chain(error).skip(1) {
        let cause = cause.to_string();
        if words.last().is_none_or(|last| !last.contains(&cause)) {
            words.push(cause);
        }
    }
    if words.is_empty() { "the connection failed".to_owned() } else { words.join(": ") }
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_with_a_line_break_is_refused() {
        let error = Clients::new("Harbinger/1 (+http://a\r\nX: y)".to_owned()).unwrap_err();
        assert_eq!(error.to_string(), "the HTTP client cannot start: the contact cannot stand in a header: use a URL");
    }
}
