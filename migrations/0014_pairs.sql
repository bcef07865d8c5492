-- The index that finds articles with a fingerprint like one at hand: 25 rows an article instead of 42, so that fewer of
-- its pages are read and written for each. Of the minima (four bytes each, little endian, after the number of shingles)
-- five make a row: two are looked up, three tell which of many rows with these two are likely copies.
DROP TABLE band;
CREATE TABLE band (
    pair    BLOB NOT NULL,                  -- three bytes of each of two minima
    article INTEGER NOT NULL,
    tags    BLOB NOT NULL,                  -- one byte of each of three more
    PRIMARY KEY (pair, article)
) STRICT, WITHOUT ROWID;

-- The rows go in as the index is ordered, so that each of its pages is written once.
INSERT OR IGNORE INTO band (pair, article, tags)
WITH RECURSIVE place (at) AS (SELECT 5 UNION ALL SELECT at + 20 FROM place WHERE at + 20 < 5 + 25 * 20)
SELECT
    CAST(substr(minima, at, 3) || substr(minima, at + 4, 3) AS BLOB) AS pair,
    article,
    CAST(substr(minima, at + 8, 1) || substr(minima, at + 12, 1) || substr(minima, at + 16, 1) AS BLOB)
FROM fingerprint CROSS JOIN place
WHERE length(minima) = 508
ORDER BY pair, article;
