-- The same tables as sqlite/0029_employment.sql.
-- Work: what is known of a person's way to it, the plan agreed with them, its steps, what it came to, and the office's board of
-- vacancies and courses.

-- A person's profile: the answers, and the band that they come to. One is current.
CREATE TABLE work_profile (
    household_id  UUID NOT NULL,
    profile_id    UUID NOT NULL,
    person_id     UUID NOT NULL,
    office        TEXT NOT NULL,
    pack_hash     TEXT NOT NULL,               -- the questions are that pack's
    answers       TEXT NOT NULL,               -- JSON, with those taken over
    taken         TEXT NOT NULL,               -- ids of the questions taken over, with commas
    taken_on      DATE,                        -- the day of the assessment they are of
    found         TEXT NOT NULL,               -- JSON: domain::employment::profile::Found
    begun_at      TIMESTAMPTZ NOT NULL,
    begun_by      UUID NOT NULL,
    done_at       TIMESTAMPTZ,                        -- NULL while it is filled in
    done_by       UUID,
    replaced_at   TIMESTAMPTZ,
    version       BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (household_id, profile_id)
);
CREATE UNIQUE INDEX work_profile_current ON work_profile (household_id, person_id) WHERE replaced_at IS NULL;
CREATE INDEX work_profile_of_office ON work_profile (office, done_at) WHERE replaced_at IS NULL AND done_at IS NOT NULL;

-- A version of a person's plan. One is current; who drafted it does not approve it.
CREATE TABLE work_plan (
    household_id  UUID NOT NULL,
    plan_id       UUID NOT NULL,
    person_id     UUID NOT NULL,
    profile_id    UUID NOT NULL,
    number        BIGINT NOT NULL,                -- from 1
    current       BOOLEAN NOT NULL,
    office        TEXT NOT NULL,
    state         TEXT NOT NULL,               -- domain::lifecycle::plan::PlanState
    goal          TEXT NOT NULL,               -- in the person's words
    office_does   TEXT NOT NULL,               -- what the office promises besides the steps
    band          TEXT NOT NULL,               -- of its profile; '' while open
    drafted_by    UUID NOT NULL,
    drafted_at    TIMESTAMPTZ NOT NULL,
    signed_on     DATE,                        -- the day on the paper
    agreed_at     TIMESTAMPTZ,
    approved_by   UUID,
    approved_at   TIMESTAMPTZ,
    started_on    DATE,
    review_on     DATE,
    outcome       TEXT NOT NULL DEFAULT '',    -- domain::lifecycle::plan::PlanOutcome
    outcome_on    DATE,
    reason        TEXT NOT NULL DEFAULT '',    -- why sent back, standing still or ended
    closed_at     TIMESTAMPTZ,
    version       BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (household_id, plan_id),
    CONSTRAINT second_person CHECK (approved_by IS NULL OR approved_by <> drafted_by),
    CONSTRAINT signed_before_followed CHECK (state IN ('draft', 'ended', 'revised') OR signed_on IS NOT NULL),
    CONSTRAINT completed_with_outcome CHECK (state <> 'completed' OR (outcome <> '' AND outcome_on IS NOT NULL))
);
CREATE UNIQUE INDEX work_plan_current ON work_plan (household_id, person_id) WHERE current = TRUE;
CREATE INDEX work_plan_desk ON work_plan (office, state, review_on, household_id) WHERE current = TRUE;

-- A step of a plan. It holds a place of an entry of the board from when it is planned until it is dropped.
CREATE TABLE plan_step (
    household_id  UUID NOT NULL,
    step_id       UUID NOT NULL,
    plan_id       UUID NOT NULL,
    person_id     UUID NOT NULL,
    number        BIGINT NOT NULL,
    state         TEXT NOT NULL,               -- domain::lifecycle::plan::StepState
    service       TEXT NOT NULL,               -- of the pack's directory
    title         TEXT NOT NULL,
    doer          TEXT NOT NULL,               -- domain::employment::Doer
    provider      TEXT NOT NULL,               -- '' when none
    area          TEXT NOT NULL,               -- '' when none
    entry_id      UUID,
    holds_place   BOOLEAN NOT NULL,
    from_date     DATE,
    until_date    DATE,
    good_cause    BOOLEAN,                         -- of a missed one
    reason        TEXT NOT NULL DEFAULT '',
    version       BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (household_id, step_id),
    CHECK (NOT holds_place OR entry_id IS NOT NULL)
);
CREATE INDEX plan_step_of_plan ON plan_step (household_id, plan_id, number);
CREATE UNIQUE INDEX plan_step_place ON plan_step (household_id, person_id, entry_id) WHERE holds_place = TRUE;
CREATE INDEX plan_step_of_entry ON plan_step (entry_id) WHERE holds_place = TRUE;

