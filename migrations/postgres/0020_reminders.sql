-- The same as sqlite/0020_reminders.sql.
-- When the next reminder of a clock is due: NULL where none is, or none any more.
ALTER TABLE clock ADD COLUMN remind_at TIMESTAMPTZ;
CREATE INDEX clock_reminding ON clock (remind_at, id) WHERE state = 'running' AND remind_at IS NOT NULL;
