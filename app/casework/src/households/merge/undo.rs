//! Making two records of one again: every row goes back with what it was, and what happened since to its own side.

use std::collections::{BTreeMap, BTreeSet};

use domain::household::Relation;
use domain::ids::{HouseholdId, PersonId, StaffId};
use domain::role::{Right, Scope};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::apply::{IDENTIFIER_TO, LIKENESS_TO, end_visits};
use super::plan::none_waits;
use super::read::{Merge, find, is_given, of_survivor};
use super::rows::{Matters, forget};
use super::since::{self, Kept};
use super::{Done, Plan, SUBJECT, UNDO};
use crate::actor::Actor;
use crate::budgets::holding::{self, Was};
use crate::crypt::Keys;
use crate::db::{Sight, Tx};
use crate::duplicates::hold;
use crate::error::{Conflict, Error, Result};
use crate::households::people::{self, Member};
use crate::households::{Head, head};
use crate::journal::{self, Event};
use crate::proposals::{self, NewProposal};
use crate::subject::Subject;
use crate::tasks;
use crate::{Casework, args, snapshot};

/// What is to be undone: the payload of its proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    pub gives: HouseholdId,
    pub merge: Uuid,
    pub survivor_version: i64,
    pub reason: String,
}

/// Makes two records of one again, or lays it before a second person where a benefit that ended would run again, or
/// another office keeps one of the records. `Stale` when the record moved since `version` was read, `Conflict(State)` when it
/// is undone already, when a later merge must be undone first, or when the household's head goes back with it.
pub async fn undo(
    cw: &Casework,
    actor: &Actor,
    gives: HouseholdId,
    merge: Uuid,
    version: i64,
    reason: &str,
) -> Result<Done> {
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Error::Invalid("reason.missing"));
    }
    // Rows of two offices change: who may is asked below.
    let (casework, actor) = (cw.seen_with(Sight::system()), actor.clone());
    let cw = &casework.clone();
    cw.write(async move |tx| {
        let keys = &casework.keys;
        let asked = Asked { gives, merge, survivor_version: version, reason: reason.clone() };
        let own = find(tx, gives, merge).await?;
        let survivor = HouseholdId::new(own.survivor);
        let (there, here) = (head(tx, survivor).await?, head(tx, gives).await?);
        actor.require(Right::EditHousehold, &Scope::Office(there.office.clone()))?;
        if there.version != version {
            return Err(Error::Stale);
        }
        undoable(tx, &own).await?;
        none_waits(tx, keys, &plan_of(&asked, survivor)).await?;
        let ledger = read_ledger(tx, gives, merge).await?;
        let ended = ledger.iter().any(|row| row.kind == "enrolment" && changed(row).contains_key("state"));
        let other = Scope::Office(here.office.clone());
        let scope = if actor.may_in(Right::EditHousehold, &other) {
            ended.then(|| Scope::Office(there.office.clone()))
        } else {
            Some(other)
        };
        match scope {
            Some(scope) => propose(tx, &casework, &actor, &asked, &there, survivor, scope).await,
            None => carry_out(tx, &casework, &actor, &asked, actor.staff_id).await.map(Done::Now),
        }
    })
    .await
}

fn plan_of(asked: &Asked, survivor: HouseholdId) -> Plan {
    Plan {
        survivor,
        survivor_version: asked.survivor_version,
        gives: asked.gives,
        gives_version: 0,
        pairs: vec![],
        joining: vec![],
        whole: true,
        keep: vec![],
        reason: String::new(),
    }
}

async fn propose(
    tx: &mut Tx,
    cw: &Casework,
    actor: &Actor,
    asked: &Asked,
    there: &Head,
    survivor: HouseholdId,
    scope: Scope,
) -> Result<Done> {
    let review = &cw.pack()?.about.law.override_review;
    let new = NewProposal {
        household_id: survivor,
        kind: UNDO.into(),
        subject: Subject::new(SUBJECT, asked.gives),
        scope,
        payload: asked.clone(),
        reason_code: "not_the_same".into(),
        reason: asked.reason.clone(),
        term: review.term,
        legal_basis: review.source.clone(),
    };
    let calendar = cw.office_calendar(&there.office)?;
    proposals::prepare(tx, &cw.keys, actor, &calendar, new).await.map(Done::Waits)
}

