-- The same tables as sqlite/0021_complaints.sql.
-- Files that people hand in, and complaints.

-- A file about a matter: a complaint, an appeal, a request. Sealed, and in the database: a backup holds it, and there is no
-- folder that a server could serve by mistake. household_id is the id of the case: a household's, or a complaint's own.
CREATE TABLE attachment (
    household_id   UUID NOT NULL,
    attachment_id  UUID NOT NULL,
    subject_kind   TEXT NOT NULL,
    subject_id     UUID NOT NULL,
    kind           TEXT NOT NULL,               -- domain::attachment::FileKind, by its bytes
    size           BIGINT NOT NULL,             -- bytes, as it is kept
    about          BYTEA NOT NULL,              -- sealed JSON: its name, and the SHA-256 of what is kept
    body           BYTEA NOT NULL,              -- sealed
    added_at       TIMESTAMPTZ NOT NULL,
    added_by       UUID,                        -- NULL = the person concerned
    PRIMARY KEY (household_id, attachment_id),
    CHECK (kind IN ('pdf', 'jpeg', 'png')),
    CHECK (size BETWEEN 1 AND 5242880)
);
CREATE INDEX attachment_by_subject ON attachment (household_id, subject_kind, subject_id, attachment_id);

-- Who has which part in a complaint: one person has one. Whoever is complained about or took part in what is complained of
-- can therefore not handle it, whatever the program does.
CREATE TABLE complaint_staff (
    household_id  UUID NOT NULL,
    staff_id      UUID NOT NULL,
    part          TEXT NOT NULL,                -- about, took_part, reports, handles
    since         TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (household_id, staff_id),
    UNIQUE (household_id, staff_id, part),
    CHECK (part IN ('about', 'took_part', 'reports', 'handles'))
);

-- A complaint is a case of its own: household_id is its own id, and no household leads to it.
CREATE TABLE complaint (
    household_id        UUID NOT NULL PRIMARY KEY,
    symbols             TEXT NOT NULL UNIQUE,   -- of the code that the complainant was given
    pin_hash            BYTEA NOT NULL,
    channel             TEXT NOT NULL,
    identity            TEXT NOT NULL,          -- identified, confidential, anonymous
    category            TEXT NOT NULL,
    sensitive           BOOLEAN NOT NULL,       -- in the restricted queue, hidden from the office complained about
    office              TEXT NOT NULL,          -- the office it is about; '' when none
    provider            TEXT NOT NULL,          -- the provider that handed it in; '' when none
    level               TEXT NOT NULL,          -- office, region, ombudsman
    scope_kind          TEXT NOT NULL,          -- whose queue
    scope_code          TEXT NOT NULL,
    state               TEXT NOT NULL,
    owner               UUID,                   -- who handles it
    readers             TEXT NOT NULL DEFAULT '',   -- who handled it at a level before: ids with commas
    about_staff         UUID,                   -- who is complained about, where known
    handles             TEXT NOT NULL DEFAULT 'handles',    -- for the foreign keys below
    told                BYTEA NOT NULL,         -- sealed JSON: what happened, where and when, what is wanted
    who                 BYTEA,                  -- sealed JSON: name, telephone; NULL = anonymous
    about               BYTEA,                  -- sealed: the household it is about; NULL = none, or anonymous
    about_hash          BYTEA,                  -- keyed hash of that household, for its own page
    language            TEXT NOT NULL,
    entered_by          UUID,                   -- the member of staff who wrote it down; never of an anonymous one
    proposed_by         UUID,
    resolved_by         UUID,
    outcome             TEXT NOT NULL DEFAULT '',   -- the coded decision
    remedy              TEXT NOT NULL DEFAULT '',   -- the change that the decision carries
    remedy_proposal     UUID,                   -- where a second person approves it
    ending              TEXT NOT NULL DEFAULT '',   -- accepted, no_reply; why withdrawn or sent elsewhere
    led_to              UUID,                   -- the appeal that it became
    received_at         TIMESTAMPTZ NOT NULL,   -- first contact: the day stamped on a letter
    registered_at       TIMESTAMPTZ NOT NULL,
    register_due_at     TIMESTAMPTZ NOT NULL,
    acknowledged_at     TIMESTAMPTZ,
    acknowledge_due_at  TIMESTAMPTZ NOT NULL,
    triaged_at          TIMESTAMPTZ,
    triage_due_at       TIMESTAMPTZ NOT NULL,
    answer_due_at       TIMESTAMPTZ NOT NULL,
    resolved_at         TIMESTAMPTZ,
    reply_due_at        TIMESTAMPTZ,
    closed_at           TIMESTAMPTZ,
    reopened            BIGINT NOT NULL DEFAULT 0,
    escalated           BIGINT NOT NULL DEFAULT 0,
    version             BIGINT NOT NULL DEFAULT 1,
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
);
CREATE INDEX complaint_queue ON complaint (scope_kind, scope_code, state, received_at, household_id);
CREATE INDEX complaint_of_owner ON complaint (owner, state) WHERE owner IS NOT NULL;
CREATE INDEX complaint_of_household ON complaint (about_hash) WHERE about_hash IS NOT NULL;
CREATE INDEX complaint_counted ON complaint (received_at, office, category);

