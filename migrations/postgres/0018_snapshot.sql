-- The same as sqlite/0018_snapshot.sql.
-- What every household said last, in columns: what a simulation reads instead of each household's answers.

-- Some households in the order of their ids, from this one on up to the next block; deflated, as domain::simulate::stored writes it.
CREATE TABLE answers_block (
    first        UUID NOT NULL PRIMARY KEY,
    households   BIGINT NOT NULL,
    body         BYTEA NOT NULL,
    version      BIGINT NOT NULL DEFAULT 1
);

-- Households whose answers changed since their block was written: a mark for each change, so that none is lost while a block is written.
CREATE TABLE answers_due (
    household_id UUID NOT NULL,
    mark         UUID NOT NULL,
    PRIMARY KEY (household_id, mark)
);

INSERT INTO answers_due (household_id, mark) SELECT DISTINCT household_id, household_id FROM assessment WHERE state = 'accepted';

-- Everybody's answers: for jobs alone. Who changes a household's answers marks it.
SELECT row_policies('answers_block', '{system}', '{system}');
SELECT row_policies('answers_due', '{system}', '{system,registry,office}');
