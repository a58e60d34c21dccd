-- Addresses that are told what happens.
CREATE TABLE webhooks (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    url     TEXT NOT NULL,
    job     INTEGER,                           -- the job that it is about alone; NULL: it is about all
    events  TEXT NOT NULL,                     -- JSON: names of events; empty: all
    secret  TEXT NOT NULL,                     -- signs what is sent
    enabled INTEGER NOT NULL,
    by      TEXT NOT NULL,
    created INTEGER NOT NULL,
    through INTEGER NOT NULL                   -- the last event that was put into the outbox
) STRICT;

CREATE INDEX webhooks_job ON webhooks (job) WHERE job IS NOT NULL;

-- What is to be sent, and was.
CREATE TABLE outbox (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook INTEGER NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event   INTEGER NOT NULL,                  -- its place in the log
    name    TEXT NOT NULL,                     -- the event's
    body    TEXT NOT NULL,                     -- JSON
    state   TEXT NOT NULL,                     -- waiting, delivered, dead
    tries   INTEGER NOT NULL,
    next    INTEGER NOT NULL,                  -- when it is tried
    said    TEXT NOT NULL,                     -- how the last try went
    created INTEGER NOT NULL,
    settled INTEGER,
    UNIQUE (webhook, event)
) STRICT;

CREATE INDEX outbox_due ON outbox (next) WHERE state = 'waiting';
CREATE INDEX outbox_settled ON outbox (settled) WHERE settled IS NOT NULL;
