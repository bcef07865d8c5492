-- What can be searched for: for each article its tokens (see text::search) and the feeds it stands in, each once.
-- Neither the texts nor the places of the tokens are kept; what the tokens alone do not tell is looked up in the article.
CREATE VIRTUAL TABLE search USING fts5 (tokens, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');

-- The row of an article in `search`. It grows with the time of publication, so that the newest are found first.
CREATE TABLE search_row (
    id      INTEGER PRIMARY KEY,
    article INTEGER NOT NULL UNIQUE REFERENCES article (id)
) STRICT;

-- How far the index has come; it follows the log of changes, and what was stored before there was an index comes after.
CREATE TABLE search_progress (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    seq     INTEGER NOT NULL,               -- the last change it has seen
    below   INTEGER NOT NULL,               -- articles with a smaller id may not be in it yet
    changed TEXT NOT NULL                   -- when it last changed: goes up by a second or more at every change
) STRICT;
INSERT INTO search_progress (id, seq, below, changed) SELECT
    1, (SELECT coalesce(max(seq), 0) FROM change), (SELECT coalesce(max(id), 0) + 1 FROM article), '1970-01-01T00:00:00Z';
