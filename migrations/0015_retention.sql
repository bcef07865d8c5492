-- What became of the text of an old article, as its portal's retention says: NULL while it is published, 'archived' where
-- it is kept and no longer published, 'dropped' where it is gone.
ALTER TABLE article ADD COLUMN retention TEXT;
CREATE INDEX article_retention ON article (portal, retention, published);
