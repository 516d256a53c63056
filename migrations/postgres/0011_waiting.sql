-- The same as sqlite/0011_waiting.sql.
-- Pairs that were said to be one wait in the queue until they are made one.
CREATE INDEX possible_duplicate_same ON possible_duplicate (found_at, household_id, person_id) WHERE state = 'same';
-- A pair is opened by its two people.
CREATE INDEX possible_duplicate_of_pair ON possible_duplicate (person_id, other_person_id);

-- The applicant's own page names who came with another record: what came to the own household, besides what 0009 lets be seen.
DROP POLICY seen ON household_merge;
CREATE POLICY seen ON household_merge FOR SELECT USING (
    (SELECT current_setting('guichet.sight', true)) = 'system'
    OR (SELECT current_setting('guichet.registry', true)) = 'on'
    OR (SELECT NULLIF(current_setting('guichet.household', true), '')::uuid) IN (household_id, survivor));
DROP POLICY seen ON merged_person;
CREATE POLICY seen ON merged_person FOR SELECT USING (
    (SELECT current_setting('guichet.sight', true)) = 'system'
    OR (SELECT current_setting('guichet.registry', true)) = 'on'
    OR EXISTS (SELECT 1 FROM household_merge AS made
        WHERE made.household_id = merged_person.household_id AND made.merge_id = merged_person.merge_id
        AND (SELECT NULLIF(current_setting('guichet.household', true), '')::uuid) IN (made.household_id, made.survivor)));
