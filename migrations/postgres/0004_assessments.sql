-- From the combined assessment to the letter: assessments, decisions with their receipts, enrolments, referrals,
-- letters, and the applicant's way in. The same tables as sqlite/0004_assessments.sql.

-- One run of the combined form. The pack is the one in force when it began: an old assessment keeps its questions.
CREATE TABLE assessment (
    household_id    UUID NOT NULL REFERENCES household (household_id),
    assessment_id   UUID NOT NULL,
    application_id  UUID,
    state           TEXT NOT NULL,
    office          TEXT NOT NULL,              -- where it is filled in
    pack_hash       TEXT NOT NULL REFERENCES pack (hash),
    started_at      TIMESTAMPTZ NOT NULL,
    started_by      UUID NOT NULL,
    submitted_at    TIMESTAMPTZ,
    submitted_by    UUID,
    as_of           DATE,                       -- the day the decisions are for; NULL until submitted
    version         BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (household_id, assessment_id)
);
-- Two officers starting at once: one assessment.
CREATE UNIQUE INDEX assessment_open ON assessment (household_id) WHERE state IN ('in_progress', 'returned');

-- The answers: canonical JSON. While in progress only what was asked; when submitted, what the decisions read, the
-- register's part included.
CREATE TABLE assessment_answers (
    household_id   UUID NOT NULL,
    assessment_id  UUID NOT NULL,
    body           TEXT NOT NULL,
    PRIMARY KEY (household_id, assessment_id),
    FOREIGN KEY (household_id, assessment_id) REFERENCES assessment (household_id, assessment_id)
);

-- Each page as it was last saved: two officers on one page cannot overwrite each other unseen.
CREATE TABLE assessment_page (
    household_id   UUID NOT NULL,
    assessment_id  UUID NOT NULL,
    page_group     TEXT NOT NULL,
    person         TEXT NOT NULL,               -- '' on a page of the household
    version        BIGINT NOT NULL,
    saved_at       TIMESTAMPTZ NOT NULL,
    saved_by       UUID NOT NULL,
    PRIMARY KEY (household_id, assessment_id, page_group, person),
    FOREIGN KEY (household_id, assessment_id) REFERENCES assessment (household_id, assessment_id)
);

-- What the rules said, byte by byte: running them again gives the same bytes.
CREATE TABLE receipt (
    household_id   UUID NOT NULL,
    assessment_id  UUID NOT NULL,
    hash           TEXT NOT NULL,               -- SHA-256 of the body, hex
    body           BYTEA NOT NULL,
    made_at        TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (household_id, assessment_id),
    FOREIGN KEY (household_id, assessment_id) REFERENCES assessment (household_id, assessment_id)
);

-- One decision for one programme and, where the programme is personal, one person. Never changed but in its state; a
-- correction is a new row that names the one it takes the place of.
CREATE TABLE decision (
    household_id   UUID NOT NULL,
    decision_id    UUID NOT NULL,
    assessment_id  UUID NOT NULL,
    programme      TEXT NOT NULL,
    agency         TEXT NOT NULL,
    person_id      UUID,
    number         BIGINT NOT NULL,            -- 1, 2, … within household, programme and person
    state          TEXT NOT NULL,
    verdict        TEXT NOT NULL,
    outcome        TEXT NOT NULL,
    amount_minor   BIGINT,
    period         TEXT,
    supersedes     UUID,                        -- the decision it takes the place of
    appeal_until   DATE,
    decided_at     TIMESTAMPTZ NOT NULL,
    decided_by     UUID NOT NULL,
    approved_by    UUID,
    body           TEXT NOT NULL,               -- canonical JSON of the programme's part, and of the override if there is one
    PRIMARY KEY (household_id, decision_id),
    FOREIGN KEY (household_id, assessment_id) REFERENCES assessment (household_id, assessment_id),
    CHECK (approved_by IS NULL OR approved_by <> decided_by)
);
CREATE INDEX decision_of_assessment ON decision (household_id, assessment_id);
CREATE INDEX decision_of_programme ON decision (household_id, programme, person_id);

