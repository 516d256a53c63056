-- Behind the use cases: what a transaction may see and change of the tables of cases, by its scope. The scope is a handful
-- of settings that go out with BEGIN (casework::db::sight) and end with the transaction; without one no row is visible.
-- FORCE: the policies hold for the owner of the tables too. They do not hold for a superuser or a role with BYPASSRLS;
-- `guichet serve` says so when it meets one.

-- Puts a table under policies: who reads and who writes, by the names of the clauses below. A new table with household_id
-- calls it in its own migration, for example: SELECT row_policies('note', '{system,office,reason}', '{system,office}');
CREATE OR REPLACE FUNCTION row_policies(name TEXT, readers TEXT[], writers TEXT[]) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    -- Each in a subselect of its own, so that it is computed once a statement and not once a row.
    sight CONSTANT TEXT := '(SELECT current_setting(''guichet.sight'', true))';
    registry CONSTANT TEXT := '(SELECT current_setting(''guichet.registry'', true))';
    me CONSTANT TEXT := '(SELECT NULLIF(current_setting(''guichet.staff'', true), '''')::uuid)';
    now CONSTANT TEXT := '(SELECT NULLIF(current_setting(''guichet.now'', true), '''')::timestamptz)';
    mine CONSTANT TEXT := '(SELECT NULLIF(current_setting(''guichet.household'', true), '''')::uuid)';
    offices CONSTANT TEXT := '((SELECT string_to_array(current_setting(''guichet.offices'', true), '',''))::text[])';
    work CONSTANT TEXT := '((SELECT string_to_array(current_setting(''guichet.work'', true), '',''))::text[])';
    providers CONSTANT TEXT := '((SELECT string_to_array(current_setting(''guichet.providers'', true), '',''))::text[])';
    household CONSTANT TEXT := format('%I.household_id', name);
    clauses CONSTANT JSONB := jsonb_build_object(
        -- Jobs, commands, and the checks that let somebody in.
        'system', format('%s = ''system''', sight),
        -- Who may search the whole registry; the use case masks.
        'registry', format('%s = ''on''', registry),
        -- The applicant's own.
        'applicant', format('%s = %s', household, mine),
        -- The office that keeps the household's file.
        'office', format('(''*'' = ANY %1$s OR EXISTS (SELECT 1 FROM household AS file WHERE file.household_id = %2$s
                          AND file.office = ANY %1$s))', offices, household),
        -- The office that stands in the row itself.
        'own_office', format('(%I.office = ANY %2$s OR ''*'' = ANY %2$s)', name, offices),
        -- The office that works on one of the household's applications.
        'application', format('(''*'' = ANY %1$s OR EXISTS (SELECT 1 FROM application AS claim
                               WHERE claim.household_id = %2$s AND claim.office = ANY %1$s))', offices, household),
        -- Whoever opened the file with a reason, as long as that holds.
        'reason', format('EXISTS (SELECT 1 FROM break_glass AS opening WHERE opening.household_id = %s
                          AND opening.staff_id = %s AND opening.until > %s)', household, me, now),
        -- Those in whose queue it lies.
        'queue', format('((%1$I.scope_kind || '':'' || %1$I.scope_code) = ANY %2$s OR ''*'' = ANY %2$s)', name, work),
        'staff', format('%I.staff_id = %s', name, me),
        'holder', format('%I.holder = %s', name, me),
        'preparer', format('%I.prepared_by = %s', name, me),
        -- The provider it was sent to.
        'provider', format('%I.provider = ANY %s', name, providers),
        -- A provider to which somebody of the household was sent.
        'referred', format('EXISTS (SELECT 1 FROM referral AS sent WHERE sent.household_id = %s
                            AND sent.provider = ANY %s)', household, providers),
        -- The person who was sent; the head where the whole household was.
        'expected', format('EXISTS (SELECT 1 FROM referral AS sent WHERE sent.household_id = %1$s
                            AND sent.provider = ANY %2$s AND (sent.person_id = %3$I.person_id
                            OR sent.person_id IS NULL AND %3$I.relation = ''head''))', household, providers, name),
        -- A clock of a referral, for the provider that must answer.
        'awaited', format('%3$I.subject_kind = ''referral'' AND EXISTS (SELECT 1 FROM referral AS sent
                           WHERE sent.household_id = %1$s AND sent.referral_id = %3$I.subject_id
                           AND sent.provider = ANY %2$s)', household, providers, name)
    );
    reading TEXT;
    writing TEXT;
