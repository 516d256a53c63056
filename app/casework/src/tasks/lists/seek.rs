//! The statements behind lists of tasks. Every one of them seeks: in each queue, for each state and priority, it reads the
//! first few keys of an index that is in the order of the list; the keys are merged, and the page's tasks read by them.
//!
//! `SQLite` is asked once for each queue, state and priority; `PostgreSQL` the same in one statement, since each question of it
//! is a message there and back.

use domain::ids::StaffId;
use domain::role::Scope;
use domain::task::Priority;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{COUNTED, Cursor, Filter, Order, Standing, rank_of};
use crate::args;
use crate::db::{Arg, Kind, Tx};
use crate::error::Result;

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub(in crate::tasks) struct Key {
    pub id: Uuid,
    pub priority: i64,
    pub due_at: OffsetDateTime,
}

macro_rules! live {
    () => {
        "state IN ('open', 'assigned', 'in_progress', 'on_hold')"
    };
}

/// One queue, state and priority on `SQLite`: `$1` to `$4`; after `$5`, `$6`; due by `$7`; needs one of `$8`; so many: `$9`.
macro_rules! one_by_due {
    ($index:literal, $kind:literal) => {
        concat!(
            "SELECT id, priority, due_at FROM task INDEXED BY ",
            $index,
            " WHERE scope_kind = $1 AND scope_code = $2 AND state = $3 AND ",
            live!(),
            " AND priority = $4 AND (due_at, id) > ($5, $6) AND due_at <= $7
              AND ($8 = '' OR instr(',' || $8 || ',', ',' || needs || ',') > 0)",
            $kind,
            " ORDER BY due_at, id LIMIT $9"
        )
    };
}

/// One queue and state on `SQLite`: `$1` to `$3`; from `$4` on; needs one of `$5`; so many: `$6`.
macro_rules! one_by_age {
    ($index:literal, $kind:literal, $than:literal, $way:literal) => {
        concat!(
            "SELECT id, priority, due_at FROM task INDEXED BY ",
            $index,
            " WHERE scope_kind = $1 AND scope_code = $2 AND state = $3 AND ",
            live!(),
            " AND id ",
            $than,
            " $4 AND ($5 = '' OR instr(',' || $5 || ',', ',' || needs || ',') > 0)",
            $kind,
            " ORDER BY id ",
            $way,
            " LIMIT $6"
        )
    };
}

/// All queues, states and priorities on `PostgreSQL`: `$1` to `$4`, with commas between; each after `$6`, `$7`, where its
/// priority is `$5` or `$5` is none; due by `$8`; needs one of `$9`; so many of each: `$10`. A code has a full stop before it,
/// so that none is empty.
macro_rules! all_by_due {
    ($kind:literal) => {
        concat!(
            "FROM unnest(string_to_array($1, ','), string_to_array($2, ',')) AS place (kind, code)
             CROSS JOIN unnest(string_to_array($3, ',')) AS lane (state)
             CROSS JOIN unnest(string_to_array($4, ',')::bigint[]) AS band (priority)
             CROSS JOIN LATERAL (
                 SELECT task.id, task.priority, task.due_at FROM task
                 WHERE task.scope_kind = place.kind AND task.scope_code = substr(place.code, 2)
                   AND task.state = lane.state AND task.",
            live!(),
            " AND task.priority = band.priority
                   AND (task.due_at, task.id) >
                       (CASE WHEN $5 < 0 OR band.priority = $5 THEN $6 ELSE '-infinity'::timestamptz END, $7)
                   AND task.due_at <= $8 AND ($9 = '' OR task.needs = ANY (string_to_array($9, ',')))",
            $kind,
            " ORDER BY task.due_at, task.id LIMIT $10
             ) AS found "
        )
    };
}

/// All queues and states on `PostgreSQL`: `$1` to `$3`; from `$4` on; needs one of `$5`; so many of each: `$6`.
macro_rules! all_by_age {
    ($kind:literal, $than:literal, $way:literal) => {
        concat!(
            "SELECT found.id, found.priority, found.due_at
             FROM unnest(string_to_array($1, ','), string_to_array($2, ',')) AS place (kind, code)
             CROSS JOIN unnest(string_to_array($3, ',')) AS lane (state)
             CROSS JOIN LATERAL (
                 SELECT task.id, task.priority, task.due_at FROM task
                 WHERE task.scope_kind = place.kind AND task.scope_code = substr(place.code, 2)
                   AND task.state = lane.state AND task.",
            live!(),
            " AND task.id ",
            $than,
            " $4 AND ($5 = '' OR task.needs = ANY (string_to_array($5, ',')))",
            $kind,
            " ORDER BY task.id ",
            $way,
            " LIMIT $6
             ) AS found ORDER BY found.id ",
            $way,
            " LIMIT $6"
        )
    };
}

