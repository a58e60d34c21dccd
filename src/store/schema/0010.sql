-- Why an attempt's printer was chosen, in words; and whether its job was withdrawn from the printer to be printed elsewhere.
ALTER TABLE attempts ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE attempts ADD COLUMN given_back INTEGER NOT NULL DEFAULT 0;
