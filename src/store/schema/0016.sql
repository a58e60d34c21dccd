-- What people add to a running house, beside what the configuration names: printers, papers, profiles and where they are
-- used, presets.
ALTER TABLE printers ADD COLUMN added INTEGER NOT NULL DEFAULT 0; -- 1: by people, not by the configuration
ALTER TABLE printers ADD COLUMN seconds_per_sheet REAL;           -- of a virtual one that was added
ALTER TABLE papers ADD COLUMN added INTEGER NOT NULL DEFAULT 0;

CREATE TABLE profiles (
    digest TEXT PRIMARY KEY,                   -- SHA-256, its address in the profiles' folder
    name   TEXT NOT NULL,                      -- what people call it
    bytes  INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    by     TEXT NOT NULL
) STRICT;

CREATE TABLE profile_uses (
    printer     TEXT NOT NULL,
    media_type  TEXT NOT NULL,                 -- '': every one
    raster_type TEXT,                          -- PWG keyword; NULL: as the printer offers
    profile     TEXT NOT NULL REFERENCES profiles (digest),
    PRIMARY KEY (printer, media_type)
) STRICT;

CREATE TABLE presets (
    id     TEXT PRIMARY KEY,
    preset TEXT NOT NULL                       -- JSON
) STRICT;
