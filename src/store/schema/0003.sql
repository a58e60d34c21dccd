-- A job's place among those of its priority: 0 until somebody moves it, below 0 for those at the head.
ALTER TABLE jobs ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;
DROP INDEX jobs_open;
CREATE INDEX jobs_open ON jobs (priority DESC, rank, id) WHERE state < 7;

-- What people have switched at the pool ('') and at each printer: JSON.
CREATE TABLE controls (
    destination TEXT PRIMARY KEY,
    control     TEXT NOT NULL
) STRICT;

-- When a printer's state or reasons changed last.
ALTER TABLE printers ADD COLUMN changed INTEGER;
CREATE INDEX attempts_printer ON attempts (printer, id);

-- Cancel-Document.
ALTER TABLE documents ADD COLUMN canceled INTEGER NOT NULL DEFAULT 0;
