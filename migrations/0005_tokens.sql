-- Admin tokens get a name, a role and an end; who did what is written down.
ALTER TABLE token ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN role TEXT NOT NULL DEFAULT 'admin';
ALTER TABLE token ADD COLUMN expires TEXT;       -- not valid from then on; NULL means never
ALTER TABLE token ADD COLUMN last_used TEXT;     -- to the minute
UPDATE token SET name = 'token-' || lower(hex(substr(hash, 1, 4)));
CREATE UNIQUE INDEX token_name ON token (name);

-- What was ordered with a token, in order.
CREATE TABLE audit (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at     TEXT NOT NULL,
    token  TEXT NOT NULL,                        -- its name
    method TEXT NOT NULL,
    path   TEXT NOT NULL,                        -- with its query
    status INTEGER NOT NULL,                     -- what was answered
    result TEXT                                  -- the address of what was made, if anything
) STRICT;
