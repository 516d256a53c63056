-- The same as sqlite/0013_budgets.sql.
-- Budgets: what a programme has to give in an area and a period, what is promised of it, and who waits for it.

-- What there is to give. A line is kept when a later pack no longer has it: what was promised of it stays promised.
CREATE TABLE budget_line (
    budget_id     UUID NOT NULL PRIMARY KEY,
    programme     TEXT NOT NULL,
    area          TEXT NOT NULL,                -- '*' = the whole country
    from_date     DATE NOT NULL,
    until_date    DATE NOT NULL,
    places        BIGINT,                      -- how many awards may run at once; NULL = any number
    money         BIGINT,                      -- what they may commit, in minor units; NULL = any amount
    added_places  BIGINT NOT NULL DEFAULT 0,   -- what was added by two people since
    added_money   BIGINT NOT NULL DEFAULT 0,
    taken_places  BIGINT NOT NULL DEFAULT 0,   -- the balance: the sums of commitment
    taken_money   BIGINT NOT NULL DEFAULT 0,
    in_force      BOOLEAN NOT NULL DEFAULT TRUE,   -- whether the pack in force has it
    stirred       BOOLEAN NOT NULL DEFAULT TRUE,   -- whether something may have become free for those who wait
    CHECK (taken_places >= 0 AND taken_money >= 0 AND added_places >= 0 AND added_money >= 0)
);
CREATE UNIQUE INDEX budget_line_of ON budget_line (programme, area, from_date);
CREATE INDEX budget_line_stirred ON budget_line (budget_id) WHERE stirred = TRUE;

-- What an enrolment holds of a line. Money is open until its month has come; then it is spent, and stays when the award ends.
CREATE TABLE commitment (
    household_id   UUID NOT NULL,
    enrolment_id   UUID NOT NULL,
    budget_id      UUID NOT NULL,
    places         BIGINT NOT NULL,
    open_money     BIGINT NOT NULL,
    spent_money    BIGINT NOT NULL,
    from_date      DATE NOT NULL,               -- the months that the open money is for
    until_date     DATE NOT NULL,
    PRIMARY KEY (household_id, enrolment_id, budget_id),
    CHECK (places >= 0 AND open_money >= 0 AND spent_money >= 0)
);
CREATE INDEX commitment_of_line ON commitment (budget_id);

SELECT row_policies('commitment', '{system,registry,applicant}', '{system,office}');

-- The list on which an enrolment waits: the programme's, for the budget of an area ('' = no budget has the area).
ALTER TABLE enrolment ADD COLUMN list_area TEXT NOT NULL DEFAULT '';
ALTER TABLE enrolment ADD COLUMN tie BIGINT NOT NULL DEFAULT 0;        -- lower goes first among those of one queue key
ALTER TABLE enrolment ADD COLUMN waits_for TEXT NOT NULL DEFAULT '';
ALTER TABLE enrolment ADD COLUMN list_until DATE;                       -- the last day of the place on the list
ALTER TABLE enrolment ADD COLUMN offer_until DATE;                      -- the last day to take what is offered
CREATE INDEX enrolment_list ON enrolment (programme, list_area, queue_key, tie, since, enrolment_id)
    WHERE state = 'waiting';
CREATE INDEX enrolment_waiting ON enrolment (programme, enrolment_id) WHERE state = 'waiting';
CREATE INDEX enrolment_list_until ON enrolment (list_until) WHERE state = 'waiting';