/// What one person holds, at most some hundreds: filtered and sorted as it is. `$1` who; `$2` what can be worked on, `$3` what
/// waits; of kind `$4`, due by `$5`, of priority `$6`; in one of the queues `$7` (see [`listed`]); after `$8`, `$9`, `$10`; so many:
/// `$11`.
macro_rules! held {
    ($select:literal, $after:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM task WHERE task.holder = $1 AND task.state IN ('assigned', 'in_progress', 'on_hold')
              AND ($2 AND task.state <> 'on_hold' OR $3 AND task.state = 'on_hold')
              AND ($4 = '' OR task.kind = $4) AND task.due_at <= $5 AND ($6 < 0 OR task.priority = $6)
              AND ($7 = '' OR replace($7, ',' || task.scope_kind || ':' || task.scope_code || ',', '') <> $7)
              AND ",
            $after,
            " ",
            $rest
        )
    };
}

pub(in crate::tasks) const ONE_BY_DUE: [&str; 2] =
    [one_by_due!("task_queue", ""), one_by_due!("task_queue_kind", " AND kind = $10")];
pub(in crate::tasks) const ONE_OLDEST: [&str; 2] = [
    one_by_age!("task_queue_age", "", ">", "ASC"),
    one_by_age!("task_queue_kind_age", " AND kind = $7", ">", "ASC"),
];
pub(in crate::tasks) const ONE_NEWEST: [&str; 2] = [
    one_by_age!("task_queue_age", "", "<", "DESC"),
    one_by_age!("task_queue_kind_age", " AND kind = $7", "<", "DESC"),
];
const COUNT_ONE: [&str; 2] = [
    concat!("SELECT COUNT(*) FROM (", one_by_due!("task_queue", ""), ")"),
    concat!("SELECT COUNT(*) FROM (", one_by_due!("task_queue_kind", " AND kind = $10"), ")"),
];
pub(in crate::tasks) const ALL_PRESSING: [&str; 2] = [
    concat!(
        "SELECT found.id, found.priority, found.due_at ",
        all_by_due!(""),
        "ORDER BY found.priority, found.due_at, found.id LIMIT $10"
    ),
    concat!(
        "SELECT found.id, found.priority, found.due_at ",
        all_by_due!(" AND task.kind = $11"),
        "ORDER BY found.priority, found.due_at, found.id LIMIT $10"
    ),
];
pub(in crate::tasks) const ALL_BY_DUE: [&str; 2] = [
    concat!(
        "SELECT found.id, found.priority, found.due_at ",
        all_by_due!(""),
        "ORDER BY found.due_at, found.id LIMIT $10"
    ),
    concat!(
        "SELECT found.id, found.priority, found.due_at ",
        all_by_due!(" AND task.kind = $11"),
        "ORDER BY found.due_at, found.id LIMIT $10"
    ),
];
pub(in crate::tasks) const ALL_OLDEST: [&str; 2] =
    [all_by_age!("", ">", "ASC"), all_by_age!(" AND task.kind = $7", ">", "ASC")];
pub(in crate::tasks) const ALL_NEWEST: [&str; 2] =
    [all_by_age!("", "<", "DESC"), all_by_age!(" AND task.kind = $7", "<", "DESC")];
pub(in crate::tasks) const COUNT_ALL: [&str; 2] = [
    concat!("SELECT COUNT(*) FROM (SELECT 1 ", all_by_due!(""), "LIMIT $10) AS counted"),
    concat!("SELECT COUNT(*) FROM (SELECT 1 ", all_by_due!(" AND task.kind = $11"), "LIMIT $10) AS counted"),
];
const HELD_PRESSING: &str = held!(
    "task.id, task.priority, task.due_at",
    "(task.priority, task.due_at, task.id) > ($8, $9, $10)",
    "ORDER BY task.priority, task.due_at, task.id LIMIT $11"
);
const HELD_BY_DUE: &str = held!(
    "task.id, task.priority, task.due_at",
    "(task.due_at, task.id) > ($9, $10)",
    "ORDER BY task.due_at, task.id LIMIT $11"
);
const HELD_OLDEST: &str =
    held!("task.id, task.priority, task.due_at", "task.id > $10", "ORDER BY task.id LIMIT $11");
const HELD_NEWEST: &str =
    held!("task.id, task.priority, task.due_at", "task.id < $10", "ORDER BY task.id DESC LIMIT $11");
const COUNT_HELD: &str = concat!(
    "SELECT COUNT(*) FROM (",
    held!("1", "(task.priority, task.due_at, task.id) > ($8, $9, $10)", "LIMIT $11"),
    ") AS counted"
);

/// One page of a list: which tasks, from where, how many.
pub(super) struct Seek<'a> {
    pub filter: &'a Filter,
    pub after: Option<Cursor>,
    pub limit: usize,
}

