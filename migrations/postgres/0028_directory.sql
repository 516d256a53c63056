-- The same tables as sqlite/0028_directory.sql.
-- Referrals followed to their end, and what is known now of the places of the directory.

-- A person sent to a provider's service: by a decision, or by hand.
ALTER TABLE referral
    ALTER COLUMN decision_id DROP NOT NULL,     -- NULL = by hand; the programme is '' then
    ADD COLUMN created_by      UUID,            -- who made it by hand
    ADD COLUMN urgent          BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN basis           TEXT NOT NULL DEFAULT '',    -- consent, override; '' = not sent yet
    ADD COLUMN override_code   TEXT NOT NULL DEFAULT '',    -- why without consent
    ADD COLUMN override_words  BYTEA,           -- sealed: the same in words
    ADD COLUMN override_by     UUID,
    ADD COLUMN shares          TEXT NOT NULL DEFAULT '',    -- what of the person the provider may see: codes with commas
    ADD COLUMN access          BOOLEAN NOT NULL DEFAULT FALSE,  -- whether the provider may see it
    ADD COLUMN follows         UUID,            -- the referral that came back, and that this one goes on with
    ADD COLUMN seen_at         TIMESTAMPTZ,     -- the provider looked at it
    ADD COLUMN accepted_at     TIMESTAMPTZ,
    ADD COLUMN contacted_at    TIMESTAMPTZ,     -- the provider met the person
    ADD COLUMN ended_at        TIMESTAMPTZ,     -- rejected, failed, completed or called off
    ADD COLUMN outcome         TEXT NOT NULL DEFAULT '',    -- of a service that was given
    ADD COLUMN reason          TEXT NOT NULL DEFAULT '',    -- why rejected, on hold, failed, called off or closed: a code
    ADD COLUMN confirmed_at    TIMESTAMPTZ,     -- the person said what came of it
    ADD COLUMN said            TEXT NOT NULL DEFAULT '',    -- yes, no, problem
    ADD COLUMN period          TEXT,            -- of which it takes a place; NULL = none, '' = at a time
    ADD CHECK (basis IN ('', 'consent', 'override')),
    ADD CHECK (basis <> 'override' OR (override_code <> '' AND override_by IS NOT NULL));
UPDATE referral SET basis = 'consent', shares = 'name', access = (state = 'requested') WHERE requested_at IS NOT NULL;

-- The provider's desk; and how many of each state, for its tabs.
DROP INDEX referral_inbox;
CREATE INDEX referral_inbox ON referral (provider, state, requested_at, referral_id);
-- For a change of keys.
CREATE INDEX referral_sealed ON referral (referral_id) WHERE override_words IS NOT NULL;

-- What is over for a provider is gone for it, and with it the person: their policies ask for the referral.
DO $$
DECLARE
    theirs CONSTANT TEXT :=
        'referral.provider = ANY ((SELECT string_to_array(current_setting(''guichet.providers'', true), '',''))::text[])';
    before TEXT;
BEGIN
    SELECT qual INTO STRICT before FROM pg_policies
        WHERE schemaname = current_schema() AND tablename = 'referral' AND policyname = 'seen';
    EXECUTE format('ALTER POLICY seen ON referral USING ((%s) AND (referral.access OR (%s) IS NOT TRUE))', before, theirs);
END
$$;

-- What is known now of a place of the directory, by who keeps it: each change is a new version, the highest one counts.
CREATE TABLE provider_place (
    place         TEXT NOT NULL,
    version       BIGINT NOT NULL,              -- 1, 2, …
    open          TEXT NOT NULL,                -- opening hours, see domain::services::hours; '' = as the pack has them
    phone         TEXT NOT NULL,                -- '' = as the pack has it
    capacity      BIGINT,                       -- NULL = no limit
    languages     TEXT NOT NULL,                -- codes with commas
    access        TEXT NOT NULL,                -- codes with commas
    closed_until  DATE,                         -- the first day on which it is open again
    verified_on   DATE NOT NULL,
    verified_by   TEXT NOT NULL,                -- provider, office
    changed_at    TIMESTAMPTZ NOT NULL,
    changed_by    UUID NOT NULL,
    PRIMARY KEY (place, version),
    CHECK (verified_by IN ('provider', 'office')),
    CHECK (capacity IS NULL OR capacity >= 0)
);

-- How many places are taken, at a time or in a period.
CREATE TABLE place_use (
    place   TEXT NOT NULL,
    period  TEXT NOT NULL,                      -- '' = at a time; 2026-11; 2026
    taken   BIGINT NOT NULL,
    PRIMARY KEY (place, period),
    CHECK (taken >= 0)
);
