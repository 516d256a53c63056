-- The foundation: who works here, what they did, and under which pack.
-- Words used in every migration: UUIDs are BLOB, times are RFC 3339 text in UTC with whole seconds, hashes and
-- sealed values are BLOB, booleans INTEGER 0/1, money INTEGER minor units.

-- Facts about this database itself: 'demo', 'pack' (hash of the pack in force), …
CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE staff (
    id              BLOB NOT NULL PRIMARY KEY,
    login           TEXT NOT NULL UNIQUE,       -- normalised: trimmed, lower case
    name            TEXT NOT NULL,
    language        TEXT NOT NULL,
    password_hash   TEXT,                       -- PHC string; NULL = cannot sign in yet
    disabled_at     TEXT,
    created_at      TEXT NOT NULL,
    version         INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE staff_grant (
    staff_id    BLOB NOT NULL REFERENCES staff (id),
    role        TEXT NOT NULL,
    scope_kind  TEXT NOT NULL,                  -- office, agency, provider, national
    scope_code  TEXT NOT NULL,                  -- '' when national
    granted_at  TEXT NOT NULL,
    granted_by  BLOB,                           -- NULL = by the command line
    PRIMARY KEY (staff_id, role, scope_kind, scope_code)
) STRICT, WITHOUT ROWID;
CREATE INDEX staff_grant_by_scope ON staff_grant (scope_kind, scope_code, role);

-- One row per login name that somebody tried, whether or not such an account exists.
CREATE TABLE sign_in_attempt (
    login_hash    BLOB NOT NULL PRIMARY KEY,
    failures      INTEGER NOT NULL,
    last_at       TEXT NOT NULL,
    locked_until  TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    id_hash     BLOB NOT NULL PRIMARY KEY,      -- SHA-256 of the id in the cookie
    staff_id    BLOB REFERENCES staff (id),
    body        BLOB NOT NULL,
    created_at  TEXT NOT NULL,
    seen_at     TEXT NOT NULL,
    expires_at  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_staff ON session (staff_id);
CREATE INDEX session_by_expiry ON session (expires_at);

-- The first answer of a request that may be repeated; the body is sealed.
CREATE TABLE idempotency (
    key         BLOB NOT NULL PRIMARY KEY,
    staff_id    BLOB NOT NULL,
    use_case    TEXT NOT NULL,
    answer      BLOB NOT NULL,
    created_at  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- Append-only, one hash chain per file.
CREATE TABLE journal (
    file_id   BLOB NOT NULL,
    seq       INTEGER NOT NULL,
    at        TEXT NOT NULL,
    staff_id  BLOB,                             -- NULL = the system or the applicant
    kind      TEXT NOT NULL,
    purpose   TEXT NOT NULL,
    detail    TEXT NOT NULL,                    -- canonical JSON: ids, codes, field names; never personal values
    prev      BLOB NOT NULL,
    hash      BLOB NOT NULL,
    PRIMARY KEY (file_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_by_time ON journal (at, file_id);
CREATE INDEX journal_by_kind ON journal (kind, at);

CREATE TABLE journal_head (
    file_id  BLOB NOT NULL PRIMARY KEY,
    seq      INTEGER NOT NULL,
    hash     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE journal_checkpoint (
    until    TEXT NOT NULL PRIMARY KEY,         -- covers entries before this moment and from the checkpoint before
    files    INTEGER NOT NULL,
    prev     BLOB NOT NULL,
    hash     BLOB NOT NULL,
    mac      BLOB NOT NULL                      -- keyed, so that who holds only the database cannot forge it
) STRICT, WITHOUT ROWID;

-- Every pack ever in force, by the hash of its files: old decisions can be run again.
CREATE TABLE pack (
    hash       TEXT NOT NULL PRIMARY KEY,
    pack_id    TEXT NOT NULL,
    version    TEXT NOT NULL,
    loaded_at  TEXT NOT NULL,
    loaded_by  BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE pack_file (
    hash  TEXT NOT NULL REFERENCES pack (hash),
    name  TEXT NOT NULL,
    body  TEXT NOT NULL,
    PRIMARY KEY (hash, name)
) STRICT;

-- How far re-encryption under a new key has come.
CREATE TABLE sealing (
    sealed_column  TEXT NOT NULL PRIMARY KEY,
    key_id         INTEGER NOT NULL,
    last_row       BLOB NOT NULL,
    done           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
