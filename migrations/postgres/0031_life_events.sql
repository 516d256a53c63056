-- The same table as sqlite/0031_life_events.sql.
-- Life events of households that were recorded by name, with the day from which each holds.

CREATE TABLE household_change (
    household_id  UUID NOT NULL REFERENCES household (household_id),
    change_id     UUID NOT NULL,
    event         TEXT NOT NULL,               -- domain::life_event::LifeEvent
    person_id     UUID,                        -- who it is about, where it is about one person
    on_date       DATE NOT NULL,               -- since when it holds
    proposal_id   UUID,                        -- where a second person signs
    recorded_by   UUID NOT NULL,
    recorded_at   TIMESTAMPTZ NOT NULL,
    done_at       TIMESTAMPTZ,                 -- since when it is in the file
    PRIMARY KEY (household_id, change_id),
    CHECK (proposal_id IS NOT NULL OR done_at IS NOT NULL)
);

SELECT row_policies('household_change', '{system,office,reason}', '{system}');
