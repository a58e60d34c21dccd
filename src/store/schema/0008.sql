-- The documents of jobs that ended are not kept for ever: when one was let go. NULL: it is kept.
ALTER TABLE documents ADD COLUMN gone INTEGER;
CREATE INDEX documents_kept ON documents (job) WHERE gone IS NULL;
