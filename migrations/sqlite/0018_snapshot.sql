-- What every household said last, in columns: what a simulation reads instead of each household's answers.

-- Some households in the order of their ids, from this one on up to the next block; deflated, as domain::simulate::stored writes it.
CREATE TABLE answers_block (
    first        BLOB NOT NULL PRIMARY KEY,
    households   INTEGER NOT NULL,
    body         BLOB NOT NULL,
    version      INTEGER NOT NULL DEFAULT 1
) STRICT;

-- Households whose answers changed since their block was written: a mark for each change, so that none is lost while a block is written.
CREATE TABLE answers_due (
    household_id BLOB NOT NULL,
    mark         BLOB NOT NULL,
    PRIMARY KEY (household_id, mark)
) STRICT, WITHOUT ROWID;

INSERT INTO answers_due (household_id, mark) SELECT DISTINCT household_id, household_id FROM assessment WHERE state = 'accepted';
