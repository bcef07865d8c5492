//! The two HTTP clients: one that never connects to a private address, one that may.

use std::error::Error;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use tracing::warn;

use crate::ingest::fetch::FetchError;
use crate::ingest::fetch::private::is_private;

/// The longest a connection, with TLS, may take to stand; a host that needs more is down.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Both clients, each made when first needed: reading the system's certificates takes a while, and a start
/// that only serves stored feeds needs none.
#[derive(Debug)]
pub(super) struct Clients {
    user_agent: HeaderValue,
    guarded: OnceLock<Result<Client, String>>,
    open: OnceLock<Result<Client, String>>,
}

impl Clients {
    pub(super) fn new(user_agent: String) -> Result<Clients, FetchError> {
        let user_agent = HeaderValue::try_from(user_agent)
            .map_err(|_| FetchError::Setup { cause: "the contact cannot stand in a header: use a URL".to_owned() })?;
        Ok(Clients { user_agent, guarded: OnceLock::new(), open: OnceLock::new() })
    }

    /// The client for a portal, by its `allow_private_addresses`.
    pub(super) fn client(&self, allow_private_addresses: bool) -> Result<&Client, FetchError> {
        let cell = if allow_private_addresses { &self.open } else { &self.guarded };
        cell.get_or_init(|| self.build(allow_private_addresses))
            .as_ref()
            .map_err(|cause| FetchError::Setup { cause: cause.clone() })
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
        if allow_private_addresses { builder } else { builder.dns_resolver(GuardedResolver) }
    }
}

/// Resolves names and leaves private addresses out, at each connection: a name that changes its address
/// between a check and the connection gains nothing.
#[derive(Debug, Clone, Copy)]
struct GuardedResolver;

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let lookup = tokio::task::spawn_blocking(move || (host.as_str(), 0).to_socket_addrs());
            let public: Vec<SocketAddr> = lookup.await??.filter(|address| !is_private(address.ip())).collect();
            if public.is_empty() {
                return Err(OnlyPrivate.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// A name that leads to private addresses alone.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to a private address")]
pub(super) struct OnlyPrivate;

/// Whether a request failed because its name leads to private addresses alone.
pub(super) fn is_only_private(error: &reqwest::Error) -> bool {
    chain(error).any(|cause| cause.is::<OnlyPrivate>())
}

/// The chain of causes in words; the outermost only says that a request failed.
pub(super) fn causes(error: &reqwest::Error) -> String {
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
