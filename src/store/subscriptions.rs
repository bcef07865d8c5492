//! Who is told of changes, and which version each has: what is still to be delivered follows from that and from the
//! feeds' `changed`, so that nothing is lost whenever the program ends.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::model::push::{self, Delivery, Intent, Limits, Pending, Request, Requested, Topic};
use crate::store::{Store, StoreError, rows};

/// Requests taken up in one round; the rest has its turn in the next.
const PENDING_AT_ONCE: i64 = 500;

impl Store {
    /// How many subscriptions each feed has at our hub; feeds without one are left out.
    pub async fn subscriptions_by_feed(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let read = |connection: &Connection| {
            let sql = "SELECT feed, count(*) FROM subscription WHERE NOT is_hub GROUP BY feed ORDER BY feed";
            let mut statement = connection.prepare_cached(sql)?;
            let feeds = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(feeds.collect::<Result<_, _>>()?)
        };
        self.database.read(read).await
    }

    /// Notes what is asked, in place of what was asked before for the same topic and callback.
    pub async fn request_subscription(
        &self,
        request: Request,
        limits: Limits,
        now: DateTime<Utc>,
    ) -> Result<Requested, StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            end_leases(transaction, now)?;
            let refused = refusal(transaction, &request, &limits)?;
            if refused == Requested::Taken {
                note(transaction, &request, now)?;
            }
            Ok(refused)
        };
        self.database.write(write).await
    }

    /// Requests that wait for their confirmation, the oldest first.
    pub async fn pending_requests(&self) -> Result<Vec<Pending>, StoreError> {
        let read = |connection: &Connection| {
            let sql =
                "SELECT id, intent, topic, callback, secret, lease_s FROM subscription_request ORDER BY id LIMIT ?";
            let mut statement = connection.prepare_cached(sql)?;
            let mut found = statement.query([PENDING_AT_ONCE])?;
            let mut requests = Vec::new();
            while let Some(row) = found.next()? {
                let intent = match row.get_ref("intent")?.as_str().unwrap_or_default() {
                    "subscribe" => {
                        let lease_s = row.get::<_, Option<u32>>("lease_s")?.unwrap_or_default();
                        Intent::Subscribe { secret: row.get("secret")?, lease_s }
                    }
                    "unsubscribe" => Intent::Unsubscribe,
                    _ => Intent::Denied,
                };
                requests.push(Pending {
                    id: row.get("id")?,
                    topic: row.get("topic")?,
                    callback: row.get("callback")?,
                    intent,
                });
            }
            Ok(requests)
        };
        self.database.read(read).await
    }

    /// Does what a request asks, now that its callback has confirmed it. Nothing if another took its place meanwhile.
    pub async fn confirm_request(&self, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let sql = "SELECT intent, topic, callback, lease_s FROM subscription_request WHERE id = ?";
            let request: Option<(String, String, String, Option<i64>)> = transaction
                .prepare_cached(sql)?
                .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
                .optional()?;
            let Some((intent, topic, callback, lease_s)) = request else { return Ok(()) };
            match intent.as_str() {
                "subscribe" => {
                    let expires = rows::text(now + TimeDelta::seconds(lease_s.unwrap_or_default()));
                    let sql = "
                        INSERT INTO subscription (is_hub, topic, path, feed, callback, host, secret, expires, delivered)
                        SELECT 0, topic, path, feed, callback, host, secret, ?2, known
                        FROM subscription_request WHERE id = ?1
                        ON CONFLICT DO UPDATE SET
                            secret = excluded.secret, expires = excluded.expires,
                            failures = 0, failing_since = NULL, due = NULL";
                    transaction.prepare_cached(sql)?.execute(params![id, expires])?;
                }
                "unsubscribe" => {
                    let sql = "DELETE FROM subscription WHERE topic = ? AND callback = ? AND NOT is_hub";
                    transaction.prepare_cached(sql)?.execute([topic, callback])?;
                }
                _ => {}
            }
            forget(transaction, id)
        };
        self.database.write(write).await
    }

    /// Forgets a request that was not confirmed.
    pub async fn drop_request(&self, id: i64) -> Result<(), StoreError> {
        self.database.write(move |transaction| forget(transaction, id)).await
    }

    /// Ends the subscriptions whose lease is over.
    pub async fn end_leases(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.database.write(move |transaction| end_leases(transaction, now)).await
    }

    /// What subscribers do not have yet and may be sent now.
    pub async fn due_deliveries(&self, now: DateTime<Utc>) -> Result<Vec<Delivery>, StoreError> {
        let read = move |connection: &Connection| {
            let sql = "
                SELECT subscription.id, is_hub, topic, path, feed, callback, secret, delivered, failures, failing_since
                FROM feed JOIN subscription ON subscription.feed = feed.name AND delivered < feed.changed
                WHERE (due IS NULL OR due <= ?1) AND (expires IS NULL OR expires > ?1)";
            let mut statement = connection.prepare_cached(sql)?;
            let mut found = statement.query([rows::text(now)])?;
            let mut deliveries = Vec::new();
            while let Some(row) = found.next()? {
                deliveries.push(delivery(row)?);
            }
            Ok(deliveries)
        };
        self.database.read(read).await
    }

    /// When a delivery that failed is tried again next; `None` if none did.
    pub async fn next_delivery(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let read = move |connection: &Connection| {
            let sql = "SELECT min(due) FROM subscription WHERE due > ?";
            let next = connection.prepare_cached(sql)?.query_row([rows::text(now)], |row| row.get(0))?;
            rows::time_opt(next)
        };
        self.database.read(read).await
    }

    /// Notes that a subscriber has this version of its topic.
    pub async fn delivered(&self, id: i64, version: DateTime<Utc>) -> Result<(), StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let sql = "
                UPDATE subscription SET delivered = max(delivered, ?2), failures = 0, failing_since = NULL, due = NULL
                WHERE id = ?1";
            transaction.prepare_cached(sql)?.execute(params![id, rows::text(version)])?;
            Ok(())
        };
        self.database.write(write).await
    }

    /// Notes that a delivery failed at `now` and is not tried again before `due`.
    pub async fn delivery_failed(&self, id: i64, due: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let sql = "
                UPDATE subscription
                SET failures = failures + 1, failing_since = coalesce(failing_since, ?3), due = ?2
                WHERE id = ?1";
            transaction.prepare_cached(sql)?.execute(params![id, rows::text(due), rows::text(now)])?;
            Ok(())
        };
        self.database.write(write).await
    }

    /// Ends a subscription.
    pub async fn end_subscription(&self, id: i64) -> Result<(), StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            transaction.prepare_cached("DELETE FROM subscription WHERE id = ?")?.execute([id])?;
            Ok(())
        };
        self.database.write(write).await
    }

    /// Ends every subscription to a topic, because nobody may read it any more; their callbacks are told.
    pub async fn deny_topic(&self, topic: String, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.database.write(move |transaction| deny(transaction, &topic, now)).await
    }

    /// Brings the subscriptions in line with what is published: those to other topics end, which their callbacks are
    /// told, and the outside hub, if there is one, is told of every topic.
    pub async fn settle_topics(
        &self,
        topics: Vec<Topic>,
        hub: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let write = move |transaction: &rusqlite::Transaction| {
            let known: HashSet<(&str, bool)> =
                topics.iter().map(|topic| (topic.url.as_str(), topic.is_private)).collect();
            for topic in topics_asked(transaction)? {
                let (bare, key) = push::split(&topic);
                if !known.contains(&(bare, key.is_some())) {
                    deny(transaction, &topic, now)?;
                }
            }
            let sql = "DELETE FROM subscription WHERE is_hub AND callback IS NOT ?";
            transaction.prepare_cached(sql)?.execute([&hub])?;
            for topic in hub.iter().flat_map(|_| &topics).filter(|topic| !topic.is_private) {
                let sql = "
                    INSERT OR IGNORE INTO subscription (is_hub, topic, path, feed, callback, host, delivered)
                    VALUES (1, ?, ?, ?, ?, '', '')";
                transaction.prepare_cached(sql)?.execute(params![topic.url, topic.path, topic.feed, hub])?;
            }
            Ok(())
        };
        self.database.write(write).await
    }
}

