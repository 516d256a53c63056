-- The same tables as sqlite/0012_policy.sql. None has household_id, and none needs row_policies.
-- Rules under law: every file of a pack is a document with versions, and a change groups the documents that go live together.
-- National reference, like pack and pack_file: no household_id, never sharded. For that reason triggers are right here, and
-- only here: that what was approved cannot be changed must hold for whoever reaches the database, not for our code alone.

-- Documents that are edited, looked at, approved and put in force together.
CREATE TABLE policy_change (
    id            UUID NOT NULL PRIMARY KEY,
    title         TEXT NOT NULL,
    why           TEXT NOT NULL,
    live_on       DATE NOT NULL,                -- the first day on which it holds
    state         TEXT NOT NULL,                -- domain::policy::ChangeState
    author        UUID NOT NULL,                -- who opened it
    opened_at     TIMESTAMPTZ NOT NULL,
    submitted_by  UUID,
    submitted_at  TIMESTAMPTZ,
    approver      UUID,
    approved_at   TIMESTAMPTZ,
    bundle        TEXT,                         -- hash of the pack that was approved
    pack          TEXT REFERENCES pack (hash),  -- the pack that it made, once it is live
    ended_at      TIMESTAMPTZ,                  -- when it went live or was withdrawn
    note          TEXT NOT NULL DEFAULT '',     -- why it was returned or withdrawn
    noted_by      UUID,
    version       BIGINT NOT NULL DEFAULT 1,
    CHECK (state IN ('draft', 'in_review', 'returned', 'approved', 'live', 'withdrawn')),
    CHECK (approver IS NULL OR approver <> author),
    CHECK (approver IS NULL OR approver <> submitted_by),
    CHECK (state NOT IN ('approved', 'live') OR (approver IS NOT NULL AND bundle IS NOT NULL))
);
CREATE INDEX policy_change_due ON policy_change (live_on, approved_at) WHERE state = 'approved';

-- Everybody who edited a document of a change: none of them may approve it.
CREATE TABLE policy_editor (
    change_id  UUID NOT NULL REFERENCES policy_change (id),
    staff_id   UUID NOT NULL,
    PRIMARY KEY (change_id, staff_id)
);

-- The versions of each document. A version says what the document is from its first day on, or that it is gone.
CREATE TABLE policy_version (
    name          TEXT NOT NULL,                -- the file's name inside the pack
    number        BIGINT NOT NULL,              -- from 1
    kind          TEXT NOT NULL,                -- domain::policy::DocumentKind
    gone          BOOLEAN NOT NULL,             -- the document is in the pack no longer
    hash          TEXT NOT NULL,                -- SHA-256 of the normal form
    body          TEXT NOT NULL,                -- the normal form
    state         TEXT NOT NULL,                -- domain::policy::VersionState
    base          BIGINT NOT NULL,              -- the version in force that it was made from; 0 = none
    valid_from    DATE,
    valid_until   DATE,                         -- the last day; the day before valid_from when it was replaced on its first
    change_id     UUID REFERENCES policy_change (id),   -- NULL = a pack was loaded by the command line
    author        UUID,                         -- NULL likewise
    created_at    TIMESTAMPTZ NOT NULL,
    submitted_at  TIMESTAMPTZ,
    approver      UUID,
    approved_at   TIMESTAMPTZ,
    PRIMARY KEY (name, number),
    CHECK (state IN ('draft', 'in_review', 'returned', 'approved', 'live', 'superseded', 'withdrawn')),
    CHECK (approver IS NULL OR approver <> author),
    CHECK ((change_id IS NULL) = (author IS NULL)),
    CHECK (change_id IS NULL OR state NOT IN ('approved', 'live', 'superseded') OR approver IS NOT NULL),
    CHECK (state NOT IN ('approved', 'live', 'superseded') OR valid_from IS NOT NULL)
);
-- Two versions of one document never hold at once, nor wait both for their day.
CREATE UNIQUE INDEX policy_version_live ON policy_version (name) WHERE state = 'live';
CREATE UNIQUE INDEX policy_version_held ON policy_version (name) WHERE state = 'approved';
CREATE UNIQUE INDEX policy_version_of_change ON policy_version (change_id, name) WHERE change_id IS NOT NULL;

-- Which versions a pack consists of.
CREATE TABLE policy_pack (
    hash    TEXT NOT NULL REFERENCES pack (hash),
    name    TEXT NOT NULL,
    number  BIGINT NOT NULL,
    PRIMARY KEY (hash, name),
    FOREIGN KEY (name, number) REFERENCES policy_version (name, number)
);
CREATE INDEX policy_pack_of_version ON policy_pack (name, number);

