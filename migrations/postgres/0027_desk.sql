-- Queues that answer at once whatever they hold, tasks that sleep until a day, views that people keep, and what the second
-- signature is counted by.

-- On hold: why as a code (the words beside it stay in `reason`), until when it sleeps, and since when it is awake again.
ALTER TABLE task ADD COLUMN hold_code TEXT NOT NULL DEFAULT '';
ALTER TABLE task ADD COLUMN wake_at TIMESTAMPTZ;
ALTER TABLE task ADD COLUMN woken_at TIMESTAMPTZ;

-- A page of a queue is read by seeking: the queue, then each state and priority in turn, in the order of the list. What is
-- asked of several queues is asked of each (casework::tasks::lists).
DROP INDEX task_open;
DROP INDEX task_open_anywhere;
DROP INDEX task_live;
DROP INDEX task_live_anywhere;
CREATE INDEX task_queue ON task (scope_kind, scope_code, state, priority, due_at, id, needs)
    WHERE state IN ('open', 'assigned', 'in_progress', 'on_hold');
CREATE INDEX task_queue_kind ON task (scope_kind, scope_code, kind, state, priority, due_at, id)
    WHERE state IN ('open', 'assigned', 'in_progress', 'on_hold');
CREATE INDEX task_queue_age ON task (scope_kind, scope_code, state, id, needs)
    WHERE state IN ('open', 'assigned', 'in_progress', 'on_hold');
CREATE INDEX task_queue_kind_age ON task (scope_kind, scope_code, kind, state, id)
    WHERE state IN ('open', 'assigned', 'in_progress', 'on_hold');
-- A parent's children, for the pages of both.
CREATE INDEX task_children ON task (household_id, parent_id) WHERE parent_id IS NOT NULL;

-- What somebody keeps looking at: the filters of a list under a name.
CREATE TABLE saved_view (
    view_id      UUID NOT NULL PRIMARY KEY,
    staff_id     UUID NOT NULL,
    name         TEXT NOT NULL,
    asks         TEXT NOT NULL,                 -- the query of the list, as its page writes it
    is_default   BOOLEAN NOT NULL DEFAULT FALSE,
    shared_kind  TEXT NOT NULL DEFAULT '',      -- with whom it is shared: a scope, or nobody
    shared_code  TEXT NOT NULL DEFAULT '',
    created_at   TIMESTAMPTZ NOT NULL,
    CHECK (name <> '')
);
CREATE UNIQUE INDEX saved_view_of ON saved_view (staff_id, name);
CREATE UNIQUE INDEX saved_view_default ON saved_view (staff_id) WHERE is_default;
CREATE INDEX saved_view_shared ON saved_view (shared_kind, shared_code, name) WHERE shared_kind <> '';

-- The second signature, to be counted: when a sample drew it, and when, by whom and why it went back last.
ALTER TABLE proposal ADD COLUMN drawn_at TIMESTAMPTZ;
ALTER TABLE proposal ADD COLUMN returned_at TIMESTAMPTZ;
ALTER TABLE proposal ADD COLUMN returned_by UUID;
ALTER TABLE proposal ADD COLUMN return_code TEXT NOT NULL DEFAULT '';
ALTER TABLE proposal ADD CONSTRAINT returned_by_another CHECK (returned_by IS NULL OR returned_by <> prepared_by);
