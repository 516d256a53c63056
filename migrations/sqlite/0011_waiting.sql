-- Pairs that were said to be one wait in the queue until they are made one.
CREATE INDEX possible_duplicate_same ON possible_duplicate (found_at, household_id, person_id) WHERE state = 'same';
-- A pair is opened by its two people.
CREATE INDEX possible_duplicate_of_pair ON possible_duplicate (person_id, other_person_id);