/// `Conflict(State)` unless this is the merge to be undone next.
async fn undoable(tx: &mut Tx, merge: &Merge) -> Result<()> {
    let survivor = HouseholdId::new(merge.survivor);
    let later = of_survivor(tx, survivor).await?.into_iter().find(|one| one.undone_at.is_none());
    let given =
        is_given(tx, survivor).await? || (!merge.whole && is_given(tx, merge.household_id.into()).await?);
    if merge.undone_at.is_some() || given || later.is_none_or(|later| later.merge_id != merge.merge_id) {
        return Err(Error::Conflict(Conflict::State));
    }
    Ok(())
}

async fn read_ledger(tx: &mut Tx, gives: HouseholdId, merge: Uuid) -> Result<Vec<Kept>> {
    tx.all(
        "SELECT kind, row_id, moved, was FROM merge_row WHERE household_id = $1 AND merge_id = $2 ORDER BY kind, row_id",
        args![gives, merge],
    )
    .await
}

/// The columns that the merge changed.
fn changed(row: &Kept) -> Map<String, Value> {
    serde_json::from_str(&row.was).unwrap_or_default()
}

/// Who was whom.
struct People {
    /// Merged into somebody else: there → here.
    were: BTreeMap<Uuid, Uuid>,
    /// Joined with the same id.
    joined: BTreeSet<Uuid>,
}

async fn read_people(tx: &mut Tx, gives: HouseholdId, merge: Uuid) -> Result<People> {
    let rows: Vec<(Uuid, Uuid)> = tx
        .all(
            "SELECT person_id, into_person FROM merged_person WHERE household_id = $1 AND merge_id = $2",
            args![gives, merge],
        )
        .await?;
    let (joined, were): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(person, into)| person == into);
    Ok(People {
        were: were.into_iter().map(|(person, into)| (into, person)).collect(),
        joined: joined.into_iter().map(|(person, _)| person).collect(),
    })
}

pub(super) async fn carry_out(
    tx: &mut Tx,
    cw: &Casework,
    actor: &Actor,
    asked: &Asked,
    by: StaffId,
) -> Result<Uuid> {
    let keys = &cw.keys;
    let merge = find(tx, asked.gives, asked.merge).await?;
    undoable(tx, &merge).await?;
    let (gives, survivor) = (asked.gives, HouseholdId::new(merge.survivor));
    tx.run_one(
        "UPDATE household SET version = version + 1 WHERE household_id = $1 AND version = $2",
        args![survivor, asked.survivor_version],
    )
    .await?;
    if gives != survivor {
        tx.run_one("UPDATE household SET version = version + 1 WHERE household_id = $1", args![gives])
            .await?;
    }
    let ledger = read_ledger(tx, gives, asked.merge).await?;
    let people = read_people(tx, gives, asked.merge).await?;
    if gives == survivor {
        let own = Matters::default();
        since_within(tx, survivor, &ledger, &people, own).await?;
    } else {
        let own = since::own(tx, survivor, &ledger, &people.joined).await?;
        since::rename_back(tx, survivor, &own, &people.were).await?;
        own.go(tx, survivor, gives).await?;
        drop_copies(tx, survivor, &ledger).await?;
    }
    restore(tx, actor, gives, survivor, &ledger).await?;
    let merged_on = tx.here(merge.at).date();
    reopen(tx, gives, &people, merged_on).await?;
    part(tx, keys, actor, gives, survivor, &people.joined).await?;
    give_back(tx, gives, survivor, &ledger).await?;
    tx.run_one(
        "UPDATE household_merge SET undone_at = $1, undone_by = $2, undone_reason = $3
         WHERE household_id = $4 AND merge_id = $5 AND undone_at IS NULL",
        args![tx.now(), by, asked.reason.as_str(), gives, asked.merge],
    )
    .await?;
    // What began meanwhile goes on; what ended as a double and waited before waits again, if there is something to settle.
    for household in [survivor, gives] {
        hold::settle(tx, cw, actor, household).await?;
    }
    end_visits(tx, survivor).await?;
    end_visits(tx, gives).await?;
    let event = |kind, other: HouseholdId| Event::new(kind).id("merge", asked.merge).id(SUBJECT, other);
    journal::append(tx, actor, survivor, event("household.unmerged", gives)).await?;
    if gives != survivor {
        journal::append(tx, actor, gives, event("household.restored", survivor)).await?;
    }
    Ok(asked.merge)
}

