-- Rules under law: every file of a pack is a document with versions, and a change groups the documents that go live together.
-- National reference, like pack and pack_file: no household_id, never sharded. For that reason triggers are right here, and
-- only here: that what was approved cannot be changed must hold for whoever reaches the database, not for our code alone.

-- Documents that are edited, looked at, approved and put in force together.
CREATE TABLE policy_change (
    id            BLOB NOT NULL PRIMARY KEY,
    title         TEXT NOT NULL,
    why           TEXT NOT NULL,
    live_on       TEXT NOT NULL,                -- the first day on which it holds
    state         TEXT NOT NULL,                -- domain::policy::ChangeState
    author        BLOB NOT NULL,                -- who opened it
    opened_at     TEXT NOT NULL,
    submitted_by  BLOB,
    submitted_at  TEXT,
    approver      BLOB,
    approved_at   TEXT,
    bundle        TEXT,                         -- hash of the pack that was approved
    pack          TEXT REFERENCES pack (hash),  -- the pack that it made, once it is live
    ended_at      TEXT,                         -- when it went live or was withdrawn
    note          TEXT NOT NULL DEFAULT '',     -- why it was returned or withdrawn
    noted_by      BLOB,
    version       INTEGER NOT NULL DEFAULT 1,
    CHECK (state IN ('draft', 'in_review', 'returned', 'approved', 'live', 'withdrawn')),
    CHECK (approver IS NULL OR approver <> author),
    CHECK (approver IS NULL OR approver <> submitted_by),
    CHECK (state NOT IN ('approved', 'live') OR (approver IS NOT NULL AND bundle IS NOT NULL))
) STRICT;
CREATE INDEX policy_change_due ON policy_change (live_on, approved_at) WHERE state = 'approved';

-- Everybody who edited a document of a change: none of them may approve it.
CREATE TABLE policy_editor (
    change_id  BLOB NOT NULL REFERENCES policy_change (id),
    staff_id   BLOB NOT NULL,
    PRIMARY KEY (change_id, staff_id)
) STRICT, WITHOUT ROWID;

-- The versions of each document. A version says what the document is from its first day on, or that it is gone.
CREATE TABLE policy_version (
    name          TEXT NOT NULL,                -- the file's name inside the pack
    number        INTEGER NOT NULL,             -- from 1
    kind          TEXT NOT NULL,                -- domain::policy::DocumentKind
    gone          INTEGER NOT NULL,             -- the document is in the pack no longer
    hash          TEXT NOT NULL,                -- SHA-256 of the normal form
    body          TEXT NOT NULL,                -- the normal form
    state         TEXT NOT NULL,                -- domain::policy::VersionState
    base          INTEGER NOT NULL,             -- the version in force that it was made from; 0 = none
    valid_from    TEXT,
    valid_until   TEXT,                         -- the last day; the day before valid_from when it was replaced on its first
    change_id     BLOB REFERENCES policy_change (id),   -- NULL = a pack was loaded by the command line
    author        BLOB,                         -- NULL likewise
    created_at    TEXT NOT NULL,
    submitted_at  TEXT,
    approver      BLOB,
    approved_at   TEXT,
    PRIMARY KEY (name, number),
    CHECK (state IN ('draft', 'in_review', 'returned', 'approved', 'live', 'superseded', 'withdrawn')),
    CHECK (approver IS NULL OR approver <> author),
    CHECK ((change_id IS NULL) = (author IS NULL)),
    CHECK (change_id IS NULL OR state NOT IN ('approved', 'live', 'superseded') OR approver IS NOT NULL),
    CHECK (state NOT IN ('approved', 'live', 'superseded') OR valid_from IS NOT NULL)
) STRICT;
-- Two versions of one document never hold at once, nor wait both for their day.
CREATE UNIQUE INDEX policy_version_live ON policy_version (name) WHERE state = 'live';
CREATE UNIQUE INDEX policy_version_held ON policy_version (name) WHERE state = 'approved';
CREATE UNIQUE INDEX policy_version_of_change ON policy_version (change_id, name) WHERE change_id IS NOT NULL;

