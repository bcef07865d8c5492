-- How an article was read: where each field came from, what was left out and why, what an editor should know.
-- It changes with its article, and stands in a table of its own so that feeds are selected without it.
CREATE TABLE explanation (
    article INTEGER PRIMARY KEY REFERENCES article (id),
    report  TEXT NOT NULL                   -- JSON
) STRICT;

-- What happened to one article, in order.
CREATE INDEX change_article ON change (article);
