-- The first schema. Times are milliseconds since 1970 by the wall clock. AUTOINCREMENT: a number is never given twice,
-- also after a crash.

CREATE TABLE jobs (
    id                    INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid                  TEXT NOT NULL UNIQUE,
    name                  TEXT NOT NULL,
    user                  TEXT NOT NULL,
    destination           TEXT,               -- a printer's short name; NULL: the pool
    priority              INTEGER NOT NULL,
    state                 INTEGER NOT NULL,   -- IPP job-state, 3 to 9
    reasons               TEXT NOT NULL,      -- JSON
    message               TEXT NOT NULL,
    ticket                TEXT NOT NULL,      -- JSON
    incoming_until        INTEGER,
    not_before            INTEGER,
    question              TEXT,               -- JSON
    cancel_requested      INTEGER NOT NULL,
    failures              INTEGER NOT NULL,
    impressions_completed INTEGER NOT NULL,
    printer               TEXT,
    printer_uri           TEXT NOT NULL,
    created               INTEGER NOT NULL,
    processing            INTEGER,
    completed             INTEGER
) STRICT;

CREATE INDEX jobs_open ON jobs (priority DESC, id) WHERE state < 7;
CREATE INDEX jobs_ended ON jobs (completed DESC, id DESC) WHERE state >= 7;

CREATE TABLE documents (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    job    INTEGER NOT NULL REFERENCES jobs (id),
    number INTEGER NOT NULL,
    digest TEXT NOT NULL,                      -- SHA-256, its address in the spool
    bytes  INTEGER NOT NULL,
    name   TEXT,
    facts  TEXT NOT NULL,                      -- JSON
    UNIQUE (job, number)
) STRICT;

CREATE INDEX documents_digest ON documents (digest);

CREATE TABLE attempts (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    token   TEXT NOT NULL UNIQUE,
    job     INTEGER NOT NULL REFERENCES jobs (id),
    printer TEXT NOT NULL,
    phase   TEXT NOT NULL,
    remote  TEXT,                              -- JSON
    opened  INTEGER NOT NULL,
    closed  INTEGER,
    outcome TEXT                               -- JSON
) STRICT;

-- A job is in one place, and a printer has one job: kept by the database itself.
CREATE UNIQUE INDEX attempts_open_job ON attempts (job) WHERE closed IS NULL;
CREATE UNIQUE INDEX attempts_open_printer ON attempts (printer) WHERE closed IS NULL;
CREATE INDEX attempts_open ON attempts (id) WHERE closed IS NULL;
CREATE INDEX attempts_job ON attempts (job, id);

CREATE TABLE printers (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    uri          TEXT NOT NULL,
    position     INTEGER NOT NULL,
    present      INTEGER NOT NULL,             -- 0: no longer configured, kept for its history
    status       TEXT,                         -- JSON
    capabilities TEXT                          -- JSON
) STRICT;

CREATE TABLE media (
    printer    TEXT NOT NULL REFERENCES printers (id),
    position   INTEGER NOT NULL,
    size       TEXT NOT NULL,                  -- PWG self-describing name
    media_type TEXT NOT NULL,
    source     TEXT NOT NULL,
    PRIMARY KEY (printer, position)
) STRICT;

CREATE TABLE events (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    job     INTEGER,
    printer TEXT,
    kind    TEXT NOT NULL                      -- JSON
) STRICT;

CREATE INDEX events_job ON events (job, seq) WHERE job IS NOT NULL;

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