/// Two members of one household: nothing moves but the names on what is theirs.
async fn since_within(
    tx: &mut Tx,
    household: HouseholdId,
    ledger: &[Kept],
    people: &People,
    mut own: Matters,
) -> Result<()> {
    for row in ledger {
        own.add(&row.kind, row.row_id);
    }
    let follow: Vec<(Uuid, Option<Uuid>)> = tx
        .all(
            "SELECT decision_id, supersedes FROM decision WHERE household_id = $1 ORDER BY decision_id",
            args![household],
        )
        .await?;
    let renamed: BTreeSet<Uuid> =
        ledger.iter().filter(|row| changed(row).contains_key("person_id")).map(|row| row.row_id).collect();
    own.decisions.retain(|id| renamed.contains(id));
    own.enrolments.retain(|id| renamed.contains(id));
    own.referrals.retain(|id| renamed.contains(id));
    for (decision, supersedes) in follow {
        if supersedes.is_some_and(|old| own.decisions.contains(&old)) {
            own.decisions.insert(decision);
        }
    }
    since::rename_back(tx, household, &own, &people.were).await
}

/// What was closed because somebody was somebody else is open again; whom it concerns no more is seen when the clocks of the
/// award are set.
async fn reopen(tx: &mut Tx, gives: HouseholdId, people: &People, merged_on: time::Date) -> Result<()> {
    for person in people.were.values() {
        tx.run(
            "UPDATE condition_watch SET until_date = NULL WHERE household_id = $1 AND person_id = $2 AND until_date >= $3
             AND enrolment_id IN (SELECT enrolment_id FROM enrolment WHERE household_id = $1 AND state <> 'exited')",
            args![gives, *person, merged_on],
        )
        .await?;
    }
    Ok(())
}

/// Copies of assessments that the merge made, where nothing rests on them any more.
async fn drop_copies(tx: &mut Tx, survivor: HouseholdId, ledger: &[Kept]) -> Result<()> {
    for copy in ledger.iter().filter(|row| row.kind == "assessment_copy") {
        let rests: Option<i64> = tx
            .value(
                "SELECT COUNT(*) FROM decision WHERE household_id = $1 AND assessment_id = $2",
                args![survivor, copy.row_id],
            )
            .await?;
        if rests == Some(0) {
            forget(tx, survivor, copy.row_id).await?;
            snapshot::mark(tx, survivor).await?;
        }
    }
    Ok(())
}