impl Seek<'_> {
    /// One more than a page holds, so that the last page is known.
    fn rows(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX - 1) + 1
    }

    fn order(&self) -> Order {
        self.filter.order()
    }

    /// Where a list by age begins.
    fn first_id(&self) -> Uuid {
        let first = if self.order() == Order::Newest { Uuid::max() } else { Uuid::nil() };
        self.after.map_or(first, |after| after.id)
    }

    /// The keys of a page over these queues, of tasks that need one of these rights (any where none is named).
    pub async fn queues(&self, view: &mut Tx, places: &[Scope], needs: &str) -> Result<Vec<Key>> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        match view.kind() {
            Kind::Sqlite => self.one_by_one(view, places, needs).await,
            Kind::Postgres => self.at_once(view, places, needs).await,
        }
    }

    async fn one_by_one(&self, view: &mut Tx, places: &[Scope], needs: &str) -> Result<Vec<Key>> {
        let kind = &self.filter.kind;
        let mut found: Vec<Key> = Vec::new();
        if let Some(texts) = by_age(self.order(), Kind::Sqlite) {
            for place in places {
                for state in self.filter.standing.states() {
                    let mut args = args![place.kind(), place.code().unwrap_or_default(), state.code()];
                    args.extend(args![self.first_id(), needs, self.rows()]);
                    found.extend(view.all::<Key>(of_kind(texts, kind, &mut args), args).await?);
                }
            }
            return Ok(found);
        }
        for rank in ranks(self.filter, self.after) {
            for place in places {
                for state in self.filter.standing.states() {
                    let (due_at, id) = self.start(rank);
                    let mut args = args![place.kind(), place.code().unwrap_or_default(), state.code(), rank];
                    args.extend(args![due_at, id, self.filter.due_by, needs, self.rows()]);
                    found.extend(view.all::<Key>(of_kind(ONE_BY_DUE, kind, &mut args), args).await?);
                }
            }
            // The less pressing come after all of these.
            if self.order() == Order::Pressing && found.len() > self.limit {
                break;
            }
        }
        Ok(found)
    }

    /// Where the tasks of a priority begin.
    fn start(&self, rank: i64) -> (OffsetDateTime, Uuid) {
        match self.after {
            Some(after) if self.order() == Order::Due || after.rank == rank => (after.due_at, after.id),
            _ => (OffsetDateTime::UNIX_EPOCH, Uuid::nil()),
        }
    }

    async fn at_once(&self, view: &mut Tx, places: &[Scope], needs: &str) -> Result<Vec<Key>> {
        let kind = &self.filter.kind;
        let states = states(self.filter);
        let (kinds, codes) = split(places);
        if let Some(texts) = by_age(self.order(), Kind::Postgres) {
            let mut args = args![kinds, codes, states, self.first_id(), needs, self.rows()];
            return view.all(of_kind(texts, kind, &mut args), args).await;
        }
        let texts = if self.order() == Order::Pressing { ALL_PRESSING } else { ALL_BY_DUE };
        let ranks: Vec<String> = ranks(self.filter, self.after).iter().map(ToString::to_string).collect();
        let after =
            self.after.unwrap_or(Cursor { rank: -1, due_at: OffsetDateTime::UNIX_EPOCH, id: Uuid::nil() });
        let rank = if self.order() == Order::Pressing { after.rank } else { -1 };
        let mut args = args![kinds, codes, states, ranks.join(","), rank, after.due_at, after.id];
        args.extend(args![self.filter.due_by, needs, self.rows()]);
        view.all(of_kind(texts, kind, &mut args), args).await
    }

    /// The keys of a page of what somebody holds, in these queues ([`listed`]; any where none is named).
    pub async fn held(&self, view: &mut Tx, holder: StaffId, places: &str) -> Result<Vec<Key>> {
        let sql = match self.order() {
            Order::Pressing => HELD_PRESSING,
            Order::Due => HELD_BY_DUE,
            Order::Oldest => HELD_OLDEST,
            Order::Newest => HELD_NEWEST,
        };
        let after = self.after.unwrap_or(Cursor {
            rank: -1,
            due_at: OffsetDateTime::UNIX_EPOCH,
            id: self.first_id(),
        });
        let mut args = whose(holder, self.filter, places);
        args.extend(args![after.rank, after.due_at, after.id, self.rows()]);
        view.all(sql, args).await
    }
}

