-- Copies of a job that are known to be finished, and are not printed again after a question.
ALTER TABLE jobs ADD COLUMN copies_done INTEGER NOT NULL DEFAULT 0;