/// Whether a request can be taken, by the limits.
fn refusal(connection: &Connection, request: &Request, limits: &Limits) -> Result<Requested, StoreError> {
    let (topic, callback) = (request.topic.url.as_str(), request.callback.as_str());
    let host = request.callback.host_str().unwrap_or_default();
    let count = |sql: &str, values: &[&str]| -> Result<i64, StoreError> {
        let values = rusqlite::params_from_iter(values);
        Ok(connection.prepare_cached(sql)?.query_row(values, |row| row.get(0))?)
    };
    let sql = "SELECT count(*) FROM subscription WHERE topic = ? AND callback = ? AND NOT is_hub";
    let is_known = count(sql, &[topic, callback])? > 0;
    if request.intent == Intent::Unsubscribe && !is_known {
        return Ok(Requested::Unknown);
    }
    let others = "SELECT count(*) FROM subscription_request WHERE NOT (topic = ? AND callback = ?)";
    let pending = count(others, &[topic, callback])?;
    let pending_of_host = count(&format!("{others} AND host = ?"), &[topic, callback, host])?;
    if pending >= limits.pending || pending_of_host >= limits.pending_per_host {
        return Ok(Requested::Busy);
    }
    if is_known {
        return Ok(Requested::Taken);
    }
    // Who waits for a confirmation counts as if it had come.
    let of_host = count("SELECT count(*) FROM subscription WHERE host = ? AND NOT is_hub", &[host])?;
    if of_host + pending_of_host >= limits.subscriptions_per_host {
        return Ok(Requested::HostFull);
    }
    let all = count("SELECT count(*) FROM subscription WHERE NOT is_hub", &[])?;
    Ok(if all + pending >= limits.subscriptions { Requested::Full } else { Requested::Taken })
}

