-- What an edit of an article changed.
CREATE TABLE revision (
    change     INTEGER PRIMARY KEY REFERENCES change (seq),
    article    INTEGER NOT NULL REFERENCES article (id),
    at         TEXT NOT NULL,
    difference TEXT NOT NULL                -- JSON
) STRICT;
CREATE INDEX revision_article ON revision (article, change);
CREATE INDEX revision_at ON revision (at);
