-- The same table as sqlite/0030_phone_changes.sql.
-- A telephone number that the household gave on its own page. It holds after a wait, of which the old number is told.

CREATE TABLE phone_change (
    household_id  UUID NOT NULL REFERENCES household (household_id),
    change_id     UUID NOT NULL,
    phone         BYTEA NOT NULL,              -- sealed
    asked_at      TIMESTAMPTZ NOT NULL,
    due_at        TIMESTAMPTZ NOT NULL,        -- from then on it holds
    ended_at      TIMESTAMPTZ,
    ending        TEXT NOT NULL DEFAULT '',    -- done, stopped; '' while it waits
    PRIMARY KEY (household_id, change_id),
    CHECK ((ended_at IS NULL) = (ending = ''))
);
-- One that waits for each household.
CREATE UNIQUE INDEX phone_change_waiting ON phone_change (household_id) WHERE ended_at IS NULL;
CREATE INDEX phone_change_by_id ON phone_change (change_id);

SELECT row_policies('phone_change', '{system,office,reason}', '{system,office}');
