-- Lists from partners: a file as it came, how it is read, and what was found about each row. Nothing of it is in the
-- registry before the import; file and rows are deleted when a list has ended, counts and the journal stay.

CREATE TABLE partner_list (
    list_id      BLOB NOT NULL PRIMARY KEY,
    office       TEXT NOT NULL,                 -- the office that answers for it and registers
    partner      TEXT NOT NULL,
    agreement    TEXT NOT NULL,                 -- the agreement under which the partner gives it
    programme    TEXT NOT NULL,                 -- the pack's programme it is about; '' when none
    state        TEXT NOT NULL,                 -- domain::lists::ListState
    reading      TEXT NOT NULL,                 -- JSON: encoding, separator, row of the headings
    mapping      TEXT NOT NULL,                 -- JSON: which column is what; '' before somebody said so
    headings     TEXT NOT NULL,                 -- JSON: the headings of the columns
    size         INTEGER NOT NULL,              -- bytes
    fault        TEXT NOT NULL,                 -- what is wrong with the file as a whole; '' when nothing
    fault_row    INTEGER,
    fault_column INTEGER,
    phase        TEXT NOT NULL,                 -- what the service is doing
    done         INTEGER NOT NULL,              -- how far it is: rows
    total        INTEGER NOT NULL,              -- rows of the list, once they are read
    faulty       INTEGER NOT NULL,              -- rows that cannot be used
    uploaded_by  BLOB NOT NULL,
    uploaded_at  TEXT NOT NULL,
    started_by   BLOB,                          -- who asked for the import: it is done in this name
    changed_at   TEXT NOT NULL,
    claim        BLOB,                          -- the server that works on it
    claim_until  TEXT,
    version      INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;
CREATE INDEX partner_list_by_office ON partner_list (office, uploaded_at);
CREATE INDEX partner_list_working ON partner_list (state, list_id)
    WHERE state IN ('receiving', 'checking', 'matching', 'importing');

-- The file in pieces, and the rows as they were read in blocks; both sealed.
CREATE TABLE partner_list_part (
    list_id  BLOB NOT NULL REFERENCES partner_list (list_id),
    kind     TEXT NOT NULL,                     -- file, rows
    part     INTEGER NOT NULL,
    part_id  BLOB NOT NULL,
    sealed   BLOB NOT NULL,
    PRIMARY KEY (list_id, kind, part)
) STRICT;
CREATE UNIQUE INDEX partner_list_part_by_id ON partner_list_part (part_id);

-- What was found about each row. `place` counts rows from 0; `line` is the row's number in the file.
CREATE TABLE partner_list_row (
    list_id          BLOB NOT NULL REFERENCES partner_list (list_id),
    place            INTEGER NOT NULL,
    line             INTEGER NOT NULL,
    family           INTEGER NOT NULL,          -- rows that live together
    usable           INTEGER NOT NULL,
    category         TEXT NOT NULL,             -- domain::lists::Category; '' before matching
    chance           INTEGER NOT NULL,          -- probability that it is so, in millionths
    found_household  BLOB,
    found_person     BLOB,
    found_place      INTEGER,                   -- the earlier row that is the same person
    drawn            INTEGER NOT NULL,          -- place in the sample, from 1; 0 when not drawn
    verdict          TEXT NOT NULL,             -- yes, no: what a person said who looked at a drawn row
    choice           TEXT NOT NULL,             -- domain::lists::Choice; '' while nobody said
    outcome          TEXT NOT NULL,             -- domain::lists::Outcome; '' before the import
    PRIMARY KEY (list_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX partner_list_row_by_band ON partner_list_row (list_id, category, chance, place);
CREATE INDEX partner_list_row_by_family ON partner_list_row (list_id, family, place);
CREATE INDEX partner_list_row_drawn ON partner_list_row (list_id, drawn) WHERE drawn > 0;

CREATE TABLE partner_list_error (
    list_id  BLOB NOT NULL REFERENCES partner_list (list_id),
    line     INTEGER NOT NULL,
    col      INTEGER NOT NULL,                  -- column, 0 for the first; -1 for the row as a whole
    fault    TEXT NOT NULL,                     -- domain::lists::CellFault
    PRIMARY KEY (list_id, line, col, fault)
) STRICT, WITHOUT ROWID;
