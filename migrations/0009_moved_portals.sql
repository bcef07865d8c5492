-- Portals that left the configuration, or came back since.
CREATE TABLE moved_portal (
    id         TEXT PRIMARY KEY,
    is_absent  INTEGER NOT NULL,
    is_settled INTEGER NOT NULL             -- whether all its articles are where they belong
) STRICT, WITHOUT ROWID;
