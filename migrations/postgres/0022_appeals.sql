-- The same tables as sqlite/0022_appeals.sql.
-- Appeals: what is contested, who looked at it, what came of it.

CREATE TABLE appeal (
    household_id        UUID NOT NULL,
    appeal_id           UUID NOT NULL,
    number              BIGINT NOT NULL,       -- 1, 2, … within the household
    reference           TEXT NOT NULL,          -- the household's, for lists of those who do not see its file
    office              TEXT NOT NULL,          -- the office that keeps the file
    agency              TEXT NOT NULL,          -- of that office
    pack_hash           TEXT NOT NULL,          -- whose terms it runs under
    state               TEXT NOT NULL,          -- domain::appeal::AppealState
    channel             TEXT NOT NULL,          -- domain::appeal::Channel
    lodged_at           TIMESTAMPTZ NOT NULL,          -- when it reached us; kept whatever happens
    entered_at          TIMESTAMPTZ NOT NULL,
    entered_by          UUID,                   -- NULL = the applicant
    complaint_id        UUID,                   -- the complaint it was before
    grounds             TEXT NOT NULL,          -- why they disagree, in their words
    wants_hearing       BOOLEAN NOT NULL,
    late_reason         TEXT NOT NULL DEFAULT '',
    condonation         TEXT NOT NULL DEFAULT '',   -- asked, granted, refused; '' when it came in time
    condonation_note    TEXT NOT NULL DEFAULT '',
    condoned_at         TIMESTAMPTZ,
    condoned_by         UUID,
    priority            TEXT NOT NULL DEFAULT '',   -- domain::appeal::Priority codes with commas, the most pressing first
    review_scope_kind   TEXT NOT NULL,          -- who looks again: an office or an agency
    review_scope_code   TEXT NOT NULL,
    acknowledged_at     TIMESTAMPTZ,
    reconsidered_at     TIMESTAMPTZ,
    reconsidered_by     UUID,
    reconsidered        TEXT NOT NULL DEFAULT '',   -- revised, upheld, partly, not_in_time
    forwarded_at        TIMESTAMPTZ,
    responded_at        TIMESTAMPTZ,
    responded_by        UUID,
    response            TEXT NOT NULL DEFAULT '',
    member              UUID,                   -- the member of the tribunal who has it
    hearing_at          TIMESTAMPTZ,
    hearing_how         TEXT NOT NULL DEFAULT '',   -- domain::appeal::Hearing
    hearing_place       TEXT NOT NULL DEFAULT '',
    heard_at            TIMESTAMPTZ,
    determined_at       TIMESTAMPTZ,
    determined_by       UUID,
    outcome             TEXT NOT NULL DEFAULT '',   -- of all issues: the best for the person
    reasons             TEXT NOT NULL DEFAULT '',
    issued_at           TIMESTAMPTZ,
    implemented_at      TIMESTAMPTZ,
    implemented_by      UUID,
    closed_at           TIMESTAMPTZ,
    version             BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (household_id, appeal_id),
    -- Whatever the program does: the one who looks again is not the one who decides before the tribunal.
    CHECK (determined_by IS NULL OR reconsidered_by IS NULL OR determined_by <> reconsidered_by),
    CHECK (determined_by IS NULL OR implemented_by IS NULL OR determined_by <> implemented_by),
    CHECK (state NOT IN ('determined', 'issued', 'implemented') OR determined_by IS NOT NULL)
);
CREATE UNIQUE INDEX appeal_number ON appeal (household_id, number);
CREATE INDEX appeal_of_office ON appeal (office, state, lodged_at);
CREATE INDEX appeal_of_review ON appeal (review_scope_kind, review_scope_code, state, lodged_at);
CREATE INDEX appeal_before_tribunal ON appeal (state, forwarded_at) WHERE forwarded_at IS NOT NULL;

-- One thing that is contested: a decision, or that none was taken in time.
CREATE TABLE appeal_issue (
    household_id      UUID NOT NULL,
    appeal_id         UUID NOT NULL,
    issue_id          UUID NOT NULL,
    office            TEXT NOT NULL,
    kind              TEXT NOT NULL,            -- domain::appeal::IssueKind
    decision_id       UUID,
    application_id    UUID,                     -- of a delay: the request nobody decided
    programme         TEXT NOT NULL,            -- '' of a delay
    person_id         UUID,
    contested_at      TIMESTAMPTZ NOT NULL,            -- when it was decided, or since when it is late
    decided_by        UUID,                     -- who decided, and the second person
    approved_by       UUID,
    stays             BOOLEAN NOT NULL,         -- what was announced waits for this
    finding           TEXT NOT NULL DEFAULT '', -- domain::appeal::Finding
    finding_reason    TEXT NOT NULL DEFAULT '',
    finding_note      TEXT NOT NULL DEFAULT '',
    reconsidered_by   UUID,
    signed_by         UUID,                     -- the second person of a change in favour
    proposal_id       UUID,
    outcome           TEXT NOT NULL DEFAULT '', -- domain::appeal::IssueOutcome
    outcome_note      TEXT NOT NULL DEFAULT '',
    new_outcome       TEXT NOT NULL DEFAULT '', -- what the tribunal says holds instead
    new_amount_minor  BIGINT,
    new_period        TEXT,
    determined_by     UUID,
    new_decision_id   UUID,                     -- what was decided because of it
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
);
CREATE INDEX appeal_issue_of_decision ON appeal_issue (household_id, decision_id);

