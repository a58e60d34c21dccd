-- Subscriptions (RFC 3995).
CREATE TABLE subscriptions (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    destination TEXT NOT NULL,                 -- a printer's short name; '': the pool
    job         INTEGER,                       -- NULL: it is about the printer
    user        TEXT NOT NULL,
    events      TEXT NOT NULL,                 -- JSON
    language    TEXT NOT NULL,
    user_data   BLOB NOT NULL,
    interval    INTEGER NOT NULL,
    expires     INTEGER,
    since       INTEGER NOT NULL,              -- the last event before it
    created     INTEGER NOT NULL
) STRICT;
