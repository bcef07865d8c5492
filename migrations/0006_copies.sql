-- A page that is not the home of the story it tells: how we know the story.
CREATE TABLE copy (
    page             TEXT PRIMARY KEY REFERENCES page (key),
    address          TEXT NOT NULL,         -- the key of the address the page calls its own
    kind             TEXT NOT NULL,         -- 'address', 'canonical', 'text' or 'near'
    similarity_milli INTEGER                -- of the texts when this was noted; NULL where one is too short to tell
) STRICT, WITHOUT ROWID;

-- The sections that link a page besides the one that linked it first, which stands with the page.
CREATE TABLE page_section (
    page    TEXT NOT NULL REFERENCES page (key),
    portal  TEXT NOT NULL,
    section TEXT NOT NULL,
    PRIMARY KEY (page, portal, section)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO page_section (page, portal, section)
SELECT page.key, placement.portal, placement.section
FROM page JOIN placement ON placement.article = page.article
WHERE NOT page.is_copy AND (page.portal, page.section) <> (placement.portal, placement.section)
    AND NOT EXISTS (
        SELECT 1 FROM page AS copy
        WHERE copy.article = page.article AND copy.is_copy
            AND (copy.portal, copy.section) = (placement.portal, placement.section)
    );

-- Pages of which an admin said that they tell another story than this article: no likeness brings them together again.
CREATE TABLE split (
    page    TEXT NOT NULL REFERENCES page (key),
    article INTEGER NOT NULL REFERENCES article (id),
    at      TEXT NOT NULL,
    PRIMARY KEY (page, article)
) STRICT, WITHOUT ROWID;
