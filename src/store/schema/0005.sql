-- How many jobs somebody has waiting is asked before each new one.
CREATE INDEX jobs_open_user ON jobs (user) WHERE state < 7;
-- What the planner asks for after every change, however many jobs are held.
CREATE INDEX jobs_pending ON jobs (priority DESC, rank, id) WHERE state = 3;
CREATE INDEX jobs_due ON jobs (coalesce(incoming_until, json_extract(hold, '$.over'))) WHERE state = 4;
