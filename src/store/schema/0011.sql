-- Pools of some of the printers, set at each start as the printers are: their members as a JSON list.
CREATE TABLE pools (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    printers TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT;
