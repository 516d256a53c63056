-- How an award steps down before it ends, and reviews that are due.

-- The steps of an award that steps down, as they were told when the person had been heard: what is given a month, and when.
CREATE TABLE award_step (
    household_id  BLOB NOT NULL,
    enrolment_id  BLOB NOT NULL,
    decision_id   BLOB NOT NULL,               -- the decision that began it
    number        INTEGER NOT NULL,            -- from 1
    percent       INTEGER NOT NULL,            -- of the full amount
    amount_minor  INTEGER NOT NULL,            -- a month
    from_date     TEXT NOT NULL,
    until_date    TEXT NOT NULL,
    taken_at      TEXT,                        -- when the amount became this one
    stopped_on    TEXT,                        -- a review found that the benefit is needed again
    PRIMARY KEY (household_id, enrolment_id, decision_id, number),
    CHECK (percent BETWEEN 1 AND 99),
    CHECK (from_date <= until_date)
) STRICT, WITHOUT ROWID;

-- Awards from before there were clocks for their reviews get theirs: the worker sets the clocks of every enrolment anew.
UPDATE enrolment SET watched = 0;
