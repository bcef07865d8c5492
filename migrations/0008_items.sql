-- What came of each page in a run: one row a batch.
CREATE TABLE item (
    id    INTEGER PRIMARY KEY,
    run   INTEGER NOT NULL,
    items TEXT NOT NULL                     -- JSON array
) STRICT;
CREATE INDEX item_run ON item (run);
