-- How many jobs somebody has waiting is asked before each new one.
CREATE INDEX jobs_open_user ON jobs (user) WHERE state < 7;
