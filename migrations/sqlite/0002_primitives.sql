-- The three primitives that carry all work, and the offices whose work it is.
-- Every table of a case has household_id first in its primary key. Work that belongs to no household has the nil UUID.

-- The offices of the pack in force, for lists by agency; filled when a pack is loaded.
CREATE TABLE office (
    code    TEXT NOT NULL PRIMARY KEY,
    agency  TEXT NOT NULL,
    area    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX office_by_agency ON office (agency, code);

-- Someone should do this.
CREATE TABLE task (
    household_id  BLOB NOT NULL,
    id            BLOB NOT NULL,
    kind          TEXT NOT NULL,
    subject_kind  TEXT NOT NULL,
    subject_id    BLOB NOT NULL,
    scope_kind    TEXT NOT NULL,                -- whose queue: office, agency, provider, national
    scope_code    TEXT NOT NULL,
    needs         TEXT NOT NULL,                -- the right that one must have to take it
    state         TEXT NOT NULL,
    holder        BLOB,
    priority      INTEGER NOT NULL,             -- 0 urgent, 1 high, 2 normal
    due_at        TEXT NOT NULL,
    instructions  TEXT NOT NULL DEFAULT '',
    reason        TEXT NOT NULL DEFAULT '',     -- why on hold or cancelled
    parent_id     BLOB,                         -- the task that waits for this one
    replaces      BLOB,                         -- the task that this one was made from
    created_at    TEXT NOT NULL,
    created_by    BLOB,
    assigned_at   TEXT,
    ended_at      TEXT,
    version       INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (household_id, id),
    CHECK (state NOT IN ('assigned', 'in_progress') OR holder IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_by_id ON task (id);
CREATE INDEX task_by_subject ON task (household_id, subject_kind, subject_id);
CREATE INDEX task_open ON task (scope_kind, scope_code, needs, priority, due_at, id) WHERE state = 'open';
CREATE INDEX task_open_anywhere ON task (needs, priority, due_at, id) WHERE state = 'open';
CREATE INDEX task_held ON task (holder, priority, due_at, id)
    WHERE state IN ('assigned', 'in_progress', 'on_hold');
CREATE INDEX task_live ON task (scope_kind, scope_code, priority, due_at, id)
    WHERE state IN ('open', 'assigned', 'in_progress', 'on_hold');
CREATE INDEX task_live_anywhere ON task (priority, due_at, id)
    WHERE state IN ('open', 'assigned', 'in_progress', 'on_hold');

-- By when, and what happens otherwise.
CREATE TABLE clock (
    household_id    BLOB NOT NULL,
    id              BLOB NOT NULL,
    kind            TEXT NOT NULL,
    subject_kind    TEXT NOT NULL,
    subject_id      BLOB NOT NULL,
    scope_kind      TEXT NOT NULL,
    scope_code      TEXT NOT NULL,
    term_unit       TEXT NOT NULL,              -- days, working_days, hours
    term_count      INTEGER NOT NULL,
    legal_basis     TEXT NOT NULL,
    at_breach       TEXT NOT NULL,
    state           TEXT NOT NULL,
    started_at      TEXT NOT NULL,
    warn_at         TEXT NOT NULL,
    due_at          TEXT NOT NULL,
    paused_at       TEXT,
    paused_seconds  INTEGER NOT NULL DEFAULT 0,
    reason          TEXT NOT NULL DEFAULT '',
    ended_at        TEXT,
    version         INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (household_id, id),
    CHECK ((state = 'paused') = (paused_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX clock_by_subject ON clock (household_id, subject_kind, subject_id);
CREATE INDEX clock_running ON clock (due_at, id) WHERE state = 'running';
CREATE INDEX clock_live ON clock (scope_kind, scope_code, due_at, id)
    WHERE state IN ('running', 'paused', 'breached');

-- A change that waits for a second person.
CREATE TABLE proposal (
    household_id   BLOB NOT NULL,
    id             BLOB NOT NULL,
    kind           TEXT NOT NULL,
    subject_kind   TEXT NOT NULL,
    subject_id     BLOB NOT NULL,
    scope_kind     TEXT NOT NULL,
    scope_code     TEXT NOT NULL,
    payload        BLOB NOT NULL,               -- sealed JSON
    reason_code    TEXT NOT NULL,
    reason         TEXT NOT NULL,
    state          TEXT NOT NULL,
    prepared_by    BLOB NOT NULL,
    prepared_at    TEXT NOT NULL,
    due_at         TEXT NOT NULL,
    decided_by     BLOB,
    decided_at     TEXT,
    decision_note  TEXT NOT NULL DEFAULT '',
    version        INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (household_id, id),
    -- Whatever the program does: nobody decides what they prepared.
    CONSTRAINT second_person CHECK (decided_by IS NULL OR decided_by <> prepared_by),
    CHECK (state NOT IN ('approved', 'refused') OR decided_by IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX proposal_by_id ON proposal (id);
CREATE INDEX proposal_by_subject ON proposal (household_id, subject_kind, subject_id);
CREATE INDEX proposal_waiting ON proposal (scope_kind, scope_code, due_at, id) WHERE state IN ('waiting', 'returned');
CREATE INDEX proposal_mine ON proposal (prepared_by, id) WHERE state IN ('waiting', 'returned');
