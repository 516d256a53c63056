-- Continuing conditions: who is concerned, what was handed in, what each cycle came to.

-- A person whom a condition of an award concerns, with the provider that hands in the records; '' where none is near.
CREATE TABLE condition_watch (
    household_id  BLOB NOT NULL,
    enrolment_id  BLOB NOT NULL,
    person_id     BLOB NOT NULL,
    condition     TEXT NOT NULL,
    programme     TEXT NOT NULL,
    provider      TEXT NOT NULL,
    office        TEXT NOT NULL,
    from_date     TEXT NOT NULL,               -- cycles that begin before are not looked at
    next_from     TEXT NOT NULL,               -- the first day of the next cycle that is judged
    until_date    TEXT,                        -- since when it concerns them no more
    PRIMARY KEY (household_id, enrolment_id, person_id, condition)
) STRICT, WITHOUT ROWID;
CREATE INDEX condition_watch_of_provider ON condition_watch (provider, programme, condition, household_id)
    WHERE until_date IS NULL;

-- What was handed in about a person and a cycle. A correction is a new row with the next number; the old one stays.
CREATE TABLE condition_record (
    household_id  BLOB NOT NULL,
    record_id     BLOB NOT NULL,
    enrolment_id  BLOB NOT NULL,
    person_id     BLOB NOT NULL,
    condition     TEXT NOT NULL,
    cycle_from    TEXT NOT NULL,
    number        INTEGER NOT NULL,
    value         INTEGER,                     -- whole percent; 1 done, 0 not done; NULL where only a good cause is told
    excuse        TEXT NOT NULL,               -- domain::life::condition::Excuse; '' when none
    provider      TEXT NOT NULL,               -- '' where the office recorded it
    office        TEXT NOT NULL,
    source        TEXT NOT NULL,               -- form, list, office
    recorded_by   BLOB NOT NULL,
    recorded_at   TEXT NOT NULL,
    judged        INTEGER NOT NULL,            -- whether cycles that were judged before it came have been looked at again
    replaced_at   TEXT,
    PRIMARY KEY (household_id, record_id)
) STRICT, WITHOUT ROWID;
-- One that counts for each person, condition and cycle, whoever sends at once.
CREATE UNIQUE INDEX condition_record_current
    ON condition_record (household_id, enrolment_id, person_id, condition, cycle_from) WHERE replaced_at IS NULL;
CREATE INDEX condition_record_unjudged ON condition_record (record_id) WHERE judged = FALSE;

-- What a cycle came to when the time for records was over, or when a later record changed it.
CREATE TABLE condition_cycle (
    household_id  BLOB NOT NULL,
    enrolment_id  BLOB NOT NULL,
    person_id     BLOB NOT NULL,
    condition     TEXT NOT NULL,
    cycle_from    TEXT NOT NULL,
    cycle_until   TEXT NOT NULL,
    office        TEXT NOT NULL,
    verdict       TEXT NOT NULL,               -- domain::life::condition::CycleVerdict
    value         INTEGER,
    at_least      INTEGER,                     -- the least percent that was asked for
    judged_at     TEXT NOT NULL,
    PRIMARY KEY (household_id, enrolment_id, person_id, condition, cycle_from)
) STRICT, WITHOUT ROWID;
