-- The archive pages of a feed (RFC 5005): each holds the entries from its own place up to that of the page above it.
-- The places stay, so a page changes only by what happens to the entries between them.
CREATE TABLE archive (
    feed      INTEGER NOT NULL REFERENCES feed (id),
    published TEXT NOT NULL,                -- with `article`: where it begins; empty and 0 for the lowest
    article   INTEGER NOT NULL,
    number    INTEGER NOT NULL,             -- its name in addresses, which it keeps
    entries   INTEGER NOT NULL,             -- how many stand in it
    changed   TEXT NOT NULL,                -- goes up by a second or more at every change
    PRIMARY KEY (feed, published, article),
    UNIQUE (feed, number)
) STRICT, WITHOUT ROWID;

INSERT INTO archive (feed, published, article, number, entries, changed)
WITH placed AS (
    SELECT feed, published, article,
           (row_number() OVER (PARTITION BY feed ORDER BY published, article) - 1) / 50 AS page
    FROM entry
),
first AS (
    SELECT feed, page, published, article, count(*) OVER (PARTITION BY feed, page) AS entries,
           row_number() OVER (PARTITION BY feed, page ORDER BY published, article) AS place
    FROM placed
)
SELECT feed, CASE page WHEN 0 THEN '' ELSE published END, CASE page WHEN 0 THEN 0 ELSE article END, page + 1, entries,
       (SELECT changed FROM feed WHERE feed.id = first.feed)
FROM first WHERE place = 1;

-- How many entries stand in a feed, and when what it says of itself last changed.
ALTER TABLE feed ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;
UPDATE feed SET entries = (SELECT count(*) FROM entry WHERE entry.feed = feed.id);
ALTER TABLE feed ADD COLUMN described TEXT NOT NULL DEFAULT '';
UPDATE feed SET described = changed;

-- What left a feed of late.
CREATE INDEX tombstone_at ON tombstone (feed, at);
