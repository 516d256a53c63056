-- Households: who they are, where they live, what they agreed to, what they asked for.
-- household_id stands first in every key, so that the same tables shard by it. What a person can correct is kept in
-- versions: the row that holds now has replaced_at (or ended_at, until_date, withdrawn_at) NULL; nothing is overwritten.
-- The same tables as sqlite/0003_households.sql.

-- References are the one thing that is unique across all households.
CREATE TABLE reference (
    symbols         TEXT NOT NULL PRIMARY KEY,  -- eight symbols, without SP and dashes
    household_id    UUID NOT NULL,
    application_id  UUID NOT NULL
);

CREATE TABLE household (
    household_id   UUID NOT NULL PRIMARY KEY,   -- the id of the form that registered it
    reference      TEXT NOT NULL,               -- of its first application; on every paper
    office         TEXT NOT NULL,               -- the office that keeps the file
    registered_at  TIMESTAMPTZ NOT NULL,
    registered_by  UUID NOT NULL,
    version        BIGINT NOT NULL DEFAULT 1   -- moves with every change of contact, members, consents
);
CREATE INDEX household_by_office ON household (office, registered_at);
CREATE INDEX household_by_officer ON household (registered_by, registered_at);

CREATE TABLE contact (
    household_id  UUID NOT NULL REFERENCES household (household_id),
    contact_id    UUID NOT NULL,
    area          TEXT NOT NULL,
    directions    TEXT,
    phone         BYTEA,                         -- sealed
    phone_hash    BYTEA,                         -- blind index of the last eight digits
    language      TEXT NOT NULL,
    safe_contact  BOOLEAN NOT NULL,             -- messages go out without content
    from_at       TIMESTAMPTZ NOT NULL,
    by_staff      UUID NOT NULL,
    replaced_at   TIMESTAMPTZ,
    PRIMARY KEY (household_id, contact_id)
);
CREATE UNIQUE INDEX contact_now ON contact (household_id) WHERE replaced_at IS NULL;
CREATE INDEX contact_by_phone ON contact (phone_hash) WHERE replaced_at IS NULL;
CREATE INDEX contact_by_area ON contact (area) WHERE replaced_at IS NULL;
CREATE INDEX contact_by_id ON contact (contact_id) WHERE phone IS NOT NULL;

CREATE TABLE person (
    household_id     UUID NOT NULL REFERENCES household (household_id),
    person_id        UUID NOT NULL,
    version          BIGINT NOT NULL,
    given            TEXT,
    family           TEXT,
    one_name         TEXT,
    name_key         TEXT NOT NULL,             -- domain::name::search_key
    sex              TEXT NOT NULL,
    birth_precision  TEXT NOT NULL,
    birth_date       DATE NOT NULL,             -- the date the rules count with
    birth_told_on    DATE,
    relation         TEXT NOT NULL,
    from_at          TIMESTAMPTZ NOT NULL,
    by_staff         UUID NOT NULL,
    replaced_at      TIMESTAMPTZ,
    PRIMARY KEY (household_id, person_id, version),
    CHECK ((one_name IS NULL) = (given IS NOT NULL) AND (one_name IS NULL) = (family IS NOT NULL))
);
CREATE UNIQUE INDEX person_now ON person (household_id, person_id) WHERE replaced_at IS NULL;
CREATE UNIQUE INDEX person_one_head ON person (household_id) WHERE replaced_at IS NULL AND relation = 'head';
CREATE INDEX person_by_name ON person (name_key, birth_date) WHERE replaced_at IS NULL;

-- The words of the name that holds now, for finding people by part of their name.
CREATE TABLE person_word (
    household_id  UUID NOT NULL REFERENCES household (household_id),
    person_id     UUID NOT NULL,
    word          TEXT NOT NULL,
    birth_year    BIGINT NOT NULL,
    PRIMARY KEY (household_id, person_id, word)
);
CREATE INDEX person_word_by_word ON person_word (word, birth_year, household_id, person_id);

CREATE TABLE membership (
    household_id   UUID NOT NULL REFERENCES household (household_id),
    membership_id  UUID NOT NULL,
    person_id      UUID NOT NULL,
    from_date      DATE NOT NULL,
    until_date     DATE,
    leaving        TEXT,
    by_staff       UUID NOT NULL,
    PRIMARY KEY (household_id, membership_id),
    CHECK ((until_date IS NULL) = (leaving IS NULL))
);
CREATE UNIQUE INDEX membership_now ON membership (household_id, person_id) WHERE until_date IS NULL;

