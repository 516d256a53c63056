-- Appeals: what is contested, who looked at it, what came of it.

CREATE TABLE appeal (
    household_id        BLOB NOT NULL,
    appeal_id           BLOB NOT NULL,
    number              INTEGER NOT NULL,       -- 1, 2, … within the household
    reference           TEXT NOT NULL,          -- the household's, for lists of those who do not see its file
    office              TEXT NOT NULL,          -- the office that keeps the file
    agency              TEXT NOT NULL,          -- of that office
    pack_hash           TEXT NOT NULL,          -- whose terms it runs under
    state               TEXT NOT NULL,          -- domain::appeal::AppealState
    channel             TEXT NOT NULL,          -- domain::appeal::Channel
    lodged_at           TEXT NOT NULL,          -- when it reached us; kept whatever happens
    entered_at          TEXT NOT NULL,
    entered_by          BLOB,                   -- NULL = the applicant
    complaint_id        BLOB,                   -- the complaint it was before
    grounds             TEXT NOT NULL,          -- why they disagree, in their words
    wants_hearing       INTEGER NOT NULL,
    late_reason         TEXT NOT NULL DEFAULT '',
    condonation         TEXT NOT NULL DEFAULT '',   -- asked, granted, refused; '' when it came in time
    condonation_note    TEXT NOT NULL DEFAULT '',
    condoned_at         TEXT,
    condoned_by         BLOB,
    priority            TEXT NOT NULL DEFAULT '',   -- domain::appeal::Priority codes with commas, the most pressing first
    review_scope_kind   TEXT NOT NULL,          -- who looks again: an office or an agency
    review_scope_code   TEXT NOT NULL,
    acknowledged_at     TEXT,
    reconsidered_at     TEXT,
    reconsidered_by     BLOB,
    reconsidered        TEXT NOT NULL DEFAULT '',   -- revised, upheld, partly, not_in_time
    forwarded_at        TEXT,
    responded_at        TEXT,
    responded_by        BLOB,
    response            TEXT NOT NULL DEFAULT '',
    member              BLOB,                   -- the member of the tribunal who has it
    hearing_at          TEXT,
    hearing_how         TEXT NOT NULL DEFAULT '',   -- domain::appeal::Hearing
    hearing_place       TEXT NOT NULL DEFAULT '',
    heard_at            TEXT,
    determined_at       TEXT,
    determined_by       BLOB,
    outcome             TEXT NOT NULL DEFAULT '',   -- of all issues: the best for the person
    reasons             TEXT NOT NULL DEFAULT '',
    issued_at           TEXT,
    implemented_at      TEXT,
    implemented_by      BLOB,
    closed_at           TEXT,
    version             INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (household_id, appeal_id),
    -- Whatever the program does: the one who looks again is not the one who decides before the tribunal.
    CHECK (determined_by IS NULL OR reconsidered_by IS NULL OR determined_by <> reconsidered_by),
    CHECK (determined_by IS NULL OR implemented_by IS NULL OR determined_by <> implemented_by),
    CHECK (state NOT IN ('determined', 'issued', 'implemented') OR determined_by IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX appeal_number ON appeal (household_id, number);
CREATE INDEX appeal_of_office ON appeal (office, state, lodged_at);
CREATE INDEX appeal_of_review ON appeal (review_scope_kind, review_scope_code, state, lodged_at);
CREATE INDEX appeal_before_tribunal ON appeal (state, forwarded_at) WHERE forwarded_at IS NOT NULL;

-- One thing that is contested: a decision, or that none was taken in time.
CREATE TABLE appeal_issue (
    household_id      BLOB NOT NULL,
    appeal_id         BLOB NOT NULL,
    issue_id          BLOB NOT NULL,
    office            TEXT NOT NULL,
    kind              TEXT NOT NULL,            -- domain::appeal::IssueKind
    decision_id       BLOB,
    application_id    BLOB,                     -- of a delay: the request nobody decided
    programme         TEXT NOT NULL,            -- '' of a delay
    person_id         BLOB,
    contested_at      TEXT NOT NULL,            -- when it was decided, or since when it is late
    decided_by        BLOB,                     -- who decided, and the second person
    approved_by       BLOB,
    stays             INTEGER NOT NULL,         -- 1: what was announced waits for this
    finding           TEXT NOT NULL DEFAULT '', -- domain::appeal::Finding
    finding_reason    TEXT NOT NULL DEFAULT '',
    finding_note      TEXT NOT NULL DEFAULT '',
    reconsidered_by   BLOB,
    signed_by         BLOB,                     -- the second person of a change in favour
    proposal_id       BLOB,
    outcome           TEXT NOT NULL DEFAULT '', -- domain::appeal::IssueOutcome
    outcome_note      TEXT NOT NULL DEFAULT '',
    new_outcome       TEXT NOT NULL DEFAULT '', -- what the tribunal says holds instead
    new_amount_minor  INTEGER,
    new_period        TEXT,
    determined_by     BLOB,
    new_decision_id   BLOB,                     -- what was decided because of it
    PRIMARY KEY (household_id, appeal_id, issue_id),
    CHECK ((kind = 'decision') = (decision_id IS NOT NULL)),
    -- Nobody looks again at what they decided or signed, on any path.
    CONSTRAINT took_no_part CHECK (
        (reconsidered_by IS NULL OR ((decided_by IS NULL OR reconsidered_by <> decided_by)
                                     AND (approved_by IS NULL OR reconsidered_by <> approved_by)))
        AND (signed_by IS NULL OR ((decided_by IS NULL OR signed_by <> decided_by)
                                   AND (approved_by IS NULL OR signed_by <> approved_by)
                                   AND (reconsidered_by IS NULL OR signed_by <> reconsidered_by)))
        AND (determined_by IS NULL OR ((decided_by IS NULL OR determined_by <> decided_by)
                                       AND (approved_by IS NULL OR determined_by <> approved_by)
                                       AND (reconsidered_by IS NULL OR determined_by <> reconsidered_by)))),
    CHECK (finding = '' OR reconsidered_by IS NOT NULL),
    CHECK (outcome = '' OR determined_by IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX appeal_issue_of_decision ON appeal_issue (household_id, decision_id);

-- Why an issue was decided as it was: codes that are counted (domain::appeal::RemandReason).
CREATE TABLE appeal_reason (
    household_id  BLOB NOT NULL,
    appeal_id     BLOB NOT NULL,
    issue_id      BLOB NOT NULL,
    code          TEXT NOT NULL,
    office        TEXT NOT NULL,
    PRIMARY KEY (household_id, appeal_id, issue_id, code)
) STRICT, WITHOUT ROWID;

-- Who took part in what is contested: they do not look again.
CREATE TABLE appeal_part (
    household_id  BLOB NOT NULL,
    appeal_id     BLOB NOT NULL,
    staff_id      BLOB NOT NULL,
    office        TEXT NOT NULL,
    PRIMARY KEY (household_id, appeal_id, staff_id)
) STRICT, WITHOUT ROWID;

-- Members of the tribunal who declared a conflict: they see and decide nothing of it any more.
CREATE TABLE appeal_conflict (
    household_id  BLOB NOT NULL,
    appeal_id     BLOB NOT NULL,
    staff_id      BLOB NOT NULL,
    reason        TEXT NOT NULL,                -- domain::appeal::ConflictReason
    declared_at   TEXT NOT NULL,
    office        TEXT NOT NULL,
    PRIMARY KEY (household_id, appeal_id, staff_id)
) STRICT, WITHOUT ROWID;

-- What was said on the way: why it was adjourned, what was put right, what was asked.
CREATE TABLE appeal_note (
    household_id  BLOB NOT NULL,
    appeal_id     BLOB NOT NULL,
    note_id       BLOB NOT NULL,
    event         TEXT NOT NULL,                -- domain::appeal::AppealEvent
    body          TEXT NOT NULL,
    at            TEXT NOT NULL,
    by_staff      BLOB,                         -- NULL = the applicant or the system
    office        TEXT NOT NULL,
    PRIMARY KEY (household_id, appeal_id, note_id)
) STRICT, WITHOUT ROWID;
