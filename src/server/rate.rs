//! How often one client may ask: a burst at first, then at a steady pace (generic cell rate algorithm).

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Clients remembered at once; who has been quiet for a while is forgotten first.
const CLIENTS_MAX: usize = 10_000;

/// The pace of all clients, each counted by itself.
pub(super) struct Rate {
    /// Asked at once before the pace counts.
    burst: i32,
    /// Between two requests after that.
    pace: TimeDelta,
    /// When each client will have paid for all it asked.
    paid: Mutex<HashMap<IpAddr, DateTime<Utc>>>,
}

impl Rate {
    /// A pace of one request in `pace`, after a burst.
    pub(super) fn new(burst: i32, pace: TimeDelta) -> Rate {
        Rate { burst, pace, paid: Mutex::default() }
    }

    /// Counts a request; if it is one too many, the error says in how many seconds the next one is not.
    pub(super) fn count(&self, client: IpAddr, now: DateTime<Utc>) -> Result<(), i64> {
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        if paid.len() >= CLIENTS_MAX {
            paid.retain(|_, until| *until > now);
        }
        let client = network(client);
        let room = self.pace * self.burst;
        let until = paid.get(&client).copied().unwrap_or(now).max(now) + self.pace;
        // Of more clients than we can count nobody new is let in.
        let is_too_many = until - now > room || (paid.len() >= CLIENTS_MAX && !paid.contains_key(&client));
        if is_too_many {
            return Err((until - now - room).num_seconds().max(0) + 1);
        }
        paid.insert(client, until);
        Ok(())
    }
}

/// Who asks: an IPv6 client has at least a whole /64 of addresses.
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_burst_a_client_is_let_in_at_the_pace_and_others_are_not_affected() {
        let rate = Rate::new(3, TimeDelta::seconds(2));
        let now: DateTime<Utc> = "2026-01-06T00:00:00Z".parse().unwrap();
        let client = |last: u8| IpAddr::from([192, 0, 2, last]);
        for _ in 0..3 {
            assert_eq!(rate.count(client(1), now), Ok(()));
        }
        let wait = rate.count(client(1), now).unwrap_err();
        assert!((1..=3).contains(&wait), "{wait}");
        assert_eq!(rate.count(client(2), now), Ok(()));
        assert_eq!(rate.count(client(1), now + TimeDelta::seconds(wait)), Ok(()));
    }

    #[test]
    fn the_addresses_of_one_network_are_one_client() {
        let rate = Rate::new(1, TimeDelta::seconds(1));
        let now = DateTime::UNIX_EPOCH;
        assert!(rate.count("2001:4860::1".parse().unwrap(), now).is_ok());
        assert!(rate.count("2001:4860::2".parse().unwrap(), now).is_err());
        assert!(rate.count("2001:4860:0:1::1".parse().unwrap(), now).is_ok());
        assert!(rate.count("::ffff:192.0.2.1".parse().unwrap(), now).is_ok());
        assert!(rate.count("192.0.2.1".parse().unwrap(), now).is_err());
    }
}
