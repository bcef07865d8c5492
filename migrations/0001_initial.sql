-- Times are UTC, RFC 3339, at full seconds: they sort as text.

-- An article: one story, once.
CREATE TABLE article (
    id            INTEGER PRIMARY KEY,      -- in order of arrival
    guid          TEXT NOT NULL UNIQUE,     -- UUID, minted once, the id in every feed
    portal        TEXT NOT NULL,
    url           TEXT NOT NULL,
    published     TEXT NOT NULL,            -- never changes
    updated       TEXT NOT NULL,
    first_seen    TEXT NOT NULL,
    withdrawn     TEXT,                     -- since when it is in no feed
    withdrawn_by  TEXT,                     -- 'portal' took the page away, or 'admin'
    title         TEXT NOT NULL,
    subtitle      TEXT,
    summary       TEXT,
    html          TEXT NOT NULL,
    authors       TEXT NOT NULL,            -- JSON array of names
    photographers TEXT NOT NULL,            -- JSON array of names
    editor        TEXT,
    source        TEXT,
    section_label TEXT,
    keywords      TEXT NOT NULL,            -- JSON array
    language      TEXT NOT NULL,
    images        TEXT NOT NULL,            -- JSON array of {url, caption}
    is_machine_copy INTEGER NOT NULL,       -- told by a machine-converted mirror alone
    run           INTEGER,                  -- that brought it in; run records are forgotten sooner
    signs         TEXT NOT NULL,            -- JSON: what tells strangers' work from the portal's own
    damage        INTEGER NOT NULL,         -- damaged places a thousand characters, at most 100
    text_hash     BLOB,                     -- of the folded text; NULL where it is too short to tell stories apart
    revision_hash BLOB NOT NULL             -- of what a reader would notice
) STRICT;
CREATE INDEX article_text_hash ON article (text_hash) WHERE text_hash IS NOT NULL;
CREATE INDEX article_run ON article (run) WHERE run IS NOT NULL;

-- The fingerprint of an article's text, and the index that finds articles with one like it.
CREATE TABLE fingerprint (
    article INTEGER PRIMARY KEY REFERENCES article (id),
    minima  BLOB NOT NULL
) STRICT;
CREATE TABLE band (
    hash    INTEGER NOT NULL,
    article INTEGER NOT NULL REFERENCES article (id),
    PRIMARY KEY (hash, article)
) STRICT, WITHOUT ROWID;