-- Which versions a pack consists of.
CREATE TABLE policy_pack (
    hash    TEXT NOT NULL REFERENCES pack (hash),
    name    TEXT NOT NULL,
    number  INTEGER NOT NULL,
    PRIMARY KEY (hash, name),
    FOREIGN KEY (name, number) REFERENCES policy_version (name, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX policy_pack_of_version ON policy_pack (name, number);

-- A guarantee of the social protection floor that a change leaves without a programme, and why that is accepted.
CREATE TABLE policy_gap (
    change_id        BLOB NOT NULL REFERENCES policy_change (id),
    guarantee        TEXT NOT NULL,
    reason           TEXT NOT NULL,
    acknowledged_by  BLOB NOT NULL,
    acknowledged_at  TEXT NOT NULL,
    PRIMARY KEY (change_id, guarantee)
) STRICT, WITHOUT ROWID;

-- What a change would do, as it was worked out on the registry.
CREATE TABLE policy_simulation (
    change_id  BLOB NOT NULL REFERENCES policy_change (id),
    id         BLOB NOT NULL,
    bundle     TEXT NOT NULL,                   -- hash of the pack that was tried
    made_at    TEXT NOT NULL,
    made_by    BLOB,
    report     TEXT NOT NULL,                   -- JSON of domain::simulate
    PRIMARY KEY (change_id, id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER policy_change_begins BEFORE INSERT ON policy_change
WHEN NEW.state <> 'draft' OR EXISTS (SELECT 1 FROM policy_change WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'policy_change: a change begins as a draft');
END;
CREATE TRIGGER policy_change_stays BEFORE DELETE ON policy_change
BEGIN
    SELECT RAISE(ABORT, 'policy_change: a change is never deleted');
END;
CREATE TRIGGER policy_change_steps BEFORE UPDATE ON policy_change
BEGIN
    SELECT RAISE(ABORT, 'policy_change: whose it is and when it was opened never change')
    WHERE NEW.id IS NOT OLD.id OR NEW.author IS NOT OLD.author OR NEW.opened_at IS NOT OLD.opened_at;
    SELECT RAISE(ABORT, 'policy_change: no such step')
    WHERE NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN (
        'draft>in_review', 'draft>withdrawn', 'in_review>approved', 'in_review>returned', 'in_review>withdrawn',
        'returned>in_review', 'returned>withdrawn', 'approved>live', 'approved>withdrawn');
    SELECT RAISE(ABORT, 'policy_change: what is being looked at or was approved does not change')
    WHERE OLD.state NOT IN ('draft', 'returned') AND (NEW.state = OLD.state OR NEW.title IS NOT OLD.title
        OR NEW.why IS NOT OLD.why OR NEW.live_on IS NOT OLD.live_on OR NEW.submitted_by IS NOT OLD.submitted_by
        OR NEW.submitted_at IS NOT OLD.submitted_at);
    SELECT RAISE(ABORT, 'policy_change: who approved what never changes')
    WHERE NEW.state <> 'approved'
        AND (NEW.approver IS NOT OLD.approver OR NEW.approved_at IS NOT OLD.approved_at OR NEW.bundle IS NOT OLD.bundle);
    SELECT RAISE(ABORT, 'policy_change: who edited a document of it may not approve it')
    WHERE NEW.approver IS NOT NULL
        AND EXISTS (SELECT 1 FROM policy_editor WHERE change_id = NEW.id AND staff_id = NEW.approver);
END;

CREATE TRIGGER policy_editor_stays BEFORE DELETE ON policy_editor
BEGIN
    SELECT RAISE(ABORT, 'policy_editor: who edited is never forgotten');
END;
CREATE TRIGGER policy_editor_fixed BEFORE UPDATE ON policy_editor
BEGIN
    SELECT RAISE(ABORT, 'policy_editor: who edited never changes');
END;

CREATE TRIGGER policy_version_begins BEFORE INSERT ON policy_version
WHEN EXISTS (SELECT 1 FROM policy_version WHERE name = NEW.name
        AND (number = NEW.number OR (NEW.state = 'live' AND state = 'live')))
    OR NOT (NEW.state = 'live' AND NEW.change_id IS NULL)
    AND NOT (NEW.state = 'draft' AND NEW.approver IS NULL
        AND EXISTS (SELECT 1 FROM policy_change WHERE id = NEW.change_id AND state IN ('draft', 'returned')))
BEGIN
    SELECT RAISE(ABORT, 'policy_version: a version begins as a draft of an open change');
END;
CREATE TRIGGER policy_version_stays BEFORE DELETE ON policy_version
WHEN OLD.state NOT IN ('draft', 'returned')
BEGIN
    SELECT RAISE(ABORT, 'policy_version: what was submitted is never deleted');
END;
CREATE TRIGGER policy_version_steps BEFORE UPDATE ON policy_version
BEGIN
    SELECT RAISE(ABORT, 'policy_version: what it is a version of never changes')
    WHERE NEW.name IS NOT OLD.name OR NEW.number IS NOT OLD.number OR NEW.kind IS NOT OLD.kind OR NEW.base IS NOT OLD.base
        OR NEW.change_id IS NOT OLD.change_id OR NEW.author IS NOT OLD.author OR NEW.created_at IS NOT OLD.created_at;
    SELECT RAISE(ABORT, 'policy_version: no such step')
    WHERE NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN (
        'draft>in_review', 'draft>withdrawn', 'in_review>approved', 'in_review>returned', 'in_review>withdrawn',
        'returned>in_review', 'returned>withdrawn', 'approved>live', 'approved>withdrawn', 'live>superseded');
    SELECT RAISE(ABORT, 'policy_version: only a draft is edited')
    WHERE (NEW.body IS NOT OLD.body OR NEW.hash IS NOT OLD.hash OR NEW.gone IS NOT OLD.gone)
        AND NOT (OLD.state IN ('draft', 'returned') AND NEW.state = OLD.state);
    SELECT RAISE(ABORT, 'policy_version: it only steps on')
    WHERE OLD.state NOT IN ('draft', 'returned') AND NEW.state = OLD.state;
    SELECT RAISE(ABORT, 'policy_version: its first day is set when it is submitted')
    WHERE (NEW.valid_from IS NOT OLD.valid_from OR NEW.submitted_at IS NOT OLD.submitted_at) AND NEW.state <> 'in_review';
    SELECT RAISE(ABORT, 'policy_version: its last day is set when another takes its place')
    WHERE NEW.valid_until IS NOT OLD.valid_until AND NEW.state <> 'superseded';
    SELECT RAISE(ABORT, 'policy_version: who approved it never changes')
    WHERE (NEW.approver IS NOT OLD.approver OR NEW.approved_at IS NOT OLD.approved_at) AND NEW.state <> 'approved';
    SELECT RAISE(ABORT, 'policy_version: it is approved with its change, by who approved that')
    WHERE NEW.state = 'approved' AND OLD.state <> 'approved' AND NOT EXISTS (
        SELECT 1 FROM policy_change WHERE id = NEW.change_id AND state = 'approved' AND approver = NEW.approver);
    SELECT RAISE(ABORT, 'policy_version: another version holds or waits')
    WHERE NEW.state IN ('approved', 'live') AND EXISTS (
        SELECT 1 FROM policy_version WHERE name = NEW.name AND state = NEW.state AND number <> NEW.number);
    SELECT RAISE(ABORT, 'policy_version: it goes live with its change')
    WHERE NEW.state = 'live' AND OLD.state <> 'live' AND NOT EXISTS (
        SELECT 1 FROM policy_change WHERE id = NEW.change_id AND state = 'live');
END;

-- SQLite's INSERT OR REPLACE deletes without asking the triggers of deletion, so that beginning asks whether it is there.
CREATE TRIGGER pack_once BEFORE INSERT ON pack
WHEN EXISTS (SELECT 1 FROM pack WHERE hash = NEW.hash)
BEGIN
    SELECT RAISE(ABORT, 'pack: this pack is there');
END;
CREATE TRIGGER pack_stays BEFORE DELETE ON pack
BEGIN
    SELECT RAISE(ABORT, 'pack: a pack is never deleted');
END;
CREATE TRIGGER pack_fixed BEFORE UPDATE ON pack
BEGIN
    SELECT RAISE(ABORT, 'pack: a pack never changes');
END;
CREATE TRIGGER pack_file_stays BEFORE DELETE ON pack_file
BEGIN
    SELECT RAISE(ABORT, 'pack_file: a pack never changes');
END;
CREATE TRIGGER pack_file_fixed BEFORE UPDATE ON pack_file
BEGIN
    SELECT RAISE(ABORT, 'pack_file: a pack never changes');
END;
CREATE TRIGGER pack_file_whole BEFORE INSERT ON pack_file
WHEN EXISTS (SELECT 1 FROM policy_pack WHERE hash = NEW.hash)
    OR EXISTS (SELECT 1 FROM pack_file WHERE hash = NEW.hash AND name = NEW.name)
BEGIN
    SELECT RAISE(ABORT, 'pack_file: this pack is whole');
END;
CREATE TRIGGER policy_pack_stays BEFORE DELETE ON policy_pack
BEGIN
    SELECT RAISE(ABORT, 'policy_pack: what a pack consists of never changes');
END;
CREATE TRIGGER policy_pack_fixed BEFORE UPDATE ON policy_pack
BEGIN
    SELECT RAISE(ABORT, 'policy_pack: what a pack consists of never changes');
END;
CREATE TRIGGER policy_pack_true BEFORE INSERT ON policy_pack
WHEN NOT EXISTS (
    SELECT 1 FROM pack_file AS file JOIN policy_version AS version ON version.name = file.name AND version.number = NEW.number
    WHERE file.hash = NEW.hash AND file.name = NEW.name AND file.body = version.body AND version.gone = 0)
BEGIN
    SELECT RAISE(ABORT, 'policy_pack: the pack has another text');
END;

CREATE TRIGGER policy_gap_begins BEFORE INSERT ON policy_gap
WHEN NOT EXISTS (SELECT 1 FROM policy_change WHERE id = NEW.change_id AND state IN ('draft', 'returned'))
BEGIN
    SELECT RAISE(ABORT, 'policy_gap: the change was submitted');
END;
CREATE TRIGGER policy_gap_fixed BEFORE UPDATE ON policy_gap
WHEN NOT EXISTS (SELECT 1 FROM policy_change WHERE id = OLD.change_id AND state IN ('draft', 'returned'))
BEGIN
    SELECT RAISE(ABORT, 'policy_gap: it stands in a change that was submitted');
END;
CREATE TRIGGER policy_gap_stays BEFORE DELETE ON policy_gap
BEGIN
    SELECT RAISE(ABORT, 'policy_gap: a reason is never deleted');
END;
CREATE TRIGGER policy_simulation_once BEFORE INSERT ON policy_simulation
WHEN EXISTS (SELECT 1 FROM policy_simulation WHERE change_id = NEW.change_id AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'policy_simulation: a report never changes');
END;
CREATE TRIGGER policy_simulation_fixed BEFORE UPDATE ON policy_simulation
BEGIN
    SELECT RAISE(ABORT, 'policy_simulation: a report never changes');
END;
CREATE TRIGGER policy_simulation_stays BEFORE DELETE ON policy_simulation
BEGIN
    SELECT RAISE(ABORT, 'policy_simulation: a report is never deleted');
END;
