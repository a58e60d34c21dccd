-- What the pages of an attempt cover, measured while they were made: JSON.
ALTER TABLE attempts ADD COLUMN coverage TEXT;
-- Since when a job has been waiting to be printed: since it came, or since it was let go.
ALTER TABLE jobs ADD COLUMN waits_since INTEGER;
-- Where an edition was begun.
CREATE INDEX jobs_edition ON jobs (json_extract(ticket, '$.edition')) WHERE json_extract(ticket, '$.edition') IS NOT NULL;