-- What was said: by the complainant and to them (visible), and among who handle it.
CREATE TABLE complaint_note (
    household_id  UUID NOT NULL,
    note_id       UUID NOT NULL,
    kind          TEXT NOT NULL,                -- domain::complaint::NoteKind
    author        TEXT NOT NULL,                -- complainant, staff, service
    visible       BOOLEAN NOT NULL,             -- to the complainant
    body          BYTEA NOT NULL,               -- sealed
    at            TIMESTAMPTZ NOT NULL,
    staff_id      UUID,
    PRIMARY KEY (household_id, note_id)
);

-- A complainant who came in with code and PIN.
CREATE TABLE complaint_session (
    token_hash    BYTEA NOT NULL PRIMARY KEY,
    household_id  UUID NOT NULL,
    opened_at     TIMESTAMPTZ NOT NULL,
    expires_at    TIMESTAMPTZ NOT NULL
);
CREATE INDEX complaint_session_by_expiry ON complaint_session (expires_at);

SELECT row_policies('attachment', '{system,applicant,office,reason}', '{system,applicant,office}');
SELECT row_policies(name, '{system}', '{system}')
FROM unnest('{complaint,complaint_note,complaint_staff,complaint_session}'::text[]) AS listed (name);

-- Who sees a complaint: those in whose queue it lies, of the restricted queue only who may work there; and who handles it or
-- did at a level before. What belongs to a complaint is seen with it. It is changed by the service, after the use case
-- has read it with the actor's own sight: a step may take it out of that sight.
DO $$
DECLARE
    me CONSTANT TEXT := '(SELECT NULLIF(current_setting(''guichet.staff'', true), '''')::uuid)';
    work CONSTANT TEXT := '((SELECT string_to_array(current_setting(''guichet.work'', true), '',''))::text[])';
    desk CONSTANT TEXT := '(SELECT current_setting(''guichet.complaints'', true))';
    shown CONSTANT TEXT := format('((%1$s = ''all'' OR %1$s = ''open'' AND NOT complaint.sensitive)
        AND ((complaint.scope_kind || '':'' || complaint.scope_code) = ANY %2$s OR ''*'' = ANY %2$s)
        OR complaint.owner = %3$s OR %1$s <> '''' AND position((%3$s)::text IN complaint.readers) > 0)', desk, work, me);
    named TEXT;
    before TEXT;
BEGIN
    SELECT qual INTO STRICT before FROM pg_policies
        WHERE schemaname = current_schema() AND tablename = 'complaint' AND policyname = 'seen';
    EXECUTE format('ALTER POLICY seen ON complaint USING ((%s) OR %s)', before, shown);
    FOREACH named IN ARRAY '{complaint_note,complaint_staff,attachment}'::text[] LOOP
        SELECT qual INTO STRICT before FROM pg_policies
            WHERE schemaname = current_schema() AND tablename = named AND policyname = 'seen';
        EXECUTE format('ALTER POLICY seen ON %1$I USING ((%2$s) OR EXISTS (SELECT 1 FROM complaint AS matter
                        WHERE matter.household_id = %1$I.household_id))', named, before);
    END LOOP;
END
$$;
