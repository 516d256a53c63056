-- The same tables as sqlite/0009_merging.sql.
-- Two records of one family or one person, made one, and made two again. Who they are stays with each record; what
-- came of them (applications, assessments, decisions, enrolments, referrals, letters, tasks, clocks, proposals) is moved
-- to the record that goes on. household_id is the record that gave.

CREATE TABLE household_merge (
    household_id   UUID NOT NULL REFERENCES household (household_id),
    merge_id       UUID NOT NULL,
    survivor       UUID NOT NULL,               -- the household that goes on; the same one when two members were one
    whole          BOOLEAN NOT NULL,            -- the whole record goes on there; else some of its people
    reason         TEXT NOT NULL,
    at             TIMESTAMPTZ NOT NULL,
    by_staff       UUID NOT NULL,
    approved_by    UUID,
    undone_at      TIMESTAMPTZ,
    undone_by      UUID,
    undone_reason  TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (household_id, merge_id),
    CHECK (approved_by IS NULL OR approved_by <> by_staff)
);
CREATE UNIQUE INDEX household_merge_now ON household_merge (household_id) WHERE undone_at IS NULL AND whole;
CREATE INDEX household_merge_by_survivor ON household_merge (survivor, at, merge_id);

-- Who of the record is whom in the one that goes on; a person who joined it keeps the id.
CREATE TABLE merged_person (
    household_id  UUID NOT NULL,
    merge_id      UUID NOT NULL,
    person_id     UUID NOT NULL,
    into_person   UUID NOT NULL,
    PRIMARY KEY (household_id, merge_id, person_id),
    FOREIGN KEY (household_id, merge_id) REFERENCES household_merge (household_id, merge_id)
);

-- Every row that the merge moved or changed, with what it was: how the state before is found again.
CREATE TABLE merge_row (
    household_id  UUID NOT NULL,
    merge_id      UUID NOT NULL,
    kind          TEXT NOT NULL,                -- the table
    row_id        UUID NOT NULL,
    moved         BOOLEAN NOT NULL,             -- from the record that gave to the one that goes on
    was           TEXT NOT NULL,                -- canonical JSON of the columns that changed; '' when none did
    PRIMARY KEY (household_id, merge_id, kind, row_id),
    FOREIGN KEY (household_id, merge_id) REFERENCES household_merge (household_id, merge_id)
);

-- Why a supervisor let an award begin before it was settled whether its household is registered twice; '' for all others.
ALTER TABLE enrolment ADD COLUMN begun_despite TEXT NOT NULL DEFAULT '';

-- A merge reaches over offices: the use case asks who may, and the program makes it.
SELECT row_policies(name, '{system,registry,applicant}', '{system}')
FROM unnest('{household_merge,merged_person}'::text[]) AS listed (name);
SELECT row_policies('merge_row', '{system}', '{system}');
