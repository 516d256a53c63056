-- Registered once: how people are found again, what is known of them for comparing, and what officers said of pairs.
-- match_key, key_size and match_feature shard by their own first column: a key, or a person, leads to the household.

-- The keyed hashes under which a person is looked for (domain::matching::keys). Keys of a name that was corrected stay,
-- so that the old name still finds the person. A key that more than 300 people have is not kept here: its narrower twin is.
CREATE TABLE match_key (
    key        INTEGER NOT NULL,
    person_id  BLOB NOT NULL,
    PRIMARY KEY (key, person_id)
) STRICT, WITHOUT ROWID;

-- How often a key has been given out; it never goes down. Whoever saves a person moves the count of each key, so that of
-- two who save people with a key in common at once, the second looks again. Stops above 300.
CREATE TABLE key_size (
    key  INTEGER NOT NULL PRIMARY KEY,
    n    INTEGER NOT NULL
) STRICT;

-- What scoring reads (domain::matching::features): the newest seq is what holds now, older ones what held before.
CREATE TABLE match_feature (
    person_id     BLOB NOT NULL,
    seq           INTEGER NOT NULL,
    household_id  BLOB NOT NULL,
    layout        INTEGER NOT NULL,             -- domain::matching::features::VERSION
    features      BLOB NOT NULL,
    PRIMARY KEY (person_id, seq)
) STRICT, WITHOUT ROWID;

-- How many people have a value: a word of a name, a place, a day or year of birth. Counted anew by a job.
CREATE TABLE name_frequency (
    kind   TEXT NOT NULL,
    token  TEXT NOT NULL,
    n      INTEGER NOT NULL,
    PRIMARY KEY (kind, token)
) STRICT, WITHOUT ROWID;

-- Models beside the one that ships (version 1): proposed by a job, in force once an administrator says so.
CREATE TABLE match_model (
    version       INTEGER NOT NULL PRIMARY KEY,
    state         TEXT NOT NULL,                -- proposed, active, retired, refused
    made_at       TEXT NOT NULL,
    report        TEXT NOT NULL,                -- JSON: the guards and what would change
    decided_at    TEXT,
    decided_by    BLOB
) STRICT;
CREATE UNIQUE INDEX match_model_active ON match_model (state) WHERE state = 'active';

CREATE TABLE match_weight (
    version  INTEGER NOT NULL REFERENCES match_model (version),
    field    TEXT NOT NULL,
    level    TEXT NOT NULL,
    m        REAL NOT NULL,
    u        REAL NOT NULL,
    h        REAL NOT NULL,
    PRIMARY KEY (version, field, level)
) STRICT, WITHOUT ROWID;

-- What an officer said of two people; a stands before b. Holds while both are as they were then (a_seq, b_seq).
CREATE TABLE match_verdict (
    a            BLOB NOT NULL,
    b            BLOB NOT NULL,
    a_household  BLOB NOT NULL,
    b_household  BLOB NOT NULL,
    a_seq        INTEGER NOT NULL,
    b_seq        INTEGER NOT NULL,
    verdict      TEXT NOT NULL,                 -- same, not_same, same_household
    reason       TEXT NOT NULL,
    model        INTEGER NOT NULL,
    bits         REAL,                          -- what the model said when it was asked
    by_staff     BLOB NOT NULL,
    at           TEXT NOT NULL,
    revisions    INTEGER NOT NULL DEFAULT 0,    -- how often it was changed
    PRIMARY KEY (a, b),
    CHECK (a < b)
) STRICT, WITHOUT ROWID;
CREATE INDEX match_verdict_by_b ON match_verdict (b, a);

-- Pairs that somebody should look at: side by side, field by field.
CREATE TABLE possible_duplicate (
    household_id        BLOB NOT NULL REFERENCES household (household_id),
    person_id           BLOB NOT NULL,
    other_household_id  BLOB NOT NULL,
    other_person_id     BLOB NOT NULL,
    source              TEXT NOT NULL,          -- counter, list, job
    model               INTEGER NOT NULL,
    bits                REAL NOT NULL,
    probability         REAL NOT NULL,
    found_at            TEXT NOT NULL,
    state               TEXT NOT NULL,          -- open, same, not_same, same_household, withdrawn
    closed_at           TEXT,
    version             INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (household_id, person_id, other_household_id, other_person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX possible_duplicate_open ON possible_duplicate (found_at, household_id, person_id) WHERE state = 'open';
CREATE INDEX possible_duplicate_by_other ON possible_duplicate (other_household_id, other_person_id);

-- Who moved: the person of one household who is the same as one of another from then on.
CREATE TABLE person_moved (
    household_id     BLOB NOT NULL REFERENCES household (household_id),
    person_id        BLOB NOT NULL,
    to_household_id  BLOB NOT NULL,
    to_person_id     BLOB NOT NULL,
    at               TEXT NOT NULL,
    by_staff         BLOB NOT NULL,
    PRIMARY KEY (household_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_moved_to ON person_moved (to_household_id, to_person_id);
