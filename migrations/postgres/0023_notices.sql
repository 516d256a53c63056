-- The same tables as sqlite/0023_notices.sql.
-- What is sent to people: the outbox, and what came in.

-- One message. It is written in the unit of work of what it tells of; a server writes its text in the household's language
-- and hands it over. Once for each kind, subject and part, however often it is asked for.
CREATE TABLE notice (
    household_id  UUID NOT NULL,                -- nil for who has no case
    notice_id     UUID NOT NULL,
    kind          TEXT NOT NULL,                -- domain::notice::Kind
    subject_kind  TEXT NOT NULL,
    subject_id    UUID NOT NULL,
    part          TEXT NOT NULL,                -- which of several about the same; '' for the only one
    reference     TEXT NOT NULL,                -- of what it is about; '' for the household's own
    on_date       DATE,                         -- the day it names
    secret        BYTEA,                        -- sealed JSON: a code, an address other than the household's
    office        TEXT NOT NULL,                -- the office that answers for it; '' until its text is written
    language      TEXT NOT NULL,                -- '' until its text is written
    channel       TEXT NOT NULL,                -- domain::notice::Channel; '' until its text is written
    silent        BOOLEAN NOT NULL,             -- says nothing of what it is about
    body          BYTEA,                        -- sealed JSON: to whom, and the text
    state         TEXT NOT NULL,                -- domain::notice::NoticeState
    made_at       TIMESTAMPTZ NOT NULL,
    next_at       TIMESTAMPTZ NOT NULL,         -- the next try; while it is sent, when the claim runs out
    expires_at    TIMESTAMPTZ,                  -- after this it is of no use
    tries         BIGINT NOT NULL,
    rounds        BIGINT NOT NULL,              -- how often the office had it sent again
    trouble       TEXT NOT NULL,                -- code of what went wrong last; '' when nothing
    gateway_ref   TEXT NOT NULL,                -- what the gateway calls it; '' when it said nothing
    sent_at       TIMESTAMPTZ,
    delivered_at  TIMESTAMPTZ,
    ended_at      TIMESTAMPTZ,                  -- given up, expired, handed over or posted
    ended_by      UUID,
    version       BIGINT NOT NULL,
    PRIMARY KEY (household_id, notice_id)
);
CREATE UNIQUE INDEX notice_once ON notice (household_id, kind, subject_kind, subject_id, part);
CREATE INDEX notice_by_id ON notice (notice_id);
CREATE INDEX notice_due ON notice (next_at, notice_id) WHERE state IN ('queued', 'failed', 'sending');
CREATE INDEX notice_of_office ON notice (office, state, made_at);
CREATE INDEX notice_secret ON notice (notice_id) WHERE secret IS NOT NULL;
CREATE INDEX notice_body ON notice (notice_id) WHERE body IS NOT NULL;

-- Messages that came in, by a keyed hash of what the gateway calls them: once each. Nothing of what they said is kept.
CREATE TABLE inbound (
    inbound_hash  BYTEA NOT NULL PRIMARY KEY,
    outcome       TEXT NOT NULL,                -- casework::notices::inbound::Outcome
    at            TIMESTAMPTZ NOT NULL
);
CREATE INDEX inbound_by_time ON inbound (at, outcome);

-- The office answers for its messages; the office stands in the row.
SELECT row_policies('notice', '{system,applicant,own_office,office,reason}', '{system,own_office}');
-- Whoever changes something may have it told: a provider that answers, a tribunal that lists, an applicant who asks for a
-- code. They write it and need not see it; who acts for nobody writes nothing.
ALTER POLICY made ON notice WITH CHECK ((SELECT COALESCE(current_setting('guichet.sight', true), '')) <> '');
