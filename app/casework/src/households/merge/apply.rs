//! Making two records one, inside a unit of work that has checked everything.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{HouseholdId, StaffId};
use domain::lifecycle::By;
use domain::lifecycle::enrolment::ExitReason;
use domain::role::{Right, Scope};
use domain::task::Priority;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::doubles::Both;
use super::rows::Matters;
use super::{Plan, SUBJECT};
use crate::actor::Actor;
use crate::args;
use crate::budgets::holding;
use crate::crypt::Keys;
use crate::db::Tx;
use crate::decisions::issue::replace;
use crate::enrolments::{self, Enrolment};
use crate::error::Result;
use crate::households::people::{self, Member};
use crate::households::resemblance::likeness_hash;
use crate::journal::{self, Event};
use crate::subject::Subject;
use crate::tasks::{self, NewTask};

/// Who makes it, and with whose agreement.
pub(super) struct Hands<'a> {
    /// Whose unit of work it is.
    pub actor: &'a Actor,
    /// Who prepared it.
    pub by: StaffId,
    /// The second person, where there is one.
    pub approved_by: Option<StaffId>,
    /// The hand by which enrolments end.
    pub hand: By,
    /// The office that keeps the record that goes on, and by when it looks at a double.
    pub office: &'a str,
    /// By when somebody looks at what was given twice.
    pub look_by: OffsetDateTime,
}

/// What the ledger keeps of a row.
#[derive(Default)]
struct Entry {
    moved: bool,
    was: Map<String, Value>,
}