-- Why an issue was decided as it was: codes that are counted (domain::appeal::RemandReason).
CREATE TABLE appeal_reason (
    household_id  UUID NOT NULL,
    appeal_id     UUID NOT NULL,
    issue_id      UUID NOT NULL,
    code          TEXT NOT NULL,
    office        TEXT NOT NULL,
    PRIMARY KEY (household_id, appeal_id, issue_id, code)
);

-- Who took part in what is contested: they do not look again.
CREATE TABLE appeal_part (
    household_id  UUID NOT NULL,
    appeal_id     UUID NOT NULL,
    staff_id      UUID NOT NULL,
    office        TEXT NOT NULL,
    PRIMARY KEY (household_id, appeal_id, staff_id)
);

-- Members of the tribunal who declared a conflict: they see and decide nothing of it any more.
CREATE TABLE appeal_conflict (
    household_id  UUID NOT NULL,
    appeal_id     UUID NOT NULL,
    staff_id      UUID NOT NULL,
    reason        TEXT NOT NULL,                -- domain::appeal::ConflictReason
    declared_at   TIMESTAMPTZ NOT NULL,
    office        TEXT NOT NULL,
    PRIMARY KEY (household_id, appeal_id, staff_id)
);

-- What was said on the way: why it was adjourned, what was put right, what was asked.
CREATE TABLE appeal_note (
    household_id  UUID NOT NULL,
    appeal_id     UUID NOT NULL,
    note_id       UUID NOT NULL,
    event         TEXT NOT NULL,                -- domain::appeal::AppealEvent
    body          TEXT NOT NULL,
    at            TIMESTAMPTZ NOT NULL,
    by_staff      UUID,                         -- NULL = the applicant or the system
    office        TEXT NOT NULL,
    PRIMARY KEY (household_id, appeal_id, note_id)
);

-- One more setting of a transaction's scope: guichet.tribunal is 'on' for members of the tribunal (casework::db::sight).
-- The office stands in each row: a look at the household would look back here.
SELECT row_policies('appeal', '{system,applicant,own_office,reason}', '{system}');
SELECT row_policies('appeal_issue', '{system,applicant,own_office,reason}', '{system}');
SELECT row_policies('appeal_reason', '{system,applicant,own_office,reason}', '{system}');
-- Whether a task is theirs to take is asked by whoever may search the registry: ids of staff, nothing of the case.
SELECT row_policies('appeal_part', '{system,registry}', '{system}');
-- Each member sees the own conflicts, and nobody else's.
SELECT row_policies('appeal_conflict', '{system,staff}', '{system}');
SELECT row_policies('appeal_note', '{system,applicant,own_office,reason}', '{system}');

-- Beside those who see the file already: the office or agency that looks again, while it does, and the tribunal, of what lies
-- before it, save members who declared a conflict. Whoever sees an appeal so reads the file of its household, and of no other,
-- under the scope of that household alone (casework::appeals): the tables of files need no clause for it, which each of their
-- statements would pay for.
DO $$
DECLARE
    me CONSTANT TEXT := '(SELECT NULLIF(current_setting(''guichet.staff'', true), '''')::uuid)';
    tribunal CONSTANT TEXT := '(SELECT current_setting(''guichet.tribunal'', true)) = ''on''';
    work CONSTANT TEXT := '((SELECT string_to_array(current_setting(''guichet.work'', true), '',''))::text[])';
    before TEXT;
    listed TEXT;
BEGIN
    SELECT qual INTO STRICT before FROM pg_policies
        WHERE schemaname = current_schema() AND tablename = 'appeal' AND policyname = 'seen';
    EXECUTE format(
        'ALTER POLICY seen ON appeal USING ((%s)
         OR (%s AND forwarded_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM appeal_conflict AS own
             WHERE own.household_id = appeal.household_id AND own.appeal_id = appeal.appeal_id AND own.staff_id = %s))
         OR (state IN (''lodged'', ''condonation_asked'', ''acknowledged'')
             AND (review_scope_kind || '':'' || review_scope_code) = ANY %s))', before, tribunal, me, work);
    -- What belongs to an appeal shows with it.
    FOREACH listed IN ARRAY '{appeal_issue,appeal_reason,appeal_note}'::text[] LOOP
        SELECT qual INTO STRICT before FROM pg_policies
            WHERE schemaname = current_schema() AND tablename = listed AND policyname = 'seen';
        EXECUTE format('ALTER POLICY seen ON %1$I USING ((%2$s) OR EXISTS (SELECT 1 FROM appeal
                        WHERE appeal.household_id = %1$I.household_id AND appeal.appeal_id = %1$I.appeal_id))',
                       listed, before);
    END LOOP;
END
$$;
