-- Papers that the studio keeps, and their account in sheets.
CREATE TABLE papers (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    size       TEXT NOT NULL,                  -- PWG self-describing name
    media_type TEXT NOT NULL,
    finish     TEXT NOT NULL,                  -- matte, glossy
    weight     INTEGER,                        -- g/m²
    price      INTEGER,                        -- of a sheet, in millionths of the currency
    low        INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    present    INTEGER NOT NULL                -- 0: no longer configured, kept for its history
) STRICT;

-- on_hand is the sum of all deltas of the paper up to and with this entry, so that nobody has to add them up.
CREATE TABLE stock_entries (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    paper   TEXT NOT NULL REFERENCES papers (id),
    delta   INTEGER NOT NULL,                  -- sheets
    reason  TEXT NOT NULL,
    job     INTEGER,
    by      TEXT NOT NULL,
    note    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    on_hand INTEGER NOT NULL
) STRICT;

CREATE INDEX stock_entries_paper ON stock_entries (paper, id);
CREATE INDEX stock_entries_job ON stock_entries (job, id) WHERE job IS NOT NULL;

CREATE TABLE ink_entries (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    printer TEXT NOT NULL,
    channel TEXT NOT NULL,                     -- the code in marker-names
    delta   INTEGER NOT NULL,                  -- nanolitres; 0 for a reading
    reason  TEXT NOT NULL,
    level   INTEGER,                           -- of a reading
    job     INTEGER,
    by      TEXT NOT NULL,
    note    TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

CREATE INDEX ink_entries_channel ON ink_entries (printer, channel, id);
CREATE INDEX ink_entries_reading ON ink_entries (printer, channel, id) WHERE reason = 'reading';

-- Books are written once: what was wrong is put right by another entry.
CREATE TRIGGER stock_entries_stay BEFORE UPDATE ON stock_entries
BEGIN SELECT RAISE (ABORT, 'a stock entry is never changed'); END;
CREATE TRIGGER stock_entries_kept BEFORE DELETE ON stock_entries
BEGIN SELECT RAISE (ABORT, 'a stock entry is never removed'); END;
CREATE TRIGGER ink_entries_stay BEFORE UPDATE ON ink_entries
BEGIN SELECT RAISE (ABORT, 'an ink entry is never changed'); END;
CREATE TRIGGER ink_entries_kept BEFORE DELETE ON ink_entries
BEGIN SELECT RAISE (ABORT, 'an ink entry is never removed'); END;

-- What lies in each feeder.
CREATE TABLE loaded (
    printer TEXT NOT NULL,
    source  TEXT NOT NULL,                     -- media-source
    loaded  TEXT NOT NULL,                     -- JSON
    PRIMARY KEY (printer, source)
) STRICT;
