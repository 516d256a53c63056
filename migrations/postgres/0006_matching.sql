-- Registered once: how people are found again, what is known of them for comparing, and what officers said of pairs.
-- The same tables as sqlite/0006_matching.sql.
-- match_key, key_size and match_feature shard by their own first column: a key, or a person, leads to the household.

-- The keyed hashes under which a person is looked for (domain::matching::keys). Keys of a name that was corrected stay,
-- so that the old name still finds the person. A key that more than 300 people have is not kept here: its narrower twin is.
CREATE TABLE match_key (
    key        BIGINT NOT NULL,
    person_id  UUID NOT NULL,
    PRIMARY KEY (key, person_id)
);

-- How often a key has been given out; it never goes down. Whoever saves a person moves the count of each key, so that of
-- two who save people with a key in common at once, the second looks again. Stops above 300.
CREATE TABLE key_size (
    key  BIGINT NOT NULL PRIMARY KEY,
    n    BIGINT NOT NULL
);

-- What scoring reads (domain::matching::features): the newest seq is what holds now, older ones what held before.
CREATE TABLE match_feature (
    person_id     UUID NOT NULL,
    seq           BIGINT NOT NULL,
    household_id  UUID NOT NULL,
    layout        BIGINT NOT NULL,             -- domain::matching::features::VERSION
    features      BYTEA NOT NULL,
    PRIMARY KEY (person_id, seq)
);

-- How many people have a value: a word of a name, a place, a day or year of birth. Counted anew by a job.
CREATE TABLE name_frequency (
    kind   TEXT NOT NULL,
    token  TEXT NOT NULL,
    n      BIGINT NOT NULL,
    PRIMARY KEY (kind, token)
);

-- Models beside the one that ships (version 1): proposed by a job, in force once an administrator says so.
CREATE TABLE match_model (
    version       BIGINT NOT NULL PRIMARY KEY,
    state         TEXT NOT NULL,                -- proposed, active, retired, refused
    made_at       TIMESTAMPTZ NOT NULL,
    report        TEXT NOT NULL,                -- JSON: the guards and what would change
    decided_at    TIMESTAMPTZ,
    decided_by    UUID
);
CREATE UNIQUE INDEX match_model_active ON match_model (state) WHERE state = 'active';

CREATE TABLE match_weight (
    version  BIGINT NOT NULL REFERENCES match_model (version),
    field    TEXT NOT NULL,
    level    TEXT NOT NULL,
    m        DOUBLE PRECISION NOT NULL,
    u        DOUBLE PRECISION NOT NULL,
    h        DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (version, field, level)
);

-- What an officer said of two people; a stands before b. Holds while both are as they were then (a_seq, b_seq).
CREATE TABLE match_verdict (
    a            UUID NOT NULL,
    b            UUID NOT NULL,
    a_household  UUID NOT NULL,
    b_household  UUID NOT NULL,
    a_seq        BIGINT NOT NULL,
    b_seq        BIGINT NOT NULL,
    verdict      TEXT NOT NULL,                 -- same, not_same, same_household
    reason       TEXT NOT NULL,
    model        BIGINT NOT NULL,
    bits         DOUBLE PRECISION,                          -- what the model said when it was asked
    by_staff     UUID NOT NULL,
    at           TIMESTAMPTZ NOT NULL,
    revisions    BIGINT NOT NULL DEFAULT 0,    -- how often it was changed
    PRIMARY KEY (a, b),
    CHECK (a < b)
);
CREATE INDEX match_verdict_by_b ON match_verdict (b, a);

-- Pairs that somebody should look at: side by side, field by field.
CREATE TABLE possible_duplicate (
    household_id        UUID NOT NULL REFERENCES household (household_id),
    person_id           UUID NOT NULL,
    other_household_id  UUID NOT NULL,
    other_person_id     UUID NOT NULL,
    source              TEXT NOT NULL,          -- counter, list, job
    model               BIGINT NOT NULL,
    bits                DOUBLE PRECISION NOT NULL,
    probability         DOUBLE PRECISION NOT NULL,
    found_at            TIMESTAMPTZ NOT NULL,
    state               TEXT NOT NULL,          -- open, same, not_same, same_household, withdrawn
    closed_at           TIMESTAMPTZ,
    version             BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (household_id, person_id, other_household_id, other_person_id)
);
CREATE INDEX possible_duplicate_open ON possible_duplicate (found_at, household_id, person_id) WHERE state = 'open';
CREATE INDEX possible_duplicate_by_other ON possible_duplicate (other_household_id, other_person_id);

-- Who moved: the person of one household who is the same as one of another from then on.
CREATE TABLE person_moved (
    household_id     UUID NOT NULL REFERENCES household (household_id),
    person_id        UUID NOT NULL,
    to_household_id  UUID NOT NULL,
    to_person_id     UUID NOT NULL,
    at               TIMESTAMPTZ NOT NULL,
    by_staff         UUID NOT NULL,
    PRIMARY KEY (household_id, person_id)
);
CREATE INDEX person_moved_to ON person_moved (to_household_id, to_person_id);
