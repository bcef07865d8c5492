-- An editor's word on an article in an event. It stands over the rules, whatever becomes of them and of the article.
CREATE TABLE editor_decision (
    event       TEXT NOT NULL,
    article     INTEGER NOT NULL REFERENCES article (id),
    is_included INTEGER NOT NULL,
    at          TEXT NOT NULL,
    PRIMARY KEY (event, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX editor_decision_article ON editor_decision (article);

-- What else the decisions of an event were made under, and what making them moved.
ALTER TABLE event ADD COLUMN timezone TEXT NOT NULL DEFAULT 'UTC';
ALTER TABLE event ADD COLUMN section_cap INTEGER;   -- articles of one section and day; NULL: as many as there are
ALTER TABLE event ADD COLUMN decided TEXT;          -- when the archive was decided last
ALTER TABLE event ADD COLUMN movement TEXT;         -- JSON: what that moved

-- Withdrawn articles are decided as well, for they may come back.
CREATE INDEX article_withdrawn ON article (published) WHERE withdrawn IS NOT NULL;
