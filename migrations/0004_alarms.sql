-- How the pages of a source were read, so that a change of its layout shows.
CREATE TABLE source_habit (
    portal   TEXT NOT NULL,
    section  TEXT NOT NULL,
    url      TEXT NOT NULL,
    earlier  TEXT NOT NULL,                 -- JSON: counters of the pages before
    latest   TEXT NOT NULL,                 -- JSON: counters of pages not yet held against them
    PRIMARY KEY (portal, section, url)
) STRICT, WITHOUT ROWID;
