-- The foundation: who works here, what they did, and under which pack.
-- Words used in every migration: times are whole seconds, hashes and sealed values are BYTEA, money BIGINT minor units.
-- The same tables as sqlite/0001_foundation.sql.

-- Facts about this database itself: 'demo', 'pack' (hash of the pack in force), …
CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE staff (
    id              UUID NOT NULL PRIMARY KEY,
    login           TEXT NOT NULL UNIQUE,       -- normalised: trimmed, lower case
    name            TEXT NOT NULL,
    language        TEXT NOT NULL,
    password_hash   TEXT,                       -- PHC string; NULL = cannot sign in yet
    disabled_at     TIMESTAMPTZ,
    created_at      TIMESTAMPTZ NOT NULL,
    version         BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE staff_grant (
    staff_id    UUID NOT NULL REFERENCES staff (id),
    role        TEXT NOT NULL,
    scope_kind  TEXT NOT NULL,                  -- office, agency, provider, national
    scope_code  TEXT NOT NULL,                  -- '' when national
    granted_at  TIMESTAMPTZ NOT NULL,
    granted_by  UUID,                           -- NULL = by the command line
    PRIMARY KEY (staff_id, role, scope_kind, scope_code)
);
CREATE INDEX staff_grant_by_scope ON staff_grant (scope_kind, scope_code, role);

-- One row per login name that somebody tried, whether or not such an account exists.
CREATE TABLE sign_in_attempt (
    login_hash    BYTEA NOT NULL PRIMARY KEY,
    failures      BIGINT NOT NULL,
    last_at       TIMESTAMPTZ NOT NULL,
    locked_until  TIMESTAMPTZ
);

CREATE TABLE session (
    id_hash     BYTEA NOT NULL PRIMARY KEY,      -- SHA-256 of the id in the cookie
    staff_id    UUID REFERENCES staff (id),
    body        BYTEA NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    seen_at     TIMESTAMPTZ NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX session_by_staff ON session (staff_id);
CREATE INDEX session_by_expiry ON session (expires_at);

-- The first answer of a request that may be repeated; the body is sealed.
CREATE TABLE idempotency (
    key         UUID NOT NULL PRIMARY KEY,
    staff_id    UUID NOT NULL,
    use_case    TEXT NOT NULL,
    answer      BYTEA NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- Append-only, one hash chain per file.
CREATE TABLE journal (
    file_id   UUID NOT NULL,
    seq       BIGINT NOT NULL,
    at        TIMESTAMPTZ NOT NULL,
    staff_id  UUID,                             -- NULL = the system or the applicant
    kind      TEXT NOT NULL,
    purpose   TEXT NOT NULL,
    detail    TEXT NOT NULL,                    -- canonical JSON: ids, codes, field names; never personal values
    prev      BYTEA NOT NULL,
    hash      BYTEA NOT NULL,
    PRIMARY KEY (file_id, seq)
);
CREATE INDEX journal_by_time ON journal (at, file_id);
CREATE INDEX journal_by_kind ON journal (kind, at);

CREATE TABLE journal_head (
    file_id  UUID NOT NULL PRIMARY KEY,
    seq      BIGINT NOT NULL,
    hash     BYTEA NOT NULL
);

CREATE TABLE journal_checkpoint (
    until    TIMESTAMPTZ NOT NULL PRIMARY KEY,         -- covers entries before this moment and from the checkpoint before
    files    BIGINT NOT NULL,
    prev     BYTEA NOT NULL,
    hash     BYTEA NOT NULL,
    mac      BYTEA NOT NULL                      -- keyed, so that who holds only the database cannot forge it
);

-- Every pack ever in force, by the hash of its files: old decisions can be run again.
CREATE TABLE pack (
    hash       TEXT NOT NULL PRIMARY KEY,
    pack_id    TEXT NOT NULL,
    version    TEXT NOT NULL,
    loaded_at  TIMESTAMPTZ NOT NULL,
    loaded_by  UUID
);

CREATE TABLE pack_file (
    hash  TEXT NOT NULL REFERENCES pack (hash),
    name  TEXT NOT NULL,
    body  TEXT NOT NULL,
    PRIMARY KEY (hash, name)
);

-- How far re-encryption under a new key has come.
CREATE TABLE sealing (
    sealed_column  TEXT NOT NULL PRIMARY KEY,
    key_id         BIGINT NOT NULL,
    last_row       UUID NOT NULL,
    done           BOOLEAN NOT NULL
);
