-- Which version the archive pages of a feed are of. A page links the page below it by its version, so a change moves on
-- the page it happens to and every page above. Each row holds for the pages that begin at its place or above, up to the
-- place of the next row: a change takes all rows from its page on out and adds one.
CREATE TABLE archive_version (
    feed      INTEGER NOT NULL REFERENCES feed (id),
    published TEXT NOT NULL,                -- with `article`: where the lowest page it holds for begins
    article   INTEGER NOT NULL,
    version   INTEGER NOT NULL,             -- drawn by lot, so that it never was and cannot be guessed
    PRIMARY KEY (feed, published, article)
) STRICT, WITHOUT ROWID;

INSERT INTO archive_version (feed, published, article, version)
SELECT id, '', 0, (random() & 0xFFFFFFFFFFFF) | 1 FROM feed;