-- Work that a person has, with an employer or of their own.
CREATE TABLE placement (
    household_id  UUID NOT NULL,
    placement_id  UUID NOT NULL,
    plan_id       UUID NOT NULL,
    person_id     UUID NOT NULL,
    kind          TEXT NOT NULL,               -- domain::employment::PlacementKind
    employer      TEXT NOT NULL,               -- or what the business is
    sector        TEXT NOT NULL,               -- an option of what people can do; '' when not known
    area          TEXT NOT NULL,
    contract      TEXT NOT NULL,               -- domain::employment::Contract; '' of one's own
    from_date     DATE NOT NULL,
    until_date    DATE,
    hours         BIGINT,                         -- a week
    wage_minor    BIGINT,                         -- a month; NULL when not known
    ended_on      DATE,
    end_reason    TEXT NOT NULL DEFAULT '',    -- domain::employment::EndReason
    recorded_by   UUID NOT NULL,
    recorded_at   TIMESTAMPTZ NOT NULL,
    version       BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (household_id, placement_id),
    CHECK (until_date IS NULL OR until_date >= from_date),
    CHECK ((ended_on IS NULL) = (end_reason = ''))
);
CREATE INDEX placement_of_plan ON placement (household_id, plan_id, from_date);

-- Some weeks after an outcome: is it still so? A question that is due and what was found.
CREATE TABLE plan_follow_up (
    household_id  UUID NOT NULL,
    plan_id       UUID NOT NULL,
    weeks         BIGINT NOT NULL,
    office        TEXT NOT NULL,
    due_on        DATE NOT NULL,
    answer        TEXT NOT NULL DEFAULT '',    -- domain::employment::FollowUp
    note          TEXT NOT NULL DEFAULT '',
    asked_at      TIMESTAMPTZ,
    asked_by      UUID,
    PRIMARY KEY (household_id, plan_id, weeks)
);
CREATE INDEX plan_follow_up_desk ON plan_follow_up (office, due_on, household_id) WHERE answer = '';

-- Answers of a module that something told us are out of date, though they would still hold: asked anew at the next assessment.
CREATE TABLE answers_changed (
    household_id  UUID NOT NULL,
    module        TEXT NOT NULL,
    changed_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (household_id, module)
);

-- The board of an office: vacancies, courses, days of public works. Nobody's case.
CREATE TABLE board_entry (
    entry_id      UUID NOT NULL PRIMARY KEY,
    office        TEXT NOT NULL,
    kind          TEXT NOT NULL,               -- domain::employment::EntryKind
    service       TEXT NOT NULL,               -- of the pack's directory
    title         TEXT NOT NULL,
    employer      TEXT NOT NULL,               -- as people know it; '' when the provider is
    provider      TEXT NOT NULL,               -- '' when none
    needs         TEXT NOT NULL,               -- JSON: domain::employment::matching::Needs
    wage_minor    BIGINT,                         -- a month, or a day of public works
    places        BIGINT NOT NULL,
    taken         BIGINT NOT NULL DEFAULT 0,
    from_date     DATE,
    until_date    DATE,
    last_day      DATE NOT NULL,               -- of taking a place; closed by itself afterwards
    closed_at     TIMESTAMPTZ,
    created_by    UUID NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL,
    version       BIGINT NOT NULL DEFAULT 1,
    CONSTRAINT not_oversold CHECK (taken BETWEEN 0 AND places),
    CHECK (places >= 1)
);
CREATE INDEX board_entry_open ON board_entry (office, last_day, entry_id) WHERE closed_at IS NULL;
CREATE INDEX board_entry_of_provider ON board_entry (provider, last_day, entry_id) WHERE closed_at IS NULL;
CREATE INDEX board_entry_due ON board_entry (last_day) WHERE closed_at IS NULL;

SELECT row_policies(name, '{system,applicant,office,reason}', '{system,office}')
FROM unnest('{work_profile,work_plan,placement,plan_follow_up,answers_changed}'::text[]) AS listed (name);
-- Who takes part in what a provider keeps on the board is counted there, and named on its records alone.
SELECT row_policies('plan_step', '{system,applicant,office,reason}', '{system,office}');

-- A step of a plan makes a provider record who was there: the office that keeps the plan sets and ends that.
DO $$
DECLARE
    offices CONSTANT TEXT := '((SELECT string_to_array(current_setting(''guichet.offices'', true), '',''))::text[])';
    own CONSTANT TEXT := format('(condition_watch.programme = ''work-plan'' AND (condition_watch.office = ANY %1$s OR ''*'' = ANY %1$s))', offices);
    before TEXT;
BEGIN
    SELECT with_check INTO STRICT before FROM pg_policies
        WHERE schemaname = current_schema() AND tablename = 'condition_watch' AND policyname = 'made';
    EXECUTE format('ALTER POLICY made ON condition_watch WITH CHECK ((%s) OR %s)', before, own);
    SELECT qual INTO STRICT before FROM pg_policies
        WHERE schemaname = current_schema() AND tablename = 'condition_watch' AND policyname = 'changed';
    EXECUTE format('ALTER POLICY changed ON condition_watch USING ((%1$s) OR %2$s) WITH CHECK ((%1$s) OR %2$s)', before, own);
END
$$;