-- A guarantee of the social protection floor that a change leaves without a programme, and why that is accepted.
CREATE TABLE policy_gap (
    change_id        UUID NOT NULL REFERENCES policy_change (id),
    guarantee        TEXT NOT NULL,
    reason           TEXT NOT NULL,
    acknowledged_by  UUID NOT NULL,
    acknowledged_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (change_id, guarantee)
);

-- What a change would do, as it was worked out on the registry.
CREATE TABLE policy_simulation (
    change_id  UUID NOT NULL REFERENCES policy_change (id),
    id         UUID NOT NULL,
    bundle     TEXT NOT NULL,                   -- hash of the pack that was tried
    made_at    TIMESTAMPTZ NOT NULL,
    made_by    UUID,
    report     TEXT NOT NULL,                   -- JSON of domain::simulate
    PRIMARY KEY (change_id, id)
);

CREATE FUNCTION policy_change_begins() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'draft' OR EXISTS (SELECT 1 FROM policy_change WHERE id = NEW.id) THEN
        RAISE EXCEPTION 'policy_change: a change begins as a draft';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_change_begins BEFORE INSERT ON policy_change FOR EACH ROW EXECUTE FUNCTION policy_change_begins();
CREATE FUNCTION policy_change_stays() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'policy_change: a change is never deleted';
END $$;
CREATE TRIGGER policy_change_stays BEFORE DELETE ON policy_change FOR EACH ROW EXECUTE FUNCTION policy_change_stays();
CREATE FUNCTION policy_change_steps() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id IS DISTINCT FROM OLD.id OR NEW.author IS DISTINCT FROM OLD.author OR NEW.opened_at IS DISTINCT FROM OLD.opened_at THEN
        RAISE EXCEPTION 'policy_change: whose it is and when it was opened never change';
    END IF;
    IF NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN (
        'draft>in_review', 'draft>withdrawn', 'in_review>approved', 'in_review>returned', 'in_review>withdrawn',
        'returned>in_review', 'returned>withdrawn', 'approved>live', 'approved>withdrawn') THEN
        RAISE EXCEPTION 'policy_change: no such step';
    END IF;
    IF OLD.state NOT IN ('draft', 'returned') AND (NEW.state = OLD.state OR NEW.title IS DISTINCT FROM OLD.title
        OR NEW.why IS DISTINCT FROM OLD.why OR NEW.live_on IS DISTINCT FROM OLD.live_on OR NEW.submitted_by IS DISTINCT FROM OLD.submitted_by
        OR NEW.submitted_at IS DISTINCT FROM OLD.submitted_at) THEN
        RAISE EXCEPTION 'policy_change: what is being looked at or was approved does not change';
    END IF;
    IF NEW.state <> 'approved'
        AND (NEW.approver IS DISTINCT FROM OLD.approver OR NEW.approved_at IS DISTINCT FROM OLD.approved_at OR NEW.bundle IS DISTINCT FROM OLD.bundle) THEN
        RAISE EXCEPTION 'policy_change: who approved what never changes';
    END IF;
    IF NEW.approver IS NOT NULL
        AND EXISTS (SELECT 1 FROM policy_editor WHERE change_id = NEW.id AND staff_id = NEW.approver) THEN
        RAISE EXCEPTION 'policy_change: who edited a document of it may not approve it';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_change_steps BEFORE UPDATE ON policy_change FOR EACH ROW EXECUTE FUNCTION policy_change_steps();
CREATE FUNCTION policy_editor_stays() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'policy_editor: who edited is never forgotten';
END $$;
CREATE TRIGGER policy_editor_stays BEFORE DELETE ON policy_editor FOR EACH ROW EXECUTE FUNCTION policy_editor_stays();
CREATE FUNCTION policy_editor_fixed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'policy_editor: who edited never changes';
END $$;
CREATE TRIGGER policy_editor_fixed BEFORE UPDATE ON policy_editor FOR EACH ROW EXECUTE FUNCTION policy_editor_fixed();
CREATE FUNCTION policy_version_begins() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM policy_version WHERE name = NEW.name
        AND (number = NEW.number OR (NEW.state = 'live' AND state = 'live')))
    OR NOT (NEW.state = 'live' AND NEW.change_id IS NULL)
    AND NOT (NEW.state = 'draft' AND NEW.approver IS NULL
        AND EXISTS (SELECT 1 FROM policy_change WHERE id = NEW.change_id AND state IN ('draft', 'returned'))) THEN
        RAISE EXCEPTION 'policy_version: a version begins as a draft of an open change';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_version_begins BEFORE INSERT ON policy_version FOR EACH ROW EXECUTE FUNCTION policy_version_begins();
CREATE FUNCTION policy_version_stays() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state NOT IN ('draft', 'returned') THEN
        RAISE EXCEPTION 'policy_version: what was submitted is never deleted';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER policy_version_stays BEFORE DELETE ON policy_version FOR EACH ROW EXECUTE FUNCTION policy_version_stays();
