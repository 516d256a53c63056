//! How fast a page of a queue is when half a million tasks are open: 30 offices of one agency, 300 officers, every filter and
//! order that the page offers, the first page and pages deep in the list, counts included, while somebody takes tasks. On
//! `PostgreSQL` with row-level security, as the service runs.
//!
//! `queues [TASKS [ENGINE]]`, on `SQLite` and, where GUICHET_TEST_POSTGRES names one, on `PostgreSQL` (`.ci/postgres`). Ends in
//! failure when 95 in 100 pages of anybody take longer than [`AT_MOST`].

#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made must stop")]

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use casework::db::{Arg, Kind};
use casework::tasks::{self, Cursor, Filter, Order, Standing, lists};
use casework::test_support::actor;
use casework::time::SystemClock;
use casework::{Actor, Casework, args, views};
use domain::ids::TaskId;
use domain::role::{Right, Role, Scope};
use domain::task::Priority;
use time::OffsetDateTime;
use uuid::Uuid;

/// 95 in 100 pages take at most this.
const AT_MOST: Duration = Duration::from_millis(100);
const OFFICES: u64 = 30;
const OFFICERS: u64 = 300;
const AGENCY: &str = "msp";
/// Rows on a page, as the desk shows them.
const ROWS: usize = 25;
/// Pages further on that are read of each list.
const DEEP: usize = 3;
/// Rows in one statement.
const BATCH: u64 = 400;
const KINDS: [&str; 12] = [
    "ask_missing",
    "review",
    "send_referral",
    "approve",
    "assess_anew",
    "check_distinct",
    "complaint_handle",
    "clock_breached",
    "read_answer",
    "reconsider_appeal",
    "rework",
    "tell_offer",
];

