-- What was learned of pages that a portal makes alike.
CREATE TABLE template (
    portal    TEXT NOT NULL,
    host      TEXT NOT NULL,
    container TEXT NOT NULL,                -- JSON: the way from the root to the element that holds the body
    learned   TEXT NOT NULL,                -- JSON
    PRIMARY KEY (portal, host, container)
) STRICT, WITHOUT ROWID;
