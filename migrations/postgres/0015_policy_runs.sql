-- A simulation of a change that is being worked out, so that every server can say how far it is and none begins it twice.
CREATE TABLE policy_run (
    change_id   UUID NOT NULL PRIMARY KEY REFERENCES policy_change (id),
    bundle      TEXT NOT NULL,                  -- hash of the pack that is tried
    state       TEXT NOT NULL,
    begun_at    TIMESTAMPTZ NOT NULL,
    begun_by    UUID NOT NULL,
    seen_at     TIMESTAMPTZ NOT NULL,           -- when it was last heard of: a server may stop in the middle
    done        BIGINT NOT NULL,                -- households read
    total       BIGINT NOT NULL,
    CHECK (state IN ('running', 'done', 'failed'))
);
