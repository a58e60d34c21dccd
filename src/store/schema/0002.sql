-- job-hold-until: JSON; NULL: not held by a time.
ALTER TABLE jobs ADD COLUMN hold TEXT;