/// How many tasks a filter finds in these queues, at most one more than is counted.
pub(super) async fn count_queues(
    view: &mut Tx,
    places: &[Scope],
    needs: &str,
    filter: &Filter,
) -> Result<i64> {
    if places.is_empty() {
        return Ok(0);
    }
    let (start, nil) = (OffsetDateTime::UNIX_EPOCH, Uuid::nil());
    if view.kind() == Kind::Postgres {
        let (kinds, codes) = split(places);
        let ranks: Vec<String> = ranks(filter, None).iter().map(ToString::to_string).collect();
        let mut args = args![kinds, codes, states(filter), ranks.join(","), -1_i64];
        args.extend(args![start, nil, filter.due_by, needs, COUNTED + 1]);
        let sql = of_kind(COUNT_ALL, &filter.kind, &mut args);
        return Ok(view.value(sql, args).await?.unwrap_or_default());
    }
    let mut counted = 0;
    for place in places {
        for state in filter.standing.states() {
            for rank in ranks(filter, None) {
                let mut args = args![place.kind(), place.code().unwrap_or_default(), state.code(), rank];
                args.extend(args![start, nil, filter.due_by, needs, COUNTED + 1 - counted]);
                let sql = of_kind(COUNT_ONE, &filter.kind, &mut args);
                counted += view.value::<i64>(sql, args).await?.unwrap_or_default();
                if counted > COUNTED {
                    return Ok(counted);
                }
            }
        }
    }
    Ok(counted)
}

/// How many tasks of somebody a filter finds, at most one more than is counted.
pub(super) async fn count_held(view: &mut Tx, holder: StaffId, filter: &Filter, places: &str) -> Result<i64> {
    let mut args = whose(holder, filter, places);
    args.extend(args![-1_i64, OffsetDateTime::UNIX_EPOCH, Uuid::nil(), COUNTED + 1]);
    Ok(view.value(COUNT_HELD, args).await?.unwrap_or_default())
}

/// `$1` to `$7` of [`held`].
fn whose(holder: StaffId, filter: &Filter, places: &str) -> Vec<Arg> {
    let (works, waits) = match filter.standing {
        Standing::Live => (true, true),
        Standing::Active => (true, false),
        Standing::OnHold => (false, true),
        Standing::Unassigned => (false, false),
    };
    args![holder, works, waits, &filter.kind, filter.due_by, rank_of(filter.priority), places]
}

/// The states that are asked for, with commas between.
fn states(filter: &Filter) -> String {
    let codes: Vec<&str> = filter.standing.states().iter().map(|state| state.code()).collect();
    codes.join(",")
}

/// Queues as [`held`] looks them up: each between commas of its own.
pub(super) fn listed(places: &[Scope]) -> String {
    let one = |place: &Scope| format!(",{}:{},", place.kind(), place.code().unwrap_or_default());
    let all: String = places.iter().map(one).collect();
    // No queue at all is not any queue.
    if all.is_empty() { ",none,".to_owned() } else { all }
}

/// The priorities to look through, the most pressing first.
fn ranks(filter: &Filter, after: Option<Cursor>) -> Vec<i64> {
    let from = match filter.order() {
        Order::Pressing => after.map_or(0, |after| after.rank),
        _ => 0,
    };
    let all = Priority::ALL.iter().map(|priority| rank_of(Some(*priority)));
    let only = filter.priority.map(|only| rank_of(Some(only)));
    all.filter(|rank| *rank >= from && only.is_none_or(|only| only == *rank)).collect()
}

/// The statement with or without a kind, whose argument comes last.
fn of_kind(texts: [&'static str; 2], kind: &str, args: &mut Vec<Arg>) -> &'static str {
    let [any, one] = texts;
    if kind.is_empty() {
        return any;
    }
    args.push(Arg::from(kind));
    one
}

fn by_age(order: Order, engine: Kind) -> Option<[&'static str; 2]> {
    match (order, engine) {
        (Order::Oldest, Kind::Sqlite) => Some(ONE_OLDEST),
        (Order::Newest, Kind::Sqlite) => Some(ONE_NEWEST),
        (Order::Oldest, Kind::Postgres) => Some(ALL_OLDEST),
        (Order::Newest, Kind::Postgres) => Some(ALL_NEWEST),
        (Order::Pressing | Order::Due, _) => None,
    }
}

/// Kinds and codes of queues, with commas between; a full stop before each code, so that none is empty.
fn split(places: &[Scope]) -> (String, String) {
    let kinds: Vec<&str> = places.iter().map(Scope::kind).collect();
    let codes: Vec<String> =
        places.iter().map(|place| format!(".{}", place.code().unwrap_or_default())).collect();
    (kinds.join(","), codes.join(","))
}

pub(super) fn sort(keys: &mut [Key], order: Order) {
    match order {
        Order::Pressing => keys.sort_by_key(|key| (key.priority, key.due_at, key.id)),
        Order::Due => keys.sort_by_key(|key| (key.due_at, key.id)),
        Order::Oldest => keys.sort_by_key(|key| key.id),
        Order::Newest => keys.sort_by_key(|key| std::cmp::Reverse(key.id)),
    }
}