/// What is written down of a merge while it is made.
#[derive(Default)]
struct Ledger(BTreeMap<(&'static str, Uuid), Entry>);

impl Ledger {
    fn was(&mut self, kind: &'static str, row: Uuid, was: Value) {
        if let Value::Object(was) = was {
            self.0.entry((kind, row)).or_default().was.extend(was);
        }
    }

    async fn write(self, tx: &mut Tx, gives: HouseholdId, merge: Uuid) -> Result<()> {
        for ((kind, row), entry) in self.0 {
            let was = if entry.was.is_empty() { String::new() } else { Value::Object(entry.was).to_string() };
            tx.run(
                "INSERT INTO merge_row (household_id, merge_id, kind, row_id, moved, was) VALUES ($1, $2, $3, $4, $5, $6)",
                args![gives, merge, kind, row, entry.moved, was],
            )
            .await?;
        }
        Ok(())
    }
}

/// Makes the two records one; the id of the merge.
pub(super) async fn apply(
    tx: &mut Tx,
    keys: &Keys,
    hands: &Hands<'_>,
    plan: &Plan,
    both: &Both,
    giving: &[Member],
) -> Result<Uuid> {
    bump(tx, plan).await?;
    let merge: Uuid = tx.new_id();
    write_merge(tx, hands, plan, merge).await?;
    let mut ledger = Ledger::default();
    end_doubles(tx, hands, plan, both, &mut ledger).await?;
    let matters = collect(tx, plan).await?;
    rename(tx, plan, &matters, &mut ledger).await?;
    for pair in &plan.pairs {
        concerns(tx, plan.gives, &matters.enrolments, (pair.gives.uuid(), pair.stays.uuid())).await?;
    }
    close_doubles(tx, plan).await?;
    if !plan.is_within() {
        for (kind, row) in matters.rows() {
            ledger.0.entry((kind, row)).or_default().moved = true;
        }
        for copied in matters.go(tx, plan.gives, plan.survivor).await? {
            ledger.0.entry(("assessment_copy", copied)).or_default().moved = true;
        }
    }
    if !plan.whole {
        leave(tx, plan, &mut ledger).await?;
    }
    join(tx, keys, hands, plan, giving).await?;
    own(tx, keys, plan, giving, &mut ledger).await?;
    ledger.write(tx, plan.gives, merge).await?;
    end_visits(tx, plan.gives).await?;
    end_visits(tx, plan.survivor).await?;
    tell(tx, hands.actor, plan, merge).await?;
    Ok(merge)
}

/// Both records move on: whoever read one of them before is told `Stale`.
async fn bump(tx: &mut Tx, plan: &Plan) -> Result<()> {
    let sql = "UPDATE household SET version = version + 1 WHERE household_id = $1 AND version = $2";
    tx.run_one(sql, args![plan.survivor, plan.survivor_version]).await?;
    if !plan.is_within() {
        tx.run_one(sql, args![plan.gives, plan.gives_version]).await?;
    }
    Ok(())
}

async fn write_merge(tx: &mut Tx, hands: &Hands<'_>, plan: &Plan, merge: Uuid) -> Result<()> {
    tx.run(
        "INSERT INTO household_merge (household_id, merge_id, survivor, whole, reason, at, by_staff, approved_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            plan.gives,
            merge,
            plan.survivor,
            plan.whole,
            plan.reason.trim(),
            tx.now(),
            hands.by,
            hands.approved_by
        ],
    )
    .await?;
    let pairs = plan.pairs.iter().map(|pair| (pair.gives, pair.stays));
    for (person, into) in pairs.chain(plan.joining.iter().map(|one| (one.person, one.person))) {
        tx.run(
            "INSERT INTO merged_person (household_id, merge_id, person_id, into_person) VALUES ($1, $2, $3, $4)",
            args![plan.gives, merge, person, into],
        )
        .await?;
    }
    Ok(())
}

/// Ends what is there twice, and lets one of two decisions give way.
async fn end_doubles(
    tx: &mut Tx,
    hands: &Hands<'_>,
    plan: &Plan,
    both: &Both,
    ledger: &mut Ledger,
) -> Result<()> {
    let mut ended: BTreeSet<Uuid> = BTreeSet::new();
    let own: Vec<Uuid> =
        enrolments::of_household(tx, plan.survivor).await?.iter().map(|one| one.id.uuid()).collect();
    let place = |one: &Enrolment| if own.contains(&one.id.uuid()) { plan.survivor } else { plan.gives };
    for double in &both.running {
        for one in [&double.own, &double.comes] {
            let Some(keep) = plan.keep.iter().find(|keep| keep.ends == one.id.uuid()) else { continue };
            if !ended.insert(one.id.uuid()) {
                continue;
            }
            end(tx, hands, place(one), one, ledger).await?;
            let last = keep.from.previous_day().unwrap_or(keep.from);
            tx.run_one(
                "UPDATE enrolment SET ends_on = $1 WHERE household_id = $2 AND enrolment_id = $3",
                args![last, place(one), one.id],
            )
            .await?;
            // Who is heard about what was given twice, and whether it is asked back, is a person's work.
            let task = NewTask {
                household_id: plan.survivor,
                kind: "look_at_double".into(),
                subject: Subject::new("enrolment", one.id),
                scope: Scope::Office(hands.office.to_owned()),
                needs: Right::WorkTasks,
                priority: Priority::High,
                due_at: hands.look_by,
                instructions: String::new(),
            };
            tasks::open(tx, hands.actor, task).await?;
        }
    }
    for one in &both.listed {
        if ended.insert(one.id.uuid()) {
            end(tx, hands, place(one), one, ledger).await?;
        }
    }
    let mut replaced: BTreeSet<Uuid> = BTreeSet::new();
    for decision in &both.replaced {
        if replaced.insert(decision.id.uuid()) {
            replace(tx, decision).await?;
            ledger.was("decision", decision.id.uuid(), json!({ "state": decision.state.code() }));
        }
    }
    Ok(())
}

async fn end(
    tx: &mut Tx,
    hands: &Hands<'_>,
    household: HouseholdId,
    one: &Enrolment,
    ledger: &mut Ledger,
) -> Result<()> {
    let held = holding::of(tx, household, one.id).await?;
    let held: Vec<holding::Was> = held.into_iter().map(Into::into).collect();
    enrolments::exit(tx, household, one, ExitReason::Duplicate, hands.hand).await?;
    let was = json!({
        "held": held,
        "state": one.state.code(),
        "queue_key": one.queue_key,
        "ends_on": one.ends_on.map(|day| day.to_string()),
        "version": one.version,
    });
    ledger.was("enrolment", one.id.uuid(), was);
    Ok(())
}

/// The rows of a table of a household, by id.
async fn ids(tx: &mut Tx, sql: &'static str, household: HouseholdId) -> Result<BTreeSet<Uuid>> {
    let rows: Vec<(Uuid,)> = tx.all(sql, args![household]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What goes along: everything of a whole record, or what is about the people of the pairs.
async fn collect(tx: &mut Tx, plan: &Plan) -> Result<Matters> {
    let mut matters = Matters::default();
    if plan.whole {
        let from = plan.gives;
        matters.assessments = ids(
            tx,
            // What is being filled in stays where it was begun.
            "SELECT assessment_id FROM assessment WHERE household_id = $1 AND state NOT IN ('in_progress', 'returned')",
            from,
        )
        .await?;
        matters.decisions = ids(tx, "SELECT decision_id FROM decision WHERE household_id = $1", from).await?;
        matters.enrolments =
            ids(tx, "SELECT enrolment_id FROM enrolment WHERE household_id = $1", from).await?;
        matters.referrals = ids(tx, "SELECT referral_id FROM referral WHERE household_id = $1", from).await?;
        matters.applications =
            ids(tx, "SELECT application_id FROM application WHERE household_id = $1", from).await?;
        matters.tasks = ids(tx, "SELECT id FROM task WHERE household_id = $1", from).await?;
        matters.clocks = ids(tx, "SELECT id FROM clock WHERE household_id = $1", from).await?;
        matters.proposals = ids(tx, "SELECT id FROM proposal WHERE household_id = $1", from).await?;
        return Ok(matters);
    }
    let people: BTreeSet<Uuid> = plan.pairs.iter().map(|pair| pair.gives.uuid()).collect();
    for row in about_people(tx, plan.gives).await? {
        if people.contains(&row.person_id) {
            matters.add(&row.kind, row.row_id);
        }
    }
    hold(tx, plan.gives, &mut matters).await?;
    work_about(tx, plan.gives, &mut matters, &people).await?;
    Ok(matters)
}

/// A decision, enrolment or referral that is about one person.
#[derive(sqlx::FromRow)]
pub(super) struct AboutPerson {
    pub kind: String,
    pub row_id: Uuid,
    pub person_id: Uuid,
}

pub(super) async fn about_people(tx: &mut Tx, household: HouseholdId) -> Result<Vec<AboutPerson>> {
    tx.all(
        "SELECT 'decision' AS kind, decision_id AS row_id, person_id FROM decision
         WHERE household_id = $1 AND person_id IS NOT NULL
         UNION ALL SELECT 'enrolment', enrolment_id, person_id FROM enrolment
         WHERE household_id = $1 AND person_id IS NOT NULL
         UNION ALL SELECT 'referral', referral_id, person_id FROM referral
         WHERE household_id = $1 AND person_id IS NOT NULL",
        args![household],
    )
    .await
}

#[derive(sqlx::FromRow)]
struct Rest {
    child: Uuid,
    decision_id: Uuid,
}

/// Adds what the matters rest on: decisions of enrolments and referrals, assessments of decisions. What something rests on
/// that does not go is needed on both sides.
pub(super) async fn hold(tx: &mut Tx, household: HouseholdId, matters: &mut Matters) -> Result<()> {
    let rest: Vec<Rest> = tx
        .all(
            "SELECT enrolment_id AS child, decision_id FROM enrolment WHERE household_id = $1
             UNION ALL SELECT referral_id, decision_id FROM referral
             WHERE household_id = $1 AND decision_id IS NOT NULL",
            args![household],
        )
        .await?;
    let goes =
        |matters: &Matters, id: &Uuid| matters.enrolments.contains(id) || matters.referrals.contains(id);
    for row in rest.iter().filter(|row| goes(matters, &row.child)).collect::<Vec<_>>() {
        matters.decisions.insert(row.decision_id);
    }
    let staying: BTreeSet<Uuid> =
        rest.iter().filter(|row| !goes(matters, &row.child)).map(|row| row.decision_id).collect();
    matters.kept_too = matters.decisions.intersection(&staying).copied().collect();
    let of: Vec<Rest> = tx
        .all(
            "SELECT decision_id AS child, assessment_id AS decision_id FROM decision WHERE household_id = $1",
            args![household],
        )
        .await?;
    for row in of {
        let goes = matters.decisions.contains(&row.child);
        let stays = !goes || matters.kept_too.contains(&row.child);
        let whole = matters.assessments.contains(&row.decision_id);
        if (goes && !whole) || (stays && whole) {
            matters.shared.insert(row.decision_id);
        }
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Work {
    kind: String,
    id: Uuid,
    subject_id: Uuid,
}

/// Adds the proposals, tasks and clocks about the matters and about these people.
pub(super) async fn work_about(
    tx: &mut Tx,
    household: HouseholdId,
    matters: &mut Matters,
    people: &BTreeSet<Uuid>,
) -> Result<()> {
    // Proposals first: tasks and clocks are about them too.
    let work: Vec<Work> = tx
        .all(
            "SELECT 'proposal' AS kind, id, subject_id FROM proposal WHERE household_id = $1
             UNION ALL SELECT 'task', id, subject_id FROM task WHERE household_id = $1
             UNION ALL SELECT 'clock', id, subject_id FROM clock WHERE household_id = $1",
            args![household],
        )
        .await?;
    // A clock may be about a task that is about a proposal: each round finds the next ring.
    loop {
        let found: Vec<&Work> = work
            .iter()
            .filter(|one| !matters.has(&one.id))
            .filter(|one| matters.has(&one.subject_id) || people.contains(&one.subject_id))
            .collect();
        if found.is_empty() {
            return Ok(());
        }
        for one in found {
            matters.add(&one.kind, one.id);
        }
    }
}

/// What was about a person is from now on about who they are in the record that goes on.
async fn rename(tx: &mut Tx, plan: &Plan, matters: &Matters, ledger: &mut Ledger) -> Result<()> {
    for row in about_people(tx, plan.gives).await? {
        let Some(now) = plan.is_now(row.person_id) else { continue };
        let (kind, sql): (&'static str, _) = match row.kind.as_str() {
            "decision" if matters.decisions.contains(&row.row_id) => ("decision", RENAME_DECISION),
            "enrolment" if matters.enrolments.contains(&row.row_id) => ("enrolment", RENAME_ENROLMENT),
            "referral" if matters.referrals.contains(&row.row_id) => ("referral", RENAME_REFERRAL),
            _ => continue,
        };
        tx.run_one(sql, args![now, plan.gives, row.row_id]).await?;
        ledger.was(kind, row.row_id, json!({ "person_id": row.person_id.to_string() }));
    }
    Ok(())
}

pub(super) const RENAME_DECISION: &str =
    "UPDATE decision SET person_id = $1 WHERE household_id = $2 AND decision_id = $3";
pub(super) const RENAME_ENROLMENT: &str =
    "UPDATE enrolment SET person_id = $1 WHERE household_id = $2 AND enrolment_id = $3";
pub(super) const RENAME_REFERRAL: &str =
    "UPDATE referral SET person_id = $1 WHERE household_id = $2 AND referral_id = $3";

/// Conditions that concerned somebody, what was handed in about them and what it came to concern who they are now. Where that
/// person has the same already (both are of one household, and it concerns each of its children), theirs stays.
pub(super) async fn concerns(
    tx: &mut Tx,
    household: HouseholdId,
    enrolments: &BTreeSet<Uuid>,
    (from, to): (Uuid, Uuid),
) -> Result<()> {
    for enrolment in enrolments {
        for sql in RENAME_CONDITIONS {
            tx.run(sql, args![to, household, *enrolment, from]).await?;
        }
    }
    Ok(())
}

const RENAME_CONDITIONS: [&str; 3] = [
    "UPDATE condition_watch SET person_id = $1 WHERE household_id = $2 AND enrolment_id = $3 AND person_id = $4
     AND NOT EXISTS (SELECT 1 FROM condition_watch AS own WHERE own.household_id = $2 AND own.enrolment_id = $3
                     AND own.person_id = $1 AND own.condition = condition_watch.condition)",
    "UPDATE condition_record SET person_id = $1 WHERE household_id = $2 AND enrolment_id = $3 AND person_id = $4
     AND NOT EXISTS (SELECT 1 FROM condition_record AS own WHERE own.household_id = $2 AND own.enrolment_id = $3
                     AND own.person_id = $1 AND own.condition = condition_record.condition
                     AND own.cycle_from = condition_record.cycle_from)",
    "UPDATE condition_cycle SET person_id = $1 WHERE household_id = $2 AND enrolment_id = $3 AND person_id = $4
     AND NOT EXISTS (SELECT 1 FROM condition_cycle AS own WHERE own.household_id = $2 AND own.enrolment_id = $3
                     AND own.person_id = $1 AND own.condition = condition_cycle.condition
                     AND own.cycle_from = condition_cycle.cycle_from)",
];

/// Nobody hands in anything any more about who is somebody else now.
async fn close_doubles(tx: &mut Tx, plan: &Plan) -> Result<()> {
    for pair in &plan.pairs {
        tx.run(
            "UPDATE condition_watch SET until_date = $1 WHERE household_id = $2 AND person_id = $3 AND until_date IS NULL",
            args![tx.today(), plan.gives, pair.gives],
        )
        .await?;
    }
    Ok(())
}

/// Who is somebody elsewhere is no member of the record that goes on without them.
async fn leave(tx: &mut Tx, plan: &Plan, ledger: &mut Ledger) -> Result<()> {
    let today = tx.today();
    for pair in &plan.pairs {
        let open: Vec<(Uuid, time::Date)> = tx
            .all(
                "SELECT membership_id, from_date FROM membership
                 WHERE household_id = $1 AND person_id = $2 AND until_date IS NULL",
                args![plan.gives, pair.gives],
            )
            .await?;
        for (membership, from) in open {
            tx.run_one(
                "UPDATE membership SET until_date = $1, leaving = 'entered_by_mistake'
                 WHERE household_id = $2 AND membership_id = $3 AND until_date IS NULL",
                args![today.max(from), plan.gives, membership],
            )
            .await?;
            ledger.was("membership", membership, json!({ "until_date": null }));
        }
    }
    Ok(())
}

/// Who is nobody of the other household becomes a member there, with the same id.
async fn join(tx: &mut Tx, keys: &Keys, hands: &Hands<'_>, plan: &Plan, giving: &[Member]) -> Result<()> {
    let today = tx.today();
    for joining in &plan.joining {
        let Some(member) = giving.iter().find(|member| member.id == joining.person) else { continue };
        let mut person = member.person.clone();
        person.relation = joining.relation;
        people::add_people(tx, keys, hands.actor, plan.survivor, &[(member.id, &person)], today).await?;
    }
    Ok(())
}

/// Identifiers and likenesses are those of the person who goes on: nobody is stopped by the own other record.
async fn own(tx: &mut Tx, keys: &Keys, plan: &Plan, giving: &[Member], ledger: &mut Ledger) -> Result<()> {
    for member in giving {
        let joins = plan.joining.iter().any(|one| one.person == member.id);
        let Some(now) = plan.is_now(member.id.uuid()).or(joins.then(|| member.id.uuid())) else { continue };
        let mut hashes = vec![("likeness_owner", LIKENESS_TO, likeness_hash(keys, &member.person))];
        for identifier in &member.person.identifiers {
            hashes.push(("identifier_owner", IDENTIFIER_TO, people::identifier_hash(keys, identifier)));
        }
        for (kind, sql, hash) in hashes {
            let moved = tx.run(sql, args![plan.survivor, now, hash, plan.gives, member.id]).await?;
            if moved == 1 {
                let was =
                    json!({ "hash": crate::crypt::keys::hex(&hash), "person_id": member.id.to_string() });
                ledger.was(kind, row_of(&hash), was);
            }
        }
    }
    Ok(())
}

/// A hash has no id: its first half stands for it in the ledger.
fn row_of(hash: &[u8; 32]) -> Uuid {
    let mut half = [0; 16];
    half.iter_mut().zip(hash).for_each(|(to, from)| *to = *from);
    Uuid::from_bytes(half)
}

pub(super) const LIKENESS_TO: &str = "UPDATE likeness_owner SET household_id = $1, person_id = $2
     WHERE hash = $3 AND household_id = $4 AND person_id = $5";
pub(super) const IDENTIFIER_TO: &str = "UPDATE identifier_owner SET household_id = $1, person_id = $2
     WHERE hash = $3 AND household_id = $4 AND person_id = $5";

/// Applicants come in again: what their page shows has changed.
pub(super) async fn end_visits(tx: &mut Tx, household: HouseholdId) -> Result<()> {
    tx.run("DELETE FROM tracking_session WHERE household_id = $1", args![household]).await.map(drop)
}

async fn tell(tx: &mut Tx, actor: &Actor, plan: &Plan, merge: Uuid) -> Result<()> {
    let people = i64::try_from(plan.pairs.len()).unwrap_or(i64::MAX);
    let event = |kind| Event::new(kind).id("merge", merge).number("people", people);
    if plan.is_within() {
        return journal::append(tx, actor, plan.survivor, event("person.merged")).await;
    }
    let (came, went) = if plan.whole {
        ("household.merged", "household.merged_into")
    } else {
        ("person.came", "person.merged_into")
    };
    journal::append(tx, actor, plan.survivor, event(came).id(SUBJECT, plan.gives)).await?;
    journal::append(tx, actor, plan.gives, event(went).id(SUBJECT, plan.survivor)).await
}
