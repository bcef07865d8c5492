-- Portals whose stories are for those alone who hold a key: they stand in no feed but their own, as those of a portal
-- that left, and share no story with other portals.
ALTER TABLE moved_portal ADD COLUMN is_private INTEGER NOT NULL DEFAULT 0;

-- Who may read private feeds. What a key opens is signed into the key itself.
CREATE TABLE partner_key (
    id        BLOB PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE,
    feeds     TEXT NOT NULL,                -- JSON; empty opens every private feed
    created   TEXT NOT NULL,
    expires   TEXT,                         -- not valid from then on; NULL means never
    last_used TEXT,
    uses      INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What keys are signed with, made once.
CREATE TABLE key_secret (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    secret BLOB NOT NULL
) STRICT;
