-- The same as sqlite/0025_graduation.sql.
-- How an award steps down before it ends, and reviews that are due.

-- The steps of an award that steps down, as they were told when the person had been heard: what is given a month, and when.
CREATE TABLE award_step (
    household_id  UUID NOT NULL,
    enrolment_id  UUID NOT NULL,
    decision_id   UUID NOT NULL,               -- the decision that began it
    number        BIGINT NOT NULL,             -- from 1
    percent       BIGINT NOT NULL,             -- of the full amount
    amount_minor  BIGINT NOT NULL,             -- a month
    from_date     DATE NOT NULL,
    until_date    DATE NOT NULL,
    taken_at      TIMESTAMPTZ,                 -- when the amount became this one
    stopped_on    DATE,                        -- a review found that the benefit is needed again
    PRIMARY KEY (household_id, enrolment_id, decision_id, number),
    CHECK (percent BETWEEN 1 AND 99),
    CHECK (from_date <= until_date)
);
SELECT row_policies('award_step', '{system,applicant,office,reason}', '{system,office}');

-- Awards from before there were clocks for their reviews get theirs: the worker sets the clocks of every enrolment anew.
UPDATE enrolment SET watched = 0;