/// What the merge changed is what it was, unless it changed again since.
async fn restore(
    tx: &mut Tx,
    actor: &Actor,
    gives: HouseholdId,
    survivor: HouseholdId,
    ledger: &[Kept],
) -> Result<()> {
    for row in ledger {
        let was = changed(row);
        let place = if row.moved { gives } else { survivor };
        // Within one household, and for who left a record that went on, the rows are where they were.
        let text = |key: &str| was.get(key).and_then(Value::as_str).map(str::to_owned);
        let number = |key: &str| was.get(key).and_then(Value::as_i64);
        match row.kind.as_str() {
            "decision" if was.contains_key("state") => {
                tx.run(
                    "UPDATE decision SET state = $1 WHERE household_id = $2 AND decision_id = $3 AND state = 'replaced'",
                    args![text("state"), place, row.row_id],
                )
                .await?;
            }
            "enrolment" if was.contains_key("state") => {
                let ends_on = text("ends_on")
                    .map(|day| time::Date::parse(&day, &time::format_description::well_known::Iso8601::DATE))
                    .transpose()
                    .map_err(Error::internal)?;
                let version = number("version").unwrap_or(0);
                let put_back = tx
                    .run(
                        "UPDATE enrolment SET state = $1, exit_reason = NULL, queue_key = $2, ends_on = $3, version = $4
                         WHERE household_id = $5 AND enrolment_id = $6 AND version = $7",
                        args![text("state"), number("queue_key"), ends_on, version, place, row.row_id, version + 1],
                    )
                    .await?;
                if let (1, Some(held)) = (put_back, was.get("held")) {
                    let held: Vec<Was> = serde_json::from_value(held.clone()).map_err(Error::internal)?;
                    holding::put_back(tx, place, row.row_id.into(), &held).await?;
                }
                // Nothing was given twice after all.
                let subject = Subject::new("enrolment", row.row_id);
                tasks::cancel_about(tx, actor, place, &subject, "unmerged").await?;
            }
            "membership" => {
                tx.run(
                    "UPDATE membership SET until_date = NULL, leaving = NULL
                     WHERE household_id = $1 AND membership_id = $2 AND leaving = 'entered_by_mistake'",
                    args![gives, row.row_id],
                )
                .await?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Who had joined is a member of the own household alone again, with what was learnt of them meanwhile.
async fn part(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    gives: HouseholdId,
    survivor: HouseholdId,
    joined: &BTreeSet<Uuid>,
) -> Result<()> {
    let there = people::members(tx, keys, survivor).await?;
    let here = people::members(tx, keys, gives).await?;
    for id in joined {
        let of = |members: &[Member]| members.iter().find(|member| member.id.uuid() == *id).cloned();
        let (Some(now), Some(before)) = (of(&there), of(&here)) else { continue };
        if now.left.is_none() && now.person.relation == Relation::Head {
            return Err(Error::Conflict(Conflict::State));
        }
        learn(tx, keys, actor, gives, &before, &now).await?;
        tx.run(
            "UPDATE match_feature SET household_id = $1 WHERE person_id = $2 AND household_id = $3",
            args![gives, *id, survivor],
        )
        .await?;
        for sql in [
            "DELETE FROM person_word WHERE household_id = $1 AND person_id = $2",
            "DELETE FROM membership WHERE household_id = $1 AND person_id = $2",
            "DELETE FROM identifier WHERE household_id = $1 AND person_id = $2",
            "DELETE FROM person WHERE household_id = $1 AND person_id = $2",
        ] {
            tx.run(sql, args![survivor, *id]).await?;
        }
    }
    Ok(())
}

/// What changed of a person while they were elsewhere is known in their own record too.
async fn learn(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    gives: HouseholdId,
    before: &Member,
    now: &Member,
) -> Result<()> {
    let mut person = now.person.clone();
    person.relation = before.person.relation;
    let mut same = before.person.clone();
    same.identifiers.clone_from(&person.identifiers);
    if person != same {
        people::replace_person(tx, actor, gives, before.id, &person).await?;
    }
    for gone in before.person.identifiers.iter().filter(|own| !person.identifiers.contains(own)) {
        people::end_identifier(tx, gives, before.id, gone).await?;
    }
    let new: Vec<_> = person
        .identifiers
        .iter()
        .filter(|own| !before.person.identifiers.contains(own))
        .map(|own| (before.id, own))
        .collect();
    people::add_identifiers(tx, keys, actor, gives, &new).await?;
    if let (Some((on, leaving)), None) = (now.left, before.left) {
        tx.run(
            "UPDATE membership SET until_date = $1, leaving = $2
             WHERE household_id = $3 AND person_id = $4 AND until_date IS NULL",
            args![on, leaving.code(), gives, before.id],
        )
        .await?;
    }
    Ok(())
}

/// Identifiers and likenesses are again whose they were; who had been given one of them loses it.
async fn give_back(tx: &mut Tx, gives: HouseholdId, survivor: HouseholdId, ledger: &[Kept]) -> Result<()> {
    for row in ledger {
        let (is_identifier, back) = match row.kind.as_str() {
            "identifier_owner" => (true, IDENTIFIER_TO),
            "likeness_owner" => (false, LIKENESS_TO),
            _ => continue,
        };
        let was = changed(row);
        let (Some(hash), Some(person)) = (
            was.get("hash").and_then(Value::as_str).and_then(unhex),
            was.get("person_id").and_then(Value::as_str).and_then(|id| id.parse::<PersonId>().ok()),
        ) else {
            return Err(Error::internal("a row of a merge cannot be read"));
        };
        let owner: Option<Uuid> = tx
            .value(
                if is_identifier {
                    "SELECT person_id FROM identifier_owner WHERE hash = $1 AND household_id = $2"
                } else {
                    "SELECT person_id FROM likeness_owner WHERE hash = $1 AND household_id = $2"
                },
                args![hash, survivor],
            )
            .await?;
        let Some(owner) = owner else { continue };
        tx.run(back, args![gives, person, hash, survivor, owner]).await?;
        if is_identifier && owner != person.uuid() {
            tx.run(
                "UPDATE identifier SET ended_at = $1
                 WHERE household_id = $2 AND person_id = $3 AND hash = $4 AND ended_at IS NULL",
                args![tx.now(), survivor, owner, hash],
            )
            .await?;
        }
    }
    Ok(())
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}
