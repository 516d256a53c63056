-- What is sent to people: the outbox, and what came in.

-- One message. It is written in the unit of work of what it tells of; a server writes its text in the household's language
-- and hands it over. Once for each kind, subject and part, however often it is asked for.
CREATE TABLE notice (
    household_id  BLOB NOT NULL,                -- nil for who has no case
    notice_id     BLOB NOT NULL,
    kind          TEXT NOT NULL,                -- domain::notice::Kind
    subject_kind  TEXT NOT NULL,
    subject_id    BLOB NOT NULL,
    part          TEXT NOT NULL,                -- which of several about the same; '' for the only one
    reference     TEXT NOT NULL,                -- of what it is about; '' for the household's own
    on_date       TEXT,                         -- the day it names
    secret        BLOB,                         -- sealed JSON: a code, an address other than the household's
    office        TEXT NOT NULL,                -- the office that answers for it; '' until its text is written
    language      TEXT NOT NULL,                -- '' until its text is written
    channel       TEXT NOT NULL,                -- domain::notice::Channel; '' until its text is written
    silent        INTEGER NOT NULL,             -- says nothing of what it is about
    body          BLOB,                         -- sealed JSON: to whom, and the text
    state         TEXT NOT NULL,                -- domain::notice::NoticeState
    made_at       TEXT NOT NULL,
    next_at       TEXT NOT NULL,                -- the next try; while it is sent, when the claim runs out
    expires_at    TEXT,                         -- after this it is of no use
    tries         INTEGER NOT NULL,
    rounds        INTEGER NOT NULL,             -- how often the office had it sent again
    trouble       TEXT NOT NULL,                -- code of what went wrong last; '' when nothing
    gateway_ref   TEXT NOT NULL,                -- what the gateway calls it; '' when it said nothing
    sent_at       TEXT,
    delivered_at  TEXT,
    ended_at      TEXT,                         -- given up, expired, handed over or posted
    ended_by      BLOB,
    version       INTEGER NOT NULL,
    PRIMARY KEY (household_id, notice_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX notice_once ON notice (household_id, kind, subject_kind, subject_id, part);
CREATE INDEX notice_by_id ON notice (notice_id);
CREATE INDEX notice_due ON notice (next_at, notice_id) WHERE state IN ('queued', 'failed', 'sending');
CREATE INDEX notice_of_office ON notice (office, state, made_at);
CREATE INDEX notice_secret ON notice (notice_id) WHERE secret IS NOT NULL;
CREATE INDEX notice_body ON notice (notice_id) WHERE body IS NOT NULL;

-- Messages that came in, by a keyed hash of what the gateway calls them: once each. Nothing of what they said is kept.
CREATE TABLE inbound (
    inbound_hash  BLOB NOT NULL PRIMARY KEY,
    outcome       TEXT NOT NULL,                -- casework::notices::inbound::Outcome
    at            TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX inbound_by_time ON inbound (at, outcome);