-- An award being paid or delivered, or waiting for a place.
CREATE TABLE enrolment (
    household_id   UUID NOT NULL,
    enrolment_id   UUID NOT NULL,
    decision_id    UUID NOT NULL,
    programme      TEXT NOT NULL,
    agency         TEXT NOT NULL,
    person_id      UUID,
    office         TEXT NOT NULL,
    state          TEXT NOT NULL,
    amount_minor   BIGINT,
    period         TEXT,
    queue_key      BIGINT,                     -- the place in the queue: lower goes first; NULL when not waiting
    exit_reason    TEXT,
    since          DATE NOT NULL,               -- the day it began, or its place on the list did
    review_on      DATE,
    ends_on        DATE,
    created_at     TIMESTAMPTZ NOT NULL,
    version        BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (household_id, enrolment_id),
    FOREIGN KEY (household_id, decision_id) REFERENCES decision (household_id, decision_id)
);
CREATE INDEX enrolment_of_programme ON enrolment (household_id, programme, person_id);
CREATE INDEX enrolment_queue ON enrolment (programme, state, queue_key, since);

-- A person sent to a provider's service.
CREATE TABLE referral (
    household_id   UUID NOT NULL,
    referral_id    UUID NOT NULL,
    decision_id    UUID NOT NULL,
    programme      TEXT NOT NULL,
    person_id      UUID,
    service        TEXT NOT NULL,
    provider       TEXT,                        -- NULL while no place offers the service
    place          TEXT,
    state          TEXT NOT NULL,
    created_at     TIMESTAMPTZ NOT NULL,
    requested_at   TIMESTAMPTZ,
    version        BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (household_id, referral_id),
    FOREIGN KEY (household_id, decision_id) REFERENCES decision (household_id, decision_id)
);
CREATE INDEX referral_of_person ON referral (household_id, person_id, service);
CREATE INDEX referral_inbox ON referral (provider, state, requested_at);

-- The letter as it was issued, in each language it was read in. Never changed: a new one is a new row.
CREATE TABLE letter (
    household_id   UUID NOT NULL,
    letter_id      UUID NOT NULL,
    assessment_id  UUID NOT NULL,
    language       TEXT NOT NULL,
    number         BIGINT NOT NULL,            -- 1, 2, … within assessment and language
    issued_at      TIMESTAMPTZ NOT NULL,
    issued_by      UUID,                        -- NULL = by the system
    body           TEXT NOT NULL,               -- canonical JSON, see domain::letter
    PRIMARY KEY (household_id, letter_id),
    FOREIGN KEY (household_id, assessment_id) REFERENCES assessment (household_id, assessment_id)
);
CREATE UNIQUE INDEX letter_of_assessment ON letter (household_id, assessment_id, language, number);

-- How often somebody tried to open an applicant's page. The key is a keyed hash of the reference or of the address
-- and the hour: no reference and no address is kept.
CREATE TABLE tracking_attempt (
    key    BYTEA NOT NULL PRIMARY KEY,
    tries  BIGINT NOT NULL,
    hour   TIMESTAMPTZ NOT NULL
);
CREATE INDEX tracking_attempt_by_hour ON tracking_attempt (hour);

-- An applicant's visit to the own page.
CREATE TABLE tracking_session (
    token_hash    BYTEA NOT NULL PRIMARY KEY,    -- SHA-256 of the token in the cookie
    household_id  UUID NOT NULL REFERENCES household (household_id),
    opened_at     TIMESTAMPTZ NOT NULL,
    expires_at    TIMESTAMPTZ NOT NULL
);
CREATE INDEX tracking_session_by_expiry ON tracking_session (expires_at);
CREATE INDEX tracking_session_by_household ON tracking_session (household_id);