fn note(connection: &Connection, request: &Request, now: DateTime<Utc>) -> Result<(), StoreError> {
    let (secret, lease_s) = match &request.intent {
        Intent::Subscribe { secret, lease_s } => (secret.as_deref(), Some(*lease_s)),
        Intent::Unsubscribe | Intent::Denied => (None, None),
    };
    let sql = "
        INSERT OR REPLACE INTO subscription_request
            (intent, topic, path, feed, callback, host, secret, lease_s, known)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, coalesce((SELECT changed FROM feed WHERE name = ?4), ?9))";
    connection.prepare_cached(sql)?.execute(params![
        request.intent.mode(),
        request.topic.url,
        request.topic.path,
        request.topic.feed,
        request.callback.as_str(),
        request.callback.host_str().unwrap_or_default(),
        secret,
        lease_s,
        rows::text(now)
    ])?;
    Ok(())
}

fn forget(connection: &Connection, request: i64) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM subscription_request WHERE id = ?")?.execute([request])?;
    Ok(())
}

fn end_leases(connection: &Connection, now: DateTime<Utc>) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM subscription WHERE expires <= ?")?.execute([rows::text(now)])?;
    Ok(())
}

/// Every topic that anybody subscribes to or wants to.
fn topics_asked(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT topic FROM subscription UNION SELECT topic FROM subscription_request WHERE intent != 'denied'";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Ends whatever is about a topic, and notes that its callbacks are to be told.
fn deny(connection: &Connection, topic: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    connection.prepare_cached("UPDATE subscription_request SET intent = 'denied' WHERE topic = ?")?.execute([topic])?;
    let sql = "
        INSERT OR IGNORE INTO subscription_request (intent, topic, path, feed, callback, host, known)
        SELECT 'denied', topic, path, feed, callback, host, ?2 FROM subscription
        WHERE topic = ?1 AND NOT is_hub AND expires > ?2";
    connection.prepare_cached(sql)?.execute(params![topic, rows::text(now)])?;
    connection.prepare_cached("DELETE FROM subscription WHERE topic = ?")?.execute([topic])?;
    Ok(())
}

fn delivery(row: &Row) -> Result<Delivery, StoreError> {
    let delivered: String = row.get("delivered")?;
    Ok(Delivery {
        id: row.get("id")?,
        is_hub: row.get("is_hub")?,
        topic: row.get("topic")?,
        path: row.get("path")?,
        feed: row.get("feed")?,
        callback: row.get("callback")?,
        secret: row.get("secret")?,
        delivered: if delivered.is_empty() { None } else { Some(rows::time(&delivered)?) },
        failures: row.get("failures")?,
        failing_since: rows::time_opt(row.get("failing_since")?)?,
    })
}
