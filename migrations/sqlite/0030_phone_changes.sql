-- A telephone number that the household gave on its own page. It holds after a wait, of which the old number is told.

CREATE TABLE phone_change (
    household_id  BLOB NOT NULL REFERENCES household (household_id),
    change_id     BLOB NOT NULL,
    phone         BLOB NOT NULL,               -- sealed
    asked_at      TEXT NOT NULL,
    due_at        TEXT NOT NULL,               -- from then on it holds
    ended_at      TEXT,
    ending        TEXT NOT NULL DEFAULT '',    -- done, stopped; '' while it waits
    PRIMARY KEY (household_id, change_id),
    CHECK ((ended_at IS NULL) = (ending = ''))
) STRICT, WITHOUT ROWID;
-- One that waits for each household.
CREATE UNIQUE INDEX phone_change_waiting ON phone_change (household_id) WHERE ended_at IS NULL;
CREATE INDEX phone_change_by_id ON phone_change (change_id);
