-- Printers that a job is not given to for a while: JSON. Breakdowns while it was prepared. Sheets that a person has found
-- spoiled.
ALTER TABLE jobs ADD COLUMN avoid TEXT NOT NULL DEFAULT '[]';
ALTER TABLE jobs ADD COLUMN strikes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN spoiled_sheets INTEGER NOT NULL DEFAULT 0;
