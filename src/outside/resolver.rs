//! Resolves names at each connection and leaves private addresses out: a name that changes its address between a check
//! and the connection gains nothing.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::outside::private::is_private;

/// How names are looked up: the addresses of a host, as the system knows them.
type Lookup = fn(&str) -> io::Result<Vec<SocketAddr>>;

/// Asks the system and keeps what is on the internet.
#[derive(Debug, Clone, Copy)]
pub(super) struct GuardedResolver {
    lookup: Lookup,
}

impl Default for GuardedResolver {
    fn default() -> Self {
        GuardedResolver { lookup: |host| Ok((host, 0).to_socket_addrs()?.collect()) }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = self.lookup;
        Box::pin(async move {
            let found = tokio::task::spawn_blocking(move || lookup(name.as_str())).await??;
            let public: Vec<SocketAddr> = found.into_iter().filter(|address| !is_private(address.ip())).collect();
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// What a lookup through the guard gives: the addresses that may be connected to, or why there are none.
    async fn resolve(lookup: Lookup) -> Result<Vec<String>, String> {
        let name = "news.example".parse().unwrap();
        let found = GuardedResolver { lookup }.resolve(name).await.map_err(|error| error.to_string())?;
        Ok(found.map(|address| address.ip().to_string()).collect())
    }

    fn addresses(of: &[&str]) -> Vec<SocketAddr> {
        of.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect()
    }

    #[tokio::test]
    async fn of_a_name_with_public_and_private_addresses_only_the_public_ones_are_left() {
        let mixed: Lookup = |_| Ok(addresses(&["10.0.0.1", "8.8.8.8", "::1", "::ffff:127.0.0.1", "2606:4700::1111"]));
        assert_eq!(resolve(mixed).await.unwrap(), ["8.8.8.8", "2606:4700::1111"]);
        let private: Lookup = |_| Ok(addresses(&["192.168.0.1", "fe80::1"]));
        assert_eq!(resolve(private).await.unwrap_err(), "the name leads to a private address");
    }

    #[tokio::test]
    async fn a_name_that_fails_to_resolve_says_so() {
        let failing: Lookup = |_| Err(io::Error::other("temporary failure in name resolution"));
        assert_eq!(resolve(failing).await.unwrap_err(), "temporary failure in name resolution");
        let empty: Lookup = |_| Ok(Vec::new());
        assert!(resolve(empty).await.is_err());
    }

    #[tokio::test]
    async fn a_name_that_turns_private_after_it_was_checked_is_refused_at_the_connection() {
        static ASKED: AtomicU32 = AtomicU32::new(0);
        let rebound: Lookup = |_| match ASKED.fetch_add(1, Ordering::AcqRel) {
            0 => Ok(addresses(&["8.8.8.8"])),
            _ => Ok(addresses(&["127.0.0.1"])),
        };
        assert_eq!(resolve(rebound).await.unwrap(), ["8.8.8.8"]);
        // The client asks again at each connection, and nothing is remembered from the first answer.
        for _ in 0..3 {
            assert_eq!(resolve(rebound).await.unwrap_err(), "the name leads to a private address");
        }
    }
}
