-- Files that people hand in, and complaints.

-- A file about a matter: a complaint, an appeal, a request. Sealed, and in the database: a backup holds it, and there is no
-- folder that a server could serve by mistake. household_id is the id of the case: a household's, or a complaint's own.
CREATE TABLE attachment (
    household_id   BLOB NOT NULL,
    attachment_id  BLOB NOT NULL,
    subject_kind   TEXT NOT NULL,
    subject_id     BLOB NOT NULL,
    kind           TEXT NOT NULL,               -- domain::attachment::FileKind, by its bytes
    size           INTEGER NOT NULL,             -- bytes, as it is kept
    about          BLOB NOT NULL,              -- sealed JSON: its name, and the SHA-256 of what is kept
    body           BLOB NOT NULL,              -- sealed
    added_at       TEXT NOT NULL,
    added_by       BLOB,                        -- NULL = the person concerned
    PRIMARY KEY (household_id, attachment_id),
    CHECK (kind IN ('pdf', 'jpeg', 'png')),
    CHECK (size BETWEEN 1 AND 5242880)
) STRICT;
CREATE INDEX attachment_by_subject ON attachment (household_id, subject_kind, subject_id, attachment_id);

-- Who has which part in a complaint: one person has one. Whoever is complained about or took part in what is complained of
-- can therefore not handle it, whatever the program does.
CREATE TABLE complaint_staff (
    household_id  BLOB NOT NULL,
    staff_id      BLOB NOT NULL,
    part          TEXT NOT NULL,                -- about, took_part, reports, handles
    since         TEXT NOT NULL,
    PRIMARY KEY (household_id, staff_id),
    UNIQUE (household_id, staff_id, part),
    CHECK (part IN ('about', 'took_part', 'reports', 'handles'))
) STRICT, WITHOUT ROWID;

-- A complaint is a case of its own: household_id is its own id, and no household leads to it.
CREATE TABLE complaint (
    household_id        BLOB NOT NULL PRIMARY KEY,
    symbols             TEXT NOT NULL UNIQUE,   -- of the code that the complainant was given
    pin_hash            BLOB NOT NULL,
    channel             TEXT NOT NULL,
    identity            TEXT NOT NULL,          -- identified, confidential, anonymous
    category            TEXT NOT NULL,
    sensitive           INTEGER NOT NULL,       -- in the restricted queue, hidden from the office complained about
    office              TEXT NOT NULL,          -- the office it is about; '' when none
    provider            TEXT NOT NULL,          -- the provider that handed it in; '' when none
    level               TEXT NOT NULL,          -- office, region, ombudsman
    scope_kind          TEXT NOT NULL,          -- whose queue
    scope_code          TEXT NOT NULL,
    state               TEXT NOT NULL,
    owner               BLOB,                   -- who handles it
    readers             TEXT NOT NULL DEFAULT '',   -- who handled it at a level before: ids with commas
    about_staff         BLOB,                   -- who is complained about, where known
    handles             TEXT NOT NULL DEFAULT 'handles',    -- for the foreign keys below
    told                BLOB NOT NULL,         -- sealed JSON: what happened, where and when, what is wanted
    who                 BLOB,                  -- sealed JSON: name, telephone; NULL = anonymous
    about               BLOB,                  -- sealed: the household it is about; NULL = none, or anonymous
    about_hash          BLOB,                  -- keyed hash of that household, for its own page
    language            TEXT NOT NULL,
    entered_by          BLOB,                   -- the member of staff who wrote it down; never of an anonymous one
    proposed_by         BLOB,
    resolved_by         BLOB,
    outcome             TEXT NOT NULL DEFAULT '',   -- the coded decision
    remedy              TEXT NOT NULL DEFAULT '',   -- the change that the decision carries
    remedy_proposal     BLOB,                   -- where a second person approves it
    ending              TEXT NOT NULL DEFAULT '',   -- accepted, no_reply; why withdrawn or sent elsewhere
    led_to              BLOB,                   -- the appeal that it became
    received_at         TEXT NOT NULL,   -- first contact: the day stamped on a letter
    registered_at       TEXT NOT NULL,
    register_due_at     TEXT NOT NULL,
    acknowledged_at     TEXT,
    acknowledge_due_at  TEXT NOT NULL,
    triaged_at          TEXT,
    triage_due_at       TEXT NOT NULL,
    answer_due_at       TEXT NOT NULL,
    resolved_at         TEXT,
    reply_due_at        TEXT,
    closed_at           TEXT,
    reopened            INTEGER NOT NULL DEFAULT 0,
    escalated           INTEGER NOT NULL DEFAULT 0,
    version             INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT anonymous_is_nobody CHECK (identity <> 'anonymous' OR
        (who IS NULL AND about IS NULL AND about_hash IS NULL AND entered_by IS NULL)),
    CONSTRAINT closed_with_a_decision CHECK (state NOT IN ('resolved', 'closed') OR outcome <> ''),
    CONSTRAINT second_person CHECK (resolved_by IS NULL OR proposed_by IS NULL OR resolved_by <> proposed_by),
    CHECK (handles = 'handles'),
    -- Whoever handles it, proposes the answer or decides has that part and no other.
    CONSTRAINT owner_has_no_part_in_it
        FOREIGN KEY (household_id, owner, handles) REFERENCES complaint_staff (household_id, staff_id, part),
    CONSTRAINT proposer_has_no_part_in_it
        FOREIGN KEY (household_id, proposed_by, handles) REFERENCES complaint_staff (household_id, staff_id, part),
    CONSTRAINT decider_has_no_part_in_it
        FOREIGN KEY (household_id, resolved_by, handles) REFERENCES complaint_staff (household_id, staff_id, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX complaint_queue ON complaint (scope_kind, scope_code, state, received_at, household_id);
CREATE INDEX complaint_of_owner ON complaint (owner, state) WHERE owner IS NOT NULL;
CREATE INDEX complaint_of_household ON complaint (about_hash) WHERE about_hash IS NOT NULL;
CREATE INDEX complaint_counted ON complaint (received_at, office, category);

-- What was said: by the complainant and to them (visible), and among who handle it.
CREATE TABLE complaint_note (
    household_id  BLOB NOT NULL,
    note_id       BLOB NOT NULL,
    kind          TEXT NOT NULL,                -- domain::complaint::NoteKind
    author        TEXT NOT NULL,                -- complainant, staff, service
    visible       INTEGER NOT NULL,             -- to the complainant
    body          BLOB NOT NULL,               -- sealed
    at            TEXT NOT NULL,
    staff_id      BLOB,
    PRIMARY KEY (household_id, note_id)
) STRICT, WITHOUT ROWID;

-- A complainant who came in with code and PIN.
CREATE TABLE complaint_session (
    token_hash    BLOB NOT NULL PRIMARY KEY,
    household_id  BLOB NOT NULL,
    opened_at     TEXT NOT NULL,
    expires_at    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX complaint_session_by_expiry ON complaint_session (expires_at);
