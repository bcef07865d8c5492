-- Who is told when a document of a feed changes (WebSub).
CREATE TABLE subscription (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    is_hub        INTEGER NOT NULL,         -- an outside hub, which is only told to fetch the topic
    topic         TEXT NOT NULL,            -- the public address of the document
    path          TEXT NOT NULL,            -- where it lies on the shelf
    feed          TEXT NOT NULL,            -- the name of its feed
    callback      TEXT NOT NULL,
    host          TEXT NOT NULL,            -- of the callback
    secret        TEXT,                     -- signs what is delivered, so it is needed as it is
    expires       TEXT,                     -- the end of the lease; NULL for an outside hub
    delivered     TEXT NOT NULL,            -- the feed's 'changed' of the last version delivered
    failures      INTEGER NOT NULL DEFAULT 0,
    failing_since TEXT,
    due           TEXT,                     -- after a failure: not before
    UNIQUE (topic, callback)
) STRICT;
CREATE INDEX subscription_feed ON subscription (feed, delivered);
CREATE INDEX subscription_host ON subscription (host);
CREATE INDEX subscription_expires ON subscription (expires) WHERE expires IS NOT NULL;

-- What was asked of the hub, until the callback confirms that it meant it.
CREATE TABLE subscription_request (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    intent   TEXT NOT NULL,                 -- 'subscribe', 'unsubscribe'; 'denied' is told and not asked
    topic    TEXT NOT NULL,
    path     TEXT NOT NULL,
    feed     TEXT NOT NULL,
    callback TEXT NOT NULL,
    host     TEXT NOT NULL,
    secret   TEXT,
    lease_s  INTEGER,
    known    TEXT NOT NULL,                 -- the feed's 'changed' when it was asked: what comes later is owed
    UNIQUE (topic, callback)
) STRICT;
CREATE INDEX subscription_request_host ON subscription_request (host);
