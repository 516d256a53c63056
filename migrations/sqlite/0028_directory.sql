-- Referrals followed to their end, and what is known now of the places of the directory.

-- A person sent to a provider's service: by a decision, or by hand. Written anew, because a referral by hand rests on no
-- decision, and this engine does not let a column be freed of its NOT NULL.
CREATE TABLE referral_0028 (
    household_id    BLOB NOT NULL,
    referral_id     BLOB NOT NULL,
    decision_id     BLOB,                       -- NULL = by hand
    programme       TEXT NOT NULL,              -- '' = by hand
    person_id       BLOB,
    service         TEXT NOT NULL,
    provider        TEXT,                       -- NULL while no place offers the service
    place           TEXT,
    state           TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    requested_at    TEXT,
    version         INTEGER NOT NULL DEFAULT 1,
    created_by      BLOB,                       -- who made it by hand
    urgent          INTEGER NOT NULL DEFAULT 0,
    basis           TEXT NOT NULL DEFAULT '',   -- consent, override; '' = not sent yet
    override_code   TEXT NOT NULL DEFAULT '',   -- why without consent
    override_words  BLOB,                       -- sealed: the same in words
    override_by     BLOB,
    shares          TEXT NOT NULL DEFAULT '',   -- what of the person the provider may see: codes with commas
    access          INTEGER NOT NULL DEFAULT 0, -- whether the provider may see it
    follows         BLOB,                       -- the referral that came back, and that this one goes on with
    seen_at         TEXT,                       -- the provider looked at it
    accepted_at     TEXT,
    contacted_at    TEXT,                       -- the provider met the person
    ended_at        TEXT,                       -- rejected, failed, completed or called off
    outcome         TEXT NOT NULL DEFAULT '',   -- of a service that was given
    reason          TEXT NOT NULL DEFAULT '',   -- why rejected, on hold, failed, called off or closed: a code
    confirmed_at    TEXT,                       -- the person said what came of it
    said            TEXT NOT NULL DEFAULT '',   -- yes, no, problem
    period          TEXT,                       -- of which it takes a place; NULL = none, '' = at a time
    PRIMARY KEY (household_id, referral_id),
    FOREIGN KEY (household_id, decision_id) REFERENCES decision (household_id, decision_id),
    CHECK (basis IN ('', 'consent', 'override')),
    CHECK (basis <> 'override' OR (override_code <> '' AND override_by IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO referral_0028 (household_id, referral_id, decision_id, programme, person_id, service, provider, place, state,
        created_at, requested_at, version, basis, shares, access)
    SELECT household_id, referral_id, decision_id, programme, person_id, service, provider, place, state, created_at,
           requested_at, version, CASE WHEN requested_at IS NULL THEN '' ELSE 'consent' END,
           CASE WHEN requested_at IS NULL THEN '' ELSE 'name' END,
           CASE WHEN state = 'requested' THEN 1 ELSE 0 END
    FROM referral;
DROP TABLE referral;
ALTER TABLE referral_0028 RENAME TO referral;
CREATE INDEX referral_of_person ON referral (household_id, person_id, service);
-- The provider's desk; and how many of each state, for its tabs.
CREATE INDEX referral_inbox ON referral (provider, state, requested_at, referral_id);
-- For a change of keys.
CREATE INDEX referral_sealed ON referral (referral_id) WHERE override_words IS NOT NULL;

-- What is known now of a place of the directory, by who keeps it: each change is a new version, the highest one counts.
CREATE TABLE provider_place (
    place         TEXT NOT NULL,
    version       INTEGER NOT NULL,             -- 1, 2, …
    open          TEXT NOT NULL,                -- opening hours, see domain::services::hours; '' = as the pack has them
    phone         TEXT NOT NULL,                -- '' = as the pack has it
    capacity      INTEGER,                      -- NULL = no limit
    languages     TEXT NOT NULL,                -- codes with commas
    access        TEXT NOT NULL,                -- codes with commas
    closed_until  TEXT,                         -- the first day on which it is open again
    verified_on   TEXT NOT NULL,
    verified_by   TEXT NOT NULL,                -- provider, office
    changed_at    TEXT NOT NULL,
    changed_by    BLOB NOT NULL,
    PRIMARY KEY (place, version),
    CHECK (verified_by IN ('provider', 'office')),
    CHECK (capacity IS NULL OR capacity >= 0)
) STRICT, WITHOUT ROWID;

-- How many places are taken, at a time or in a period.
CREATE TABLE place_use (
    place   TEXT NOT NULL,
    period  TEXT NOT NULL,                      -- '' = at a time; 2026-11; 2026
    taken   INTEGER NOT NULL,
    PRIMARY KEY (place, period),
    CHECK (taken >= 0)
) STRICT, WITHOUT ROWID;