-- A page we fetched or mean to fetch, under the key of its address.
CREATE TABLE page (
    key           TEXT PRIMARY KEY,
    url           TEXT NOT NULL,
    portal        TEXT NOT NULL,
    section       TEXT NOT NULL,            -- where its link was found first
    article       INTEGER REFERENCES article (id),
    is_copy       INTEGER NOT NULL DEFAULT 0,
    etag          TEXT,
    last_modified TEXT,
    body_hash     BLOB,
    checked       TEXT NOT NULL,
    due           TEXT,                     -- when it is looked at again; NULL means never
    failures      INTEGER NOT NULL DEFAULT 0,
    gone_since    TEXT,
    error         TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX page_due ON page (portal, section, due) WHERE due IS NOT NULL;
CREATE INDEX page_article ON page (article) WHERE article IS NOT NULL;

-- The sections an article stands in.
CREATE TABLE placement (
    article INTEGER NOT NULL REFERENCES article (id),
    portal  TEXT NOT NULL,
    section TEXT NOT NULL,
    PRIMARY KEY (article, portal, section)
) STRICT, WITHOUT ROWID;

-- What an event's rules say of an article; no row means that nothing spoke for it.
CREATE TABLE decision (
    event       TEXT NOT NULL,
    article     INTEGER NOT NULL REFERENCES article (id),
    score_milli INTEGER NOT NULL,
    is_included INTEGER NOT NULL,
    reasons     TEXT NOT NULL,              -- JSON array of sentences
    PRIMARY KEY (event, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX decision_article ON decision (article);

-- Under which rules each event's decisions were made, so that changed rules decide again.
CREATE TABLE event (
    id    TEXT PRIMARY KEY,
    rules BLOB NOT NULL                     -- hash
) STRICT, WITHOUT ROWID;

-- A feed we publish or published.
CREATE TABLE feed (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,          -- '*', 'portal', 'portal/section', 'events/event'
    guid     TEXT NOT NULL,                 -- UUID, minted once
    settings BLOB,                          -- hash of the settings it was last published under
    changed  TEXT NOT NULL                  -- Last-Modified: goes up by a second or more at every change
) STRICT;

-- Which articles stand in which feed, in the order they are published.
CREATE TABLE entry (
    feed      INTEGER NOT NULL REFERENCES feed (id),
    published TEXT NOT NULL,
    article   INTEGER NOT NULL REFERENCES article (id),
    PRIMARY KEY (feed, published, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_article ON entry (article);

-- What left a feed (RFC 6721).
CREATE TABLE tombstone (
    feed    INTEGER NOT NULL REFERENCES feed (id),
    article INTEGER NOT NULL REFERENCES article (id),
    at      TEXT NOT NULL,
    PRIMARY KEY (feed, article)
) STRICT, WITHOUT ROWID;

-- What happened to each article, in order; written in the transaction that did it.
CREATE TABLE change (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES article (id),
    kind    TEXT NOT NULL,
    at      TEXT NOT NULL
) STRICT;

-- Where a section's links are found, and how that went.
CREATE TABLE source (
    portal        TEXT NOT NULL,
    section       TEXT NOT NULL,
    url           TEXT NOT NULL,
    etag          TEXT,
    last_modified TEXT,
    body_hash     BLOB,
    attempted     TEXT NOT NULL,
    succeeded     TEXT,
    failing_since TEXT,
    failures      INTEGER NOT NULL DEFAULT 0,
    not_before    TEXT,                     -- the source asked us to stay away until then
    error         TEXT,
    PRIMARY KEY (portal, section, url)
) STRICT, WITHOUT ROWID;

-- One pass of ingestion.
CREATE TABLE run (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    trigger  TEXT NOT NULL,
    portal   TEXT,
    section  TEXT,
    url      TEXT,
    state    TEXT NOT NULL,
    started  TEXT NOT NULL,
    finished TEXT,
    report   TEXT NOT NULL                  -- JSON
) STRICT;
CREATE INDEX run_open ON run (state) WHERE state IN ('queued', 'running');

-- Pages held back, each as it would have been stored, until an editor publishes or drops it.
CREATE TABLE quarantine (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    run       INTEGER,                      -- that held it back
    portal    TEXT NOT NULL,
    sections  TEXT NOT NULL,                -- JSON array of the sections that link it
    key       TEXT NOT NULL UNIQUE REFERENCES page (key),
    url       TEXT NOT NULL,
    title     TEXT NOT NULL,
    excerpt   TEXT NOT NULL,
    reason    TEXT NOT NULL,
    held      TEXT NOT NULL,                -- since when
    content   BLOB NOT NULL,                -- the revision hash of what is held
    candidate TEXT                          -- JSON; NULL where it is too long to keep
) STRICT;
CREATE INDEX quarantine_portal ON quarantine (portal, id);
CREATE INDEX quarantine_run ON quarantine (run) WHERE run IS NOT NULL;

-- An editor's word on a content that was held back.
CREATE TABLE ruling (
    portal     TEXT NOT NULL,
    content    BLOB NOT NULL,               -- revision hash
    is_allowed INTEGER NOT NULL,            -- 0: neither published nor held again
    at         TEXT NOT NULL,
    PRIMARY KEY (portal, content)
) STRICT, WITHOUT ROWID;

-- What the recent articles of a section were like, so that a strange one is noticed.
CREATE TABLE habit (
    portal   TEXT NOT NULL,
    section  TEXT NOT NULL,
    language TEXT NOT NULL,                 -- of the text, without script and region
    articles INTEGER NOT NULL,
    linking  INTEGER NOT NULL,              -- of these, those that link many other sites
    PRIMARY KEY (portal, section, language)
) STRICT, WITHOUT ROWID;

-- The sites a portal's articles link.
CREATE TABLE linked_site (
    portal   TEXT NOT NULL,
    site     TEXT NOT NULL,
    articles INTEGER NOT NULL,
    PRIMARY KEY (portal, site)
) STRICT, WITHOUT ROWID;

-- Admin tokens: only their hashes.
CREATE TABLE token (
    hash    BLOB PRIMARY KEY,
    created TEXT NOT NULL
) STRICT, WITHOUT ROWID;