CREATE FUNCTION policy_version_steps() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.name IS DISTINCT FROM OLD.name OR NEW.number IS DISTINCT FROM OLD.number OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.base IS DISTINCT FROM OLD.base
        OR NEW.change_id IS DISTINCT FROM OLD.change_id OR NEW.author IS DISTINCT FROM OLD.author OR NEW.created_at IS DISTINCT FROM OLD.created_at THEN
        RAISE EXCEPTION 'policy_version: what it is a version of never changes';
    END IF;
    IF NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN (
        'draft>in_review', 'draft>withdrawn', 'in_review>approved', 'in_review>returned', 'in_review>withdrawn',
        'returned>in_review', 'returned>withdrawn', 'approved>live', 'approved>withdrawn', 'live>superseded') THEN
        RAISE EXCEPTION 'policy_version: no such step';
    END IF;
    IF (NEW.body IS DISTINCT FROM OLD.body OR NEW.hash IS DISTINCT FROM OLD.hash OR NEW.gone IS DISTINCT FROM OLD.gone)
        AND NOT (OLD.state IN ('draft', 'returned') AND NEW.state = OLD.state) THEN
        RAISE EXCEPTION 'policy_version: only a draft is edited';
    END IF;
    IF OLD.state NOT IN ('draft', 'returned') AND NEW.state = OLD.state THEN
        RAISE EXCEPTION 'policy_version: it only steps on';
    END IF;
    IF (NEW.valid_from IS DISTINCT FROM OLD.valid_from OR NEW.submitted_at IS DISTINCT FROM OLD.submitted_at) AND NEW.state <> 'in_review' THEN
        RAISE EXCEPTION 'policy_version: its first day is set when it is submitted';
    END IF;
    IF NEW.valid_until IS DISTINCT FROM OLD.valid_until AND NEW.state <> 'superseded' THEN
        RAISE EXCEPTION 'policy_version: its last day is set when another takes its place';
    END IF;
    IF (NEW.approver IS DISTINCT FROM OLD.approver OR NEW.approved_at IS DISTINCT FROM OLD.approved_at) AND NEW.state <> 'approved' THEN
        RAISE EXCEPTION 'policy_version: who approved it never changes';
    END IF;
    IF NEW.state = 'approved' AND OLD.state <> 'approved' AND NOT EXISTS (
        SELECT 1 FROM policy_change WHERE id = NEW.change_id AND state = 'approved' AND approver = NEW.approver) THEN
        RAISE EXCEPTION 'policy_version: it is approved with its change, by who approved that';
    END IF;
    IF NEW.state IN ('approved', 'live') AND EXISTS (
        SELECT 1 FROM policy_version WHERE name = NEW.name AND state = NEW.state AND number <> NEW.number) THEN
        RAISE EXCEPTION 'policy_version: another version holds or waits';
    END IF;
    IF NEW.state = 'live' AND OLD.state <> 'live' AND NOT EXISTS (
        SELECT 1 FROM policy_change WHERE id = NEW.change_id AND state = 'live') THEN
        RAISE EXCEPTION 'policy_version: it goes live with its change';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_version_steps BEFORE UPDATE ON policy_version FOR EACH ROW EXECUTE FUNCTION policy_version_steps();
CREATE FUNCTION pack_once() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM pack WHERE hash = NEW.hash) THEN
        RAISE EXCEPTION 'pack: this pack is there';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pack_once BEFORE INSERT ON pack FOR EACH ROW EXECUTE FUNCTION pack_once();
CREATE FUNCTION pack_stays() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'pack: a pack is never deleted';
END $$;
CREATE TRIGGER pack_stays BEFORE DELETE ON pack FOR EACH ROW EXECUTE FUNCTION pack_stays();
CREATE FUNCTION pack_fixed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'pack: a pack never changes';
END $$;
CREATE TRIGGER pack_fixed BEFORE UPDATE ON pack FOR EACH ROW EXECUTE FUNCTION pack_fixed();
CREATE FUNCTION pack_file_stays() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'pack_file: a pack never changes';
END $$;
CREATE TRIGGER pack_file_stays BEFORE DELETE ON pack_file FOR EACH ROW EXECUTE FUNCTION pack_file_stays();
CREATE FUNCTION pack_file_fixed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'pack_file: a pack never changes';
END $$;
CREATE TRIGGER pack_file_fixed BEFORE UPDATE ON pack_file FOR EACH ROW EXECUTE FUNCTION pack_file_fixed();
CREATE FUNCTION pack_file_whole() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM policy_pack WHERE hash = NEW.hash)
    OR EXISTS (SELECT 1 FROM pack_file WHERE hash = NEW.hash AND name = NEW.name) THEN
        RAISE EXCEPTION 'pack_file: this pack is whole';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pack_file_whole BEFORE INSERT ON pack_file FOR EACH ROW EXECUTE FUNCTION pack_file_whole();