BEGIN
    SELECT string_agg(clauses ->> clause, E'\n OR ' ORDER BY place) INTO STRICT reading
        FROM unnest(readers) WITH ORDINALITY AS listed (clause, place);
    SELECT string_agg(clauses ->> clause, E'\n OR ' ORDER BY place) INTO STRICT writing
        FROM unnest(writers) WITH ORDINALITY AS listed (clause, place);
    IF NOT clauses ?& readers OR NOT clauses ?& writers THEN
        RAISE EXCEPTION 'row_policies: % has a clause that is not known', name;
    END IF;
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY seen ON %I FOR SELECT USING (%s)', name, reading);
    EXECUTE format('CREATE POLICY made ON %I FOR INSERT WITH CHECK (%s)', name, writing);
    EXECUTE format('CREATE POLICY changed ON %I FOR UPDATE USING (%2$s) WITH CHECK (%2$s)', name, writing);
    EXECUTE format('CREATE POLICY removed ON %I FOR DELETE USING (%s)', name, writing);
END
$$;

-- Households and their people: found by whoever may search, changed by the office that keeps the file.
SELECT row_policies('household', '{system,registry,applicant,referred}', '{system,own_office}');
SELECT row_policies('person', '{system,registry,applicant,expected}', '{system,office}');
SELECT row_policies(name, '{system,registry,applicant}', '{system,office}')
FROM unnest('{reference,contact,person_word,membership,identifier,identifier_owner,likeness_owner,distinct_people}'::text[])
     AS listed (name);
-- The place on a programme's list is counted over the country.
SELECT row_policies('enrolment', '{system,registry,applicant}', '{system,office}');
SELECT row_policies('application', '{system,registry,applicant}', '{system,own_office}');

-- What is in the file: for the office that keeps it, and for who opened it with a reason.
SELECT row_policies(name, '{system,applicant,office,reason}', '{system,office}')
FROM unnest('{consent,assessment,assessment_answers,assessment_page,receipt,decision}'::text[]) AS listed (name);
-- A letter is written when it is first read in another language, whoever reads.
SELECT row_policies('letter', '{system,applicant,office,reason}', '{system,applicant,office,reason}');
-- By the application and not by the household: the household's own policy asks for referrals.
SELECT row_policies('referral', '{system,applicant,provider,application,reason}', '{system,provider,application}');
SELECT row_policies('break_glass', '{system,staff,own_office}', '{system,staff}');

-- Work.
SELECT row_policies('task', '{system,applicant,queue,holder,office,reason}', '{system,queue,office}');
SELECT row_policies('clock', '{system,applicant,queue,office,reason,awaited}', '{system,queue,office}');
SELECT row_policies('proposal', '{system,applicant,queue,preparer,office,reason}', '{system,queue,office}');

SELECT row_policies('draft', '{system,staff,own_office}', '{system,staff,own_office}');
SELECT row_policies('tracking_session', '{system}', '{system}');

-- Matching: two people who may be one are often of two offices.
SELECT row_policies('match_feature', '{system,registry}', '{system,office}');
SELECT row_policies(name, '{system,registry}', '{system,registry}')
FROM unnest('{match_key,match_verdict,possible_duplicate}'::text[]) AS listed (name);
SELECT row_policies('person_moved', '{system,registry,applicant}', '{system,office}');
