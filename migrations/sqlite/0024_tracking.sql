-- The applicant's own way in, whole: codes by text message, machines of an office, and people who act for a household.

ALTER TABLE tracking_session ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 0;  -- a code from the telephone on file was typed
ALTER TABLE tracking_session ADD COLUMN kiosk INTEGER NOT NULL DEFAULT 0;      -- ends when nobody touches it
ALTER TABLE tracking_session ADD COLUMN representative_id BLOB;                -- who acts for the household

-- What a visit asked the service to send: a code, or word of too many wrong tries. Somebody who asked for what does not exist
-- leaves the same row, with the nil household, so that neither answer nor time tells. Sent and forgotten by the worker.
CREATE TABLE tracking_call (
    household_id  BLOB NOT NULL,
    call_id       BLOB NOT NULL,
    handle        BLOB NOT NULL,                -- SHA-256 of what the browser keeps; of nothing that anybody has for an alarm
    purpose       TEXT NOT NULL,                -- enter, letter, alarm
    code          BLOB,                         -- sealed; none for an alarm
    tries         INTEGER NOT NULL DEFAULT 0,
    made_at       TEXT NOT NULL,
    expires_at    TEXT NOT NULL,
    sent_at       TEXT,
    PRIMARY KEY (household_id, call_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tracking_call_by_handle ON tracking_call (handle);
CREATE INDEX tracking_call_unsent ON tracking_call (made_at, call_id) WHERE sent_at IS NULL;
CREATE INDEX tracking_call_by_id ON tracking_call (call_id) WHERE code IS NOT NULL;
CREATE INDEX tracking_call_by_expiry ON tracking_call (expires_at);

-- Somebody whom a household lets act for it, within a scope and until a day. The reference of the own slip stands in `reference`.
CREATE TABLE representative (
    household_id       BLOB NOT NULL REFERENCES household (household_id),
    representative_id  BLOB NOT NULL,
    symbols            TEXT NOT NULL,           -- of the own reference
    name               BLOB NOT NULL,           -- sealed
    birth_precision    TEXT NOT NULL,
    birth_date         TEXT NOT NULL,
    birth_told_on      TEXT,
    relation           TEXT NOT NULL,
    reach              TEXT NOT NULL,           -- see, read, act
    agreed_by          BLOB NOT NULL,           -- the member who asked for it
    pin_hash           BLOB NOT NULL,
    from_at            TEXT NOT NULL,
    by_staff           BLOB NOT NULL,
    until_date         TEXT NOT NULL,           -- the last day
    ended_at           TEXT,                    -- taken back before
    PRIMARY KEY (household_id, representative_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX representative_by_id ON representative (representative_id);

-- What an applicant said or sent when something was asked of them.
CREATE TABLE applicant_answer (
    household_id       BLOB NOT NULL REFERENCES household (household_id),
    answer_id          BLOB NOT NULL,
    assessment_id      BLOB NOT NULL,           -- in which it was found missing
    body               BLOB NOT NULL,           -- sealed text
    told_at            TEXT NOT NULL,
    representative_id  BLOB,
    PRIMARY KEY (household_id, answer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX applicant_answer_by_id ON applicant_answer (answer_id);