CREATE FUNCTION policy_pack_stays() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'policy_pack: what a pack consists of never changes';
END $$;
CREATE TRIGGER policy_pack_stays BEFORE DELETE ON policy_pack FOR EACH ROW EXECUTE FUNCTION policy_pack_stays();
CREATE FUNCTION policy_pack_fixed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'policy_pack: what a pack consists of never changes';
END $$;
CREATE TRIGGER policy_pack_fixed BEFORE UPDATE ON policy_pack FOR EACH ROW EXECUTE FUNCTION policy_pack_fixed();
CREATE FUNCTION policy_pack_true() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
    SELECT 1 FROM pack_file AS file JOIN policy_version AS version ON version.name = file.name AND version.number = NEW.number
    WHERE file.hash = NEW.hash AND file.name = NEW.name AND file.body = version.body AND NOT version.gone) THEN
        RAISE EXCEPTION 'policy_pack: the pack has another text';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_pack_true BEFORE INSERT ON policy_pack FOR EACH ROW EXECUTE FUNCTION policy_pack_true();
CREATE FUNCTION policy_gap_begins() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM policy_change WHERE id = NEW.change_id AND state IN ('draft', 'returned')) THEN
        RAISE EXCEPTION 'policy_gap: the change was submitted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_gap_begins BEFORE INSERT ON policy_gap FOR EACH ROW EXECUTE FUNCTION policy_gap_begins();
CREATE FUNCTION policy_gap_fixed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM policy_change WHERE id = OLD.change_id AND state IN ('draft', 'returned')) THEN
        RAISE EXCEPTION 'policy_gap: it stands in a change that was submitted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_gap_fixed BEFORE UPDATE ON policy_gap FOR EACH ROW EXECUTE FUNCTION policy_gap_fixed();
CREATE FUNCTION policy_gap_stays() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'policy_gap: a reason is never deleted';
END $$;
CREATE TRIGGER policy_gap_stays BEFORE DELETE ON policy_gap FOR EACH ROW EXECUTE FUNCTION policy_gap_stays();
CREATE FUNCTION policy_simulation_once() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM policy_simulation WHERE change_id = NEW.change_id AND id = NEW.id) THEN
        RAISE EXCEPTION 'policy_simulation: a report never changes';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_simulation_once BEFORE INSERT ON policy_simulation FOR EACH ROW EXECUTE FUNCTION policy_simulation_once();
CREATE FUNCTION policy_simulation_fixed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'policy_simulation: a report never changes';
END $$;
CREATE TRIGGER policy_simulation_fixed BEFORE UPDATE ON policy_simulation FOR EACH ROW EXECUTE FUNCTION policy_simulation_fixed();
CREATE FUNCTION policy_simulation_stays() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'policy_simulation: a report is never deleted';
END $$;
CREATE TRIGGER policy_simulation_stays BEFORE DELETE ON policy_simulation FOR EACH ROW EXECUTE FUNCTION policy_simulation_stays();
-- PostgreSQL empties tables in one word besides.
CREATE FUNCTION policy_never_emptied() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: it is never emptied', TG_TABLE_NAME;
END $$;
CREATE TRIGGER pack_never_emptied BEFORE TRUNCATE ON pack FOR EACH STATEMENT EXECUTE FUNCTION policy_never_emptied();
CREATE TRIGGER pack_file_never_emptied BEFORE TRUNCATE ON pack_file FOR EACH STATEMENT EXECUTE FUNCTION policy_never_emptied();
CREATE TRIGGER policy_change_never_emptied BEFORE TRUNCATE ON policy_change FOR EACH STATEMENT EXECUTE FUNCTION policy_never_emptied();
CREATE TRIGGER policy_editor_never_emptied BEFORE TRUNCATE ON policy_editor FOR EACH STATEMENT EXECUTE FUNCTION policy_never_emptied();
CREATE TRIGGER policy_version_never_emptied BEFORE TRUNCATE ON policy_version FOR EACH STATEMENT EXECUTE FUNCTION policy_never_emptied();
CREATE TRIGGER policy_pack_never_emptied BEFORE TRUNCATE ON policy_pack FOR EACH STATEMENT EXECUTE FUNCTION policy_never_emptied();
CREATE TRIGGER policy_gap_never_emptied BEFORE TRUNCATE ON policy_gap FOR EACH STATEMENT EXECUTE FUNCTION policy_never_emptied();
CREATE TRIGGER policy_simulation_never_emptied BEFORE TRUNCATE ON policy_simulation FOR EACH STATEMENT EXECUTE FUNCTION policy_never_emptied();
