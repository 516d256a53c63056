-- Life after entry. The version of an enrolment for which its clocks were set: where it is another one, the worker sets them
-- anew. It begins at 0, so that awards made before this table was changed get theirs too.
ALTER TABLE enrolment ADD COLUMN watched INTEGER NOT NULL DEFAULT 0;
CREATE INDEX enrolment_unwatched ON enrolment (enrolment_id) WHERE watched <> version;
