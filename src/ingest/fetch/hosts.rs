//! Whose turn it is: how many requests a host gets at once, and how far apart they start, over all runs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};
use url::Url;

use crate::model::portal::FetchRules;

/// Hosts remembered at once; those with nothing to do are forgotten first. Portals have a handful each.
const HOSTS_MAX: usize = 1024;

/// The longest pause a robots.txt may ask for; a day's articles must fit into a day.
const CRAWL_DELAY_MAX: Duration = Duration::from_secs(10);

/// The turns of all hosts.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    hosts: Mutex<HashMap<String, Arc<Host>>>,
}

#[derive(Debug)]
struct Host {
    /// Waiters are served in the order they came.
    turns: Arc<Semaphore>,
    concurrency: usize,
    next_start: Mutex<Instant>,
}

/// The right to one request; given back when dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _permit: OwnedSemaphorePermit,
    _host: Arc<Host>,
}

impl Hosts {
    /// Waits for a turn at the host of `url`. Where portals share a host, the stricter `concurrency` counts.
    pub(super) async fn turn(&self, url: &Url, rules: &FetchRules, crawl_delay: Option<Duration>) -> Turn {
        let delay = delay(rules, crawl_delay);
        let host = self.host(url, rules.concurrency.clamp(1, Semaphore::MAX_PERMITS));
        let permit = Arc::clone(&host.turns).acquire_owned().await.expect("the semaphore is never closed");
        let start = {
            let mut next_start = host.next_start.lock().unwrap_or_else(PoisonError::into_inner);
            let start = (*next_start).max(Instant::now());
            *next_start = start.checked_add(delay).unwrap_or(start);
            start
        };
        sleep_until(start).await;
        Turn { _permit: permit, _host: host }
    }

    /// Lets no request to the host of `url` start for a while, as it asked.
    pub(super) fn hold(&self, url: &Url, pause: Duration) {
        let hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = hosts.get(&key(url)) {
            let mut next_start = host.next_start.lock().unwrap_or_else(PoisonError::into_inner);
            *next_start = (*next_start).max(Instant::now().checked_add(pause).unwrap_or(*next_start));
        }
    }

    fn host(&self, url: &Url, concurrency: usize) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let key = key(url);
        let known = hosts.get(&key);
        if let Some(host) = known
            && host.concurrency <= concurrency
        {
            return Arc::clone(host);
        }
        let next_start = known.map(|host| *host.next_start.lock().unwrap_or_else(PoisonError::into_inner));
        if known.is_none() && hosts.len() >= HOSTS_MAX {
            hosts.retain(|_, host| !host.is_idle());
        }
        let host = Arc::new(Host {
            turns: Arc::new(Semaphore::new(concurrency)),
            concurrency,
            next_start: Mutex::new(next_start.unwrap_or_else(Instant::now)),
        });
        hosts.insert(key, Arc::clone(&host));
        host
    }
}

impl Host {
    fn is_idle(self: &Arc<Host>) -> bool {
        let next_start = *self.next_start.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::strong_count(self) == 1 && next_start <= Instant::now()
    }
}

fn delay(rules: &FetchRules, crawl_delay: Option<Duration>) -> Duration {
    rules.delay.max(crawl_delay.unwrap_or_default().min(CRAWL_DELAY_MAX))
}

fn key(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(concurrency: usize, delay_ms: u64) -> FetchRules {
        FetchRules { concurrency, delay: Duration::from_millis(delay_ms), ..FetchRules::default() }
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_crawl_delay_raises_the_pause_up_to_a_cap() {
        let check = |crawl_delay_s: Option<u64>, expected_ms: u64| {
            let delay = delay(&rules(4, 250), crawl_delay_s.map(Duration::from_secs));
            assert_eq!(delay, Duration::from_millis(expected_ms));
        };
        check(None, 250);
        check(Some(0), 250);
        check(Some(2), 2_000);
        check(Some(86_400), 10_000);
    }

    #[tokio::test]
    async fn requests_to_one_host_start_apart() {
        let hosts = Hosts::default();
        let begin = Instant::now();
        for _ in 0..3 {
            hosts.turn(&url("http://a.example/"), &rules(4, 20), None).await;
        }
        assert!(begin.elapsed() >= Duration::from_millis(40));
    }

    #[tokio::test]
    async fn another_turn_waits_for_the_first_to_end() {
        let hosts = Hosts::default();
        let rules = rules(1, 0);
        let address = url("http://a.example/");
        let first = hosts.turn(&address, &rules, None).await;
        let second = hosts.turn(&address, &rules, None);
        tokio::pin!(second);
        assert!(futures_util::poll!(second.as_mut()).is_pending());
        let _elsewhere = hosts.turn(&url("http://a.example:81/"), &rules, None).await;
        drop(first);
        second.await;
    }

    #[tokio::test]
    async fn idle_hosts_are_forgotten() {
        let hosts = Hosts::default();
        let rules = rules(1, 0);
        let busy = hosts.turn(&url("http://busy.example/"), &rules, None).await;
        for n in 0..HOSTS_MAX + 5 {
            hosts.turn(&url(&format!("http://h{n}.example/")), &rules, None).await;
        }
        let known = hosts.hosts.lock().unwrap();
        assert!(known.len() <= HOSTS_MAX, "{}", known.len());
        assert!(known.contains_key("busy.example:80"));
        drop(busy);
    }
}