CREATE TABLE identifier (
    household_id   UUID NOT NULL REFERENCES household (household_id),
    identifier_id  UUID NOT NULL,
    person_id      UUID NOT NULL,
    kind           TEXT NOT NULL,
    sealed         BYTEA NOT NULL,
    hash           BYTEA NOT NULL,               -- blind index
    given_at       TIMESTAMPTZ NOT NULL,
    by_staff       UUID NOT NULL,
    ended_at       TIMESTAMPTZ,
    PRIMARY KEY (household_id, identifier_id)
);
CREATE UNIQUE INDEX identifier_now ON identifier (household_id, person_id, kind) WHERE ended_at IS NULL;
CREATE INDEX identifier_by_hash ON identifier (hash) WHERE ended_at IS NULL;
CREATE INDEX identifier_by_id ON identifier (identifier_id);

-- One number, one person. Keyed by the blind index, so that it shards by itself.
CREATE TABLE identifier_owner (
    hash          BYTEA NOT NULL PRIMARY KEY,
    household_id  UUID NOT NULL,
    person_id     UUID NOT NULL
);

-- One name with one birth, one person: the first who has it. Others of the same name and birth are there only by an
-- officer's word (distinct_people). Keyed by a keyed hash of both.
CREATE TABLE likeness_owner (
    hash          BYTEA NOT NULL PRIMARY KEY,
    household_id  UUID NOT NULL,
    person_id     UUID NOT NULL
);

-- An officer has said that two people who look the same are two.
CREATE TABLE distinct_people (
    household_id        UUID NOT NULL REFERENCES household (household_id),
    person_id           UUID NOT NULL,
    other_household_id  UUID NOT NULL,
    other_person_id     UUID NOT NULL,
    reason              TEXT NOT NULL,
    by_staff            UUID NOT NULL,
    at                  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (household_id, person_id, other_household_id, other_person_id)
);

CREATE TABLE consent (
    household_id  UUID NOT NULL REFERENCES household (household_id),
    consent_id    UUID NOT NULL,
    agency        TEXT NOT NULL,
    person_id     UUID NOT NULL,                -- who gave it
    words         TEXT NOT NULL,                -- the wording's id in the pack
    how           TEXT NOT NULL,
    given_at      TIMESTAMPTZ NOT NULL,
    given_to      UUID NOT NULL,
    withdrawn_at  TIMESTAMPTZ,
    withdrawn_to  UUID,
    PRIMARY KEY (household_id, consent_id)
);
CREATE UNIQUE INDEX consent_now ON consent (household_id, agency) WHERE withdrawn_at IS NULL;

CREATE TABLE application (
    household_id    UUID NOT NULL REFERENCES household (household_id),
    application_id  UUID NOT NULL,
    reference       TEXT NOT NULL,
    office          TEXT NOT NULL,
    state           TEXT NOT NULL,              -- domain::lifecycle::application
    date_of_claim   DATE NOT NULL,              -- first contact
    submitted_at    TIMESTAMPTZ NOT NULL,
    submitted_by    UUID NOT NULL,
    pin_hash        BYTEA NOT NULL,
    version         BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (household_id, application_id)
);
CREATE INDEX application_by_office ON application (office, state, submitted_at);

-- Registrations that are not finished. The id is the future household's.
CREATE TABLE draft (
    draft_id    UUID NOT NULL PRIMARY KEY,
    staff_id    UUID NOT NULL,
    office      TEXT NOT NULL,
    body        BYTEA NOT NULL,                  -- sealed
    started_at  TIMESTAMPTZ NOT NULL,                  -- first contact
    saved_at    TIMESTAMPTZ NOT NULL,
    version     BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX draft_by_staff ON draft (staff_id, saved_at);

-- Files opened from outside the office that keeps them, for its supervisor to look at.
CREATE TABLE break_glass (
    household_id  UUID NOT NULL REFERENCES household (household_id),
    opening_id    UUID NOT NULL,
    office        TEXT NOT NULL,                -- the office that keeps the file
    staff_id      UUID NOT NULL,
    reason        TEXT NOT NULL,
    at            TIMESTAMPTZ NOT NULL,
    until         TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (household_id, opening_id)
);
CREATE INDEX break_glass_by_office ON break_glass (office, at);
