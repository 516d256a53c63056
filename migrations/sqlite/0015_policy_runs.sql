-- A simulation of a change that is being worked out, so that every server can say how far it is and none begins it twice.
CREATE TABLE policy_run (
    change_id   BLOB NOT NULL PRIMARY KEY REFERENCES policy_change (id),
    bundle      TEXT NOT NULL,                  -- hash of the pack that is tried
    state       TEXT NOT NULL,
    begun_at    TEXT NOT NULL,
    begun_by    BLOB NOT NULL,
    seen_at     TEXT NOT NULL,                  -- when it was last heard of: a server may stop in the middle
    done        INTEGER NOT NULL,               -- households read
    total       INTEGER NOT NULL,
    CHECK (state IN ('running', 'done', 'failed'))
) STRICT, WITHOUT ROWID;
