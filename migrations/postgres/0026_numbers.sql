-- The same as sqlite/0026_numbers.sql.
-- Objections are counted by the day on which they came.
CREATE INDEX complaint_by_day ON complaint (received_at);
CREATE INDEX appeal_by_day ON appeal (lodged_at);
