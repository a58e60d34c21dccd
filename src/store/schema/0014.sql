-- What the sender of a job keeps with it; jobs of senders that keep nothing have no row.
CREATE TABLE orders (
    job          INTEGER PRIMARY KEY REFERENCES jobs (id),
    reference    TEXT,
    metadata     TEXT NOT NULL,                -- JSON
    callback_url TEXT,
    client       TEXT
) STRICT;

CREATE INDEX orders_reference ON orders (reference, job) WHERE reference IS NOT NULL;

-- Requests that may come more than once and make one job.
CREATE TABLE request_keys (
    owner   TEXT NOT NULL,
    key     TEXT NOT NULL,
    request TEXT NOT NULL,                     -- SHA-256 of what was asked for, in hex
    job     INTEGER NOT NULL REFERENCES jobs (id),
    at      INTEGER NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX request_keys_at ON request_keys (at);

-- Documents that arrive before their job, in as many parts as it takes.
CREATE TABLE uploads (
    id       TEXT PRIMARY KEY,
    owner    TEXT NOT NULL,
    bytes    INTEGER NOT NULL,                 -- as announced
    name     TEXT,
    sha256   TEXT,                             -- as announced; NULL: it was not
    digest   TEXT,                             -- its address in the spool; NULL: it is still arriving
    facts    TEXT,                             -- JSON
    used     INTEGER NOT NULL,                 -- 1: a job has it
    expires  INTEGER NOT NULL
) STRICT;

CREATE INDEX uploads_owner ON uploads (owner) WHERE used = 0;
CREATE INDEX uploads_expires ON uploads (expires);
CREATE INDEX uploads_digest ON uploads (digest) WHERE digest IS NOT NULL;
