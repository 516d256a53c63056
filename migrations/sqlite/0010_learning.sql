-- Learning: from which model one was learned, why it was decided as it was, and what lists were compared with.
-- States of a model are domain::matching::learn::ModelState: to those of 0006 comes replaced, a proposal that a newer one
-- or another model in force has overtaken. Version 1 ships; it has a row once another one was in force.
ALTER TABLE match_model ADD COLUMN base INTEGER NOT NULL DEFAULT 1;
ALTER TABLE match_model ADD COLUMN reason TEXT NOT NULL DEFAULT '';

-- The job reads the newest verdicts first, and sees by the first of them whether there are new ones.
CREATE INDEX match_verdict_by_at ON match_verdict (at, a, b);

-- The model that a list was compared with; NULL before that.
ALTER TABLE partner_list ADD COLUMN model INTEGER;
