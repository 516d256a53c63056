-- The same tables as sqlite/0019_conditions.sql.
-- Continuing conditions: who is concerned, what was handed in, what each cycle came to.

-- A person whom a condition of an award concerns, with the provider that hands in the records; '' where none is near.
CREATE TABLE condition_watch (
    household_id  UUID NOT NULL,
    enrolment_id  UUID NOT NULL,
    person_id     UUID NOT NULL,
    condition     TEXT NOT NULL,
    programme     TEXT NOT NULL,
    provider      TEXT NOT NULL,
    office        TEXT NOT NULL,
    from_date     DATE NOT NULL,               -- cycles that begin before are not looked at
    next_from     DATE NOT NULL,               -- the first day of the next cycle that is judged
    until_date    DATE,                        -- since when it concerns them no more
    PRIMARY KEY (household_id, enrolment_id, person_id, condition)
);
CREATE INDEX condition_watch_of_provider ON condition_watch (provider, programme, condition, household_id)
    WHERE until_date IS NULL;

-- What was handed in about a person and a cycle. A correction is a new row with the next number; the old one stays.
CREATE TABLE condition_record (
    household_id  UUID NOT NULL,
    record_id     UUID NOT NULL,
    enrolment_id  UUID NOT NULL,
    person_id     UUID NOT NULL,
    condition     TEXT NOT NULL,
    cycle_from    DATE NOT NULL,
    number        BIGINT NOT NULL,
    value         BIGINT,                     -- whole percent; 1 done, 0 not done; NULL where only a good cause is told
    excuse        TEXT NOT NULL,               -- domain::life::condition::Excuse; '' when none
    provider      TEXT NOT NULL,               -- '' where the office recorded it
    office        TEXT NOT NULL,
    source        TEXT NOT NULL,               -- form, list, office
    recorded_by   UUID NOT NULL,
    recorded_at   TIMESTAMPTZ NOT NULL,
    judged        BOOLEAN NOT NULL,            -- whether cycles that were judged before it came have been looked at again
    replaced_at   TIMESTAMPTZ,
    PRIMARY KEY (household_id, record_id)
);
-- One that counts for each person, condition and cycle, whoever sends at once.
CREATE UNIQUE INDEX condition_record_current
    ON condition_record (household_id, enrolment_id, person_id, condition, cycle_from) WHERE replaced_at IS NULL;
CREATE INDEX condition_record_unjudged ON condition_record (record_id) WHERE judged = FALSE;

-- What a cycle came to when the time for records was over, or when a later record changed it.
CREATE TABLE condition_cycle (
    household_id  UUID NOT NULL,
    enrolment_id  UUID NOT NULL,
    person_id     UUID NOT NULL,
    condition     TEXT NOT NULL,
    cycle_from    DATE NOT NULL,
    cycle_until   DATE NOT NULL,
    office        TEXT NOT NULL,
    verdict       TEXT NOT NULL,               -- domain::life::condition::CycleVerdict
    value         BIGINT,
    at_least      BIGINT,                     -- the least percent that was asked for
    judged_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (household_id, enrolment_id, person_id, condition, cycle_from)
);

-- The provider sees its own; what a cycle came to is the office's. The office stands in the row: a look at the household
-- would look back here.
SELECT row_policies('condition_watch', '{system,applicant,provider,own_office,reason}', '{system}');
SELECT row_policies('condition_record', '{system,applicant,provider,own_office,reason}', '{system,provider,own_office}');
SELECT row_policies('condition_cycle', '{system,applicant,own_office,reason}', '{system}');

-- Of those whom a condition concerns the provider sees the reference and the name: one more way to see a household and a
-- person, beside those there are.
DO $$
DECLARE
    providers CONSTANT TEXT := '((SELECT string_to_array(current_setting(''guichet.providers'', true), '',''))::text[])';
    concerned CONSTANT TEXT := format('EXISTS (SELECT 1 FROM condition_watch AS watch WHERE watch.until_date IS NULL
                                       AND watch.provider = ANY %s AND watch.household_id = ', providers);
    before TEXT;
BEGIN
    SELECT qual INTO STRICT before FROM pg_policies
        WHERE schemaname = current_schema() AND tablename = 'household' AND policyname = 'seen';
    EXECUTE format('ALTER POLICY seen ON household USING ((%s) OR %s household.household_id))', before, concerned);
    SELECT qual INTO STRICT before FROM pg_policies
        WHERE schemaname = current_schema() AND tablename = 'person' AND policyname = 'seen';
    EXECUTE format('ALTER POLICY seen ON person USING ((%s) OR %s person.household_id
                    AND watch.person_id = person.person_id))', before, concerned);
END
$$;
