-- Life events of households that were recorded by name, with the day from which each holds.

CREATE TABLE household_change (
    household_id  BLOB NOT NULL REFERENCES household (household_id),
    change_id     BLOB NOT NULL,
    event         TEXT NOT NULL,               -- domain::life_event::LifeEvent
    person_id     BLOB,                        -- who it is about, where it is about one person
    on_date       TEXT NOT NULL,               -- since when it holds
    proposal_id   BLOB,                        -- where a second person signs
    recorded_by   BLOB NOT NULL,
    recorded_at   TEXT NOT NULL,
    done_at       TEXT,                        -- since when it is in the file
    PRIMARY KEY (household_id, change_id),
    CHECK (proposal_id IS NOT NULL OR done_at IS NOT NULL)
) STRICT, WITHOUT ROWID;
