-- What lists of jobs are filtered by, without the tickets between: one walk through it is short, whatever is asked for.
CREATE INDEX jobs_list ON jobs (id, state, user, destination, printer, created, name);
-- The same of one sender among many.
CREATE INDEX jobs_of_user ON jobs (user, id, state, destination, printer, created, name);
