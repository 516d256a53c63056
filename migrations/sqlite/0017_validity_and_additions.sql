-- Since when answers hold, what two people add to a budget, and who must know that a change did not go live.

-- Answers that an assessment took over from the one before: the day on which those of a module were given, or the oldest of
-- them. A module without a row was asked for the assessment itself.
CREATE TABLE assessment_module (
    household_id   BLOB NOT NULL,
    assessment_id  BLOB NOT NULL,
    module         TEXT NOT NULL,
    answered_on    TEXT NOT NULL,
    PRIMARY KEY (household_id, assessment_id, module),
    FOREIGN KEY (household_id, assessment_id) REFERENCES assessment (household_id, assessment_id)
) STRICT, WITHOUT ROWID;

-- Places or money for a budget line: proposed by one person, added by another. National, like the line: no household_id.
CREATE TABLE budget_addition (
    addition_id  BLOB NOT NULL PRIMARY KEY,
    budget_id    BLOB NOT NULL REFERENCES budget_line (budget_id),
    places       INTEGER NOT NULL,
    money        INTEGER NOT NULL,              -- in minor units
    reason       TEXT NOT NULL,
    legal_basis  TEXT NOT NULL,                 -- the law, the order or the number of the document
    state        TEXT NOT NULL,                 -- domain::budget::AdditionState
    proposed_by  BLOB NOT NULL,
    proposed_at  TEXT NOT NULL,
    settled_by   BLOB,
    settled_at   TEXT,
    note         TEXT NOT NULL DEFAULT '',      -- why it was returned
    CHECK (places >= 0 AND money >= 0 AND (places > 0 OR money > 0)),
    CHECK (state IN ('proposed', 'added', 'returned')),
    CHECK ((state = 'proposed') = (settled_by IS NULL)),
    CHECK ((settled_by IS NULL) = (settled_at IS NULL)),
    CHECK (settled_by IS NULL OR settled_by <> proposed_by)
) STRICT, WITHOUT ROWID;
CREATE INDEX budget_addition_of_line ON budget_addition (budget_id, proposed_at);
CREATE INDEX budget_addition_open ON budget_addition (proposed_at) WHERE state = 'proposed';

-- An approved change that could not go live on its day: who prepared and who approved it are told until they have read it.
CREATE TABLE policy_notice (
    change_id  BLOB NOT NULL REFERENCES policy_change (id),
    staff_id   BLOB NOT NULL,
    made_at    TEXT NOT NULL,
    read_at    TEXT,
    PRIMARY KEY (change_id, staff_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX policy_notice_unread ON policy_notice (staff_id) WHERE read_at IS NULL;
