-- The same tables as sqlite/0024_tracking.sql.
-- The applicant's own way in, whole: codes by text message, machines of an office, and people who act for a household.

ALTER TABLE tracking_session ADD COLUMN confirmed BOOLEAN NOT NULL DEFAULT FALSE;  -- a code from the telephone on file was typed
ALTER TABLE tracking_session ADD COLUMN kiosk BOOLEAN NOT NULL DEFAULT FALSE;      -- ends when nobody touches it
ALTER TABLE tracking_session ADD COLUMN representative_id UUID;                -- who acts for the household

-- What a visit asked the service to send: a code, or word of too many wrong tries. Somebody who asked for what does not exist
-- leaves the same row, with the nil household, so that neither answer nor time tells. Sent and forgotten by the worker.
CREATE TABLE tracking_call (
    household_id  UUID NOT NULL,
    call_id       UUID NOT NULL,
    handle        BYTEA NOT NULL,                -- SHA-256 of what the browser keeps; of nothing that anybody has for an alarm
    purpose       TEXT NOT NULL,                -- enter, letter, alarm
    code          BYTEA,                         -- sealed; none for an alarm
    tries         BIGINT NOT NULL DEFAULT 0,
    made_at       TIMESTAMPTZ NOT NULL,
    expires_at    TIMESTAMPTZ NOT NULL,
    sent_at       TIMESTAMPTZ,
    PRIMARY KEY (household_id, call_id)
);
CREATE UNIQUE INDEX tracking_call_by_handle ON tracking_call (handle);
CREATE INDEX tracking_call_unsent ON tracking_call (made_at, call_id) WHERE sent_at IS NULL;
CREATE INDEX tracking_call_by_id ON tracking_call (call_id) WHERE code IS NOT NULL;
CREATE INDEX tracking_call_by_expiry ON tracking_call (expires_at);

-- Somebody whom a household lets act for it, within a scope and until a day. The reference of the own slip stands in `reference`.
CREATE TABLE representative (
    household_id       UUID NOT NULL REFERENCES household (household_id),
    representative_id  UUID NOT NULL,
    symbols            TEXT NOT NULL,           -- of the own reference
    name               BYTEA NOT NULL,           -- sealed
    birth_precision    TEXT NOT NULL,
    birth_date         DATE NOT NULL,
    birth_told_on      DATE,
    relation           TEXT NOT NULL,
    reach              TEXT NOT NULL,           -- see, read, act
    agreed_by          UUID NOT NULL,           -- the member who asked for it
    pin_hash           BYTEA NOT NULL,
    from_at            TIMESTAMPTZ NOT NULL,
    by_staff           UUID NOT NULL,
    until_date         DATE NOT NULL,           -- the last day
    ended_at           TIMESTAMPTZ,                    -- taken back before
    PRIMARY KEY (household_id, representative_id)
);
CREATE INDEX representative_by_id ON representative (representative_id);

-- What an applicant said or sent when something was asked of them.
CREATE TABLE applicant_answer (
    household_id       UUID NOT NULL REFERENCES household (household_id),
    answer_id          UUID NOT NULL,
    assessment_id      UUID NOT NULL,           -- in which it was found missing
    body               BYTEA NOT NULL,           -- sealed text
    told_at            TIMESTAMPTZ NOT NULL,
    representative_id  UUID,
    PRIMARY KEY (household_id, answer_id)
);
CREATE INDEX applicant_answer_by_id ON applicant_answer (answer_id);

SELECT row_policies('tracking_call', '{system}', '{system}');
SELECT row_policies('representative', '{system,office,reason}', '{system,office}');
SELECT row_policies('applicant_answer', '{system,applicant,application,office,reason}', '{system}');
