-- Budgets: what a programme has to give in an area and a period, what is promised of it, and who waits for it.

-- What there is to give. A line is kept when a later pack no longer has it: what was promised of it stays promised.
CREATE TABLE budget_line (
    budget_id     BLOB NOT NULL PRIMARY KEY,
    programme     TEXT NOT NULL,
    area          TEXT NOT NULL,                -- '*' = the whole country
    from_date     TEXT NOT NULL,
    until_date    TEXT NOT NULL,
    places        INTEGER,                      -- how many awards may run at once; NULL = any number
    money         INTEGER,                      -- what they may commit, in minor units; NULL = any amount
    added_places  INTEGER NOT NULL DEFAULT 0,   -- what was added by two people since
    added_money   INTEGER NOT NULL DEFAULT 0,
    taken_places  INTEGER NOT NULL DEFAULT 0,   -- the balance: the sums of commitment
    taken_money   INTEGER NOT NULL DEFAULT 0,
    in_force      INTEGER NOT NULL DEFAULT 1,   -- whether the pack in force has it
    stirred       INTEGER NOT NULL DEFAULT 1,   -- whether something may have become free for those who wait
    CHECK (taken_places >= 0 AND taken_money >= 0 AND added_places >= 0 AND added_money >= 0)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX budget_line_of ON budget_line (programme, area, from_date);
CREATE INDEX budget_line_stirred ON budget_line (budget_id) WHERE stirred = TRUE;

-- What an enrolment holds of a line. Money is open until its month has come; then it is spent, and stays when the award ends.
CREATE TABLE commitment (
    household_id   BLOB NOT NULL,
    enrolment_id   BLOB NOT NULL,
    budget_id      BLOB NOT NULL,
    places         INTEGER NOT NULL,
    open_money     INTEGER NOT NULL,
    spent_money    INTEGER NOT NULL,
    from_date      TEXT NOT NULL,               -- the months that the open money is for
    until_date     TEXT NOT NULL,
    PRIMARY KEY (household_id, enrolment_id, budget_id),
    CHECK (places >= 0 AND open_money >= 0 AND spent_money >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX commitment_of_line ON commitment (budget_id);

-- The list on which an enrolment waits: the programme's, for the budget of an area ('' = no budget has the area).
ALTER TABLE enrolment ADD COLUMN list_area TEXT NOT NULL DEFAULT '';
ALTER TABLE enrolment ADD COLUMN tie INTEGER NOT NULL DEFAULT 0;        -- lower goes first among those of one queue key
ALTER TABLE enrolment ADD COLUMN waits_for TEXT NOT NULL DEFAULT '';
ALTER TABLE enrolment ADD COLUMN list_until TEXT;                       -- the last day of the place on the list
ALTER TABLE enrolment ADD COLUMN offer_until TEXT;                      -- the last day to take what is offered
CREATE INDEX enrolment_list ON enrolment (programme, list_area, queue_key, tie, since, enrolment_id)
    WHERE state = 'waiting';
CREATE INDEX enrolment_waiting ON enrolment (programme, enrolment_id) WHERE state = 'waiting';
CREATE INDEX enrolment_list_until ON enrolment (list_until) WHERE state = 'waiting';