fn main() -> ExitCode {
    let tasks = std::env::args().nth(1).map_or(500_000, |tasks| tasks.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let slow = runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let file = format!("sqlite://{}", folder.path().join("bench.db").display());
        let mut places = vec![("SQLite", file)];
        places.extend(std::env::var("GUICHET_TEST_POSTGRES").ok().map(|url| ("PostgreSQL", url)));
        if let Some(only) = std::env::args().nth(2) {
            places.retain(|(name, _)| name.eq_ignore_ascii_case(&only));
        }
        let mut slow = false;
        for (name, url) in places {
            let keys = folder.path().join(format!("{name}.keys"));
            let clock = Arc::new(SystemClock::default());
            let address = url.parse().unwrap();
            let casework = Casework::create_to_fill(&address, Some(&keys), clock.clone()).await.unwrap();
            fill(name, &casework.acting(&Actor::system()), tasks).await;
            casework.db.close().await;
            let casework = Casework::open(&address, Some(&keys), clock).await.unwrap();
            slow |= measure(name, &casework).await;
            casework.db.close().await;
        }
        slow
    });
    if slow { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// A number drawn from another (the finaliser of splitmix64): the same registry every time.
fn drawn(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn office(number: u64) -> String {
    format!("OFF-{number:02}")
}

/// Officers are numbered through; ten work in each office.
fn officer(number: u64) -> Actor {
    actor(u128::from(1000 + number), Role::CounterOfficer, Scope::Office(office(number % OFFICES)))
}

/// `INSERT INTO … VALUES` with so many rows of so many arguments.
fn insert(into: &str, columns: u64, rows: u64) -> &'static str {
    let row = |row: u64| {
        let places: Vec<String> = (1..=columns).map(|place| format!("${}", row * columns + place)).collect();
        format!("({})", places.join(", "))
    };
    let all: Vec<String> = (0..rows).map(row).collect();
    Box::leak(format!("INSERT INTO {into} VALUES {}", all.join(", ")).into_boxed_str())
}

async fn fill(name: &str, casework: &Casework, tasks: u64) {
    let began = Instant::now();
    casework
        .write(async move |tx| {
            for number in 0..OFFICES {
                tx.run(
                    "INSERT INTO office (code, agency, area) VALUES ($1, $2, 'P01')",
                    args![office(number), AGENCY],
                )
                .await?;
            }
            for number in 0..OFFICERS {
                let one = officer(number);
                let login = format!("officer.{number}");
                tx.run(
                    "INSERT INTO staff (id, login, name, language, created_at) VALUES ($1, $2, $3, 'en', $4)",
                    args![one.staff_id, login, &one.name, tx.now()],
                )
                .await?;
                tx.run(
                    "INSERT INTO staff_grant (staff_id, role, scope_kind, scope_code, granted_at)
                     VALUES ($1, 'counter_officer', 'office', $2, $3)",
                    args![one.staff_id, office(number % OFFICES), tx.now()],
                )
                .await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let into = "task (household_id, id, kind, subject_kind, subject_id, scope_kind, scope_code, needs, state, holder,
                      priority, due_at, created_at)";
    let whole = insert(into, 13, BATCH);
    let mut next = 0;
    while next < tasks {
        let rows = BATCH.min(tasks - next);
        let sql = if rows == BATCH { whole } else { insert(into, 13, rows) };
        casework
            .write(async move |tx| {
                let mut all = Vec::new();
                for number in next..next + rows {
                    let id: TaskId = tx.new_id();
                    all.extend(task(number, id, tx.now()));
                }
                tx.run(sql, all).await
            })
            .await
            .unwrap();
        next += rows;
    }
    // PostgreSQL does this by itself after a while; the throw-away one has no such service.
    let analyse = if casework.db.kind() == Kind::Postgres { "ANALYZE" } else { "PRAGMA optimize" };
    casework.write(async move |tx| tx.run(analyse, args![]).await).await.unwrap();
    println!("{name}: {tasks} open tasks filled in {:.0} s", began.elapsed().as_secs_f64());
}

/// The columns of a task: 40 in 100 are nobody's, 5 wait; few are urgent; due from ten days ago to two months ahead.
fn task(number: u64, id: TaskId, now: OffsetDateTime) -> Vec<Arg> {
    let dice = drawn(number);
    let place = dice % OFFICES;
    let state = match dice / 100 % 100 {
        0..40 => "open",
        40..75 => "assigned",
        75..95 => "in_progress",
        _ => "on_hold",
    };
    let holder = (state != "open").then(|| officer(place + OFFICES * (dice / 10_000 % 10)).staff_id);
    let priority: i64 = match dice / 1_000_000 % 100 {
        0..3 => 0,
        3..15 => 1,
        _ => 2,
    };
    // The later a kind stands in the list the rarer it is.
    let drawn_kind = usize::try_from((dice >> 40) % 144).unwrap();
    let kind = KINDS[KINDS.len() - 1 - drawn_kind.isqrt()];
    let needs = match kind {
        "approve" => Right::Approve,
        "clock_breached" => Right::AssignTasks,
        _ => Right::WorkTasks,
    };
    let minutes = i64::try_from((dice >> 20) % (70 * 24 * 60)).unwrap();
    let due_at = now + time::Duration::minutes(minutes - 10 * 24 * 60);
    let household = Uuid::from_u128(u128::from(drawn(number / 5)) << 64 | 7);
    let mut columns = args![household, id, kind, "visit", household, "office", office(place), needs.code()];
    columns.extend(args![state, holder, priority, due_at, now]);
    columns
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    Mine,
    Hold,
    Available,
    Team,
}

/// All that a page of the desk asks; where the next one begins.
async fn page(
    casework: &Casework,
    who: &Actor,
    view: View,
    filter: &Filter,
    after: Option<Cursor>,
) -> Option<Cursor> {
    views::list(casework, who).await.unwrap();
    let (found, right) = match view {
        View::Mine | View::Hold => {
            lists::count_mine(casework, who, filter).await.unwrap();
            (tasks::mine(casework, who, filter, after, ROWS).await, None)
        }
        View::Available => {
            lists::count_open(casework, who, filter).await.unwrap();
            (tasks::available(casework, who, filter, after, ROWS).await, Some(Right::WorkTasks))
        }
        View::Team => {
            lists::count_team(casework, who, filter).await.unwrap();
            (tasks::team(casework, who, filter, after, ROWS).await, Some(Right::AssignTasks))
        }
    };
    if let Some(right) = right {
        let places = lists::places(casework, who, right).await.unwrap();
        if view == View::Team && (filter.place.is_some() || places.len() < 4) {
            lists::holders(casework, who, filter.place.as_ref()).await.unwrap();
        }
    }
    tasks::counts(casework, who).await.unwrap();
    found.unwrap().next
}

/// Every filter and order that the page of this view offers to this person.
fn filters(casework: &Casework, view: View, of_agency: bool) -> Vec<Filter> {
    let now = casework.now();
    let always = Filter::default().due_by;
    let mut all = Vec::new();
    let standings: &[Standing] = match view {
        View::Mine | View::Available => &[Standing::Active],
        View::Hold => &[Standing::OnHold],
        View::Team => &[Standing::Active, Standing::Unassigned, Standing::OnHold],
    };
    let mut places = vec![None];
    if of_agency {
        places.push(Some(Scope::Office(office(7))));
    }
    let mut holders = vec![None];
    if view == View::Team && !of_agency {
        holders.push(Some(officer(0).staff_id));
    }
    for wanted in Order::ALL {
        for kind in ["", KINDS[0], KINDS[11], "look_at_fault"] {
            for due_by in [always, now, now + time::Duration::days(3)] {
                for priority in [None, Some(Priority::Urgent), Some(Priority::Normal)] {
                    for standing in standings {
                        for place in &places {
                            for holder in &holders {
                                all.push(Filter {
                                    kind: kind.into(),
                                    due_by,
                                    standing: *standing,
                                    priority,
                                    holder: *holder,
                                    place: place.clone(),
                                    wanted: *wanted,
                                });
                            }
                        }
                    }
                }
            }
        }
    }
    all
}

/// Whether anybody's pages are slower than they may be.
async fn measure(name: &str, casework: &Casework) -> bool {
    let (stop, taken) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let writer = tokio::spawn({
        let (casework, stop, taken) = (casework.clone(), stop.clone(), taken.clone());
        async move {
            let who = officer(0);
            while !stop.load(Ordering::Relaxed) {
                let open = tasks::available(&casework, &who, &Filter::default(), None, ROWS).await.unwrap();
                for task in open.tasks {
                    if tasks::claim(&casework, &who, task.id).await.is_ok() {
                        tasks::complete(&casework, &who, task.id, task.version + 1).await.unwrap();
                        taken.fetch_add(1, Ordering::Relaxed);
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    });
    let boss = actor(2000, Role::Supervisor, Scope::Office(office(0)));
    let head = actor(2001, Role::Supervisor, Scope::Agency(AGENCY.into()));
    let offices: Vec<(String, String)> =
        casework.acting(&head).db.all("SELECT code, agency FROM office", args![]).await.unwrap();
    let head = Actor::staff(head.staff_id, head.name, head.grants, offices.into_iter().collect());
    let desks = [
        ("an officer's own", officer(30), View::Mine, false),
        ("an officer's on hold", officer(30), View::Hold, false),
        ("an officer's to take", officer(30), View::Available, false),
        ("an office's team", boss.clone(), View::Team, false),
        ("an office's to take, for its supervisor", boss, View::Available, false),
        ("an agency's team", head.clone(), View::Team, true),
        ("an agency's to take", head, View::Available, true),
    ];
    let mut slow = false;
    let began = Instant::now();
    for (desk, who, view, of_agency) in desks {
        let mut times = Vec::new();
        for filter in filters(casework, view, of_agency) {
            let mut after = None;
            for _ in 0..=DEEP {
                let began = Instant::now();
                after = page(casework, &who, view, &filter, after).await;
                times.push((began.elapsed(), filter.clone()));
                if after.is_none() {
                    break;
                }
            }
            // Far down: as if somebody had gone on for hours.
            let far =
                format!("2.{}.{}", (casework.now() + time::Duration::days(40)).unix_timestamp(), middle());
            let began = Instant::now();
            page(casework, &who, view, &filter, Some(far.parse().unwrap())).await;
            times.push((began.elapsed(), filter.clone()));
        }
        times.sort_by_key(|(time, _)| *time);
        let at =
            |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].0.as_secs_f64() * 1000.0;
        let is_slow = at(95) > AT_MOST.as_secs_f64() * 1000.0;
        slow |= is_slow;
        println!(
            "{name}: {desk}: {} pages, p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, slowest {:.1} ms{}",
            times.len(),
            at(50),
            at(95),
            at(99),
            at(100),
            if is_slow { " — TOO SLOW" } else { "" }
        );
        if let Some((_, worst)) = times.last().filter(|_| std::env::var_os("GUICHET_BENCH_WORST").is_some()) {
            println!("  slowest: {worst:?}");
        }
    }
    stop.store(true, Ordering::Relaxed);
    writer.await.unwrap();
    let each = f64::from(taken.load(Ordering::Relaxed)) / began.elapsed().as_secs_f64();
    println!("{name}: beside {each:.0} tasks taken and done a second; at most {} ms", AT_MOST.as_millis());
    slow
}

/// An id in the middle of those that are given out these years.
fn middle() -> Uuid {
    Uuid::from_u128(0x019a_0000_0000_7000_8000_0000_0000_0000)
}
